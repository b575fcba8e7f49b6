// @ts-check
// The scripts of the work: shown, added, named, moved, deleted. The keyspace is that of all of them.
import { followName } from "../disk_files.js";
import { NEW_WORK, keepVersion } from "../history.js";
import { focusFirst, leaveField } from "../layout.js";
import { asScriptName, freeName, scriptOf, scriptsOf } from "../scripts.js";
import { MOST_SCRIPTS } from "../share.js";
import { arrangeScripts, banner, debugged, dialog, edit, generation, leftTab, looseScripts, work } from "../state.js";

/** @typedef {import("../state.js").Script} Script */

/** @param {number} place */
export const showScript = (place) => place !== work.value.place && arrangeScripts(looseScripts(), place);

/** Shows the next script, or with -1 the one before; who writes goes on writing there. @param {1 | -1} step */
export function stepScript(step) {
  const count = work.value.others.length + 1;
  const isWriting = document.activeElement?.closest("#panel-script");
  leaveField();
  showScript((work.value.place + step + count) % count);
  if (isWriting) queueMicrotask(() => focusFirst("#panel-script"));
}

/** Puts a script at a place of the work, and shows it. @param {Script} script @param {number} place */
function insert(script, place) {
  const scripts = looseScripts();
  if (scripts.length >= MOST_SCRIPTS) {
    banner.value = { kind: "error", text: `A work holds at most ${MOST_SCRIPTS} scripts.` };
    return;
  }
  const scriptName = freeName(script.scriptName, scripts);
  arrangeScripts(scripts.toSpliced(place, 0, scriptName === script.scriptName ? script : { ...script, scriptName }), Math.min(place, scripts.length));
}

/** Adds a script behind the others. @param {Partial<Script>} [parts] what it is other than empty */
export function addScript(parts = {}) {
  const count = work.value.others.length + 1;
  insert({ ...scriptOf(NEW_WORK), scriptName: `script-${count + 1}`, ...parts }, count);
}

/** A new script, and the cursor where it is written. */
export function beginScript() {
  addScript();
  leftTab.value = "script";
  queueMicrotask(() => focusFirst("#panel-script"));
}

/** A copy of the script that is shown, with all that belongs to it. */
export const duplicateScript = () => insert(structuredClone(scriptOf(work.value)), work.value.place + 1);

/** Moves the script that is shown among the others. @param {number} place */
export function moveScript(place) {
  const scripts = looseScripts();
  if (place < 0 || place >= scripts.length) return;
  const [moved] = scripts.splice(work.value.place, 1);
  arrangeScripts(scripts.toSpliced(place, 0, moved), place);
}

/** Gives the script that is shown another name, as far as that can be one and is free. @param {string} wanted */
export function renameScript(wanted) {
  const former = work.value.scriptName;
  const scriptName = freeName(asScriptName(wanted) || former, work.value.others);
  const open = debugged.value;
  if (open?.work.scriptName === former) debugged.value = { ...open, work: { ...open.work, scriptName } };
  followName(former, scriptName);
  edit({ scriptName });
}

/** Deletes the script that is shown: the history has it, and until something else is told it can be put back. */
export function deleteScript() {
  const { place, others, scriptName } = work.value;
  if (others.length === 0) return;
  const of = generation.value;
  keepVersion(work.value, "script");
  const scripts = looseScripts();
  const deleted = scripts[place];
  arrangeScripts(scripts.toSpliced(place, 1), Math.min(place, others.length - 1));
  const putBack = () => {
    banner.value = null;
    if (of === generation.value) insert(deleted, Math.min(place, work.value.others.length + 1));
    else dialog.value = "history";
  };
  banner.value = { kind: "info", stays: true, text: `The script ${scriptName} was deleted.`, action: { title: "Put it back", act: putBack } };
}

/** How many scripts there are, and which is which, for whoever is told of one of them. */
export const scriptNames = () => scriptsOf(work.value).map(({ scriptName }) => scriptName);
