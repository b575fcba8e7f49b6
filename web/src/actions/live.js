// @ts-check
// The calls of an application, as the server beside this page tells them (ferrous_vm/live/calls.py): they are listed as they come,
// and each is opened as work, with the keys that it touched. What stood in the editor is in the history then. A call of a script
// that has breakpoints, or is to stop, waits at the server with its reply until the page lets it go on (ferrous_vm/live/stops.py).
import { batch, computed, effect } from "@preact/signals";
import { openWork } from "../history.js";
import { isLibrary } from "../modes.js";
import { scriptsOf } from "../scripts.js";
import { LinkError, readWork } from "../share.js";
import * as state from "../state.js";
import { socketAddress, whyClosed } from "../transport/socket.js";
import { debug } from "./debugging.js";
import { run } from "./running.js";

/** @typedef {import("../contract").LiveCalls | import("../contract").LiveCallOpened | import("../contract").LiveHeld | import("../contract").LiveStops} FromServer */

/** Calls that are listed: the last ones. */
const MOST = 1000;

/** @type {WebSocket | null} */
let socket = null;
/** The number of the call that is opened to be debugged. */
let toDebug = 0;

/** From now on calls are listed, and stop where they are to. */
export function watchCalls() {
  const opened = new WebSocket(socketAddress("calls"));
  socket = opened;
  let stopTelling = () => {};
  opened.onopen = () => {
    state.liveProblem.value = "";
    stopTelling = effect(() => void tellStops(opened, names.value, breakpointed.value));
  };
  opened.onmessage = ({ data }) => hear(JSON.parse(data));
  opened.onclose = (closed) => {
    socket = null;
    stopTelling();
    state.isWatching.value = false;
    state.heldCall.value = null;
    state.stoppingCalls.value = [];
    state.liveProblem.value = whyClosed(closed);
  };
}

const names = computed(() => (state.callsStop.value ? [...state.liveStops.value] : []));

/** The scripts of the work that have breakpoints, as text: it is the same while none of them changes. */
const breakpointed = computed(() => {
  if (!state.callsStop.value) return "[]";
  const stopping = scriptsOf(state.work.value).filter(({ breakpoints: { lines, keys, changes, errors } }) => lines.length + keys.length + changes.length > 0 || errors !== "none");
  return JSON.stringify(stopping.map(({ script, function: called }) => (isLibrary(script) ? { called } : { script })));
});

/** @param {WebSocket} to @param {string[]} chosen @param {string} scripts */
async function tellStops(to, chosen, scripts) {
  const others = await Promise.all(JSON.parse(scripts).map((/** @type {{ script?: string, called?: string }} */ { script, called = "" }) => (script === undefined ? called : sha1Of(script))));
  const isLatest = chosen === names.value && scripts === breakpointed.value;
  if (isLatest && to.readyState === WebSocket.OPEN) to.send(JSON.stringify({ stops: [...chosen, ...others].filter(Boolean) }));
}

/** The SHA-1 by which a server knows a script. @param {string} script */
async function sha1Of(script) {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(script));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {FromServer} message */
function hear(message) {
  if (message.type === "LiveCalls") takeCalls(message);
  else if (message.type === "LiveHeld") state.heldCall.value = message.call;
  else if (message.type === "LiveStops") batch(() => ((state.stoppingCalls.value = message.names), (state.isWatching.value = true)));
  else takeOpened(message);
}

/** Calls of a script stop from now on, or do not any more. @param {string} script */
export function stopOrNot(script) {
  const stops = new Set(state.liveStops.value);
  if (!stops.delete(script)) stops.add(script);
  state.liveStops.value = stops;
}

/** The call that waits goes on. @param {number} number */
export function letGo(number) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ release: number }));
}

/** Opens the call that waits, and debugs it. @param {number} number */
export function debugCall(number) {
  toDebug = number;
  openCall(number);
}

/** @param {import("../contract").LiveCalls} message */
function takeCalls({ calls, missed }) {
  const { all, missed: before, shown } = state.live.value;
  const now = [...calls.reverse(), ...all].slice(0, MOST);
  state.live.value = { all: now, missed: before + missed, shown };
}

/** What is listed stays as it is, or goes on with what has come since. */
export function pauseOrGoOn() {
  const { all, missed, shown } = state.live.value;
  state.live.value = { all, missed, shown: shown ? null : all };
}

/** Nothing is listed but what comes from now on. */
export function clearCalls() {
  state.live.value = { all: [], missed: 0, shown: null };
}

/** Asks for a call in full, to open it. @param {number} number */
export function openCall(number) {
  if (state.phase.value === "running") tell("The page is busy: stop what runs here, then open the call.");
  else if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ open: number }));
  else tell(state.liveProblem.value || "The server is not reached yet.");
}

/** @param {import("../contract").LiveCallOpened} opened */
async function takeOpened({ number, work, problem }) {
  const isToDebug = number === toDebug;
  toDebug = 0;
  if (problem) return tell(problem);
  try {
    const read = readWork(JSON.parse(work));
    const { breakpoints, watches } = scriptsOf(state.work.value).find(({ script }) => script === read.script) ?? read;
    batch(() => {
      openWork({ ...read, breakpoints, watches }, "live");
      state.banner.value = null;
    });
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return tell(`That call cannot be opened: ${error.message}.`);
  }
  await (isToDebug ? debug() : run());
}

/** @param {string} text */
function tell(text) {
  state.banner.value = { kind: "error", text };
}
