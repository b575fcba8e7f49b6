// @ts-check
// A desk is where a tab keeps its work and its keyspace. Every tab has one of its own: one that is opened while another has the
// desk reads what lies there and saves nothing, until it takes the desk over or its person changes something, which then goes
// on at a new desk. The browser's locks tell who has which, also when a tab dies; a browser without them, or a page that
// is not secure, has but one desk for all.
import { signal } from "@preact/signals";

/** Under which a tab remembers its desk over a reload. */
const REMEMBERED = "ferrous.desk";
/** Time another tab has to put down what it has before the desk is taken from it. Milliseconds. */
const GRACE = 2000;

/** The desk of this tab: "" is the first one. Another tab has it where `isOwn` is false. */
export const desk = signal({ id: "", isOwn: true });

const lockOf = (/** @type {string} */ id) => `ferrous.desk.${id}`;

/** What this tab does when its desk changes hands. @type {{ putDown: () => Promise<void>, pickUp: () => Promise<void> }} */
let habits = { putDown: async () => {}, pickUp: async () => {} };
/** Lets go of the desk this tab has. */
let release = () => {};
/** Ends the wait for the desk another tab has. */
let waiting = new AbortController();
/** @type {BroadcastChannel | null} */
let channel = null;

/** @param {string} id */
function remember(id) {
  try {
    sessionStorage.setItem(REMEMBERED, id);
  } catch {
    // Then a reload begins at the first desk.
  }
}

function remembered() {
  try {
    return sessionStorage.getItem(REMEMBERED) ?? "";
  } catch {
    return "";
  }
}

/**
 * Holds a desk until it is let go or taken; answers whether this tab has it now.
 * @param {string} id @param {LockOptions} options @returns {Promise<boolean>}
 */
function hold(id, options) {
  return new Promise((resolve) => {
    const held = navigator.locks.request(lockOf(id), options, (lock) => {
      resolve(lock !== null);
      return lock && new Promise((letGo) => (release = () => letGo(undefined)));
    });
    // It was taken, or the wait for it has ended.
    held.catch(() => (resolve(false), desk.value.isOwn && desk.value.id === id && lose()));
  });
}

/** Finds the desk of this tab. @param {(id: string) => boolean} hasWork whether something lies on a desk */
export async function findDesk(hasWork) {
  if (!navigator.locks) return;
  const last = remembered();
  const id = last && hasWork(last) ? last : "";
  const isOwn = await hold(id, { ifAvailable: true });
  desk.value = { id, isOwn };
  channel = new BroadcastChannel("ferrous.desk");
  channel.onmessage = ({ data }) => desk.value.isOwn && data === desk.value.id && giveUp();
}

/** From now on the desk may change hands. @param {typeof habits} own */
export function attendDesk(own) {
  habits = own;
  if (!desk.value.isOwn) waitForDesk();
}

/** Another tab takes over: what is here is put down for it. */
async function giveUp() {
  await habits.putDown();
  lose();
  release();
}

function lose() {
  desk.value = { ...desk.value, isOwn: false };
  waitForDesk();
}

/** The desk is this tab's as soon as the other tab is closed, or gives it up. */
async function waitForDesk() {
  waiting = new AbortController();
  const { id } = desk.value;
  if (await hold(id, { signal: waiting.signal })) await pickUp(id);
}

/** @param {string} id */
async function pickUp(id) {
  if (desk.value.id !== id || desk.value.isOwn) return;
  desk.value = { id, isOwn: true };
  await habits.pickUp();
}

/** The desk becomes this tab's, and the other tab reads on. */
export async function takeOver() {
  const { id } = desk.value;
  channel?.postMessage(id);
  await new Promise((resolve) => setTimeout(resolve, GRACE));
  if (desk.value.isOwn) return;
  waiting.abort();
  if (await hold(id, { steal: true })) await pickUp(id);
}

/** This tab goes on at a desk of its own. */
export function beginDesk() {
  waiting.abort();
  const id = crypto.randomUUID();
  remember(id);
  desk.value = { id, isOwn: true };
  return hold(id, {});
}

/** The desks tabs have now. */
export async function takenDesks() {
  const { held = [] } = await navigator.locks.query();
  return held.map(({ name = "" }) => name).filter((name) => name.startsWith(lockOf(""))).map((name) => name.slice(lockOf("").length));
}
