// @ts-check
// The debugger: opened, moved, looked into, closed.
import { EngineGone } from "../engine.js";
import { completed } from "../moments.js";
import * as state from "../state.js";
import { engine, limits, loadLibraries, takeIn, whileRunning } from "./session.js";

/** Records the script as it stands, and shows its first moment, or the one that the work leads to. */
export async function debug() {
  await record();
  const { moment } = state.work.value;
  if (!moment || state.phase.value !== "ready") return;
  state.edit({ moment: 0 });
  await goToMoment(moment);
}

/** Seconds after which the beginning of a recording is shown, and milliseconds after which the rest of it begins: what is shown asks first. */
const PATIENCE = 1;
const BREATH = 100;

/**
 * Records the script, with `inputs` instead of those of the work where they are those of a test, or of whatever else `whose` says;
 * or `again` the run that was seen, from where it began. @param {Partial<state.Work>} inputs
 */
async function record(inputs = {}, whose = "", again = false) {
  if (state.phase.value !== "ready") return;
  await endDebugging();
  await settleBreakpoints();
  const work = { ...state.work.value, ...inputs };
  state.notice.value = null;
  state.rightTab.value = "debug";
  state.leftTab.value = "script";
  const request = /** @type {const} */ ({ type: "Debug", ...state.callOf(work), ...state.conditionsOf(work), fresh: work.fresh, ...(again && { again }), patience: PATIENCE });
  await whileRunning(async () => {
    if (!(await loadLibraries())) return;
    const opened = await engine.ask(request, limits());
    state.origin.value = state.profile.value = state.wasSet.value = null;
    showMoment({ work, whose, again, settings: [], interrupted: opened.interrupted, began: opened.began }, opened, null);
  });
  recordOn();
}

/** What a request may take that may record more of a script: all its parts together no more memory than one. @param {NonNullable<typeof state.debugged.value>} open */
const limitsOf = ({ moment, began }) => (moment.ended === "pause" ? { ...limits(), since: began } : limits());

/** Whether this recording is still the one that is debugged. @param {{ moment: import("../moments.js").Moment }} open */
const isOpen = (open) => state.debugged.value?.moment.told === open.moment.told;

/**
 * Goes on with a recording that pauses, for as long as a recording may take: in parts, each twice as long as the one before.
 * Whatever else is asked interrupts the part that is made; it has come as far as it has come.
 */
export async function recordOn() {
  if (state.recordsOn.value) return;
  const { seconds } = limits();
  let left = seconds === null ? Infinity : Math.max(seconds - PATIENCE, PATIENCE) * 1000;
  let part = PATIENCE * 1000;
  state.recordsOn.value = true;
  try {
    while (state.recordsOn.value && left > 0) {
      await new Promise((resolve) => setTimeout(resolve, BREATH));
      const open = state.debugged.value;
      if (open?.moment.ended !== "pause") return;
      if (isMoving || state.phase.value !== "ready") continue;
      const began = performance.now();
      const moment = Math.ceil(Math.min(part, left));
      const breakpoints = state.breakpointsThere();
      const answer = await engine.ask({ type: "DebugMove", how: "record", backwards: false, moment, breakpoints, known: open.moment.number }, limitsOf(open), true);
      const current = state.debugged.value;
      if (!current || !isOpen(open) || answer.type === "Failure") return;
      state.debugged.value = { ...current, moment: completed(answer, open.moment) };
      left -= performance.now() - began;
      part *= 2;
    }
  } catch (error) {
    if (!(error instanceof EngineGone)) throw error;
  } finally {
    state.recordsOn.value = false;
  }
}

/** Records no more for now. */
export function pauseRecording() {
  state.recordsOn.value = false;
  engine.interrupt(false);
}

/** Moves breakpoints to the next line that has code; where there is none, no debugger would ever stop there. */
export async function settleBreakpoints() {
  const { script, breakpoints } = state.work.value;
  const wanted = breakpoints.lines.map(({ line }) => line);
  state.breakpointNote.value = "";
  if (state.phase.value !== "ready" || wanted.length === 0) return;
  const answer = await engine.ask({ type: "CodeLines", script }).catch(() => null);
  if (answer?.type !== "LinesWithCode" || answer.lines.length === 0) return;
  if (script !== state.work.value.script || breakpoints !== state.work.value.breakpoints) return;
  const astray = wanted.filter((line) => !answer.lines.includes(line));
  if (astray.length === 0) return;
  const next = (/** @type {number} */ line) => answer.lines.find((other) => other >= line);
  const lines = new Map();
  for (const one of breakpoints.lines) {
    const line = next(one.line);
    if (line !== undefined && !lines.has(line)) lines.set(line, { ...one, line });
  }
  state.edit({ breakpoints: { ...breakpoints, lines: [...lines.values()] } });
  state.breakpointNote.value = astray
    .map((line) => (next(line) ? `Line ${line} has no code: the breakpoint stands on line ${next(line)}.` : `Line ${line} has no code, nor have those after it: no breakpoint can stand there.`))
    .join(" ");
}

