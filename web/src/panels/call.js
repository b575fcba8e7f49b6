// @ts-check
// How the script is called: presets, KEYS, ARGV, the command, the protocol, the clock and the seed.
import { useEffect } from "preact/hooks";
import { askFunctions, askInputs } from "../actions/questions.js";
import { html } from "../html.js";
import { show } from "../layout.js";
import { MODES, callsFunction, isLibrary } from "../modes.js";
import { serverNow } from "../server_time.js";
import { TIME_LIMITS, changeSettings, settings } from "../storage.js";
import { clockIsTyped, edit, inputs, leftTab, library, phase, sheet, work } from "../state.js";
import { Fields } from "./fields.js";
import { Presets } from "./presets.js";

/** Time after the last keystroke at which the engine is asked what the script and the fields are. Milliseconds. */
const ASK_DELAY = 300;

/** How far the virtual clock is moved at a press, in seconds. */
const STEPS = [
  { title: "+1 s", seconds: 1 },
  { title: "+1 min", seconds: 60 },
  { title: "+1 h", seconds: 3600 },
];

export function Call() {
  const { script, keys, argv, mode, function: called } = work.value;
  const isReady = phase.value === "ready";
  useEffect(() => {
    if (!isReady) return;
    const timer = setTimeout(() => askInputs(script, keys, argv), inputs.value ? ASK_DELAY : 0);
    return () => clearTimeout(timer);
  }, [script, keys, argv, isReady, sheet.value]);
  const count = `${mode}${callsFunction(mode) && called ? ` ${called}` : ""} · ${keys.length} ${keys.length === 1 ? "key" : "keys"}`;
  return html`<section class="call" aria-label="Call">
    <${Fields} name="KEYS" of="keys" note=${count} />
    <${Fields} name="ARGV" of="argv" note="" />
    <${FixtureLines} />
    <${Presets} />
    <${Callee} />
    <details class="options">
      <summary>Options <span class="quiet">${summary()}</span></summary>
      <${Options} />
    </details>
  </section>`;
}

/** Lines of the fixture that are shown beside the inputs. */
const MOST_FIXTURE_LINES = 3;

/** What the keyspace is filled with before a run, and the way to where it is written. */
function FixtureLines() {
  const { fixture, fresh } = work.value;
  const lines = fixture.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) return null;
  const more = lines.length - MOST_FIXTURE_LINES;
  return html`<span class="row-label">Fixture</span>
    <div class="fixture wide" role="group" aria-label="Fixture">
      <pre class=${fresh ? "" : "quiet"}>${lines.slice(0, MOST_FIXTURE_LINES).join("\n")}</pre>
      ${more > 0 && html`<span class="quiet">and ${more} more ${more === 1 ? "line" : "lines"}</span>`}
      ${!fresh && html`<span class="quiet">not used: the keyspace is kept</span>`}
      <button class="small" aria-label="Edit the fixture" title="It fills the keyspace before each run" onClick=${() => show(leftTab, "fixture")}>Edit</button>
    </div>`;
}

/** What stands in the way of calling the script as chosen, or the choice of a library's functions. */
function Callee() {
  const { script, mode, function: called } = work.value;
  const asks = isLibrary(script) && phase.value === "ready";
  useEffect(() => {
    if (!asks) return;
    const timer = setTimeout(() => askFunctions(script), library.value ? ASK_DELAY : 0);
    return () => clearTimeout(timer);
  }, [script, asks, sheet.value]);
  if (isLibrary(script) && !callsFunction(mode)) {
    return html`<p class="callee note" role="status">This script is a function library, which ${mode} refuses.${" "}
      <button class="small" onClick=${() => edit({ mode: mode === "EVAL_RO" ? "FCALL_RO" : "FCALL" })}>Call it with FCALL</button></p>`;
  }
  if (!callsFunction(mode)) return null;
  if (!isLibrary(script)) {
    return html`<p class="callee note" role="status">${mode} calls a function of a library, and this script has no <code>#!lua name=…</code> line.${" "}
      <button class="small" onClick=${() => edit({ mode: "EVAL" })}>Call it with EVAL</button></p>`;
  }
  const { functions = [], problem = "" } = library.value ?? {};
  if (problem) return html`<p class="callee note error" role="status">The library cannot be loaded: ${problem}</p>`;
  const chosen = functions.find(({ name }) => name === called);
  const about = [chosen?.description, chosen?.flags.length ? `flags ${chosen.flags.join(", ")}` : ""].filter(Boolean).join(" · ");
  return html`<span class="row-label">${mode}</span>
    <label class="function wide">
      <select aria-label="Function" value=${called} onChange=${(/** @type {any} */ event) => edit({ function: event.target.value })}>
        ${functions.map(({ name }) => html`<option key=${name} value=${name}>${name}</option>`)}
      </select>
      <span class="quiet">${about}</span>
    </label>`;
}

