// @ts-check
// Brackets and quotes that close themselves, and never change what a person types: who types the closing one as well goes
// over the one that is there, also where it has come to stand lines below; in comments nothing closes itself, in a string
// nothing but its own quote.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { EditorSelection, EditorState, MapMode, Prec, StateField } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";

const PAIR = /^(?:\(\)|\[\]|\{\})$/;

/** Where the closing brackets stand that nobody typed. */
const closed = StateField.define({
  create: () => /** @type {number[]} */ ([]),
  update(places, transaction) {
    if (!transaction.docChanged) return places;
    const kept = places.map((place) => transaction.changes.mapPos(place, 1, MapMode.TrackAfter)).filter((place) => place !== null);
    if (!transaction.isUserEvent("input.type")) return kept;
    transaction.changes.iterChanges((_from, _to, from, _end, inserted) => {
      if (inserted.length === 2 && PAIR.test(inserted.toString())) kept.push(from + 1);
    });
    return kept;
  },
});

/** Goes over the closing bracket behind the cursor instead of typing it; the line breaks between go. */
const goOver = EditorView.inputHandler.of((view, from, to, text) => {
  const { doc, selection } = view.state;
  if (view.composing || from !== to || from !== selection.main.head || selection.ranges.length > 1) return false;
  const bracket = view.state.field(closed).find((place) => place >= from && doc.sliceString(place, place + 1) === text && !/\S/.test(doc.sliceString(from, place)));
  if (bracket === undefined) return false;
  const line = doc.lineAt(from);
  const isBlank = !/\S/.test(line.text.slice(0, from - line.from));
  const other = doc.lineAt(bracket);
  // On a line of its own it stays on the one where it is, which stands in as it should.
  const gone = isBlank && other.number > line.number ? { from: line.from, to: other.from } : { from, to: bracket };
  view.dispatch({
    changes: gone,
    selection: EditorSelection.cursor(bracket + 1 - (gone.to - gone.from)),
    userEvent: "input.type",
    scrollIntoView: true,
  });
  return true;
});

/**
 * @param {(doc: import("@codemirror/state").Text, position: number) => string} goingOn the comment or string that goes on at a
 * position of the language, from its beginning; "" in code
 */
export function brackets(goingOn) {
  const closing = EditorState.languageData.of(({ doc }, position) => {
    const text = goingOn(doc, position);
    const quotes = /^["']/.test(text) ? [text[0]] : [];
    return [{ closeBrackets: { brackets: text ? quotes : ["(", "[", "{", "'", '"'] } }];
  });
  return [closed, goOver, closeBrackets(), closing, Prec.high(keymap.of(closeBracketsKeymap))];
}
