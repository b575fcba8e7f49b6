// @ts-check
// What the face knows, in one place: the work of its address, and what became of running it.
import { signal } from "@preact/signals";
import { serverOf } from "../servers.js";
import { callOf, conditionsOf } from "../state.js";
import { sharedEngine } from "./shared_engine.js";

/** At which a script is stopped: seconds, and bytes beyond what Python has. @type {import("../worker/serving.js").Limits} */
const LIMITS = { seconds: 10, bytes: 512 * 1024 * 1024 };

/** @type {import("@preact/signals").Signal<import("../state.js").Work | null>} */
export const work = signal(null);
/** Counts the works that were shown: the editor then starts over. */
export const generation = signal(0);
/** What is said in place of a reply. */
export const notice = signal("");
/** @type {import("@preact/signals").Signal<import("../contract").Ran | null>} */
export const ran = signal(null);
export const isRunning = signal(false);
/** How far Python has been loaded, and what is done; null when it is there, or nobody has asked for it. @type {import("@preact/signals").Signal<import("./shared_engine.js").Progress | null>} */
export const progress = signal(null);

/** @param {import("../state.js").Work} next */
export function show(next) {
  work.value = next;
  ran.value = null;
  notice.value = "";
  generation.value += 1;
}

/** @param {string} reason */
export function refuse(reason) {
  work.value = null;
  notice.value = `This script cannot be shown: ${reason}.`;
}

/** @param {string} script */
export function write(script) {
  if (work.value) work.value = { ...work.value, script };
}

/** Runs the script as it stands, on a keyspace of its own. */
export async function run() {
  const current = work.value;
  if (!current || isRunning.value) return;
  isRunning.value = true;
  notice.value = "";
  try {
    const answer = await sharedEngine().ask(
      { type: "Run", ...callOf(current), ...conditionsOf(current), fresh: true },
      serverOf(current),
      LIMITS,
      (now) => (progress.value = now),
    );
    ran.value = answer.type === "Ran" ? answer : null;
    if (answer.type === "Failure") notice.value = answer.message;
    else if (answer.outcome === "fixture") notice.value = `The fixture failed on line ${answer.problem?.line}, so the script did not run: ${answer.problem?.message}`;
    else if (answer.outcome === "interrupted") notice.value = WHY_STOPPED[answer.interrupted] ?? WHY_STOPPED.stop;
  } catch (error) {
    ran.value = null;
    notice.value = error instanceof Error ? error.message : String(error);
  }
  progress.value = null;
  isRunning.value = false;
}

/** @type {Record<string, string>} */
const WHY_STOPPED = {
  stop: "Stopped.",
  time: `The script ran longer than ${LIMITS.seconds} s and was stopped.`,
  memory: "The script took too much memory and was stopped.",
};

export const stop = () => sharedEngine().stop();

