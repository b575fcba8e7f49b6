// @ts-check
// What a debugged script has beside its variables: KEYS, ARGV and the globals, and the coroutines that do not run.
import { useEffect, useState } from "preact/hooks";
import { askGlobals, lookAt } from "../actions/evaluating.js";
import { html } from "../html.js";
import { lookedAt } from "../state.js";
import { Variables } from "./lua_value.js";

/** Asked for when it is open. @param {{ moment: import("../contract").DebugMoment }} props */
export function Globals({ moment }) {
  const [isOpen, setOpen] = useState(false);
  const [shown, setShown] = useState(/** @type {import("../contract").DebugGlobalsShown | null} */ (null));
  useEffect(() => {
    let isCurrent = true;
    if (isOpen) askGlobals().then((answer) => isCurrent && setShown(answer));
    return () => void (isCurrent = false);
  }, [isOpen, moment]);
  return html`<section class="card" aria-label="Globals and coroutines">
    <details open=${isOpen} onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}>
      <summary class="pad section-title">Globals and coroutines</summary>
      ${isOpen && shown && html`<${Variables} label="Globals" variables=${shown.variables} about=${moment} />
        ${shown.coroutines.length === 0 && html`<p class="quiet pad">No coroutine waits.</p>`}
        ${shown.coroutines.map((coroutine, index) => html`<${Coroutine} key=${coroutine.token} number=${index + 1} coroutine=${coroutine} moment=${moment} />`)}
        ${shown.coroutines_omitted > 0 && html`<p class="quiet pad">${shown.coroutines_omitted} more coroutines.</p>`}`}
    </details>
  </section>`;
}

/** @param {{ number: number, coroutine: import("../contract").DebugCoroutine, moment: unknown }} props */
function Coroutine({ number, coroutine: { token, status, frames }, moment }) {
  return html`<p class="quiet variables-label">Coroutine ${number}, ${status}${frames.length === 0 ? ", not yet begun" : ""}</p>
    ${frames.map((frame, level) => frame.line !== null && html`<details key=${level}>
      <summary class="pad"><span class="mono">${frame.function}</span><span class="quiet"> line ${frame.line}</span> <${LookHere} level=${level} thread=${token} name=${frame.function} /></summary>
      <${Variables} label="Locals" variables=${frame.locals} about=${moment} />
      ${frame.upvalues.length > 0 && html`<${Variables} label="Upvalues" variables=${frame.upvalues} about=${moment} />`}
    </details>`)}`;
}

/** Chooses the frame in which expressions are evaluated. @param {{ level: number, thread?: string, name: string }} props */
export function LookHere({ level, thread = "", name }) {
  const isChosen = lookedAt.value.level === level && lookedAt.value.thread === thread;
  const choose = (/** @type {Event} */ event) => {
    event.preventDefault();
    lookAt(level, thread);
  };
  return html`<button class="small" aria-pressed=${isChosen} aria-label=${`Evaluate in ${name}`} title="Watched expressions are evaluated in this function" onClick=${choose}>Evaluate here</button>`;
}
