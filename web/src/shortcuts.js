// @ts-check
// Every key that works anywhere on the page: one table, which the keyboard map shows and the page obeys.
import { debug } from "./actions/debugging.js";
import { redo, run, stop, undo } from "./actions/running.js";
import { beginWork, chooseFiles, keepAndWrite } from "./files.js";
import { isMac } from "./key_names.js";
import { withRest } from "./later.js";
import { focusFirst, show } from "./layout.js";
import { MOVES } from "./moves.js";
import { debugged, dialog, leftTab, rightTab } from "./state.js";
import { toggleWrapping } from "./storage.js";

/**
 * `leavesDialogs` is what also works while a dialog is open, which closes then: a way to another place. What does something
 * with the script does not, for who writes in a dialog does not mean that.
 * @typedef {{ keys: string, what: string, act: () => unknown, leavesDialogs?: boolean }} Shortcut
 */

/** @type {{ title: string, leavesDialogs?: boolean, shortcuts: Shortcut[] }[]} */
export const SHORTCUTS = [
  {
    title: "The script",
    shortcuts: [
      { keys: "Mod+Enter", what: "Run", act: () => (leftTab.value === "scenario" ? withRest(({ runScenario }) => runScenario()) : run()) },
      { keys: "Mod+Shift+Enter", what: "Dry run: show what would change, keep nothing", act: () => run({ dry: true }) },
      { keys: "Mod+.", what: "Stop", act: stop, leavesDialogs: true },
      { keys: "Alt+Shift+D", what: "Debug", act: debug },
      { keys: "Alt+Shift+A", what: "Run on all servers, side by side", act: () => withRest(({ runOnAll }) => runOnAll()) },
      { keys: "Alt+Shift+U", what: `Undo the last run or command; ${isMac ? "⌘Z" : "Ctrl+Z"} too, where one does not type`, act: undo },
      { keys: "Alt+Shift+Y", what: "Redo what Undo took back", act: redo },
    ],
  },
  {
    title: "Go to",
    leavesDialogs: true,
    shortcuts: [
      { keys: "Alt+Shift+S", what: "Script", act: () => show(leftTab, "script") },
      { keys: "Alt+PageDown", what: "The next script of the work", act: () => withRest(({ stepScript }) => stepScript(1)) },
      { keys: "Alt+PageUp", what: "The script before", act: () => withRest(({ stepScript }) => stepScript(-1)) },
      { keys: "Alt+Shift+F", what: "Fixture", act: () => show(leftTab, "fixture") },
      { keys: "Alt+Shift+T", what: "Tests", act: () => show(leftTab, "tests") },
      { keys: "Alt+Shift+M", what: "Scenario of many clients", act: () => show(leftTab, "scenario") },
      { keys: "Alt+Shift+I", what: "KEYS and ARGV", act: () => queueMicrotask(() => focusFirst("section.call")) },
      { keys: "Alt+Shift+R", what: "Reply", act: () => show(rightTab, "reply") },
      { keys: "Alt+Shift+C", what: "Trace of commands", act: () => show(rightTab, "trace") },
      { keys: "Alt+Shift+E", what: "Keys that the script touches", act: () => show(rightTab, "keys") },
      { keys: "Alt+Shift+K", what: "Keyspace", act: () => show(rightTab, "keyspace") },
      { keys: "Alt+Shift+L", what: "Log", act: () => show(rightTab, "log") },
      { keys: "Alt+Shift+O", what: "Console", act: () => show(rightTab, "console") },
    ],
  },
  {
    title: "The work",
    leavesDialogs: true,
    shortcuts: [
      { keys: "Alt+Shift+N", what: "New", act: beginWork },
      { keys: "Mod+O", what: "Open files: scripts, saved work, commands, RDB files", act: chooseFiles },
      { keys: "Mod+S", what: "Keep a version of the work in the history; write the files that `ferrous open` named", act: keepAndWrite },
      { keys: "Alt+Shift+H", what: "History", act: () => (dialog.value = "history") },
    ],
  },
  {
    title: "The page",
    leavesDialogs: true,
    shortcuts: [
      { keys: "Alt+Shift+X", what: "Examples", act: () => (dialog.value = "examples") },
      { keys: "Alt+Shift+W", what: "Wrap long lines in the editors, or not", act: toggleWrapping },
      { keys: "F1", what: "This map of the keyboard; ? too, where one does not type", act: () => (dialog.value = "keys") },
    ],
  },
];

/** The keys of an event as the table writes them. @param {KeyboardEvent} event */
function keysOf(event) {
  const hasMod = isMac ? event.metaKey : event.ctrlKey;
  // With Alt a letter may be another character; the place of the key says which letter it is.
  const name = event.altKey && event.code.startsWith("Key") ? event.code.slice(3) : hasMod && event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const isNamed = name.length > 1 || event.altKey || hasMod;
  const modifiers = [hasMod && "Mod", event.altKey && "Alt", event.shiftKey && isNamed && "Shift"];
  return [...modifiers, name].filter(Boolean).join("+");
}

/** @param {KeyboardEvent} event */
function isTyping(event) {
  const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/** Keys that mean something else to what one types in. @type {Record<string, string>} */
const ELSEWHERE = { "?": "F1", "Mod+Z": "Alt+Shift+U", "Mod+Shift+Z": "Alt+Shift+Y", "Mod+Y": "Alt+Shift+Y" };

/** Does what the keys of an event are for; the debugger's come before the editor's. @param {KeyboardEvent} event */
export function obeyKeys(event) {
  if (event.isComposing) return;
  const keys = isTyping(event) ? keysOf(event) : (ELSEWHERE[keysOf(event)] ?? keysOf(event));
  const move = debugged.value && MOVES.find(({ key }) => key === keys)?.move;
  const shortcut = SHORTCUTS.flatMap((group) => group.shortcuts.map((one) => ({ ...group, ...one }))).find((one) => one.keys === keys);
  const act = move || shortcut?.act;
  // What is open now, not what was asked for: a dialog that is closing is in nobody's way.
  const isOverDialog = document.querySelector("dialog[open]") !== null;
  if (!act || (isOverDialog && !shortcut?.leavesDialogs)) return;
  event.preventDefault();
  event.stopPropagation();
  if (isOverDialog) dialog.value = "";
  act();
}
