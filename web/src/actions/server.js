// @ts-check
// The engine's server follows the one of the work, at once. What the other server cannot hold of the keyspace goes among the
// snapshots, and the person is told.
import { effect, untracked } from "@preact/signals";
import { EngineGone } from "../engine.js";
import { loadRest } from "../later.js";
import { serverOf } from "../servers.js";
import * as state from "../state.js";
import { endDebugging } from "./debugging.js";
import { copy, moveServer, askReference } from "./session.js";

/** Everything runs on the server of the work from now on, what is asked next too: it is answered in order. */
async function followWork() {
  const { name } = state.work.value;
  endDebugging().catch(() => {});
  const before = copy.lines();
  const keys = state.keyCount.value;
  const set = await moveServer().catch((error) => {
    if (!(error instanceof EngineGone)) throw error;
  });
  if (!set) return;
  state.testResults.value = new Map();
  if (set.not_held.length) (await loadRest()).keepWhatIsNotHeld(set, name, keys, await before);
  await askReference();
}

export function keepServer() {
  effect(() => {
    const wanted = serverOf(state.work.value);
    if (state.phase.value === "ready" && wanted !== state.engineServer.value) void untracked(followWork);
  });
}
