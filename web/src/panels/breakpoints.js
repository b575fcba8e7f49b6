// @ts-check
// Where a script that is debugged stops, and what the breakpoints have met in all of the run, with what the script itself
// asked its debugger for: redis.breakpoint() and redis.debug(...).
import { useEffect, useState } from "preact/hooks";
import { changeBreakpoints, hitsOf, isSpecial } from "../actions/breakpoints.js";
import { goToMoment } from "../actions/debugging.js";
import { html } from "../html.js";
import { counted, figure } from "../list.js";
import { breakpointNote, breakpointsThere, debugged, phase, searches, sheet, showLine, work } from "../state.js";
import { HeldField } from "./held_field.js";

/** @typedef {import("../state.js").LineBreakpoint} LineBreakpoint */

/** @type {Record<import("../contract").KeyBreakpoint["on"], string>} */
const ON = { touched: "read or changed", read: "read", written: "changed", expired: "found expired" };

/** @type {Record<import("../state.js").Breakpoints["errors"], string>} */
const ERRORS = { none: "no error", uncaught: "errors that nobody catches", all: "every error" };

/** @param {{ about: unknown }} props `about`: the recording they are of; null where none is open */
export function Breakpoints({ about }) {
  const { lines, keys, changes, errors } = work.value.breakpoints;
  const [removed, remove] = useState(/** @type {import("../state.js").Breakpoints | null} */ (null));
  useEffect(() => remove(null), [sheet.value]);
  const count = lines.length + keys.length + changes.length;
  function removeAll() {
    remove(work.value.breakpoints);
    changeBreakpoints({ lines: [], keys: [], changes: [] });
  }
  const sorted = [...lines].sort((one, other) => one.line - other.line);
  return html`<section class="card breakpoints" aria-label="Breakpoints">
    <h2>Breakpoints <span class="count">${count}</span><span class="grow"></span>${count > 1 && html`<button class="small" onClick=${removeAll}>Remove all</button>`}</h2>
    ${removed && count === 0 && html`<p class="note" role="status">All were removed. <button class="small" onClick=${() => changeBreakpoints({ ...removed, errors })}>Undo</button></p>`}
    <p class="note" role="status" hidden=${!breakpointNote.value}>${breakpointNote}</p>
    ${sorted.map((one) => html`<${Line} key=${`line ${one.line}`} of=${one} />`)}
    ${keys.map((one, index) => html`<div class="breakpoint" key=${`key ${index}`}>
      <${Remove} what=${`the breakpoint on ${one.key}`} onClick=${() => changeBreakpoints({ keys: keys.filter((other) => other !== one) })} />
      <span>before <span class="mono">${one.key}</span> is</span>
      <select aria-label=${`What is done with ${one.key}`} value=${one.on} onChange=${(/** @type {any} */ event) => changeBreakpoints({ keys: keys.map((other) => (other === one ? { ...one, on: event.target.value } : other)) })}>
        ${Object.entries(ON).map(([on, text]) => html`<option key=${on} value=${on}>${text}</option>`)}
      </select>
    </div>`)}
    ${changes.map((one, index) => html`<div class="breakpoint" key=${`change ${index}`}>
      <${Remove} what=${`the breakpoint on ${one.expression}`} onClick=${() => changeBreakpoints({ changes: changes.filter((other) => other !== one) })} />
      <span>where <span class="mono">${one.expression}</span> has changed</span>
    </div>`)}
    <div class="breakpoint">
      <label>at <select aria-label="Stop at errors" value=${errors} onChange=${(/** @type {any} */ event) => changeBreakpoints({ errors: event.target.value })}>
        ${Object.entries(ERRORS).map(([which, text]) => html`<option key=${which} value=${which}>${text}</option>`)}
      </select></label>
      <${Adding} label="Key to stop at" placeholder="key" add=${(/** @type {string} */ key) => changeBreakpoints({ keys: [...keys, { key, on: "touched" }] })} />
      <${Adding} label="Variable or field to stop at" placeholder="variable or field" add=${(/** @type {string} */ expression) => changeBreakpoints({ changes: [...changes, { expression, function: -1 }] })} />
    </div>
    ${about !== null && html`<${Hits} about=${about} breakpoints=${breakpointsThere()} />`}
  </section>`;
}

