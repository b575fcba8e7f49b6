// @ts-check
// The editor of the face: Lua in colours, errors on their lines. Tab leaves it, as it leaves every field of the page around.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { Prec } from "@codemirror/state";
import { EditorView, drawSelection, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { insertion } from "../editor/insertion.js";
import { lua } from "../editor/lua.js";
import { problems, showProblems } from "../editor/problems.js";
import { shownPart } from "../editor/shown_part.js";
import { theme } from "../editor/theme.js";
import { HIDDEN } from "../hidden.js";

/**
 * In a shadow tree: there its styles are constructed style sheets, which the page's strict Content-Security-Policy allows.
 * @param {HTMLElement} place @param {string} text @param {(text: string) => void} change @param {() => unknown} run
 */
export function scriptEditor(place, text, change, run) {
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  const extensions = [
    lineNumbers(),
    history(),
    drawSelection(),
    bracketMatching(),
    insertion,
    highlightSpecialChars({ specialChars: HIDDEN }),
    Prec.high(keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }, { key: "Escape", run: (view) => (view.contentDOM.blur(), false) }])),
    keymap.of([...defaultKeymap, ...historyKeymap]),
    EditorView.lineWrapping,
    problems,
    shownPart,
    theme,
    lua,
    EditorView.contentAttributes.of({ "aria-label": "Lua script" }),
    EditorView.updateListener.of((update) => update.docChanged && change(update.state.doc.toString())),
  ];
  return new EditorView({ doc: text, extensions, root, parent: root });
}

/** @param {EditorView} view @param {import("../contract").Problem | null} problem */
export function showProblem(view, problem) {
  view.dispatch({ effects: showProblems.of(problem ? [problem] : []) });
}
