// @ts-check
// The line at the bottom: the engine, the keyspace, and where the work is kept.
import { ending } from "./ending.js";
import { diskFiles, isOpenHere, isWritten, stateOf } from "./disk_files.js";
import { keepAndWrite } from "./files.js";
import { shownText } from "./hidden.js";
import { keptWork } from "./history.js";
import { html } from "./html.js";
import { keyNames } from "./key_names.js";
import { withRest } from "./later.js";
import { figure } from "./list.js";
import { Elapsed } from "./panels/running.js";
import { dialog, engineVersion, keyCount, lastRun, phase, progress, rightTab, work } from "./state.js";
import { desk } from "./desk.js";
import { LARGEST, keyspaceSaving } from "./keyspace_saving.js";
import { saving } from "./saving.js";

const STATES = { loading: "loading", ready: "ready", running: "running", failed: "not available" };

const SAVING = {
  saved: "saved",
  pending: "saving…",
  "no room": "not saved: this browser has no room left",
  impossible: "not saved: this browser keeps nothing",
};

/** Why the keyspace is not saved with the work. @type {Record<string, string>} */
const KEYSPACE_SAVING = {
  "too large": `without the keyspace: its commands have more than ${LARGEST / 1e6} MB`,
  "no room": "without the keyspace: this browser has no room left",
  impossible: "without the keyspace: this browser keeps none",
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
    <${Written} />
    <${Saved} />
    ${keptWork.value === work.value && html`<span role="status">version kept</span>`}
    <button class="plain" onClick=${() => (dialog.value = "history")}>History</button>
  </footer>`;
}

/** Whether the files of `ferrous open` are as they are here. */
function Written() {
  const { value } = diskFiles;
  if (!value) return null;
  const of = (/** @type {import("./disk_files.js").DiskFile[]} */ files) => (files.length === 1 ? shownText(files[0].name) : `${files.length} files`);
  if (!value.isThere) return html`<span class="warn" role="status">${of(value.files)}: cannot be written, ferrous open has ended</span>`;
  if (!isOpenHere()) return html`<button class="plain" title="What is here goes into the history" onClick=${() => withRest(({ readDiskFilesAgain }) => readDiskFilesAgain())}>Back to ${of(value.files)}</button>`;
  const unwritten = value.files.filter((file) => !isWritten(stateOf(file)));
  if (unwritten.length === 0) return html`<span role="status">${of(value.files)}: ${value.wasRead ? "read again" : "written"}</span>`;
  return html`<button class="plain warn" title=${`Write what is here (${keyNames("Mod+S").join(" ")})`} onClick=${keepAndWrite}>${of(unwritten)}: not written</button>`;
}

/** What of all this is kept. */
function Saved() {
  if (!desk.value.isOwn) return html`<span>not saved here: another tab has this work</span>`;
  const both = saving.value === "saved" && keyspaceSaving.value === "pending" ? "pending" : saving.value;
  return html`<span>${SAVING[both]}${both === "saved" && html`<span class="wide-only"> in this browser</span>`}</span>
    ${both === "saved" && KEYSPACE_SAVING[keyspaceSaving.value] && html`<span class="warn">${KEYSPACE_SAVING[keyspaceSaving.value]}</span>`}`;
}