/** After so many milliseconds a move is shown as work that Stop can end. */
const LONG_MOVE = 300;

/** @typedef {Pick<import("../contract").DebugMove, "how" | "backwards" | "moment" | "lane" | "key">} Move */

/** Moves that end at breakpoints: those are looked for first. @type {Move["how"][]} */
const SEARCHING = ["into", "over", "out", "continue", "same line"];

/** Steps that wait for the one under way; a key held down asks for more than anybody wants. */
const MOST_WAITING = 20;
/** The moves that wait: steps one after the other, but while the slider is drawn only the last counts. @type {Move[]} */
let waiting = [];
let isMoving = false;

/** Moves the debugger of the script. @param {import("../contract").DebugMove["how"]} how */
export const moveDebugger = (how, backwards = false) => move({ how, backwards, moment: 0 });

/** Goes to a moment, or the nearest there is. @param {number} moment */
export const goToMoment = (moment) => move({ how: "moment", backwards: false, moment });

/** Goes to the next of a lane of the timeline, or to the one nearest to the moment `near`. @param {Move["lane"]} lane */
export const goToTick = (lane, { key = "", backwards = false, near = 0 } = {}) => move({ how: "tick", lane, key, backwards, moment: near });

/** Goes to where a command is issued, a line of the log written or the last error raised. @param {"command" | "log" | "error"} how */
export function goTo(how, number = 0) {
  state.rightTab.value = "debug";
  return move({ how, backwards: false, moment: number });
}

/** The last command that changed a key. @param {string} key @returns {Move} */
const lastWrite = (key) => ({ how: "tick", lane: "writes", key, backwards: false, moment: Number.MAX_SAFE_INTEGER });

/** Debugs the work, and goes there. @param {"command" | "log" | "error"} how */
export const debugAt = (how, number = 0) => debugFrom([{ how, backwards: false, moment: number }]);

/** Debugs the work, and goes to the last command that changed a key. @param {string} key */
export const debugAtWrite = (key) => debugFrom([lastWrite(key)]);

/** Where the reply is made: the error is raised, or else the last line begins. @param {boolean} isError @returns {Move[]} */
const replying = (isError) =>
  isError ? [{ how: "error", backwards: false, moment: 0 }] : [{ how: "moment", backwards: false, moment: Number.MAX_SAFE_INTEGER }, { how: "into", backwards: true, moment: 0 }];

/**
 * Debugs the call of a test: from its beginning, or where what came of it instead was made, its reply or the value of a key.
 * @param {state.Test} test @param {{ reply: string } | { key: string } | null} of
 */
export function debugTest(test, of) {
  const { keys, argv, fixture, clock, seed } = test;
  const result = state.resultOf(test);
  const held = clock ?? (result?.type === "TestRan" ? result.clock : null);
  const inputs = { keys, argv, ...state.calleeOf(test), fixture, fresh: true, clock: held, seed: seed ?? SEED_OF_TESTS, shuffle: false, cluster: 0, node: 0 };
  const moves = of === null ? [] : "key" in of ? [lastWrite(of.key)] : replying(of.reply.startsWith("(error)"));
  return debugFrom(moves, inputs, `the test “${test.name}”`);
}

/** Debugs a call that is not that of the work, from its beginning; whatever it does is taken back. @param {Partial<state.Work>} inputs @param {string} whose */
export const debugCall = (inputs, whose) => debugFrom([], inputs, whose);

/** Debugs what another work holds, and goes to its moment: a recording of before, to be made again. @param {state.Work} recorded @param {string} whose */
export const debugRecordedAs = (recorded, whose) =>
  debugFrom([{ how: "moment", backwards: false, moment: recorded.moment }], Object.fromEntries(DECIDING.map((field) => [field, recorded[field]])), whose);

/** What random choices are fed with in a test that names no seed (ferrous_vm/workbench/testing.py). */
const SEED_OF_TESTS = 0;

