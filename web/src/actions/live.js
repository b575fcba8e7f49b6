// @ts-check
// The calls of an application, as the server beside this page tells them (ferrous_vm/live/calls.py): they are listed as they come,
// and each is opened as work, with the keys that it touched. What stood in the editor is in the history then.
import { batch } from "@preact/signals";
import { openWork } from "../history.js";
import { LinkError, readWork } from "../share.js";
import * as state from "../state.js";
import { socketAddress, whyClosed } from "../transport/socket.js";
import { run } from "./running.js";

/** @typedef {import("../contract").LiveCalls | import("../contract").LiveCallOpened} FromServer */

/** Calls that are listed: the last ones. */
const MOST = 1000;

/** @type {WebSocket | null} */
let socket = null;

/** From now on calls are listed. */
export function watchCalls() {
  socket = new WebSocket(socketAddress("calls"));
  socket.onopen = () => (state.liveProblem.value = "");
  socket.onmessage = ({ data }) => hear(JSON.parse(data));
  socket.onclose = (closed) => {
    socket = null;
    state.liveProblem.value = whyClosed(closed);
  };
}

/** @param {FromServer} message */
function hear(message) {
  if (message.type === "LiveCalls") takeCalls(message);
  else takeOpened(message);
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
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ open: number }));
  else tell(state.liveProblem.value || "The server is not reached yet.");
}

/** @param {import("../contract").LiveCallOpened} opened */
async function takeOpened({ work, problem }) {
  if (problem) return tell(problem);
  try {
    const read = readWork(JSON.parse(work));
    batch(() => {
      openWork(read, "live");
      state.banner.value = null;
    });
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return tell(`That call cannot be opened: ${error.message}.`);
  }
  await run();
}

/** @param {string} text */
function tell(text) {
  state.banner.value = { kind: "error", text };
}
