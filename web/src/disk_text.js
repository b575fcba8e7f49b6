// @ts-check
// The bytes of a file as the editor's text, whose lines end as Unix ends them, and back. A form is taken only where it gives
// the very bytes again: so a file is never written otherwise than it was, but for what was edited.

/** What stands before the first line, and at the end of each. @typedef {{ mark: "" | "\ufeff", ending: "\n" | "\r\n" }} Form */

/** How a new file is written. @type {Form} */
export const UNIX = { mark: "", ending: "\n" };

const MARK = "\ufeff";

/** @param {string} text @param {Form} form */
export const bytesOf = (text, { mark, ending }) => new TextEncoder().encode(mark + text.replaceAll("\n", ending));

/** The text of some bytes, null where they are not UTF-8; and its form, null where its lines end in more than one way. @param {Uint8Array} bytes @returns {{ text: string | null, form: Form | null }} */
export function textOf(bytes) {
  try {
    const whole = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const mark = whole.startsWith(MARK) ? MARK : "";
    const text = whole.slice(mark.length).replace(/\r\n?/g, "\n");
    const ending = /** @type {const} */ (["\n", "\r\n"]).find((one) => mark + text.replaceAll("\n", one) === whole);
    return { text, form: ending ? { mark, ending } : null };
  } catch {
    return { text: null, form: null };
  }
}
