// @ts-check
// What stays in this browser: the work as it stands, and how the page is laid out. Nothing is sent anywhere.
import { effect, signal } from "@preact/signals";
import { checkIndex } from "./engine_index.js";
import { readWork } from "./share.js";
import { EMPTY_WORK, work } from "./state.js";

const WORK = "ferrous.work";
const SETTINGS = "ferrous.settings";
const CONSOLE = "ferrous.console";
/** Lines of the console that are remembered, and characters of one that are. */
const MOST_LINES = 500;
const LONGEST_LINE = 10_000;
/** Lines that may hold a password; redis-cli does not remember them either. */
const SECRET = /^\s*(auth\b|hello\b.*\bauth\b|acl\s+setuser\b|migrate\b.*\bauth2?\b|config\s+set\b.*(pass|auth))/i;
/** Time after the last keystroke at which the work is saved. Milliseconds. */
const SAVE_DELAY = 300;

export const THEMES = /** @type {const} */ (["system", "light", "dark"]);
/** Seconds a script may run; null is no limit. @type {(number | null)[]} */
export const TIME_LIMITS = [1, 5, 30, null];
/** Between which a border between two parts of the page may stand, in per cent. */
export const SHARES = { least: 15, most: 85 };

/**
 * @typedef {{ theme: typeof THEMES[number], split: number, editorShare: number | null, keysShare: number | null,
 *   seconds: number | null, welcomed: boolean, engineIndex: string }} Settings
 * `split` is the left column's share of the width, `editorShare` the editor's of the height above KEYS and ARGV, `keysShare`
 * that of the list of keys above the content of one, in per cent, null for as the content needs. `seconds` is the time a
 * script may run; `welcomed` whether the explanation of the page was closed. `engineIndex` is the address where other versions
 * of the engine are looked for, "" for the folder of the site.
 */

/** @type {Settings} */
export const DEFAULTS = { theme: "system", split: 54, editorShare: null, keysShare: null, seconds: 5, welcomed: false, engineIndex: "" };

/** @param {any} value */
const isShare = (value) => Number.isFinite(value) && value >= SHARES.least && value <= SHARES.most;

/** Whether what is stored is a value of the setting. @type {{ [name in keyof Settings]: (value: any) => boolean }} */
const CHECKS = {
  theme: (value) => THEMES.includes(value),
  split: isShare,
  editorShare: (value) => value === null || isShare(value),
  keysShare: (value) => value === null || isShare(value),
  seconds: (value) => TIME_LIMITS.includes(value),
  welcomed: (value) => typeof value === "boolean",
  engineIndex: (value) => typeof value === "string" && checkIndex(value) === "",
};

/** localStorage, which may be forbidden or full: then the page works and forgets. @param {string} key */
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** @param {string} key @param {unknown} value */
function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** The settings that were stored; what is no value of its setting is as at first. */
function readSettings() {
  const stored = Object(read(SETTINGS));
  const names = /** @type {(keyof Settings)[]} */ (Object.keys(CHECKS));
  const good = names.filter((name) => Object.hasOwn(stored, name) && CHECKS[name](stored[name]));
  return /** @type {Settings} */ ({ ...DEFAULTS, ...Object.fromEntries(good.map((name) => [name, stored[name]])) });
}

export const settings = signal(readSettings());
export const saving = signal(/** @type {"saved" | "pending" | "impossible"} */ ("saved"));

/** @param {Partial<Settings>} change */
export function changeSettings(change) {
  settings.value = { ...settings.value, ...change };
  write(SETTINGS, settings.value);
}

/** The theme after the one in use. */
export const nextTheme = () => THEMES[(THEMES.indexOf(settings.value.theme) + 1) % THEMES.length];

/** What was typed at the console, also at earlier visits; the last line last. @type {import("@preact/signals").Signal<string[]>} */
export const consoleHistory = signal(
  [read(CONSOLE) ?? []].flat().filter((line) => typeof line === "string" && line.length <= LONGEST_LINE).slice(-MOST_LINES),
);

/** @param {string} line */
export function rememberLine(line) {
  if (line === consoleHistory.value.at(-1) || line.length > LONGEST_LINE || SECRET.test(line)) return;
  consoleHistory.value = [...consoleHistory.value, line].slice(-MOST_LINES);
  write(CONSOLE, consoleHistory.value);
}

/** What was saved at the last visit, or null. */
export function savedWork() {
  const saved = read(WORK);
  if (!saved) return null;
  try {
    return readWork(saved);
  } catch {
    return null;
  }
}

/** Saves the work a moment after every change. */
export function startSaving() {
  let timer = 0;
  let first = true;
  effect(() => {
    const current = work.value;
    if (first || current === EMPTY_WORK) {
      first = false;
      return;
    }
    clearTimeout(timer);
    saving.value = "pending";
    timer = setTimeout(() => (saving.value = write(WORK, current) ? "saved" : "impossible"), SAVE_DELAY);
  });
  effect(() => {
    const { theme } = settings.value;
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  });
}
