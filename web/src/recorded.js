// @ts-check
// The run of the first example that was recorded when the page was built (toolchain/recording.py): seen before Python is there.
import { computed, signal } from "@preact/signals";
import { examples, workOf } from "./examples.js";
import { lastRun, notice, work } from "./state.js";

/** What is shown of it. @typedef {Pick<import("./contract").Ran, "reply" | "changes" | "trace" | "now">} Recorded */

const run = signal(/** @type {Recorded | null} */ (null));

/** Fetches it; without it the page says in words what it would show. */
export async function loadRecording() {
  run.value = (await import("ferrous:recorded-run").catch(() => null))?.default ?? null;
}

/** The recorded run, while the work is the first example as it came and nothing of it was run here; else null. */
export const recorded = computed(() => {
  if (!run.value || lastRun.value || notice.value) return null;
  const { script, keys, argv, fixture, mode } = work.value;
  const first = workOf(examples.value[0]);
  return JSON.stringify([script, keys, argv, fixture, mode]) === JSON.stringify([first.script, first.keys, first.argv, first.fixture, first.mode]) ? run.value : null;
});
