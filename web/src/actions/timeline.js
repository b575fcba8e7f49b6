// @ts-check
// The timeline of a script that is debugged: which part of it is shown, and what happens there.
import * as state from "../state.js";
import { shownIfLong } from "./debugging.js";
import { engine, limits } from "./session.js";

/** @typedef {Pick<import("../moments.js").Moment, "told" | "last">} Recording by what of it was told, and its last moment */

/** Moments that are shown at least. */
export const FEWEST = 20;

/** The part that is shown: all, until another was chosen. @param {Recording} recording */
export function shownPart({ told, last }) {
  const chosen = state.shownMoments.value;
  return chosen.of === told ? { first: chosen.first, last: chosen.last } : { first: 1, last };
}

/** Shows so many moments of a recording, from `first` on. @param {Recording} recording @param {number} first @param {number} span */
export function showPart(recording, first, span) {
  const count = Math.round(spanOf(recording, span));
  const from = Math.round(Math.min(Math.max(first, 1), recording.last - count + 1));
  state.shownMoments.value = { of: recording.told, first: from, last: from + count - 1 };
}

/** Shows `factor` times as many moments, `at` staying where it is. @param {Recording} recording @param {number} factor @param {number} at */
export function zoom(recording, factor, at) {
  const { first, last } = shownPart(recording);
  const before = last - first + 1;
  const span = spanOf(recording, before * factor);
  showPart(recording, at - ((at - first) * span) / before, span);
}

/** @param {Recording} recording @param {number} span */
const spanOf = ({ last }, span) => Math.min(Math.max(span, FEWEST), last);

/** What is to be asked next, and whether an answer is awaited: of what is asked meanwhile only the last counts. @type {(() => Promise<void>) | null} */
let next = null;
let isAsking = false;

/** Asks what happens in the part that is shown, in so many buckets. @param {Recording} recording @param {number} buckets */
export async function askTimeline(recording, buckets) {
  next = async () => {
    const request = /** @type {const} */ ({ type: "DebugTimeline", ...shownPart(recording), buckets, key: state.chosenKey.value, breakpoints: state.breakpointsThere() });
    const shown = await shownIfLong(() => engine.ask(request, { ...limits(), seconds: null })).catch(() => null);
    if (shown?.type === "DebugTimelineShown") state.timeline.value = { of: recording.told, shown };
  };
  if (isAsking) return;
  isAsking = true;
  try {
    while (next) {
      const ask = next;
      next = null;
      await ask();
    }
  } finally {
    isAsking = false;
  }
}
