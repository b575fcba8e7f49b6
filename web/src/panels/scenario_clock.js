// @ts-check
// The clock of a scenario, as a slider of the moments that were come to, and the keyspace of the one that it shows.
import { useEffect } from "preact/hooks";
import { chartKey, goToMoment, isRunCurrent } from "../actions/scenario.js";
import { html } from "../html.js";
import { More, counted, figure } from "../list.js";
import { span } from "../server_time.js";
import { phase, scenarioMoment } from "../state.js";

/**
 * @typedef {import("../contract").ScenarioRan} ScenarioRan
 * @typedef {import("../contract").ScenarioKey} Key
 */

/** @param {{ ran: ScenarioRan, list: import("preact").RefObject<HTMLElement> }} props `list` holds the steps */
export function Clock({ ran, list }) {
  const { moments, first_moment: first, steps, omitted } = ran;
  const chosen = scenarioMoment.value?.ran === ran ? scenarioMoment.value : null;
  const last = first + moments.length - 1;
  const here = chosen?.steps ?? last;
  const at = moments[here - first];
  useEffect(() => {
    const item = chosen && list.current?.children[here - omitted - 1];
    item?.setAttribute("aria-current", "step");
    return () => item?.removeAttribute("aria-current");
  }, [chosen && here]);
  const shown = chosen?.shown ?? ran;
  const text = `${figure(at)} ms, ${here === 0 ? "before the first step" : `after step ${figure(here)} of ${figure(last)}`}`;
  const happened = steps[here - omitted - 1]?.sentence;
  return html`<div class="sub scenario-clock" role="group" aria-label="Clock of the scenario">
      <label>Clock <input type="range" aria-label="Clock" min=${first} max=${last} value=${here} aria-valuetext=${text} disabled=${phase.value !== "ready"} onInput=${(/** @type {any} */ event) => goToMoment(Number(event.target.value))} /></label>
      <span>${text}</span>
      ${happened && html`<span class="mono quiet">${happened}</span>`}
    </div>
    <${Keys} keys=${shown.keys} omitted=${shown.keys_omitted} at=${shown.at} isBusy=${chosen !== null && chosen.shown?.steps !== here} charts=${isRunCurrent.value ? ran.charts.map(({ expression }) => expression) : null} />`;
}

/**
 * The keyspace of a moment. `charts`: what is drawn, where more may be; null where not.
 * @param {{ keys: Key[], omitted: number, at: number, of?: string, isBusy?: boolean, charts?: string[] | null }} props
 */
export function Keys({ keys, omitted, at, of = "the scenario", isBusy = false, charts = null }) {
  if (keys.length === 0) return html`<p class="pad quiet" aria-busy=${isBusy}>No keys at ${figure(at)} ms.</p>`;
  return html`<table aria-label=${`Keyspace of ${of}`} aria-busy=${isBusy}>
    <thead><tr><th scope="col">Key, at ${figure(at)} ms</th><th scope="col">Type</th><th scope="col">Value</th><th scope="col">Time left</th></tr></thead>
    <tbody>${keys.map((key) => html`<tr key=${`${key.database} ${key.key}`}><th scope="row" class="mono">${key.key}${key.database > 0 ? ` (db ${key.database})` : ""} ${charts && key.database === 0 && html`<${ChartButton} of=${key} charts=${charts} />`}</th><td>${key.kind}</td><td class="mono pre">${key.value}</td><td>${key.left === null ? "no end" : span(key.left)}</td></tr>`)}</tbody>
  </table>
  ${omitted > 0 && html`<${More} text=${`${counted(omitted, "more key")} ${omitted === 1 ? "is" : "are"} not shown.`} />`}`;
}

/** Charts of one scenario (ferrous_vm/scenarios/reading.py). */
const MOST_CHARTS = 8;

/** How large a key of each type is. @type {Record<string, string>} */
const SIZES = { hash: "HLEN", list: "LLEN", set: "SCARD", zset: "ZCARD", stream: "XLEN" };

/** What is worth drawing of a key: its number, how much it holds, or how long it lives. @param {Key} key */
function expressionOf({ key, kind, value, left }) {
  const isNumber = /^"-?\d+(?:\.\d+)?"$/.test(value);
  const command = kind !== "string" ? (SIZES[kind] ?? "EXISTS") : isNumber ? "GET" : left === null ? "STRLEN" : "PTTL";
  return `redis("${command}", ${luaText(key)})`;
}

/** A field of the page as a string of Lua: one that is quoted already has Redis's escapes. @param {string} field */
function luaText(field) {
  if (!field.startsWith('"')) return `"${field.replace(/["\\]/g, "\\$&")}"`;
  return field.replace(/\\(?:x([0-9a-f]{2})|.)/gi, (escape, byte) => (byte ? `\\${String(parseInt(byte, 16)).padStart(3, "0")}` : escape));
}

/** @param {{ of: Key, charts: string[] }} props */
function ChartButton({ of, charts }) {
  const expression = expressionOf(of);
  const isDrawn = charts.includes(expression);
  const title = isDrawn ? "It is drawn already" : charts.length >= MOST_CHARTS ? `A scenario has at most ${MOST_CHARTS} charts` : `Adds a line to the scenario that draws ${expression}`;
  return html`<button class="small" aria-label=${`Chart ${of.key}`} title=${title} disabled=${phase.value !== "ready" || isDrawn || charts.length >= MOST_CHARTS} onClick=${() => chartKey(expression)}>Chart</button>`;
}
