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
/** Time for which a desk that was let go is held for its tab, which may only be loading again. Milliseconds. */
const RELOADING = 1500;

/** The desk of this tab: "" is the first one. Another tab has it where `isOwn` is false. */
export const desk = signal({ id: "", isOwn: true });

const lockOf = (/** @type {string} */ id) => `ferrous.desk.${id}`;
const pause = (/** @type {number} */ time) => new Promise((resolve) => setTimeout(resolve, time));

/** What this tab does when its desk changes hands. @type {{ putDown: () => Promise<void>, pickUp: () => Promise<void> }} */
let habits = { putDown: async () => {}, pickUp: async () => {} };
/** Lets go of the desk this tab holds; null while it holds none. @type {(() => void) | null} */
let release = null;
/** Ends the wait for the desk another tab has. */
let waiting = new AbortController();
/** Whether the person wants the desk here. */
let isTaking = false;
/** @type {BroadcastChannel | null} */
let channel = null;

/** Remembers this tab's desk, and whether it has it: so it has it again when the page is loaded again. */
function remember() {
  try {
    sessionStorage.setItem(REMEMBERED, JSON.stringify(desk.value));
  } catch {
    // Then a reload begins at the first desk.
  }
}

function remembered() {
  try {
    const { id = "", isOwn = false } = JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "{}");
    // A tab that was duplicated remembers what the other does, but was not reloaded.
    const [entry] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
    return { id: String(id), wasOwn: isOwn === true && entry?.type === "reload" };
  } catch {
    return { id: "", wasOwn: false };
  }
}

/** @param {typeof desk.value} now */
function sitAt(now) {
  desk.value = now;
  remember();
}

/**
 * Holds a desk until it is let go or taken; answers whether this tab holds it now.
 * @param {string} id @param {LockOptions} options @returns {Promise<boolean>}
 */
function hold(id, options) {
  return new Promise((resolve) => {
    /** @type {(() => void) | null} */
    let own = null;
    const held = navigator.locks.request(lockOf(id), options, (lock) => {
      resolve(lock !== null);
      return (
        lock &&
        new Promise((done) => {
          release = own = () => {
            if (release === own) release = null;
            done(undefined);
          };
        })
      );
    });
    held.catch(() => {
      // It was taken, or the wait for it has ended.
      resolve(false);
      if (own && release === own) release = null;
      if (desk.value.isOwn && desk.value.id === id) lose();
    });
  });
}

/** Holds a desk that another tab has: it is asked for it, and not asked for long. @param {string} id */
async function claim(id) {
  const asked = new AbortController();
  const isGiven = hold(id, { signal: asked.signal });
  channel?.postMessage(id);
  const isHeld = await Promise.race([isGiven, pause(GRACE).then(() => false)]);
  if (isHeld) return true;
  asked.abort();
  return hold(id, { steal: true });
}

/** Finds the desk of this tab. @param {(id: string) => boolean} hasWork whether something lies on a desk */
export async function findDesk(hasWork) {
  if (!navigator.locks) return;
  channel = new BroadcastChannel("ferrous.desk");
  channel.onmessage = ({ data }) => data === desk.value.id && release && giveUp();
  const { id: last, wasOwn } = remembered();
  const id = last && hasWork(last) ? last : "";
  const isOwn = (await hold(id, { ifAvailable: true })) || (wasOwn && id === last && (await claim(id)));
  sitAt({ id, isOwn });
}

/** From now on the desk may change hands. @param {typeof habits} own */
export function attendDesk(own) {
  habits = own;
  if (!desk.value.isOwn) waitForDesk();
}

/** Another tab wants the desk: what is here is put down for it. */
async function giveUp() {
  const letGo = release;
  if (desk.value.isOwn) {
    await habits.putDown();
    lose();
  } else waitForDesk();
  letGo?.();
}

function lose() {
  sitAt({ ...desk.value, isOwn: false });
  waitForDesk();
}

/** The desk is this tab's as soon as the other tab is closed, or gives it up. */
async function waitForDesk() {
  waiting = new AbortController();
  const { id } = desk.value;
  if (!(await hold(id, { signal: waiting.signal }))) return;
  const held = release;
  if (!isTaking) await pause(RELOADING);
  if (release === held) await pickUp(id);
}

/** @param {string} id */
async function pickUp(id) {
  if (desk.value.id !== id || desk.value.isOwn) return;
  sitAt({ id, isOwn: true });
  await habits.pickUp();
}

/** The desk becomes this tab's, and the other tab reads on. */
export async function takeOver() {
  const { id } = desk.value;
  if (isTaking) return;
  isTaking = true;
  waiting.abort();
  release?.();
  if (await claim(id)) await pickUp(id);
  isTaking = false;
}

/** This tab goes on at a desk of its own. */
export function beginDesk() {
  waiting.abort();
  release?.();
  const id = crypto.randomUUID();
  sitAt({ id, isOwn: true });
  return hold(id, {});
}

/** The desks tabs have now. */
export async function takenDesks() {
  const { held = [] } = await navigator.locks.query();
  return held.map(({ name = "" }) => name).filter((name) => name.startsWith(lockOf(""))).map((name) => name.slice(lockOf("").length));
}
