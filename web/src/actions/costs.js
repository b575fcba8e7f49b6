// @ts-check
// What the script costs as its data grow: measured on servers of its own, so the keyspace stays as it is.
import * as state from "../state.js";
import { engine, limits, whileRunning } from "./session.js";

/** Seconds after which measuring is interrupted: a size may take three, and there are eleven. */
const SECONDS = 60;

/** What is measured: the call and the data it begins with. @param {import("../state.js").Work} work @param {string | null} grown */
export function costRequest(work, grown) {
  const { fixture, clock, seed } = work;
  return /** @type {const} */ ({ type: "MeasureCost", ...state.callOf(work), fixture, clock, seed, grown });
}

/** Measures the call, on ever larger keys. @param {string | null} grown the one key that grows; null for all that can */
export async function measureCost(grown) {
  if (state.phase.value !== "ready") return;
  const asked = costRequest(state.work.value, grown);
  const answer = await whileRunning(() => engine.ask(asked, { ...limits(), seconds: SECONDS }));
  if (answer) state.cost.value = { asked, answer };
}
