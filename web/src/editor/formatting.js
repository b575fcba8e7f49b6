// @ts-check
// Formatting by the conventions of StyLua, which is fetched when it is first asked for: a program of 3 MB.
import { EditorView, keymap } from "@codemirror/view";
import { figure } from "../list.js";
import { banner } from "../state.js";

/** Characters of a script that is formatted: StyLua takes the page's time, more than a second beyond that. */
const MOST_CHARACTERS = 100_000;

/** Lines that differ, beyond which a text is changed as a whole: to find them takes as long as their number squared. */
const MOST_DIFFERENT = 500;

/** StyLua with what it is told; null until it was asked for. @type {Promise<(text: string) => string> | null} */
let formatter = null;

/** What was said of the last script that could not be formatted. @type {typeof banner.value} */
let told = null;

/** Fetches StyLua; if it cannot be had, the next who asks tries again. */
function loadFormatter() {
  formatter ??= import("./stylua.js").then(({ load }) => load(new URL(FORMATTER, document.baseURI)));
  formatter.catch(() => (formatter = null));
  return formatter;
}

/** What makes one text of another: one change for each stretch of lines that differs. @param {string} old @param {string} text */
async function changesBetween(old, text) {
  const { diffLines } = await import("diff");
  /** @type {{ from: number, to: number, insert: string }[]} */
  const changes = [];
  let at = 0;
  const parts = diffLines(old, text, { maxEditLength: MOST_DIFFERENT });
  if (!parts) return [{ from: 0, to: old.length, insert: text }];
  for (const { added, removed, value } of parts) {
    const last = changes.at(-1);
    if (added && last && last.to === at) last.insert += value;
    else if (added) changes.push({ from: at, to: at, insert: value });
    else if (removed) changes.push({ from: at, to: at + value.length, insert: "" });
    if (!added) at += value.length;
  }
  return changes;
}

/** What StyLua says, without the words around it. @param {unknown} error */
const sentence = (error) => String(error instanceof Error ? error.message : error).replace(/^error parsing:\s*(?:- )?/, "").split("\n")[0];

/** Formats the script of an editor, in one step of its undo. @param {EditorView} view */
async function format(view) {
  const { doc } = view.state;
  if (doc.length > MOST_CHARACTERS) {
    banner.value = told = { kind: "error", text: `A script of more than ${figure(MOST_CHARACTERS)} characters is not formatted here.` };
    return;
  }
  try {
    const formatted = await loadFormatter();
    const text = doc.toString();
    const changes = await changesBetween(text, formatted(text));
    if (view.state.doc !== doc) return; // somebody types
    const said = EditorView.announce.of(changes.length ? "Formatted." : "It is formatted already.");
    view.dispatch({ changes, effects: said, userEvent: "input.format" });
    if (banner.peek() === told) banner.value = null;
  } catch (error) {
    const text = formatter ? `StyLua does not format it: ${sentence(error)}` : "The formatter could not be fetched. Is there a network?";
    banner.value = told = { kind: "error", text };
  }
}

/** Formats the script that is shown: what the button does. */
export function formatScript() {
  const root = document.querySelector("#panel-script .editor")?.shadowRoot?.querySelector(".cm-editor");
  const view = root && EditorView.findFromDOM(/** @type {HTMLElement} */ (root));
  if (view) void format(view);
}

export const formatting = keymap.of([{ key: "Alt-Shift-p", run: (view) => (void format(view), true), preventDefault: true }]);
