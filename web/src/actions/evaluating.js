// @ts-check
// What is asked of a script that is debugged, at the moment shown: nothing of it stays.
import * as state from "../state.js";
import { endDebugging, isSameCall, showWasSet } from "./debugging.js";
import { engine, limits, loadLibraries, whileRunning } from "./session.js";

/** Seconds after which the engine is interrupted in what is asked; what Lua does is cut before. */
const SECONDS = 2;

/** The same, where the script is run once more for it. */
const SECONDS_OF_ORIGIN = 60;

/**
 * The answer to a question about the script that is debugged; null where there is none any more.
 * @template {import("../contract").DebugEvaluate | import("../contract").DebugLineValues | import("../contract").DebugGlobals | import("../contract").DebugOrigin | import("../contract").DebugProfile | import("../contract").DebugRegisters | import("../contract").DebugSet} R
 * @param {R} request
 */
async function ask(request, seconds = SECONDS) {
  if (state.debugged.value?.moment.outcome !== "open") return null;
  const answer = await engine.ask(request, { ...limits(), seconds }).catch(() => null);
  return answer === null || answer.type === "Failure" ? null : /** @type {import("../contract").ResponseOf[R["type"]]} */ (answer);
}

/** What expressions are worth in the frame that is looked at. @param {string[]} expressions */
export async function evaluate(expressions) {
  const answer = await ask({ type: "DebugEvaluate", expressions, ...state.lookedAt.value });
  return answer?.results ?? null;
}

/** What the variables of the frame that is looked at hold, by line. */
export async function lineValues() {
  const { level, thread } = state.lookedAt.value;
  return thread ? [] : ((await ask({ type: "DebugLineValues", level }))?.lines ?? []);
}

/** KEYS, ARGV, globals and coroutines. */
export const askGlobals = () => ask({ type: "DebugGlobals" });

/** Looks at another frame: a level of the running stack, or of that of a coroutine. @param {number} level */
export function lookAt(level, thread = "") {
  state.lookedAt.value = { level, thread };
}

/** @param {string} expression */
export function watch(expression) {
  const wanted = expression.trim();
  const { watches } = state.work.value;
  if (wanted && !watches.includes(wanted)) state.edit({ watches: [...watches, wanted] });
}

/** @param {string} expression */
export function unwatch(expression) {
  state.edit({ watches: state.work.value.watches.filter((one) => one !== expression) });
}

/** Who wrote something, and where it comes from; the debugger shows it. @param {Partial<import("../contract").DebugOrigin> & { of: import("../contract").DebugOrigin["of"] }} what */
export async function askOrigin(what) {
  if (state.phase.value !== "ready") return;
  /** @type {import("../contract").DebugOrigin} */
  const asked = { type: "DebugOrigin", name: "", level: 0, path: [], database: 0, element: null, ...what };
  await whileRunning(async () => {
    state.origin.value = await ask(asked, SECONDS_OF_ORIGIN);
  });
}

/** Where the time of the script goes that is debugged. Where none is, or `ofRun`: of the run that was seen, or of one that is made for it. */
export async function askProfile(ofRun = false) {
  if (state.phase.value !== "ready") return;
  const { debugged, lastRun, work } = state;
  const open = debugged.value;
  if (!ofRun && open?.moment.outcome === "open" && open.work.script === work.value.script) {
    await whileRunning(async () => {
      const shown = await ask({ type: "DebugProfile" }, SECONDS_OF_ORIGIN);
      state.profile.value = shown && { shown, script: open.work.script };
    });
    return;
  }
  const last = lastRun.value?.work;
  const called = last && (ofRun || isSameCall(last, work.value)) ? last : work.value;
  await endDebugging();
  await whileRunning(async () => {
    if (!(await loadLibraries())) return;
    const answer = await engine.ask({ type: "RunProfile", ...state.callOf(called), ...state.conditionsOf(called), fresh: called.fresh }, { ...limits(), seconds: SECONDS_OF_ORIGIN });
    state.profile.value = answer.type === "Failure" ? null : { shown: answer, script: called.script };
    if (answer.type === "Failure") state.notice.value = { kind: "error", text: answer.message };
  });
}

/** What becomes of the script; null where the engine does not answer. */
export async function askInside() {
  const { script } = state.work.value;
  const answer = await engine.ask({ type: "Inside", script, is_library: script.startsWith("#!") && state.work.value.mode.startsWith("FCALL") }, { ...limits(), seconds: SECONDS }).catch(() => null);
  return answer?.type === "InsideShown" ? answer : null;
}

/** Where the machine stands in the frame that is looked at; null while nothing is debugged. */
export const askRegisters = () => ask({ type: "DebugRegisters", level: state.lookedAt.value.thread ? 0 : state.lookedAt.value.level });

/** Gives a variable another value; a new recording begins there. @param {{ level: number, name: string, path: string[] }} where @param {string} expression */
export const setVariable = (where, expression) => set({ ...where, expression, take_back: false });

/** Takes back what was set last. */
export const takeBackSetting = () => set({ level: 0, name: "", path: [], expression: "", take_back: true });

/** @param {Omit<import("../contract").DebugSet, "type">} what */
async function set(what) {
  const open = state.debugged.value;
  if (state.phase.value !== "ready" || open?.moment.outcome !== "open") return;
  await whileRunning(async () => {
    const answer = await ask({ type: "DebugSet", ...what }, SECONDS_OF_ORIGIN);
    if (answer) showWasSet(open, answer);
  });
}
