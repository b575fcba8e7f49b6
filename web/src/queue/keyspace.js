// @ts-check
// The keys of the server as they are now: looked at when something has changed, and not more often than eyes follow.
import { effect, signal } from "@preact/signals";
import { changes, engine, progress } from "./server.js";

/** @typedef {import("../contract").KeySummary & { isNew: boolean }} Key `isNew`: it has changed since it was looked at before */

/** Keys that are listed, and elements of the one that is shown. */
const MOST_KEYS = 60;
const MOST_ELEMENTS = 20;
/** Milliseconds between two looks. */
const LOOKED_EACH = 400;

/** @type {import("@preact/signals").Signal<Key[]>} */
export const keys = signal([]);
export const total = signal(0);
/** The server's time, in milliseconds. */
export const now = signal(0);
/** The key whose content is shown, "" for none. */
export const chosen = signal("");
/** @type {import("@preact/signals").Signal<import("../contract").KeyContent | null>} */
export const content = signal(null);

/** @type {Map<string, string>} */
let before = new Map();
let isLooking = false;
let isStale = false;

async function look() {
  if (isLooking) {
    isStale = true;
    return;
  }
  isLooking = true;
  isStale = false;
  try {
    const page = await engine.ask({ type: "Browse", database: 0, search: "", kind: "", offset: 0, limit: MOST_KEYS, namespace: null, in_values: false });
    const shown = chosen.value ? await engine.ask({ type: "Inspect", database: 0, key: chosen.value, offset: 0, limit: MOST_ELEMENTS, search: "" }) : null;
    if (page.type !== "Failure") {
      const signs = new Map(page.rows.map((key) => [key.key, `${key.kind} ${key.size} ${key.expiry}`]));
      keys.value = page.rows.map((key) => ({ ...key, isNew: before.get(key.key) !== signs.get(key.key) }));
      total.value = page.total;
      now.value = page.now;
      before = signs;
    }
    content.value = shown?.type === "KeyContent" ? shown : null;
  } catch {
    // the server is gone, and the page says so
  }
  setTimeout(() => {
    isLooking = false;
    if (isStale) look();
  }, LOOKED_EACH);
}

effect(() => {
  changes.value;
  if (progress.value === null) look();
});

/** Shows the content of a key, or of none. @param {string} key */
export function choose(key) {
  chosen.value = chosen.value === key ? "" : key;
  content.value = null;
  look();
}
