// @ts-check
// A field whose text is taken when the field is left.
import { useState } from "preact/hooks";
import { html } from "../html.js";

/**
 * What is typed is held until then: whatever is drawn anew meanwhile, as a run does it, leaves it alone.
 * @param {{ of?: "input" | "textarea", value: string | number, onChange: (text: string) => void, [attribute: string]: any }} props
 */
export function HeldField({ of = "input", value, onChange, ...attributes }) {
  const [typed, setTyped] = useState(/** @type {string | null} */ (null));
  const textOf = (/** @type {any} */ event) => event.target.value;
  return html`<${of} ...${attributes} value=${typed ?? value} onInput=${(/** @type {Event} */ event) => setTyped(textOf(event))}
    onChange=${(/** @type {Event} */ event) => onChange(textOf(event))} onBlur=${() => setTyped(null)} />`;
}
