// @ts-check
// The keyspace as it stands is saved on this tab's desk (desk.js) too, in the browser's database: the commands that make it
// again. One that is larger than a page could fill again while a person waits is not saved, and the footer says so.
import { effect, signal, untracked } from "@preact/signals";
import { createStore, del, get, set } from "idb-keyval";
import { copy } from "./actions/session.js";
import { desk } from "./desk.js";
import { loadRest } from "./later.js";
import { banner, keyCount, keyspaceRevision, phase, work } from "./state.js";

/** Time after the last change at which the keyspace is saved. Milliseconds. */
const DELAY = 300;
/** Bytes of commands that are saved: a page takes ten seconds to carry out so many. */
export const LARGEST = 4_000_000;

/** @typedef {{ lines: Uint8Array<ArrayBuffer>, keys: number }} Kept */

/** "too large", "no room" and "impossible" say why it is not saved. */
export const keyspaceSaving = signal(/** @type {"saved" | "pending" | "too large" | "no room" | "impossible"} */ ("saved"));

/** @type {ReturnType<typeof createStore> | null} */
let store = null;
const opened = () => (store ??= createStore("ferrous-keyspaces", "keyspaces"));

/** The name of the first desk's keyspace; others have that of their desk. */
const FIRST = "first";
const nameOf = (/** @type {string} */ id) => id || FIRST;

/** The keyspace that lies on a desk; null for none. @param {string} id @returns {Promise<Kept | null>} */
export async function keptKeyspace(id) {
  const kept = await get(nameOf(id), opened()).catch(() => null);
  return kept?.lines instanceof Uint8Array && kept.lines.length ? kept : null;
}

/** The lines of the keyspace that lies on this tab's desk. */
export const keptHere = async () => (await keptKeyspace(desk.value.id))?.lines ?? new Uint8Array();

/** What lies on the desk cannot be filled in again: it goes among the snapshots. @param {string} problem */
export function keepRefused(problem) {
  banner.value = { kind: "error", text: `The keyspace this tab was left with could not be filled in again: ${problem}. It is among the snapshots.` };
  abandonKeyspace(desk.value.id, work.value.name);
}

/** @param {string} id */
const forgetKeyspace = (id) => del(nameOf(id), opened()).catch(() => {});

let timer = 0;
/** The save under way, if there is one. */
let saved = Promise.resolve();

/** Saves what has changed, once what is being saved is. */
export function saveKeyspace() {
  clearTimeout(timer);
  if (keyspaceSaving.value !== "pending" || !desk.value.isOwn) return saved;
  saved = saved.then(put);
  return saved;
}

async function put() {
  const revision = keyspaceRevision.value;
  const lines = await copy.lines();
  if (!desk.value.isOwn) return;
  const { id } = desk.value;
  let outcome = /** @type {typeof keyspaceSaving.value} */ ("saved");
  try {
    // One that is not saved must not come back as it was before.
    if (lines.length > LARGEST) outcome = "too large";
    if (lines.length === 0 || lines.length > LARGEST) await del(nameOf(id), opened());
    else await set(nameOf(id), { lines, keys: keyCount.value }, opened());
  } catch (error) {
    outcome = error instanceof DOMException && error.name === "QuotaExceededError" ? "no room" : "impossible";
  }
  if (revision === keyspaceRevision.value) keyspaceSaving.value = outcome;
}

/** Saves the keyspace on this desk in a moment. */
export function saveSoon() {
  keyspaceSaving.value = "pending";
  clearTimeout(timer);
  timer = setTimeout(saveKeyspace, DELAY);
}

/** From now on changes are saved. */
export function startSavingKeyspace() {
  let last = keyspaceRevision.peek();
  effect(() => {
    if (keyspaceRevision.value === last) return;
    last = keyspaceRevision.value;
    if (untracked(() => desk.value.isOwn)) saveSoon();
  });
  addEventListener("pagehide", saveKeyspace);
  document.addEventListener("visibilitychange", () => document.hidden && saveKeyspace());
}

/** The keyspace of this tab becomes what lies on its desk; Undo takes that back. */
export async function readKeyspace() {
  if (phase.value !== "ready") return;
  const kept = await keptKeyspace(desk.value.id);
  const now = await copy.lines();
  const lines = kept?.lines ?? new Uint8Array();
  if (now.length !== lines.length || now.some((byte, index) => byte !== lines[index])) await (await loadRest()).load(lines, true);
}

/** The keyspace on a desk goes among the snapshots. @param {string} id @param {string} name of its work */
export async function abandonKeyspace(id, name) {
  const kept = await keptKeyspace(id);
  if (kept) {
    const { snapshots } = await loadRest();
    const { lines, keys } = kept;
    await snapshots.put({ id: `${name}, left behind ${new Date().toISOString()}`, when: Date.now(), size: lines.length, keys, lines });
  }
  await forgetKeyspace(id);
}
