// @ts-check
// What stays in this browser for all tabs: how the page is laid out, and what was typed at the console. Each tab takes in what
// the others have changed, and changes nothing else. Nothing is sent anywhere.
import { effect, signal } from "@preact/signals";
import { checkIndex } from "./engine_index.js";

const SETTINGS = "ferrous.settings";
const CONSOLE = "ferrous.console";
/** Lines of the console that are remembered, and characters of one that are. */
const MOST_LINES = 500;
const LONGEST_LINE = 10_000;
/** Lines that may hold a password; redis-cli does not remember them either. */
const SECRET = /^\s*(auth\b|hello\b.*\bauth\b|acl\s+setuser\b|migrate\b.*\bauth2?\b|config\s+set\b.*(pass|auth))/i;

export const THEMES = /** @type {const} */ (["system", "light", "dark"]);
/** Seconds a script may run; null is no limit. @type {(number | null)[]} */
export const TIME_LIMITS = [1, 5, 30, null];
/** Between which a border between two parts of the page may stand, in per cent. */
export const SHARES = { least: 15, most: 85 };

/**
 * @typedef {{ theme: typeof THEMES[number], split: number, editorShare: number | null, keysShare: number | null,
 *   seconds: number | null, welcomed: boolean, engineIndex: string, wraps: boolean, keepsPython: boolean }} Settings
 * `split` is the left column's share of the width, `editorShare` the editor's of the height above KEYS and ARGV, `keysShare`
 * that of the list of keys above the content of one, in per cent, null for as the content needs. `seconds` is the time a
 * script may run; `welcomed` whether the explanation of the page was closed. `engineIndex` is the address where other versions
 * of the engine are looked for, "" for the folder of the site. `wraps` says whether the editors wrap long lines, `keepsPython` whether
 * an image of Python's memory is kept for the next start.
 */

/** @type {Settings} */
export const DEFAULTS = { theme: "system", split: 54, editorShare: null, keysShare: null, seconds: 5, welcomed: false, engineIndex: "", wraps: false, keepsPython: true };

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
  wraps: (value) => typeof value === "boolean",
  keepsPython: (value) => typeof value === "boolean",
};

/** localStorage, which may be forbidden or full: then the page works and forgets. @param {string} key */
export function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** @param {string} key @param {unknown} value */
export function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return "saved";
  } catch (error) {
    return error instanceof DOMException && error.name === "QuotaExceededError" ? "no room" : "impossible";
  }
}

/** What is stored under names that begin so. @param {string} beginning */
export function namesOf(beginning) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(beginning));
  } catch {
    return [];
  }
}

/** @param {string} name */
export function forget(name) {
  localStorage.removeItem(name);
}

/** The settings that were stored; what is no value of its setting is as at first. */
function readSettings() {
  const stored = Object(read(SETTINGS));
  const names = /** @type {(keyof Settings)[]} */ (Object.keys(CHECKS));
  const good = names.filter((name) => Object.hasOwn(stored, name) && CHECKS[name](stored[name]));
  return /** @type {Settings} */ ({ ...DEFAULTS, ...Object.fromEntries(good.map((name) => [name, stored[name]])) });
}

export const settings = signal(readSettings());

/** @param {Partial<Settings>} change */
export function changeSettings(change) {
  const isKept = write(SETTINGS, { ...readSettings(), ...change }) === "saved";
  settings.value = { ...(isKept ? readSettings() : settings.value), ...change };
}

/** The theme after the one in use. */
export const nextTheme = () => THEMES[(THEMES.indexOf(settings.value.theme) + 1) % THEMES.length];

export function toggleWrapping() {
  changeSettings({ wraps: !settings.value.wraps });
}

const readConsole = () => [read(CONSOLE) ?? []].flat().filter((line) => typeof line === "string" && line.length <= LONGEST_LINE).slice(-MOST_LINES);

/** What was typed at the console, also at earlier visits and in other tabs; the last line last. @type {import("@preact/signals").Signal<string[]>} */
export const consoleHistory = signal(readConsole());

/** @param {string} line */
export function rememberLine(line) {
  if (line === consoleHistory.value.at(-1) || line.length > LONGEST_LINE || SECRET.test(line)) return;
  const isKept = write(CONSOLE, [...readConsole(), line].slice(-MOST_LINES)) === "saved";
  consoleHistory.value = isKept ? readConsole() : [...consoleHistory.value, line].slice(-MOST_LINES);
}

/** The settings have their effect, also those that another tab changes. */
export function obeySettings() {
  addEventListener("storage", ({ key }) => key === SETTINGS && (settings.value = readSettings()));
  effect(() => {
    const { theme } = settings.value;
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  });
}
