// @ts-check
// The engine of the page: started, watched, started again; and what of its answers every act takes in.
import { batch } from "@preact/signals";
import { Engine, EngineGone } from "../engine.js";
import { KeyspaceCopy } from "../keyspace_copy.js";
import { loadRest } from "../later.js";
import { isBesideServer } from "../live_address.js";
import { isLibrary } from "../modes.js";
import { areSame } from "../other_engines.js";
import { librariesOf, libraryTextsOf } from "../scripts.js";
import { DEFAULT_SERVER, SERVERS, serverOf } from "../servers.js";
import * as state from "../state.js";
import { settings } from "../storage.js";
import { leaveServer, throughSocket } from "../transport/socket.js";
import { inWorker } from "../transport/worker.js";

/** The version of the messages this page understands. @type {import("../contract").Welcome["contract"]} */
const CONTRACT = 3;
/** Deaths in a row after which the engine is not started again. */
const MOST_DEATHS = 3;
/** Memory one request may take, as `Limits.memory` of a server. Megabytes. */
export const MOST_MEGABYTES = 512;
/** The number of an act that the engine does not know. */
const NO_ACT = 0;
/** Lines of the console, each with its reply, that are kept, and characters of them all. */
const MOST_ENTRIES = 500;
const MOST_CHARACTERS = 5_000_000;

/** The keyspace as lines of commands: what a new worker is filled with. @type {KeyspaceCopy} */
export let copy;
/** @type {Engine} */
export let engine;
let deaths = 0;
/** Whether the engine that was started last has answered. */
let hasAnswered = false;
/** The engine that was started, where it is not the one of this site. @type {import("../other_engines.js").OtherEngine | null} */
let other = null;
/** Carries out the run that was asked for before Python was there. @type {() => Promise<void>} */
let runNow;
/** What this tab was left with, until the first engine has it. @type {Kept | null} */
let kept;

/**
 * The keyspace this tab was left with: `read` brings it, `fail` hears why it could not be filled in again.
 * @typedef {{ read: () => Promise<Uint8Array<ArrayBuffer>>, fail: (problem: string) => void }} Kept
 *
 * @param {{ own: string, other: string, keeper: string }} workers
 * @param {() => Promise<void>} runWaiting carries out a run that waits for the engine
 * @param {Kept} left
 */
export function startEngine(workers, runWaiting, left) {
  runNow = runWaiting;
  kept = left;
  copy = new KeyspaceCopy(workers.keeper);
  const inBrowser = inWorker(workers);
  // Another version of the engine is fetched into the browser, wherever the one of this site runs.
  engine = new Engine(isBesideServer ? (asked, hear) => (asked.other ? inBrowser : throughSocket)(asked, hear) : inBrowser, {
    progress: (fraction, doing) => (state.progress.value = { fraction, doing }),
    ready: whenReady,
    working: (work) => (state.working.value = work),
    running: (figures) => (state.figures.value = figures),
    changed: (parts) => copy.update(parts),
    dead: whenDead,
  });
  engine.start();
}

/** @param {import("../engine.js").Image} image */
async function whenReady(image) {
  if (state.memoryImage.value !== "being made") state.memoryImage.value = image;
  const hello = await engine.ask({ type: "Hello" });
  if ((other || isBesideServer) && (hello.type !== "Welcome" || hello.contract !== CONTRACT)) {
    engine.end("it does not understand this page");
    if (other) return refuseEngine("it and this page do not understand each other");
    return beWithoutServer("This page and the server that it belongs to are not of one version: reload the page.");
  }
  hasAnswered = true;
  if (hello.type === "Welcome") state.engineVersion.value = `${hello.engine_version} on Python ${hello.python_version}`;
  const lines = kept ? await kept.read() : await copy.lines();
  if (serverOf(state.work.value) !== DEFAULT_SERVER) await moveServer();
  if (lines.length) {
    // The clock comes first: on another one keys would have expired.
    await engine.ask({ type: "SetClock", clock: state.work.value.clock });
    const loaded = await engine.ask({ type: "Load", lines, fresh: true, undoable: false });
    if (loaded.type === "Loaded") takeIn(loaded.keyspace);
    const problem = loaded.type === "Failure" ? loaded.message : loaded.problem?.message;
    if (problem) kept?.fail(problem);
  }
  kept = null;
  // A run that waits comes first: when the phase is "ready" the linter and the panels ask too.
  if (state.runWaits.value) {
    state.runWaits.value = false;
    await runNow();
  } else state.phase.value = "ready";
  await askReference();
}

/** Asks which commands the server has, for who writes. */
export async function askReference() {
  const book = await engine.ask({ type: "Reference" }).catch(() => null);
  if (book?.type === "ReferenceBook") state.reference.value = book;
}

/** The function libraries beside the script that is shown are loaded, in their order: fixture and console may call them. False if Stop ended that. */
export async function loadLibraries() {
  const { others } = state.work.value;
  if (!others.some(({ script }) => isLibrary(script))) return true;
  const libraries = librariesOf(state.work.value);
  const answer = await engine.ask({ type: "LoadLibraries", libraries: libraryTextsOf(state.work.value) }, limits());
  const problems = answer.type === "Failure" ? [answer.message] : answer.problems.map((problem, place) => problem && `${libraries[place].scriptName}: ${problem}`).filter(Boolean);
  if (problems.length) state.banner.value = { kind: "error", text: `Not every function library of this work could be loaded. ${problems.join("; ")}` };
  return answer.interrupted !== "stop";
}

