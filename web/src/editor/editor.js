// @ts-check
// CodeMirror as a component. It stands in a shadow tree: there its styles are constructed style sheets, which the page's
// strict Content-Security-Policy allows.
import { defaultKeymap, history, historyField, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, foldGutter, foldKeymap } from "@codemirror/language";
import { Compartment, EditorSelection, EditorState, Prec } from "@codemirror/state";
import {
  EditorView,
  ViewPlugin,
  crosshairCursor,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from "@codemirror/view";
import { useLayoutEffect, useRef } from "preact/hooks";
import { HIDDEN } from "../hidden.js";
import { html } from "../html.js";
import { loadRest, rest } from "../later.js";
import { narrow } from "../layout.js";
import { settings } from "../storage.js";
import { commands } from "./commands.js";
import { folding } from "./folding.js";
import { insertion } from "./insertion.js";
import { lua } from "./lua.js";
import { problems, showProblems } from "./problems.js";
import { shownPart } from "./shown_part.js";
import { theme } from "./theme.js";

/**
 * `sheet` is what the text is written on: cursor, undo and what was in sight come back with it.
 * @typedef {{ text: string, onChange: (text: string) => void, label: string, language: "lua" | "scenario" | "commands",
 *   problems: import("../contract").Problem[], sheet: {}, shownLine?: { line: number } | null,
 *   onLineShown?: () => void, extensions?: import("@codemirror/state").Extension[] }} EditorProps
 */

const LANGUAGES = { lua: [lua, folding], scenario: lua, commands };

const aids = new Compartment();

/** How the texts were left that are not shown. @type {WeakMap<{}, { state: any, inSight: import("@codemirror/state").StateEffect<any> }>} */
const left = new WeakMap();

/** A text as it was left, unless it has changed since. @param {EditorProps} props @param {import("@codemirror/state").Extension} extensions */
function begun({ text, sheet }, extensions) {
  const former = left.get(sheet);
  if (former?.state.doc !== text) return { state: EditorState.create({ doc: text, extensions }) };
  return { state: EditorState.fromJSON(former.state, { extensions }, { history: historyField }), scrollTo: former.inSight };
}

/** What helps while one writes: it comes with the rest of the page, or when the editor is entered. @param {EditorProps["language"]} language */
function helped(language) {
  const there = rest.peek();
  if (there) return there.AIDS[language];
  const arriving = ViewPlugin.define((view) => {
    const take = (/** @type {typeof rest.value} */ come) => come && queueMicrotask(() => view.dispatch({ effects: aids.reconfigure(come.AIDS[language]) }));
    return { destroy: rest.subscribe(take) };
  });
  return aids.of([arriving, EditorView.domEventObservers({ focus: () => void loadRest().catch(() => {}) })]);
}

const wrapping = new Compartment();
const wrapped = () => (narrow.matches || settings.value.wraps ? EditorView.lineWrapping : []);

/** Long lines are wrapped where the person wants it, and where the page is narrow: nobody reads code through a slit. */
const wrapWhereWanted = ViewPlugin.define((view) => {
  const adapt = () => view.dispatch({ effects: wrapping.reconfigure(wrapped()) });
  narrow.addEventListener("change", adapt);
  const stop = settings.subscribe(() => queueMicrotask(adapt));
  return {
    destroy() {
      stop();
      narrow.removeEventListener("change", adapt);
    },
  };
});

/** What stands for a character that nobody would see. @param {number} code @param {string | null} name */
function hiddenCharacter(code, name) {
  const mark = document.createElement("span");
  mark.className = "cm-hidden-character";
  mark.textContent = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  mark.title = mark.ariaLabel = name ?? "";
  return mark;
}

/** @param {{ current: EditorProps }} props */
function extensionsFor(props) {
  return [
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    foldGutter(),
    history(),
    drawSelection(),
    rectangularSelection(),
    crosshairCursor(),
    EditorState.allowMultipleSelections.of(true),
    bracketMatching(),
    insertion,
    highlightSpecialChars({ specialChars: HIDDEN, render: hiddenCharacter }),
    // Escape leaves the editor, so that Tab may indent and a keyboard still gets out.
    Prec.high(keymap.of([{ key: "Escape", run: (view) => (view.contentDOM.blur(), false) }])),
    keymap.of([...defaultKeymap, ...historyKeymap, ...foldKeymap, indentWithTab]),
    problems,
    shownPart,
    theme,
    wrapping.of(wrapped()),
    wrapWhereWanted,
    EditorView.contentAttributes.of({ "aria-label": props.current.label }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) props.current.onChange(update.state.doc.toString());
    }),
    LANGUAGES[props.current.language],
    helped(props.current.language),
    ...(props.current.extensions ?? []),
  ];
}

/** What brings a line into sight, and with it the sentence below; a narrow page goes to the results. @param {number | null | undefined} line @param {import("@codemirror/state").Text} text */
function sightOf(line, text) {
  return line && line <= text.lines && !narrow.matches ? [EditorView.scrollIntoView(text.line(line).to, { y: "nearest", yMargin: 60 })] : [];
}

/** The one change that makes a text another. @param {string} former @param {string} text */
function differenceOf(former, text) {
  let from = 0;
  while (from < former.length && from < text.length && former[from] === text[from]) from++;
  let same = 0;
  while (same < Math.min(former.length, text.length) - from && former.at(-1 - same) === text.at(-1 - same)) same++;
  return { from, to: former.length - same, insert: text.slice(from, text.length - same) };
}

/** @param {EditorProps} props */
export function Editor(props) {
  const place = useRef(/** @type {HTMLDivElement | null} */ (null));
  const view = useRef(/** @type {EditorView | null} */ (null));
  const latest = useRef(props);
  /** The text that the view has, as it was given or told last. */
  const written = useRef(props.text);
  const onChange = (/** @type {string} */ text) => ((written.current = text), props.onChange(text));
  latest.current = { ...props, onChange };

  // In the layout already: whoever shows this tab may focus the editor at once.
  useLayoutEffect(() => {
    const host = /** @type {HTMLDivElement} */ (place.current);
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    const made = new EditorView({ ...begun(props, extensionsFor(latest)), root, parent: root });
    view.current = made;
    written.current = props.text;
    return () => {
      left.set(props.sheet, { state: made.state.toJSON({ history: historyField }), inSight: made.scrollSnapshot() });
      made.destroy();
    };
  }, [props.sheet]);

  // Somebody else has written on this sheet: what they changed is changed here, so cursor and undo stay.
  useLayoutEffect(() => {
    if (props.text === written.current) return;
    written.current = props.text;
    view.current?.dispatch({ changes: differenceOf(view.current.state.doc.toString(), props.text) });
  }, [props.text]);

  // So do these, in this order: the next key belongs where the cursor went.
  useLayoutEffect(() => {
    const made = view.current;
    made?.dispatch({ effects: [showProblems.of(props.problems), ...sightOf(props.problems[0]?.line, made.state.doc)] });
  }, [props.problems, props.sheet]);

  useLayoutEffect(() => {
    if (!props.shownLine || !view.current) return;
    const { state } = view.current;
    const { from } = state.doc.line(Math.min(Math.max(props.shownLine.line, 1), state.doc.lines));
    view.current.dispatch({ selection: EditorSelection.cursor(from), effects: EditorView.scrollIntoView(from, { y: "center" }) });
    view.current.focus();
    props.onLineShown?.();
  }, [props.shownLine]);

  return html`<div class="editor" ref=${place}></div>`;
}
