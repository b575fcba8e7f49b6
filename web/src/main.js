// @ts-check
// Starts the engine, then draws the page while it loads: the link, the saved work, or the first example.
import { effect } from "@preact/signals";
import { keepTime } from "./actions/clock.js";
import { offerDebugged, rememberDebugged } from "./actions/debugging_again.js";
import { carryOut } from "./actions/running.js";
import { keepServer } from "./actions/server.js";
import { startEngine, useEngine } from "./actions/session.js";
import { examples, loadExamples, workOf } from "./examples.js";
import { tokenOf } from "./disk_files.js";
import { acceptDrops } from "./files.js";
import { openWork } from "./history.js";
import { html, render } from "./html.js";
import { keepRefused, keptHere } from "./keyspace_saving.js";
import { loadRest, withRest } from "./later.js";
import { tellMishaps } from "./mishaps.js";
import { wantedEngine } from "./other_engines.js";
import { bringsToken, isBesideServer } from "./live_address.js";
import { loadRecording } from "./recorded.js";
import { unknownServer } from "./servers.js";
import { LinkError, readLink } from "./share.js";
import { obeyKeys } from "./shortcuts.js";
import { banner, phase, replaceWork, work } from "./state.js";
import { clearDesks, findWork, startSaving, wasReloaded } from "./saving.js";
import { obeySettings } from "./storage.js";
import { keepUpToDate } from "./updates.js";
import { Workbench } from "./workbench.js";

/** Opens the files of `ferrous open`, or the work of a link, where there is one. */
async function openLink() {
  const token = tokenOf(location.hash);
  if (token) return withRest(({ openDiskFiles }) => openDiskFiles(token, wasReloaded()));
  try {
    if (bringsToken(location.hash)) return;
    const linked = await readLink(location.hash);
    if (!linked) return;
    openWork(linked, "link");
    banner.value = { kind: "info", text: `This script came with the link. Read it, then press Run: it has not run yet.${unknownServer(linked)}` };
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    banner.value = { kind: "error", text: `The link cannot be opened: ${error.message}.` };
  }
}

/** Shows what this tab was left with, or the link. @param {ReturnType<typeof findWork>} found */
async function openFirst(found) {
  const left = await found;
  replaceWork(left ?? workOf(examples.value[0]));
  if (!left) loadRecording();
  startSaving();
  if (!wasReloaded() || tokenOf(location.hash)) await openLink();
  offerDebugged();
  rememberDebugged();
}

function start() {
  tellMishaps();
  const { worker = "", otherWorker = "", keeper = "", imageMaker = "" } = /** @type {HTMLScriptElement} */ (document.querySelector("script[data-worker]")).dataset;
  const found = findWork();
  startEngine({ own: worker, other: otherWorker, keeper }, carryOut, { read: () => found.then(keptHere), fail: keepRefused });
  obeySettings();
  openFirst(found).finally(() => {
    effect(() => useEngine(wantedEngine()));
    const place = /** @type {HTMLElement} */ (document.querySelector("#workbench"));
    place.textContent = "";
    render(html`<${Workbench} />`, place);
  });
  const stopWaiting = effect(() => {
    if (phase.value !== "ready") return;
    queueMicrotask(() => stopWaiting());
    loadExamples();
    loadRest().then(({ makeImageAtRest, watchCalls }) => (isBesideServer ? watchCalls() : makeImageAtRest(imageMaker)), () => {});
    clearDesks();
    if (!isBesideServer) keepUpToDate();
  });
  keepTime();
  keepServer();
  acceptDrops();
  addEventListener("hashchange", () => (bringsToken(location.hash) ? location.reload() : openLink()));
  addEventListener("keydown", obeyKeys, true);
}

// old_browser.js has looked before: where something is missing it has said so.
if (document.documentElement.dataset.missing === undefined) start();
