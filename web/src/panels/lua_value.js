// @ts-check
// Lua values of a debugged script: a table opens on demand, and stays open from moment to moment; what has changed is marked.
import { useEffect, useState } from "preact/hooks";
import { expandValue } from "../actions/debugging.js";
import { html } from "../html.js";

/**
 * @typedef {import("../contract").DebugMoment} DebugMoment
 * @typedef {import("../contract").DebugVariable} DebugVariable
 * @typedef {import("../contract").DebugContent} DebugContent
 */

/** Bytes of a string that the engine shows at once. */
const BYTES_AT_ONCE = 2000;

/** What a value is called in a line. @param {import("../contract").DebugValue} value */
export const textOf = ({ kind, size, text }) => (kind === "table" ? `table, ${size} ${size === 1 ? "entry" : "entries"}` : text);

/** @param {{ label: string, variables: DebugVariable[], about: unknown }} props values are asked for anew when what they are `about` changes */
export function Variables({ label, variables, about }) {
  return html`<p class="quiet variables-label">${variables.length ? label : `No ${label.toLowerCase()} yet`}</p>
    <ul class="variables" aria-label=${label}>${variables.map((variable, index) => html`<${Variable} key=${`${index} ${variable.name}`} variable=${variable} about=${about} />`)}</ul>`;
}

/** One value. @param {{ variable: DebugVariable, about: unknown }} props */
export function Variable({ variable: { name, value, changed }, about }) {
  const [isOpen, setOpen] = useState(false);
  const [content, setContent] = useState(/** @type {DebugContent | null} */ (null));
  useEffect(() => {
    let isCurrent = true;
    if (isOpen && value.token) expandValue(value.token, 0).then((found) => isCurrent && setContent(found));
    return () => void (isCurrent = false);
  }, [isOpen, value.token, about]);
  const line = html`${name} = <span class=${`${value.kind}${changed ? " changed" : ""}`}>${textOf(value)}</span>${changed && html`<span class="visually-hidden"> (changed)</span>`}`;
  return html`<li>
    ${value.token ? html`<button class="plain" aria-expanded=${isOpen} onClick=${() => setOpen(!isOpen)}>${isOpen ? "▾" : "▸"} ${line}</button>` : line}
    ${isOpen && content && html`<ul class="variables" aria-label=${name}>
      ${content.entries.map((entry, index) => html`<${Variable} key=${`${index} ${entry.name}`} variable=${entry} about=${about} />`)}
      ${content.entries.length === 0 && html`<li class="quiet">nothing inside</li>`}
      ${content.more && html`<li><button class="small" onClick=${more}>More</button></li>`}
    </ul>`}
  </li>`;

  async function more() {
    if (!content || !value.token) return;
    const next = await expandValue(value.token, value.kind === "string" ? content.entries.length * BYTES_AT_ONCE : content.entries.length);
    if (next) setContent({ ...next, entries: [...content.entries, ...next.entries] });
  }
}
