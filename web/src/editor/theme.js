// @ts-check
// How code looks. The colours are the page's own custom properties, which reach into the editor's shadow tree.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const layout = EditorView.theme({
  "&": { height: "var(--editor-height, 100%)", backgroundColor: "var(--panel)", color: "var(--ink)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 16px 0 6px" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--comment)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 6px 0 14px", minWidth: "38px" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--sunk) 60%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selection)", outline: "none" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--sunk)", border: "1px solid var(--line)", color: "var(--soft)", padding: "0 4px" },
  ".cm-panels": { backgroundColor: "var(--sunk)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-textfield": { backgroundColor: "var(--panel)", border: "1px solid var(--line)", color: "var(--ink)", borderRadius: "5px" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--panel)", border: "1px solid var(--line)", color: "var(--ink)", borderRadius: "5px" },
  ".cm-searchMatch": { backgroundColor: "var(--warn-bg)", outline: "1px solid var(--warn)" },
  ".cm-tooltip": { backgroundColor: "var(--panel)", border: "1px solid var(--line)", borderRadius: "7px", color: "var(--ink)", fontFamily: "var(--ui)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--accent-ink)" },
  ".cm-diagnostic": { padding: "4px 9px", borderLeftWidth: "3px", fontSize: "12.5px", maxWidth: "520px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--minus)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  ".cm-diagnostic-info": { borderLeftColor: "var(--info)" },
  ".cm-diagnostic small": { display: "block", margin: "3px 0", color: "var(--soft)", fontSize: "11.5px", lineHeight: "1.4" },
  ".cm-diagnosticAction": { backgroundColor: "var(--accent)", color: "var(--accent-ink)", borderRadius: "5px", padding: "1px 7px" },
  ".cm-lintRange": { backgroundImage: "none", paddingBottom: "0", textDecorationLine: "underline", textDecorationStyle: "wavy", textUnderlineOffset: "3px" },
  ".cm-lintRange-error": { textDecorationColor: "var(--minus)" },
  ".cm-lintRange-warning": { textDecorationColor: "var(--warn)" },
  ".cm-lintRange-info": { textDecorationColor: "var(--info)" },
  ".reference": { maxWidth: "420px", padding: "7px 10px", fontSize: "12.5px", lineHeight: "1.45" },
  ".reference p": { margin: "4px 0 0" },
  ".reference code": { fontFamily: "var(--mono)", fontWeight: "600", overflowWrap: "anywhere" },
  ".reference .facts": { color: "var(--soft)" },
  ".reference .warning": { color: "var(--minus)" },
  ".cm-completionInfo .reference": { padding: "0" },
  ".cm-completionInfo": { maxWidth: "380px", padding: "8px 10px", fontSize: "12.5px", lineHeight: "1.45" },
  ".cm-breakpoints .cm-gutterElement": { width: "14px", cursor: "pointer" },
  ".cm-breakpoint": { display: "block", width: "9px", height: "9px", margin: "6px 0 0 4px", borderRadius: "50%", backgroundColor: "var(--accent)" },
  ".cm-next-line": { backgroundColor: "var(--row)", boxShadow: "inset 3px 0 var(--accent)" },
  ".cm-problem-line": { backgroundColor: "var(--row)", boxShadow: "inset 2px 0 var(--accent)" },
  // Margins would move the lines away from their numbers; and a long sentence must not widen the text.
  ".cm-problem": { padding: "2px 12px 4px 6px", contain: "inline-size" },
  ".cm-problem > div": {
    padding: "5px 9px",
    borderLeft: "3px solid var(--minus)",
    backgroundColor: "var(--minus-bg)",
    color: "var(--minus)",
    fontFamily: "var(--ui)",
    fontSize: "12.5px",
    lineHeight: "1.4",
    borderRadius: "0 6px 6px 0",
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
  },
});

const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.keyword, tags.operatorKeyword], color: "var(--keyword)" },
    { tag: tags.string, color: "var(--string)" },
    { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--number)" },
    { tag: tags.comment, color: "var(--comment)", fontStyle: "italic" },
    { tag: [tags.standard(tags.variableName), tags.propertyName], color: "var(--builtin)" },
  ]),
);

export const theme = [layout, colours];
