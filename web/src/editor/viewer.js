// @ts-check
// Text that is read and not changed: highlighted, searched and folded, and only what is in sight is drawn.
import { defaultKeymap } from "@codemirror/commands";
import { StreamLanguage, foldGutter, foldKeymap, foldService } from "@codemirror/language";
import { json } from "@codemirror/legacy-modes/mode/javascript";
import { searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { theme } from "./theme.js";

/** A line that opens something folds up to the line that closes it: the next one indented no deeper. */
const foldingByIndent = foldService.of((state, start) => {
  const first = state.doc.lineAt(start);
  if (!/[[{]$/.test(first.text)) return null;
  const depth = first.text.search(/\S/);
  for (let number = first.number + 1; number <= state.doc.lines; number += 1) {
    const line = state.doc.line(number);
    if (line.text.search(/\S/) <= depth) return { from: first.to, to: line.from + Math.max(0, line.text.search(/\S/)) };
  }
  return null;
});

/** @param {{ text: string, label: string, isStructure: boolean }} props */
export function Viewer({ text, label, isStructure }) {
  const place = useRef(/** @type {HTMLDivElement | null} */ (null));
  useLayoutEffect(() => {
    const host = /** @type {HTMLDivElement} */ (place.current);
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    const extensions = [
      EditorState.readOnly.of(true),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label }),
      keymap.of([...defaultKeymap, ...searchKeymap, ...foldKeymap]),
      theme,
      ...(isStructure ? [StreamLanguage.define(json), foldingByIndent, foldGutter()] : []),
    ];
    const view = new EditorView({ doc: text, extensions, root, parent: root });
    return () => view.destroy();
  }, [text, label, isStructure]);
  return html`<div class="viewer" ref=${place}></div>`;
}
