// @ts-check
// The engine's server follows the one of the work, at once. What the other server cannot hold of the keyspace goes among the
// snapshots, and the person is told.
import { effect, untracked } from "@preact/signals";
import { EngineGone } from "../engine.js";
import { loadRest } from "../later.js";
import { counted } from "../list.js";
import { SERVERS, serverOf } from "../servers.js";
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
  if (set.not_held.length) await tellLost(set, name, keys, await before);
  await askReference();
}

/** @param {import("../contract").ServerSet} set @param {string} name @param {number} keys @param {Uint8Array<ArrayBuffer>} lines the keyspace as it was */
async function tellLost({ server, not_held: lost, omitted }, name, keys, lines) {
  const { snapshots } = await loadRest();
  const id = `${name}, before ${SERVERS[server]} ${new Date().toISOString()}`;
  const problem = await snapshots.put({ id, when: Date.now(), size: lines.length, keys, lines });
  const [first] = lost;
  const others = lost.length + omitted - 1;
  const whole = problem ? `It could not be kept as it was: ${problem}.` : "The keyspace as it was is among the snapshots.";
  const and = others ? ` So it is with ${counted(others, "other key")}.` : "";
  state.banner.value = { kind: "error", stays: true, text: `${SERVERS[server]} cannot hold all of the keyspace. ${first.key}: ${first.reason}.${and} ${whole}` };
}

export function keepServer() {
  effect(() => {
    const wanted = serverOf(state.work.value);
    if (state.phase.value === "ready" && wanted !== state.engineServer.value) void untracked(followWork);
  });
}
