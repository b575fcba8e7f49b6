// @ts-check
// Run, Stop, and Undo.
import { batch } from "@preact/signals";
import { EngineGone } from "../engine.js";
import { keepVersion } from "../history.js";
import { counted } from "../list.js";
import { secondsSince } from "../panels/running.js";
import { lineOf } from "../panels/stack.js";
import * as state from "../state.js";
import { settings } from "../storage.js";
import { endDebugging } from "./debugging.js";
import { MOST_MEGABYTES, copy, engine, forgetDeaths, limits, loadLibraries, restart, takeIn, whileRunning } from "./session.js";

/** Milliseconds that what was interrupted has to hear of it; then its worker is ended. */
const STOP_GRACE = 1500;
/** Milliseconds that it has from then on, once it has heard: the way back in a long recording, on a busy machine. */
const HEARD_GRACE = 15_000;

/** Runs the script as it stands. @param {{ dry?: boolean }} [options] */
export async function run({ dry = false } = {}) {
  if (state.phase.value === "running") return;
  if (state.phase.value === "loading") {
    state.runWaits.value = true;
    return;
  }
  if (state.phase.value !== "ready") return;
  await endDebugging();
  await carryOut(dry);
}

/** Runs the script whether or not the page is ready. @param {boolean} [dry] */
export async function carryOut(dry = false) {
  const work = state.work.value;
  const sheet = state.sheet.value;
  const { fixture, fresh } = work;
  const banner = state.banner.value;
  const before = fresh ? fixture : null;
  copy.mark();
  state.beginRunning();
  try {
    if (!(await loadLibraries())) {
      state.phase.value = "ready";
      return;
    }
    const ran = await engine.ask(
      { type: "Run", ...state.callOf(work), ...state.conditionsOf(work), fresh, dry },
      limits(),
    );
    forgetDeaths();
    state.profile.value = null;
    if (ran.type === "Failure") {
      state.notice.value = { kind: "error", text: ran.message };
      state.lastRun.value = null;
    } else {
      takeIn(ran.keyspace);
      state.lastRun.value = { ran, work, dry, before, act: ran.act, stopped: ran.outcome === "interrupted" ? whyStopped(ran.interrupted) : "", sheet };
      keepVersion(work, "run");
      if (ran.outcome === "ok" && banner === state.banner.value && !banner?.stays) state.banner.value = null;
      if (ran.outcome === "fixture") state.leftTab.value = "fixture";
      if ((ran.outcome === "error" && ran.problem?.line) || lineOf(ran.stack)) state.leftTab.value = "script";
    }
    state.phase.value = "ready";
  } catch (error) {
    // The worker is gone; whoever ended it starts the next one and says why.
    if (!(error instanceof EngineGone)) throw error;
    state.lastRun.value = null;
  }
}

/** @param {import("../worker/serving.js").Interruption} why */
function whyStopped(why) {
  const reasons = {
    "": "Stopped.",
    stop: "Stopped.",
    time: `The script ran longer than ${settings.value.seconds} s and was stopped.`,
    memory: `The script took more than ${MOST_MEGABYTES} MB of memory and was stopped.`,
  };
  return reasons[why];
}

/** Stops the running script: by an interrupt where the page may share memory, else by ending its worker. */
export function stop() {
  if (state.phase.value !== "running") return;
  if (!engine.interrupt()) return endAndRestart();
  const since = state.runningSince.value;
  const end = () => state.phase.value === "running" && state.runningSince.value === since && endAndRestart();
  setTimeout(() => (engine.wasHeard ? setTimeout(end, HEARD_GRACE) : end()), STOP_GRACE);
}

/** Of what the worker did the page knows what it told while it worked. */
function endAndRestart() {
  const seconds = `${secondsSince().toFixed(1)} s`;
  const { commands } = state.figures.value ?? { commands: 0 };
  const issued = commands ? `: by then it had issued ${counted(commands, "command")}` : "";
  engine.end("stopped");
  const text = `Stopped after ${seconds}${issued}. Python had to be ended for that, so no more is known of it. The keyspace is as it was before.`;
  state.notice.value = { kind: "error", text, inShort: `stopped after ${seconds}` };
  restart();
}

/** Takes back the last run, console command or import. */
export const undo = () => goThroughActs({ type: "Undo" }, "Taken back", "There is nothing to take back.");

/** Does again what was taken back last. */
export const redo = () => goThroughActs({ type: "Redo" }, "Done again", "There is nothing to do again.");

/** @param {import("../contract").Undo | import("../contract").Redo} request @param {string} done @param {string} nothing */
async function goThroughActs(request, done, nothing) {
  if (state.phase.value !== "ready") return;
  await endDebugging();
  const answer = await whileRunning(() => engine.ask(request));
  if (!answer) return;
  if (answer.type === "Failure") {
    state.notice.value = { kind: "info", text: answer.message };
    return;
  }
  // The clock goes with the act that moved it: in the work too, before anybody sees that they differ.
  batch(() => {
    takeIn(answer.keyspace);
    if (answer.what) state.edit({ clock: answer.keyspace.clock });
  });
  state.notice.value = { kind: "info", text: answer.what ? `${done}: ${answer.what}.` : nothing };
}
