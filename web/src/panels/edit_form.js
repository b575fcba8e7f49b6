// @ts-check
// A few fields in a row that change something: Enter sends them, Escape leaves them. A field in double quotes is read with
// redis-cli's escapes, as KEYS and ARGV are.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.js";

/** @typedef {{ name: string, label: string, value?: string, hint?: string, isLong?: boolean }} Field */

/**
 * @param {{ title: string, fields: Field[], send: (values: any) => Promise<string>, close: () => void, children?: any }} props
 * `send` answers what was wrong, "" for nothing.
 */
export function EditForm({ title, fields, send, close, children }) {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const [values, setValues] = useState(() => Object.fromEntries(fields.map(({ name, value = "" }) => [name, value])));
  const [problem, setProblem] = useState("");
  // In the layout already: the first key pressed belongs to the field.
  useLayoutEffect(() => {
    const last = /** @type {HTMLInputElement | undefined} */ ([...(form.current?.querySelectorAll("input, textarea") ?? [])].at(fields.some(({ value }) => value) ? -1 : 0));
    last?.focus();
    last?.select();
  }, []);

  /** @param {Event} [event] */
  async function submit(event) {
    event?.preventDefault();
    const answer = await send(values);
    setProblem(answer);
    if (!answer) close();
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && !event.shiftKey && event.target instanceof HTMLTextAreaElement) {
      event.preventDefault();
      submit();
    } else if (!["Enter", "Tab"].includes(event.key)) event.stopPropagation(); // The list around it is not walked.
  }

  return html`<form class="edit-form" ref=${form} onSubmit=${submit} onKeyDown=${key}>
    ${children}
    ${fields.map(({ name, label, hint, isLong }) => {
      const common = { value: values[name], placeholder: hint, spellcheck: false, autocomplete: "off", class: "mono", onInput: (/** @type {any} */ event) => setValues({ ...values, [name]: event.target.value }) };
      return html`<label key=${name} class=${isLong ? "long" : ""}>${label} ${isLong ? html`<textarea rows=${Math.min(12, values[name].split("\n").length)} ...${common}></textarea>` : html`<input ...${common} />`}</label>`;
    })}
    <button class="small go" type="submit">${title}</button><button class="small" type="button" onClick=${close}>Cancel</button>
    ${problem && html`<p class="note error" role="alert">${problem}</p>`}
  </form>`;
}
