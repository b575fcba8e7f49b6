// @ts-check
// The line at the bottom: the engine, the keyspace, and where the work is kept.
import { ending } from "./ending.js";
import { keptWork } from "./history.js";
import { html } from "./html.js";
import { figure } from "./list.js";
import { Elapsed } from "./panels/running.js";
import { dialog, engineVersion, keyCount, lastRun, phase, progress, rightTab, work } from "./state.js";
import { desk } from "./desk.js";
import { saving } from "./saving.js";

const STATES = { loading: "loading", ready: "ready", running: "running", failed: "not available" };

const SAVING = {
  saved: "saved",
  pending: "saving…",
  "no room": "not saved: this browser has no room left",
  impossible: "not saved: this browser keeps nothing",
};

export function Footer() {
  const undeclared = lastRun.value?.ran.access_counts.undeclared ?? 0;
  const text = phase.value === "running" ? html`running <${Elapsed} />` : phase.value === "loading" ? `${progress.value.doing} ${Math.round(progress.value.fraction * 100)} %` : STATES[phase.value];
  return html`<footer class="foot">
    <span><span class=${`dot ${phase.value}`}></span>${text}</span>
    ${ending.value && phase.value === "ready" && html`<button class=${ending.value.isBad ? "plain bad" : "plain"} title="Show the reply" onClick=${() => (rightTab.value = "reply")}>${ending.value.text}</button>`}
    <button class="plain" onClick=${() => (rightTab.value = "keyspace")}><b>${figure(keyCount.value)}</b> ${keyCount.value === 1 ? "key" : "keys"}</button>
    ${undeclared > 0 && html`<span class="warn">${figure(undeclared)} undeclared</span>`}
    <span class="grow"></span>
    ${engineVersion.value && html`<button class="plain wide-only" aria-haspopup="dialog" onClick=${() => (dialog.value = "engine")}>engine ${engineVersion}</button>`}
    <${Saved} />
    ${keptWork.value === work.value && html`<span role="status">version kept</span>`}
    <button class="plain" onClick=${() => (dialog.value = "history")}>History</button>
  </footer>`;
}

/** What of all this is kept. */
function Saved() {
  if (!desk.value.isOwn) return html`<span>not saved here: another tab has this work</span>`;
  return html`<span>${SAVING[saving.value]}${saving.value === "saved" && html`<span class="wide-only"> in this browser</span>`}</span>`;
}