/** The engine imitates the server of the work from now on: that answers what is asked after this. Null where it stays as it was. */
export async function moveServer() {
  const former = state.engineServer.value;
  const server = (state.engineServer.value = serverOf(state.work.value));
  const set = await engine.ask({ type: "SetServer", server });
  if (set.type === "ServerSet") {
    forgetAct();
    takeIn(set.keyspace);
    state.keyspaceRevision.value += 1;
    return set;
  }
  batch(() => {
    state.engineServer.value = former;
    state.edit({ server: former });
    state.banner.value = { kind: "error", text: `The server is still ${SERVERS[former]}: ${set.type === "Failure" ? set.message : ""}` };
  });
  return null;
}

/** The server beside this page cannot be used, or not any more. @param {string} text what is said of that */
function beWithoutServer(text) {
  state.phase.value = "failed";
  state.banner.value = { kind: "error", stays: true, text, action: { title: "Go on in this browser alone", act: leaveServer } };
}

/** @param {string} message @param {string} gone */
function whenDead(message, gone) {
  if (gone) return beWithoutServer(gone);
  deaths += 1;
  if (other && !hasAnswered) return refuseEngine(message);
  // A restored Python that has not answered once is restored no more; one that a script has killed is.
  if (state.memoryImage.value === "restored" && !hasAnswered) {
    state.memoryImage.value = "refused";
    return restart(true);
  }
  if (deaths > MOST_DEATHS || state.engineVersion.value === "") {
    state.phase.value = "failed";
    loadRest().then(({ forgetImage }) => forgetImage(), () => {}); // the next visit does not begin with what may be at fault
    state.banner.value = { kind: "error", text: `Python could not be loaded: ${message}. Reload the page to try again.` };
    return;
  }
  state.banner.value = { kind: "error", text: "Python stopped working and was started again. The keyspace is as it was before the run." };
  restart();
}

/** Starts an engine, unless it is there. @param {import("../other_engines.js").OtherEngine | null} wanted null for the one of this site */
export function useEngine(wanted) {
  if (areSame(wanted, other)) return;
  other = wanted;
  deaths = 0;
  state.banner.value = null;
  engine.end("another version of the engine is started");
  restart();
}

/** @param {string} reason */
function refuseEngine(reason) {
  state.phase.value = "failed";
  state.banner.value = {
    kind: "error",
    text: `${other && "name" in other ? `${other.name} cannot be used` : `This work asks for engine ${other?.version}, which cannot be had`}: ${reason}.`,
    action: { title: `Continue with engine ${SITE_LAYOUT.version}`, act: useOwnEngine },
  };
}

/** The engine of this site runs, whatever ran before. */
export function useOwnEngine() {
  state.ownEngine.value = null;
  state.edit({ engine: "" });
}

/** @param {boolean} [isAnew] without the image of Python's memory */
export function restart(isAnew = false) {
  state.debugged.value = null;
  state.consolePrompt.value = state.FIRST_PROMPT;
  state.phase.value = "loading";
  state.progress.value = { fraction: 0, doing: other ? "Fetching the other engine" : "Starting Python again" };
  forgetActs();
  hasAnswered = false;
  engine.start(other, isAnew);
}

/** The acts are forgotten with the engine that knew them, its clock and its server too. */
function forgetActs() {
  state.undoable.value = state.redoable.value = [];
  state.serverTime.value = { now: 0, at: 0, held: null, nextExpiry: null };
  state.engineServer.value = DEFAULT_SERVER;
  forgetAct();
}

function forgetAct() {
  const last = state.lastRun.value;
  if (last?.act) state.lastRun.value = { ...last, act: NO_ACT };
}

/** What every answer that may change the keyspace tells. @param {import("../contract").KeyspaceState} keyspace */
export function takeIn({ keys, changed, undoable, redoable, prompt, arrived, clock, now, next_expiry: nextExpiry }) {
  const wasMoved = clock !== state.serverTime.value.held;
  batch(() => {
    state.keyCount.value = keys;
    state.undoable.value = undoable;
    state.redoable.value = redoable;
    state.serverTime.value = { now, at: performance.now(), held: clock, nextExpiry };
  });
  state.consolePrompt.value = prompt;
  if (arrived) printToConsole({ prompt: "", input: "", text: arrived, isError: false, note: "" });
  if (changed || wasMoved) state.keyspaceRevision.value += 1;
}

/** At which a request that runs what a person wrote is interrupted. */
export const limits = () => ({ seconds: settings.value.seconds, bytes: MOST_MEGABYTES * 1024 * 1024 });

/** @param {state.ConsoleEntry} entry */
export function printToConsole(entry) {
  const entries = [...state.consoleEntries.value, entry].slice(-MOST_ENTRIES);
  let room = MOST_CHARACTERS;
  const kept = entries.findLastIndex(({ text }) => (room -= text.length) < 0) + 1;
  state.consoleEntries.value = entries.slice(Math.min(kept, entries.length - 1));
}

/** The last request went well: deaths before it do not count. */
export function forgetDeaths() {
  deaths = 0;
}

/**
 * The result of `act`, while the page is busy. Null when the worker is gone: whoever ended it starts the next one and says why.
 * @template T @param {() => Promise<T>} act @returns {Promise<T | null>}
 */
export async function whileRunning(act) {
  state.beginRunning();
  try {
    const result = await act();
    state.phase.value = "ready";
    return result;
  } catch (error) {
    if (!(error instanceof EngineGone)) throw error;
    return null;
  }
}
