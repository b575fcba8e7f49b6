// @ts-check
// The scripts of a work. The one that is shown lies open in the work itself, so whoever calls, lints or debugs a script reads
// `work.script`; the others wait beside it.

import { withoutHidden } from "./hidden.js";
import { isLibrary } from "./modes.js";

/** @typedef {import("./state.js").Work} Work */
/** @typedef {import("./state.js").Script} Script */

/** What of a work belongs to the script that is shown. All else, the keyspace first of all, its scripts have in common. */
export const SCRIPT_FIELDS = /** @type {(keyof Script)[]} */ (
  ["scriptName", "script", "keys", "argv", "mode", "function", "protocol", "tests", "presets", "keyNames", "argvNames", "breakpoints", "watches", "moment"]
);

/** The script that is shown. @param {Work} work @returns {Script} */
export const scriptOf = (work) => /** @type {any} */ (Object.fromEntries(SCRIPT_FIELDS.map((name) => [name, work[name]])));

/** All scripts of a work, in their order. @param {Work} work */
export const scriptsOf = (work) => work.others.toSpliced(work.place, 0, scriptOf(work));

/** The function libraries of a work: whatever is called may call them. @param {Work} work */
export const librariesOf = (work) => scriptsOf(work).filter(({ script }) => isLibrary(script));

/** Their texts. @param {Work} work */
export const libraryTextsOf = (work) => librariesOf(work).map(({ script }) => script);

/** The script of a work that has a name. @param {Work} work @param {string} name */
export const scriptNamed = (work, name) => scriptsOf(work).find(({ scriptName }) => scriptName === name);

/** A work with these scripts, of which the one at `place` is shown. @param {Work} work @param {Script[]} scripts @param {number} place @returns {Work} */
export const withScripts = (work, scripts, place) => ({ ...work, ...scripts[place], others: scripts.toSpliced(place, 1), place });

/** What can be no part of a name, so that a scenario can name the script as one word. */
const FOREIGN = /[\s"'\\]+/g;
/** Characters of a name. */
const LONGEST_NAME = 60;

/** A name as one word that anybody can read; "" where nothing of it is left. @param {string} text */
export const asScriptName = (text) => withoutHidden(text).trim().replace(FOREIGN, "-").slice(0, LONGEST_NAME);

/** A name that no script of these has: the same, or with a number. @param {string} wanted @param {Script[]} scripts */
export function freeName(wanted, scripts) {
  const isFree = (/** @type {string} */ name) => scripts.every(({ scriptName }) => scriptName !== name);
  const stem = wanted.replace(/-\d+$/, "").slice(0, LONGEST_NAME - 4);
  for (let name = wanted, number = 2; ; name = `${stem}-${number++}`) if (isFree(name)) return name;
}