function Options() {
  const { mode, protocol, fresh, clock, seed, shuffle, cluster, node } = work.value;
  return html`<div class="option-row">
    <label>Command <select value=${mode} onChange=${(/** @type {any} */ e) => edit({ mode: e.target.value })}>
      ${MODES.map((name) => html`<option key=${name}>${name}</option>`)}
    </select></label>
    <label>Protocol <select value=${String(protocol)} onChange=${(/** @type {any} */ e) => edit({ protocol: e.target.value === "3" ? 3 : 2 })}>
      <option value="2">RESP2</option><option value="3">RESP3</option>
    </select></label>
    <label>Time limit <select value=${String(settings.value.seconds)} onChange=${(/** @type {any} */ e) => changeSettings({ seconds: Number(e.target.value) || null })}>
      ${TIME_LIMITS.map((seconds) => html`<option key=${seconds} value=${String(seconds)}>${seconds === null ? "none" : `${seconds} s`}</option>`)}
    </select></label>
    <span class="clock-row" role="group" aria-label="Virtual clock">
      <label title="Empty: the clock of this computer">Clock <input class="clock" placeholder="this computer’s" aria-label="Clock, Unix seconds" inputmode="decimal" value=${clock ?? ""} onInput=${typeClock} onBlur=${() => (clockIsTyped.value = false)} onChange=${() => (clockIsTyped.value = false)} /></label>
      <button class="small" title="Hold the clock at this moment" onClick=${() => edit({ clock: Math.floor(Date.now() / 1000) })}>Now</button>
      ${STEPS.map(({ title, seconds }) => html`<button key=${title} class="small" title="Later, by so much: what has expired by then is gone" onClick=${() => moveClock(seconds)}>${title}</button>`)}
      ${clock !== null && html`<span class="quiet">${clockText(clock)}</span>`}
    </span>
    <label title="It feeds math.random and the server’s random choices. Empty: other choices every time">Seed <input class="seed" placeholder="random" inputmode="numeric" value=${seed ?? ""} onInput=${(/** @type {any} */ e) => edit({ seed: toInteger(e.target.value) })} /></label>
    <label title="A node of a cluster serves a third of the hash slots: CROSSSLOT, MOVED, and keys of other nodes are refused as there. The fixture is on every node">Cluster <select value=${`${cluster} ${node}`} onChange=${(/** @type {any} */ e) => chooseNode(e.target.value)}>
      ${nodesToChoose(cluster, node).map(([count, number]) => html`<option key=${`${count} ${number}`} value=${`${count} ${number}`}>${nodeName(count, number)}</option>`)}
    </select></label>
    <label class="check" title="SMEMBERS, HGETALL, KEYS and the like: Redis promises no order, so no script should lean on one. The seed decides it"><input type="checkbox" checked=${shuffle} onChange=${(/** @type {any} */ e) => edit({ shuffle: e.target.checked })} /> Shuffle what has no order</label>
    <label class="check"><input type="checkbox" checked=${fresh} onChange=${(/** @type {any} */ e) => edit({ fresh: e.target.checked })} /> Start from the fixture</label>
  </div>`;
}

/** How many nodes a cluster has here: a link may bring another number. */
const NODES = 3;

/** The choices: no cluster, the node that serves the first key, each node. @param {number} cluster @param {number} node @returns {[number, number][]} */
function nodesToChoose(cluster, node) {
  const count = cluster || NODES;
  /** @type {[number, number][]} */
  const choices = [[0, 0], [count, 0], ...Array.from({ length: Math.min(count, NODES) }, (_, at) => /** @type {[number, number]} */ ([count, at + 1]))];
  return node > NODES ? [...choices, [count, node]] : choices;
}

/** @param {number} cluster @param {number} node */
function nodeName(cluster, node) {
  if (cluster === 0) return "none";
  return node === 0 ? `of ${cluster}, where the keys are` : `of ${cluster}, node ${node}`;
}

/** @param {string} value */
function chooseNode(value) {
  const [cluster, node] = value.split(" ").map(Number);
  edit({ cluster, node });
}

/** While it is typed the clock stays where it is: half a number would be another time, at which every key has expired. @param {any} event */
function typeClock({ target }) {
  clockIsTyped.value = true;
  edit({ clock: toNumber(target.value) });
}

/** Moves the server's clock on, from where it stands. @param {number} seconds */
function moveClock(seconds) {
  edit({ clock: (work.value.clock ?? Math.floor(serverNow() / 1000)) + seconds });
}

/** @param {number} seconds */
function clockText(seconds) {
  return new Date(seconds * 1000).toISOString().replace("T", " ").replace(/\.?0*Z$/, " UTC");
}

function summary() {
  const { protocol, fresh, clock, seed, shuffle, cluster, node } = work.value;
  const parts = [protocol === 3 ? "RESP3" : "RESP2", fresh ? "fresh keyspace" : "keeps the keyspace"];
  if (clock !== null) parts.push(`clock ${clock}`);
  if (seed !== null) parts.push(`seed ${seed}`);
  if (shuffle) parts.push("shuffled");
  if (cluster) parts.push(node ? `node ${node} of a cluster` : "cluster");
  return parts.join(" · ");
}

/** @param {string} text */
function toNumber(text) {
  const number = Number(text);
  return text.trim() === "" || !Number.isFinite(number) || number < 0 || number >= 1e11 ? null : number;
}

/** @param {string} text */
function toInteger(text) {
  const number = Number(text);
  return text.trim() === "" || !Number.isSafeInteger(Math.trunc(number)) ? null : Math.trunc(number);
}
