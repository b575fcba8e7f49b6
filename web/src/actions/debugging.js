// @ts-check
// The debugger: opened, moved, looked into, closed.
import { EngineGone } from "../engine.js";
import * as state from "../state.js";
import { engine, limits, takeIn, whileRunning } from "./session.js";

/** Records the script as it stands, and shows its first moment. */
export async function debug() {
  if (state.phase.value !== "ready") return;
  await endDebugging();
  const work = state.work.value;
  const { fixture, fresh, clock, seed } = work;
  state.notice.value = null;
  state.rightTab.value = "debug";
  state.leftTab.value = "script";
  const request = /** @type {const} */ ({ type: "Debug", ...state.callOf(work), fixture, fresh, clock, seed });
  await whileRunning(async () => showMoment(work, await engine.ask(request, limits())));
}

/** The move that waits for the one under way: while the slider is drawn only the last counts. @type {(() => void) | null} */
let nextMove = null;
let isMoving = false;

/** Goes to another moment of the debugged script. @param {import("../contract").DebugMove["how"]} how */
export async function moveDebugger(how, moment = 0) {
  const open = state.debugged.value;
  if (open?.moment.outcome !== "open" || state.phase.value !== "ready") return;
  if (isMoving) {
    nextMove = () => moveDebugger(how, moment);
    return;
  }
  isMoving = true;
  try {
    const answer = await engine.ask({ type: "DebugMove", how, moment, breakpoints: state.breakpoints.value }, limits());
    if (state.debugged.value === open) showMoment(open.work, answer);
  } catch (error) {
    if (!(error instanceof EngineGone)) throw error;
  } finally {
    isMoving = false;
    const waiting = nextMove;
    nextMove = null;
    waiting?.();
  }
}

/** @param {state.Work} work @param {import("../contract").DebugMoment | import("../contract").Failure} answer */
function showMoment(work, answer) {
  if (answer.type === "Failure") {
    state.debugged.value = null;
    state.rightTab.value = "reply";
    state.notice.value = { kind: "error", text: answer.message };
    return;
  }
  state.debugged.value = { moment: answer, work };
  state.keyCount.value = answer.keys;
  state.keyspaceRevision.value += 1;
}

/** What is inside a value the debugger shows; null where it is gone. @param {string} token @param {number} offset */
export async function expandValue(token, offset) {
  const content = await engine.ask({ type: "DebugExpand", token, offset }).catch(() => null);
  return content?.type === "DebugContent" ? content : null;
}

/** Closes the debugger: what a script that has ended did is kept, otherwise all is taken back. */
export async function endDebugging() {
  const open = state.debugged.value;
  state.debugged.value = null;
  if (open?.moment.outcome !== "open") return;
  await whileRunning(async () => {
    const ended = await engine.ask({ type: "DebugEnd" });
    if (ended.type === "DebugEnded") takeIn(ended.keyspace);
    state.keyspaceRevision.value += 1;
  });
}
