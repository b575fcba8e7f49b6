// @ts-check
// The arguments of a command that are still to be typed, behind the cursor at the end of its line: redis-cli's hint.
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, WidgetType } from "@codemirror/view";
import { complete } from "../actions/console.js";

/** @type {import("@codemirror/state").StateEffectType<{ at: number, text: string } | null>} */
const showRemainder = StateEffect.define();

class Remainder extends WidgetType {
  /** @param {string} text */
  constructor(text) {
    super();
    this.text = text;
  }

  /** @param {Remainder} other */
  eq(other) {
    return other.text === this.text;
  }

  toDOM() {
    const element = document.createElement("span");
    element.className = "cm-remainder";
    element.ariaHidden = "true";
    element.textContent = this.text;
    return element;
  }
}

const shown = StateField.define({
  create: () => Decoration.none,
  update(marks, { effects, docChanged, selection }) {
    for (const effect of effects) {
      if (!effect.is(showRemainder)) continue;
      const { value } = effect;
      return value ? Decoration.set(Decoration.widget({ widget: new Remainder(value.text), side: 1 }).range(value.at)) : Decoration.none;
    }
    // What was behind the cursor is no longer there: the next answer comes at once.
    return docChanged || selection ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The line the cursor is at the end of, where that is a command. @param {EditorView} view */
function lineAtCursor(view) {
  const { main } = view.state.selection;
  const line = view.state.doc.lineAt(main.head);
  const isCommand = line.text.trim() !== "" && !/^\s*(?:#|--)/.test(line.text);
  return view.hasFocus && main.empty && main.head === line.to && isCommand ? line : null;
}

const asking = ViewPlugin.define((view) => ({
  update({ docChanged, selectionSet, focusChanged, state }) {
    if (!docChanged && !selectionSet && !focusChanged) return;
    const line = lineAtCursor(view);
    if (!line) {
      if (state.field(shown).size) queueMicrotask(() => view.dispatch({ effects: showRemainder.of(null) }));
      return;
    }
    complete(line.text).then((completed) => {
      const now = lineAtCursor(view);
      if (completed && now?.to === line.to && now.text === line.text) view.dispatch({ effects: showRemainder.of(completed.hint ? { at: line.to, text: completed.hint } : null) });
    });
  },
}));

export const remainder = [shown, asking];
