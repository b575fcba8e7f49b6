// @ts-check
// The calls of an application, the newest first, as they come: those of a script, of a client, or with a key or a text.
import { useMemo, useState } from "preact/hooks";
import { clearCalls, debugCall, letGo, openCall, pauseOrGoOn, stopOrNot, watchCalls } from "../actions/live.js";
import { html } from "../html.js";
import { FilterField, List, counted, figure } from "../list.js";
import { callsStop, heldCall, isWatching, live, liveProblem, liveStops, phase, stoppingCalls } from "../state.js";
import { duration } from "./reply.js";

/** @typedef {import("../contract").LiveCall} LiveCall */
/** @typedef {{ script: string, client: string, text: string }} Sought each empty for any */

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });

const TITLES = html`${["time", "script", "keys, arguments and reply"].map((title) => html`<span key=${title} role="columnheader">${title}</span>`)}<span role="columnheader"><span class="visually-hidden">open</span></span>`;

/** What people call a script: a function by its name, a script by the beginning of its SHA-1. @param {LiveCall} call */
const nameOf = ({ script, command }) => (command.startsWith("FCALL") ? script : script.slice(0, 8));

/** @param {LiveCall} call @param {Sought} sought `text` in lower case */
const fits = (call, { script, client, text }) =>
  (!script || call.script === script) && (!client || call.client === client) && (!text || [...call.keys, ...call.argv].some((word) => word.toLowerCase().includes(text)));

/** What is said where no call has come. */
function whatComes() {
  if (isWatching.value) return "Each call of a script that your application makes is listed here as it comes, and opens with its keys, its trace and the debugger.";
  return liveProblem.value ? "No call is listed while the server is not reached." : "Connecting to the server…";
}

export function Live() {
  const [sought, setSought] = useState(/** @type {Sought} */ ({ script: "", client: "", text: "" }));
  const choose = (/** @type {Partial<Sought>} */ part) => setSought({ ...sought, ...part });
  const { all, missed, shown } = live.value;
  const calls = shown ?? all;
  const isSought = Object.values(sought).some((one) => one.trim() !== "");
  const found = useMemo(() => (isSought ? calls.filter((call) => fits(call, { ...sought, text: sought.text.trim().toLowerCase() })) : calls), [calls, sought]);
  const since = shown ? (all[0]?.number ?? 0) - (shown[0]?.number ?? 0) : 0;
  return html`<div class="fill"><section class="card" aria-label="Calls of the application">
    <h2>Calls <span class="count">${figure(calls.length)}</span><span class="grow"></span>
      <${Choice} label="Script" any="all scripts" value=${sought.script} of=${new Map(calls.map((call) => [call.script, nameOf(call)]))} choose=${(/** @type {string} */ script) => choose({ script })} />
      <${Choice} label="Client" any="all clients" value=${sought.client} of=${new Map(calls.map(({ client }) => [client, client]))} choose=${(/** @type {string} */ client) => choose({ client })} />
      <${FilterField} label="Key or argument" text=${sought.text} change=${(/** @type {string} */ text) => choose({ text })} found=${isSought ? found.length : null} />
      <button class="small" aria-pressed=${callsStop.value} title="Calls of scripts with breakpoints, or marked here, wait at the server until you let them go on" onClick=${() => (callsStop.value = !callsStop.value)}>Breakpoints${stoppingCalls.value.length > 0 && ` ${figure(stoppingCalls.value.length)}`}</button>
      <button class="small" aria-pressed=${shown !== null} onClick=${pauseOrGoOn}>Pause</button>
      <button class="small" disabled=${calls.length === 0} onClick=${clearCalls}>Clear</button>
    </h2>
    ${liveProblem.value && html`<p class="note error" role="alert">${liveProblem.value} <button class="small" onClick=${watchCalls}>Connect again</button></p>`}
    ${since > 0 && html`<p class="note" role="status">${counted(since, "more call")} came since.</p>`}
    ${missed > 0 && html`<p class="note">${counted(missed, "call")} came too fast to be listed: of each tenth of a second the newest are.</p>`}
    <${List} role="table" label="Calls, the newest first" name="whole calls" count=${found.length} columns=${TITLES} about=${sought}
      keyOf=${(/** @type {number} */ index) => found[index].number} nameOf=${(/** @type {number} */ index) => (found[index].is_error ? "failed" : "")}
      draw=${(/** @type {number} */ index) => cells(found[index])}
      empty=${html`<p class="pad quiet">${calls.length ? "No call is like that." : whatComes()}</p>`} />
  </section></div>`;
}

/** @param {{ label: string, any: string, value: string, of: Map<string, string>, choose: (value: string) => void }} props */
function Choice({ label, any, value, of, choose }) {
  const names = [...of].sort(([, one], [, other]) => one.localeCompare(other));
  return html`<select aria-label=${label} value=${value} onChange=${(/** @type {any} */ event) => choose(event.target.value)}>
    <option value="">${any}</option>
    ${value && !of.has(value) && html`<option value=${value}>${value.slice(0, 20)}</option>`}
    ${names.map(([id, name]) => html`<option key=${id} value=${id}>${name}</option>`)}
  </select>`;
}

/** @param {LiveCall} call */
function cells(call) {
  const { number, at, took, client, command, keys, argv, more_words: more, reply } = call;
  return html`<span role="cell" class="number quiet">${TIME.format(at)}<br />${duration(took / 1000)}</span>
    <span role="cell"><span class="mono" title=${`${command} ${call.script}`}>${nameOf(call)}</span><br /><span class="quiet">${client}</span></span>
    <span role="cell" class="mono">${keys.join(" ")}${argv.length > 0 && html` <span class="quiet">${argv.join(" ")}</span>`}${more > 0 && html` <span class="quiet">and ${figure(more)} more</span>`}<span class="told pre">${reply}</span></span>
    <span role="cell"><button class="small" aria-label=${`Open call ${number}`} onClick=${() => openCall(number)}>Open</button>
      <button class="small" aria-pressed=${liveStops.value.has(call.script) && stoppingCalls.value.includes(call.script)} aria-label=${`Stop at calls of ${nameOf(call)}`} title="Its next call waits with its reply until you let it go on" onClick=${() => stopOrNot(call.script)}>Stop</button></span>`;
}

/** The call that waits, and what may be done with it: over whatever is shown. */
export function HeldCall() {
  const call = heldCall.value;
  if (!call) return null;
  const { number, client } = call;
  return html`<div class="banner info held" role="status" aria-label="A call that waits">
    <span>Call ${number}, of ${nameOf(call)} by ${client}, has run and waits with its reply. Others wait too, or are told BUSY.</span>
    <button class="small" disabled=${phase.value !== "ready"} onClick=${() => debugCall(number)}>Debug it</button>
    <button class="small" onClick=${() => letGo(number)}>Let it go on</button>
    <button class="small" onClick=${() => (callsStop.value = false)}>Stop no more</button>
  </div>`;
}
