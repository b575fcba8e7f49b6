// @ts-check
// Expressions that are watched while a script is debugged: evaluated at each moment, in the frame that is looked at.
import { useEffect, useState } from "preact/hooks";
import { evaluate, unwatch, watch } from "../actions/evaluating.js";
import { html } from "../html.js";
import { lookedAt, work } from "../state.js";
import { Variable } from "./lua_value.js";

/** @param {{ moment: import("../contract").DebugMoment }} props */
export function Watches({ moment }) {
  const [typed, setTyped] = useState("");
  const [shown, setShown] = useState(/** @type {Map<string, import("../contract").Evaluated>} */ (new Map()));
  const expressions = work.value.watches;
  useEffect(() => {
    let isCurrent = true;
    if (expressions.length) evaluate(expressions).then((results) => isCurrent && results && setShown(new Map(results.map((result, index) => [expressions[index], result]))));
    return () => void (isCurrent = false);
  }, [moment, expressions, lookedAt.value]);
  const { level, thread } = lookedAt.value;
  const frame = moment.frames[level];
  const enter = (/** @type {Event} */ event) => {
    event.preventDefault();
    watch(typed);
    setTyped("");
  };
  return html`<section class="card" aria-label="Watch">
    <h2>Watch <span class="quiet">${thread ? "in a coroutine" : frame ? `in ${frame.function}` : "globals alone"}</span></h2>
    <ul class="variables watches" aria-label="Watched expressions">${expressions.map((expression) => html`<${Watched} key=${expression} expression=${expression} result=${shown.get(expression)} moment=${moment} />`)}</ul>
    <form class="watch" onSubmit=${enter}>
      <input class="mono" aria-label="Expression to watch" placeholder="A Lua expression, or statements: all they do is taken back" autocomplete="off" autocapitalize="off" spellcheck="false" value=${typed} onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} />
      <button class="small" type="submit">Watch</button>
    </form>
  </section>`;
}

/** @param {{ expression: string, result: import("../contract").Evaluated | undefined, moment: unknown }} props */
function Watched({ expression, result, moment }) {
  const [only, ...others] = result?.values ?? [];
  const remove = html`<button class="plain" aria-label=${`Stop watching ${expression}`} title="Stop watching" onClick=${() => unwatch(expression)}>×</button>`;
  if (!result || result.problem) return html`<li>${remove}<span>${expression} = <span class="problem">${result?.problem ?? "…"}</span></span></li>`;
  if (!only) return html`<li>${remove}<span>${expression} = <span class="quiet">no value</span></span></li>`;
  return html`<li>${remove}<ul class="variables" aria-label=${expression}>
    ${[only, ...others].map((value, index) => html`<${Variable} key=${index} variable=${{ name: others.length ? `${expression} [${index + 1}]` : expression, value, changed: false }} about=${moment} />`)}
  </ul></li>`;
}
