// @ts-check
// The findings as sentences below their lines, with what puts them right. The underlines come as one types; the sentences
// wait for a pause, because a line must not move while it is written.
import { forEachDiagnostic, setDiagnosticsEffect } from "@codemirror/lint";
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, WidgetType } from "@codemirror/view";

/** Time without a keystroke after which the sentences are shown. Milliseconds. */
const PAUSE = 700;
const SEVERITIES = ["error", "warning", "info"];

/** @typedef {{ from: number, to: number, finding: import("./linting.js").Finding, more: number }} Hint */

/** @type {import("@codemirror/state").StateEffectType<Hint[]>} */
const showHints = StateEffect.define();

class Sentence extends WidgetType {
  /** @param {Hint} hint @param {number} line */
  constructor(hint, line) {
    super();
    this.hint = hint;
    this.line = line;
  }

  /** @param {Sentence} other */
  eq(other) {
    const { finding, from, more } = this.hint;
    return other.line === this.line && other.hint.from === from && other.hint.more === more && other.hint.finding.message === finding.message;
  }

  ignoreEvent() {
    return true;
  }

  /** @param {EditorView} view */
  toDOM(view) {
    const { finding, from, to, more } = this.hint;
    const element = document.createElement("div");
    element.className = `cm-hint cm-hint-${finding.severity}`;
    element.role = "note";
    element.ariaLabel = `${finding.severity === "error" && !finding.allowable ? "Error" : "Advice"} on line ${this.line}`;
    const box = document.createElement("div");
    const sentence = document.createElement("span");
    sentence.textContent = more ? `${finding.message} (${more} more on this line: F8)` : finding.message;
    box.append(sentence);
    for (const { name, apply } of finding.actions ?? []) box.append(button(name, () => apply(view, from, to)));
    if (finding.allowable) {
      const end = () => view.state.doc.lineAt(Math.min(from, view.state.doc.length)).to;
      box.append(button("Allow", () => view.dispatch({ changes: { from: end(), insert: ` -- ferrous: allow ${finding.rule}` } }), `Say nothing of ${finding.rule} on this line`));
    }
    element.append(box);
    return element;
  }
}

/** @param {string} text @param {() => void} act */
function button(text, act, title = "") {
  const made = document.createElement("button");
  made.textContent = text;
  made.title = title;
  made.onclick = act;
  return made;
}

/** What there is to say, one sentence a line: the gravest of the line, and how many more. @param {import("@codemirror/state").EditorState} state */
function gather(state) {
  /** @type {Map<number, Hint>} */
  const byLine = new Map();
  forEachDiagnostic(state, (finding, from, to) => {
    const line = state.doc.lineAt(from).number;
    const hint = /** @type {Hint} */ ({ from, to, finding, more: 0 });
    const other = byLine.get(line);
    if (!other) return byLine.set(line, hint);
    const isGraver = SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(other.finding.severity);
    byLine.set(line, { ...(isGraver ? hint : other), more: other.more + 1 });
  });
  return [...byLine.values()];
}

/** @param {Hint[]} hints @param {import("@codemirror/state").Text} text */
function decorate(hints, text) {
  const sentences = hints.map((hint) => {
    const line = text.lineAt(hint.from);
    return Decoration.widget({ widget: new Sentence(hint, line.number), block: true, side: 2 }).range(line.to);
  });
  return Decoration.set(sentences, true);
}

const shown = StateField.define({
  create: () => Decoration.none,
  update(sentences, transaction) {
    for (const effect of transaction.effects) if (effect.is(showHints)) return decorate(effect.value, transaction.state.doc);
    return transaction.docChanged ? sentences.map(transaction.changes) : sentences;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const afterPause = ViewPlugin.define((view) => {
  let timer = 0;
  let typed = -PAUSE;
  return {
    update({ transactions }) {
      const isTyping = transactions.some((one) => one.isUserEvent("input") || one.isUserEvent("delete"));
      if (isTyping) typed = performance.now();
      const isNews = transactions.some(({ effects }) => effects.some((effect) => effect.is(setDiagnosticsEffect)));
      if (!isNews && !isTyping) return;
      clearTimeout(timer);
      timer = setTimeout(() => view.dispatch({ effects: showHints.of(gather(view.state)) }), Math.max(0, typed + PAUSE - performance.now()));
    },
    destroy: () => clearTimeout(timer),
  };
});

export const hints = [shown, afterPause];
