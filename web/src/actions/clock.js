// @ts-check
// The server's clock follows the one of the work, at once; and while it goes, keys vanish when their time has come.
import { effect, untracked } from "@preact/signals";
import { EngineGone } from "../engine.js";
import { serverNow } from "../server_time.js";
import { clockIsTyped, debugged, phase, serverTime, work } from "../state.js";
import { engine, takeIn } from "./session.js";

/** The least time between two looks at what has expired, and the longest a timer can wait. Milliseconds. */
const SHORTEST_WAIT = 250;
const LONGEST_WAIT = 2 ** 31 - 1;

/** Whether the engine is asked already. */
let isAsking = false;

/** Holds the server's clock, or lets it go: what has expired by then is gone. @param {number | null} clock */
async function setClock(clock) {
  if (isAsking) return;
  isAsking = true;
  const set = await engine.ask({ type: "SetClock", clock }).catch((error) => {
    if (!(error instanceof EngineGone)) throw error;
  });
  isAsking = false;
  if (set?.type === "ClockSet") takeIn(set.keyspace);
}

/** Whether the clock may be touched: the debugger holds it while it is open. */
const isFree = () => phase.value === "ready" && debugged.value?.moment.outcome !== "open";

export function keepTime() {
  effect(() => {
    const { clock } = work.value;
    if (isFree() && !clockIsTyped.value && serverTime.value.held !== clock) void untracked(() => setClock(clock));
  });
  effect(() => {
    const { nextExpiry, held } = serverTime.value;
    if (!isFree() || nextExpiry === null || held !== null) return;
    const wait = Math.min(LONGEST_WAIT, Math.max(SHORTEST_WAIT, nextExpiry - untracked(serverNow) + 1));
    const timer = setTimeout(() => setClock(held), wait);
    return () => clearTimeout(timer);
  });
}
