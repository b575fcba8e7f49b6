// @ts-check
// Lua values of a debugged script: a table opens on demand, and stays open from moment to moment; what has changed is marked.
import { useEffect, useState } from "preact/hooks";
import { expandValue } from "../actions/debugging.js";
import { askOrigin, setVariable } from "../actions/evaluating.js";
import { html } from "../html.js";

/**
 * @typedef {import("../moments.js").Moment} DebugMoment
 * @typedef {import("../contract").DebugVariable} DebugVariable
 * @typedef {import("../contract").DebugContent} DebugContent
 */

/** Bytes of a string that the engine shows at once. */
const BYTES_AT_ONCE = 2000;

/** A place as Lua would write it: t.inner, t[2]. @param {Where} where */
const nameOf = ({ name, path }) => name + path.map((key) => (key.startsWith('"') ? `.${key.slice(1, -1)}` : `[${key}]`)).join("");

/** What a value is called in a line. @param {import("../contract").DebugValue} value */
export const textOf = ({ kind, size, text }) => (kind === "table" ? `table, ${size} ${size === 1 ? "entry" : "entries"}` : text);

/** Where a value stands: a variable of a level of the stack, and the keys that lead into it. @typedef {{ level: number, name: string, path: string[] }} Where */

/**
 * Values are asked for anew when what they are `about` changes. With a `level` one may ask who wrote them.
 * @param {{ label: string, variables: DebugVariable[], about: unknown, level?: number }} props
 */
export function Variables({ label, variables, about, level }) {
  const whereOf = (/** @type {string} */ name) => (level === undefined || name.startsWith("(") ? undefined : { level, name, path: [] });
  return html`<p class="quiet variables-label">${variables.length ? label : `No ${label.toLowerCase()} yet`}</p>
    <ul class="variables" aria-label=${label}>${variables.map((variable, index) => html`<${Variable} key=${`${index} ${variable.name}`} variable=${variable} about=${about} where=${whereOf(variable.name)} />`)}</ul>`;
}

/** One value. @param {{ variable: DebugVariable, about: unknown, where?: Where }} props */
export function Variable({ variable: { name, value, changed }, about, where }) {
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
    ${where && html`<button class="plain who" aria-label=${`Who wrote ${nameOf(where)}?`} title="Who wrote this?" onClick=${() => askOrigin({ of: "variable", ...where })}>who?</button><${SetValue} where=${where} value=${value} />`}
    ${isOpen && content && html`<ul class="variables" aria-label=${name}>
      ${content.entries.map((entry, index) => html`<${Variable} key=${`${index} ${entry.name}`} variable=${entry} about=${about} where=${where && { ...where, path: [...where.path, entry.name] }} />`)}
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

/** Gives what stands somewhere another value. @param {{ where: Where, value: import("../contract").DebugValue }} props */
function SetValue({ where, value }) {
  const [typed, setTyped] = useState(/** @type {string | null} */ (null));
  const name = nameOf(where);
  if (typed === null) return html`<button class="plain who" aria-label=${`Set ${name}`} title="Give it another value: a new recording begins here" onClick=${() => setTyped(value.kind === "table" || value.kind === "function" ? "" : value.text)}>set</button>`;
  const enter = (/** @type {Event} */ event) => {
    event.preventDefault();
    setTyped(null);
    setVariable(where, typed);
  };
  const key = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && setTyped(null);
  return html`<form class="set" onSubmit=${enter}><input class="mono" aria-label=${`New value of ${name}`} value=${typed} ref=${focus} onKeyDown=${key} onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} /><button class="small" type="submit">Set</button></form>`;
}

/** @param {HTMLInputElement | null} field */
const focus = (field) => field && document.activeElement !== field && field.select();