/** @param {{ of: LineBreakpoint }} props */
function Line({ of }) {
  const { line, condition, hits, log } = of;
  const change = (/** @type {Partial<LineBreakpoint>} */ part) =>
    changeBreakpoints({ lines: work.value.breakpoints.lines.map((other) => (other.line === line ? { ...other, ...part } : other)) });
  const field = (/** @type {keyof LineBreakpoint} */ name, /** @type {string} */ label, /** @type {string} */ hint, /** @type {string} */ value) =>
    html`<${HeldField} class=${name === "hits" ? "short" : "mono"} aria-label=${`${label}, line ${line}`} placeholder=${hint} autocomplete="off" autocapitalize="off" spellcheck="false"
      value=${value} onChange=${(/** @type {string} */ text) => change({ [name]: name === "hits" ? Math.max(0, Math.trunc(Number(text)) || 0) : text })} />`;
  return html`<div class="breakpoint">
    <${Remove} what=${`the breakpoint on line ${line}`} onClick=${() => changeBreakpoints({ lines: work.value.breakpoints.lines.filter((other) => other.line !== line) })} />
    <button class="plain" onClick=${() => showLine(line)}>line ${line}</button>
    ${field("condition", "Condition", "if: a Lua expression", condition)}
    ${field("hits", "From which time on", "from time", hits ? String(hits) : "")}
    ${field("log", "Text instead of a stop", "or tell: text with {expressions}", log)}
  </div>`;
}

/** @param {{ what: string, onClick: () => void }} props */
const Remove = ({ what, onClick }) => html`<button class="plain" aria-label=${`Remove ${what}`} title="Remove" onClick=${onClick}>×</button>`;

/** @param {{ label: string, placeholder: string, add: (text: string) => void }} props */
function Adding({ label, placeholder, add }) {
  const [typed, setTyped] = useState("");
  const enter = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (typed) add(typed);
    setTyped("");
  };
  return html`<form onSubmit=${enter}><input class="mono" aria-label=${label} placeholder=${placeholder} autocomplete="off" autocapitalize="off" spellcheck="false" value=${typed} onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} />
    <button class="small" type="submit" disabled=${!typed}>Add</button></form>`;
}

/** @param {{ about: unknown, breakpoints: import("../state.js").Breakpoints }} props */
function Hits({ about, breakpoints }) {
  const [found, setFound] = useState(/** @type {import("../contract").DebugHitList | null} */ (null));
  const [asked, ask] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    hitsOf(breakpoints).then((hits) => isCurrent && setFound(hits));
    return () => void (isCurrent = false);
  }, [about, breakpoints, debugged.value?.moment.last, asked]);
  useEffect(() => {
    if (found?.is_interrupted) ask(asked + 1);
  }, [searches.value]);
  if (!found || (found.count === 0 && !isSpecial(breakpoints))) return null;
  return html`<p class="pad quiet" role="status">Met ${counted(found.count, "time")}${found.is_whole ? "" : ", as far as was looked"}${found.count > found.hits.length ? `; the first ${figure(found.hits.length)}:` : ""}${found.is_interrupted && html` <button class="small" disabled=${phase.value !== "ready"} onClick=${() => ask(asked + 1)}>Look on</button>`}</p>
    <ul class="hits" aria-label="Met by breakpoints">${found.hits.map(
      (hit, index) => html`<li key=${index}><button class="plain" title="Go to this moment" onClick=${() => goToMoment(hit.moment)}>${hit.line === null ? "" : `line ${hit.line}, `}moment ${figure(hit.moment)}</button> <span class=${hit.is_error ? "problem" : ""}>${hit.text}</span></li>`,
    )}</ul>`;
}
