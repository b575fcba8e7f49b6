// @ts-check
// Named snapshots of the keyspace: the commands that make it again, kept in this browser.
import { exportLines, load } from "./actions/keyspace.js";
import { ask } from "./actions/questions.js";
import { whileRunning } from "./actions/session.js";
import { counted } from "./list.js";
import { SERVERS } from "./servers.js";
import { Shelf } from "./shelf.js";
import { banner, keyCount } from "./state.js";

/**
 * @typedef {{ id: string, when: number, size: number, keys: number, lines: string | Uint8Array<ArrayBuffer> }} Snapshot `id` is its
 * name. Earlier builds kept the lines as a string.
 */

const MOST_SNAPSHOTS = 100;
/** Bytes of all snapshots together. */
const LARGEST = 50_000_000;

/** @type {Shelf<Snapshot>} */
export const snapshots = new Shelf("snapshots", { most: MOST_SNAPSHOTS, largest: LARGEST }, (stored) =>
  (typeof stored.lines === "string" || stored.lines instanceof Uint8Array) && stored.keys >= 0 ? stored : null,
);

/** Keeps the keyspace as it is; answers "", or why not. @param {string} name @param {Snapshot} [replaced] the one of that name */
export async function takeSnapshot(name, replaced) {
  const lines = await exportLines();
  return snapshots.put({ id: name, when: Date.now(), size: lines.length, keys: keyCount.value, lines }, replaced);
}

/**
 * A server cannot hold all of the keyspace: as it was it is kept, and the person is told.
 * @param {import("./contract").ServerSet} set @param {string} name of the work @param {number} keys @param {Uint8Array<ArrayBuffer>} lines
 */
export async function keepWhatIsNotHeld({ server, not_held: lost, omitted }, name, keys, lines) {
  const title = SERVERS[server];
  const problem = await snapshots.put({ id: `${name}, before ${title} ${new Date().toISOString()}`, when: Date.now(), size: lines.length, keys, lines });
  const [first] = lost;
  const others = lost.length + omitted - 1;
  const and = others ? ` So it is with ${counted(others, "other key")}.` : "";
  const whole = problem ? `It could not be kept as it was: ${problem}.` : "The keyspace as it was is among the snapshots.";
  banner.value = { kind: "error", stays: true, text: `${title} cannot hold all of the keyspace. ${first.key}: ${first.reason}.${and} ${whole}` };
}

/** The keyspace becomes what it was; that can be undone. Answers "", or what failed. @param {Snapshot} snapshot */
export const restoreSnapshot = (snapshot) => load(linesOf(snapshot), true);

/** How the keyspace differs from the snapshot; null when that was stopped. @param {Snapshot} snapshot */
export const compareWith = (snapshot) => whileRunning(() => ask({ type: "Compare", lines: linesOf(snapshot) }));

/** @param {Snapshot} snapshot */
const linesOf = ({ lines }) => (typeof lines === "string" ? new TextEncoder().encode(lines) : lines);