/** What of a work decides how it runs. @type {(keyof state.Work)[]} */
const DECIDING = ["script", "server", "keys", "argv", "mode", "function", "protocol", "fixture", "fresh", "clock", "seed", "shuffle", "cluster", "node"];

/** Whether two works are the same call of the same script. @param {Partial<state.Work>} one @param {Partial<state.Work>} other */
export const isSameCall = (one, other) => DECIDING.every((field) => JSON.stringify(one[field]) === JSON.stringify(other[field]));

/** Makes moves in a recording of the run that was seen, or of a test: in the open one, if it is that. @param {Move[]} moves @param {Partial<state.Work>} inputs */
async function debugFrom(moves, inputs = {}, whose = "") {
  const again = !whose && state.lastRun.value !== null;
  const open = state.debugged.value;
  const wanted = { ...state.work.value, ...inputs };
  const isOpen = open?.moment.outcome === "open" && open.again === again && isSameCall(open.work, wanted);
  if (!isOpen) await record(inputs, whose, again);
  state.rightTab.value = "debug";
  for (const where of moves) await move(where);
}

/**
 * The result of something that as a rule takes no time; if it does, it is shown as work that Stop can end.
 * @template T @param {() => Promise<T>} act @returns {Promise<T>}
 */
export async function shownIfLong(act) {
  let isShown = false;
  const began = performance.now();
  const showing = setTimeout(() => {
    if (state.phase.value !== "ready") return;
    state.showRunning(began);
    isShown = true;
  }, LONG_MOVE);
  try {
    return await act();
  } finally {
    clearTimeout(showing);
    if (isShown && state.phase.peek() === "running") state.phase.value = "ready";
  }
}

/** No limit of time ends a move: what it goes over was recorded within one. @param {Move} where */
async function move(where) {
  const open = state.debugged.value;
  if (open?.moment.outcome !== "open") return;
  if (isMoving) {
    waiting = where.how === "moment" ? [where] : [...waiting, where].slice(0, MOST_WAITING);
    return;
  }
  if (state.phase.value !== "ready") return;
  isMoving = true;
  try {
    const answer = await shownIfLong(() =>
      engine.ask({ type: "DebugMove", ...where, breakpoints: state.breakpointsThere(), known: open.moment.number }, { ...limitsOf(open), seconds: null }),
    );
    if (!isOpen(open)) return;
    showMoment(open, answer, open.moment);
    if (!answer.interrupted && SEARCHING.includes(where.how)) state.searches.value += 1;
  } catch (error) {
    if (!(error instanceof EngineGone)) throw error;
  } finally {
    isMoving = false;
    const [next, ...others] = waiting;
    waiting = others;
    if (next) move(next);
  }
}

/**
 * @param {Omit<NonNullable<typeof state.debugged.value>, "moment">} recording
 * @param {import("../contract").DebugMoment | import("../contract").Failure} answer
 * @param {import("../moments.js").Moment | null} before the moment from which it was moved
 */
export function showMoment({ work, whose, again, settings, interrupted, began }, answer, before) {
  if (answer.type === "Failure") {
    state.debugged.value = null;
    state.rightTab.value = "reply";
    state.notice.value = { kind: "error", text: answer.message };
    return;
  }
  state.lookedAt.value = { level: 0, thread: "" };
  state.debugged.value = { moment: completed(answer, before), work, whose, again, settings, interrupted, began };
  state.keyCount.value = answer.keys;
  state.keyspaceRevision.value += 1;
}

/**
 * A new recording of the script began, as something was set in it.
 * @param {Parameters<typeof showMoment>[0]} open @param {import("../contract").DebugWasSet} answer
 */
export function showWasSet(open, answer) {
  state.wasSet.value = answer;
  if (answer.moment) showMoment({ ...open, settings: answer.settings }, { ...answer.moment, type: "DebugMoment" }, null);
}

/** What is inside a value the debugger shows; null where it is gone. @param {string} token @param {number} offset */
export async function expandValue(token, offset) {
  const content = await engine.ask({ type: "DebugExpand", token, offset }).catch(() => null);
  return content?.type === "DebugContent" ? content : null;
}

/** Closes the debugger: what a script that has ended did is kept, otherwise all is taken back, and whatever a test did. */
export async function endDebugging() {
  const open = state.debugged.value;
  state.debugged.value = null;
  if (open?.moment.outcome !== "open") return;
  await whileRunning(async () => {
    const ended = await engine.ask({ type: "DebugEnd", take_back: Boolean(open.whose) });
    if (ended.type === "DebugEnded") takeIn(ended.keyspace);
    state.keyspaceRevision.value += 1;
  });
}
