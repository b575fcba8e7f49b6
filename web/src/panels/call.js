// @ts-check
// How the script is called: KEYS, ARGV, the command, the protocol, the clock and the seed.
import { html } from "../html.js";
import { settings, changeSettings } from "../storage.js";
import { edit, work } from "../state.js";
import { Fields } from "./fields.js";

const MODES = ["EVAL", "EVAL_RO", "EVALSHA"];

export function Call() {
  const { keys, mode, protocol, fresh, clock, seed } = work.value;
  const count = `${mode} · ${keys.length} ${keys.length === 1 ? "key" : "keys"}`;
  return html`<section class="call" aria-label="Call">
    <${Fields} name="KEYS" of="keys" note=${count} />
    <${Fields} name="ARGV" of="argv" note="" />
    <details class="options">
      <summary>Options <span class="quiet">${summary()}</span></summary>
      <div class="option-row">
        <label>Command <select value=${mode} onChange=${(/** @type {any} */ e) => edit({ mode: e.target.value })}>
          ${MODES.map((name) => html`<option key=${name}>${name}</option>`)}
        </select></label>
        <label>Protocol <select value=${String(protocol)} onChange=${(/** @type {any} */ e) => edit({ protocol: e.target.value === "3" ? 3 : 2 })}>
          <option value="2">RESP2</option><option value="3">RESP3</option>
        </select></label>
        <label>Time limit <select value=${String(settings.value.seconds)} onChange=${(/** @type {any} */ e) => changeSettings({ seconds: Number(e.target.value) || null })}>
          <option value="1">1 s</option><option value="5">5 s</option><option value="30">30 s</option><option value="null">none</option>
        </select></label>
        <label title="Empty: the clock of this computer">Clock <input class="clock" placeholder="now" aria-label="Clock, Unix seconds" inputmode="decimal" value=${clock ?? ""} onInput=${(/** @type {any} */ e) => edit({ clock: toNumber(e.target.value) })} /></label>
        <button class="small" title="A minute later" disabled=${clock === null} onClick=${() => edit({ clock: (clock ?? 0) + 60 })}>+60 s</button>
        <label title="Empty: other random choices every time">Seed <input class="seed" placeholder="random" inputmode="numeric" value=${seed ?? ""} onInput=${(/** @type {any} */ e) => edit({ seed: toInteger(e.target.value) })} /></label>
        <label class="check"><input type="checkbox" checked=${fresh} onChange=${(/** @type {any} */ e) => edit({ fresh: e.target.checked })} /> Start from the fixture</label>
      </div>
    </details>
  </section>`;

  function summary() {
    const parts = [protocol === 3 ? "RESP3" : "RESP2", fresh ? "fresh keyspace" : "keeps the keyspace"];
    if (clock !== null) parts.push(`clock ${clock}`);
    if (seed !== null) parts.push(`seed ${seed}`);
    return parts.join(" · ");
  }
}

/** @param {string} text */
function toNumber(text) {
  const number = Number(text);
  return text.trim() === "" || !Number.isFinite(number) || number < 0 ? null : number;
}

/** @param {string} text */
function toInteger(text) {
  const number = toNumber(text);
  return number === null ? null : Math.trunc(number);
}
