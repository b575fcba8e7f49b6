// @ts-check
// How the last run ended, in a few words: the footer says it and the reply's tab carries its mark, whatever else is shown.
import { computed } from "@preact/signals";
import { duration } from "./panels/reply.js";
import { lastRun, notice } from "./state.js";

/** @param {import("./contract").Problem | null} problem */
const place = (problem) => (problem?.line ? ` on line ${problem.line}` : "");

/** `isBad`: it did not do what was asked. @type {import("@preact/signals").ReadonlySignal<{ isBad: boolean, text: string } | null>} */
export const ending = computed(() => {
  const ran = lastRun.value?.ran;
  if (!ran) return notice.value?.kind === "error" ? { isBad: true, text: notice.value.inShort ?? "nothing ran" } : null;
  const texts = {
    ok: () => `replied after ${duration(ran.milliseconds)}`,
    error: () => `failed${place(ran.problem)}`,
    fixture: () => `the fixture failed${place(ran.problem)}`,
    interrupted: () => `stopped after ${duration(ran.milliseconds)}`,
  };
  return { isBad: ran.outcome !== "ok", text: texts[ran.outcome]() };
});
