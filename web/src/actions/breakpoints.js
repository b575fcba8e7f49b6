// @ts-check
// Breakpoints: they belong to the work, and are evaluated where a script is debugged.
import * as state from "../state.js";
import { shownIfLong } from "./debugging.js";
import { engine, limits } from "./session.js";

/** Breakpoints become others, in part. @param {Partial<state.Breakpoints>} part */
export const changeBreakpoints = (part) => state.edit({ breakpoints: { ...state.work.value.breakpoints, ...part } });

/** Whether there are breakpoints that are more than a line. @param {state.Breakpoints} breakpoints */
export const isSpecial = ({ lines, keys, changes, errors }) =>
  keys.length + changes.length > 0 || errors !== "none" || lines.some(({ condition, hits, log }) => condition || hits || log);

/** What is told where the search was interrupted before it began. @type {import("../contract").DebugHitList} */
const NOTHING_YET = { type: "DebugHitList", hits: [], count: 0, is_whole: false, is_interrupted: true };

/** What they meet in all of the run that is debugged; null if none is. @param {state.Breakpoints} breakpoints */
export async function hitsOf(breakpoints) {
  if (state.debugged.value?.moment.outcome !== "open") return null;
  const answer = await shownIfLong(() => engine.ask({ type: "DebugHits", breakpoints }, { ...limits(), seconds: null })).catch(() => null);
  if (answer?.type === "DebugHitList") {
    if (!answer.is_interrupted) state.searches.value += 1;
    return answer;
  }
  return answer?.interrupted ? NOTHING_YET : null;
}
