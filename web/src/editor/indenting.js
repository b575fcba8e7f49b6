// @ts-check
// The line moves to its place when what closes a block is typed, as CodeMirror's indentOnInput does it. But not while an input
// method composes, as the keyboards of phones do with every word: it would lose its place, and put the word there twice.
import { getIndentation, indentString } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { EditorView, ViewPlugin } from "@codemirror/view";

/** Characters of a line's beginning that are looked at. */
const FURTHEST = 200;

/** @typedef {import("@codemirror/state").Transaction} Transaction */

/** Whether a transaction has typed, up to the cursor, what moves a line. @param {Transaction} transaction @param {RegExp} closing */
function hasClosed({ newDoc, newSelection }, closing) {
  const { head } = newSelection.main;
  const { from } = newDoc.lineAt(head);
  return head - from <= FURTHEST && closing.test(newDoc.sliceString(from, head));
}

/** What moves the line of an offset to its place. @param {EditorState} state @param {number} offset */
function moving(state, offset) {
  const { from, text } = state.doc.lineAt(offset);
  const indent = getIndentation(state, from);
  const current = /^\s*/.exec(text)?.[0] ?? "";
  const wanted = indent === null ? current : indentString(state, indent);
  return wanted === current ? [] : [{ from, to: from + current.length, insert: wanted }];
}

/** @param {RegExp} closing what of a line up to the cursor moves it */
export function indenting(closing) {
  /** The line in this place was moved, or need not be. @type {import("@codemirror/state").StateEffectType<null>} */
  const done = StateEffect.define();

  /** Where a line is to move when nothing is composed any more; -1 for nowhere. */
  const postponed = StateField.define({
    create: () => -1,
    update(value, transaction) {
      if (transaction.effects.some((effect) => effect.is(done))) return -1;
      if (transaction.isUserEvent("input.type.compose") && hasClosed(transaction, closing)) return transaction.newSelection.main.head;
      return value < 0 ? value : transaction.changes.mapPos(value, -1);
    },
  });

  const atOnce = EditorState.transactionFilter.of((transaction) => {
    const isTyped = transaction.isUserEvent("input.type") || transaction.isUserEvent("input.complete");
    if (!transaction.docChanged || !isTyped || transaction.isUserEvent("input.type.compose") || !hasClosed(transaction, closing)) return transaction;
    const { state } = transaction;
    const starts = new Set(state.selection.ranges.map(({ head }) => state.doc.lineAt(head).from));
    return [transaction, { changes: [...starts].flatMap((start) => moving(state, start)), sequential: true }];
  });

  /** @param {EditorView} view */
  const later = (view) =>
    queueMicrotask(() => {
      const at = view.state.field(postponed);
      if (at < 0 || view.composing) return;
      const { from } = view.state.doc.lineAt(at);
      const isStill = closing.test(view.state.sliceDoc(from, at));
      view.dispatch({ changes: isStill ? moving(view.state, at) : [], effects: done.of(null), userEvent: "input.indent" });
    });

  return [
    postponed,
    atOnce,
    ViewPlugin.define(() => ({ update: ({ view, state }) => void (state.field(postponed) >= 0 && !view.composing && later(view)) })),
    EditorView.domEventObservers({ compositionend: (_, view) => void setTimeout(() => later(view)) }),
  ];
}
