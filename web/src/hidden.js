// @ts-check
// Characters that hide or reorder what stands around them: the same as in ferrous_vm/printing.py. The engine writes them out
// in what it tells; here it is done with what a link or a file brings.

const CHARACTERS =
  "\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}";
export const HIDDEN = new RegExp(`[${CHARACTERS}]`, "gu");

/** A text with them written out, as the engine does it: \\x9f, \\u202e, \\U000e0041. @param {string} text */
export function shownText(text) {
  return text.replace(HIDDEN, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    const [letter, digits] = code.length <= 2 ? ["x", 2] : code.length <= 4 ? ["u", 4] : ["U", 8];
    return `\\${letter}${code.padStart(Number(digits), "0")}`;
  });
}

/** A name without them. @param {string} text */
export const withoutHidden = (text) => text.replace(HIDDEN, "");

/** A field of KEYS or ARGV that stands for the same bytes and shows them. @param {string} field */
export function shownField(field) {
  if (field.search(HIDDEN) < 0) return field;
  const quoted = field.startsWith('"') ? field : `"${field.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const bytes = (/** @type {string} */ character) => [...new TextEncoder().encode(character)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
  return quoted.replace(HIDDEN, bytes);
}
