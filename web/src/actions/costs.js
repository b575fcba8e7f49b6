// @ts-check
// What the script costs as its data grow: measured on servers of its own, so the keyspace stays as it is.
import * as state from "../state.js";
import { engine, limits, whileRunning } from "./session.js";

/** Seconds after which measuring is interrupted: a size may take three, and there are eleven. */
const SECONDS = 60;

/** What grows: one key, null for all that can, or with `more` the number of keys that match it. @typedef {{ grown: string | null, more: string }} Growing */

/** What is measured: the call and the data it begins with. @param {import("../state.js").Work} work @param {Growing} growing */
export function costRequest(work, { grown, more }) {
  const { fixture, clock, seed } = work;
  return /** @type {const} */ ({ type: "MeasureCost", ...state.callOf(work), fixture, clock, seed, grown, more });
}

/** Measures the call, on ever more data. @param {Growing} growing */
export async function measureCost(growing) {
  if (state.phase.value !== "ready") return;
  const asked = costRequest(state.work.value, growing);
  const answer = await whileRunning(() => engine.ask(asked, { ...limits(), seconds: SECONDS }));
  if (answer) state.cost.value = { asked, answer };
}
