// @ts-check
// The findings as sentences below their lines, with what puts them right. The underlines come as one types; the sentences
// wait for a pause, because a line must not move while it is written.
import { forEachDiagnostic, setDiagnosticsEffect } from "@codemirror/lint";
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, WidgetType } from "@codemirror/view";

/** Time without a keystroke after which the sentences are shown. Milliseconds. */
const PAUSE = 700;
const SEVERITIES = ["error", "warning", "info"];

/** Further findings of one line that are shown; a line may have thousands. */
const MOST_OTHERS = 20;

/** A comment at a line's end that allows something already. */
const ALLOWS = /--\s*ferrous:\s*allow\s+[a-z0-9, -]+$/;

/** @typedef {{ from: number, to: number, finding: import("./linting.js").Finding }} Found */
/** What is said below a line: its gravest finding, the others, gravest first, and how many there are beyond those. @typedef {Found & { others: Found[], more: number }} Hint */

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
    const said = (/** @type {Hint} */ { from, finding, others, more }) => [from, finding.message, ...others.map((one) => one.finding.message), more].join("\n");
    return other.line === this.line && said(other.hint) === said(this.hint);
  }

  ignoreEvent() {
    return true;
  }

  /** @param {EditorView} view */
  toDOM(view) {
    const { finding, others, more } = this.hint;
    const element = document.createElement("div");
    element.className = "cm-hint";
    element.role = "note";
    element.ariaLabel = `${finding.severity === "error" && !finding.allowable ? "Error" : "Advice"} on line ${this.line}`;
    element.append(boxOf(view, this.hint));
    if (others.length === 0) return element;
    const rest = document.createElement("details");
    const title = document.createElement("summary");
    title.textContent = `${others.length + more} more on this line`;
    rest.append(title, ...others.map((one) => boxOf(view, one)));
    if (more) rest.append(`${more} more: F8 goes from one to the next.`);
    rest.ontoggle = () => view.requestMeasure();
    element.append(rest);
    return element;
  }
}

/** One finding, what puts it right, and what allows it. @param {EditorView} view @param {Found} found */
function boxOf(view, { finding, from, to }) {
  const box = document.createElement("div");
  box.className = `cm-finding cm-finding-${finding.severity}`;
  const sentence = document.createElement("span");
  sentence.textContent = finding.message;
  box.append(sentence);
  for (const { name, apply } of finding.actions ?? []) box.append(button(name, () => apply(view, from, to)));
  if (finding.allowable) {
    const allow = () => {
      const line = view.state.doc.lineAt(Math.min(from, view.state.doc.length));
      view.dispatch({ changes: { from: line.to, insert: ALLOWS.test(line.text) ? `, ${finding.rule}` : ` -- ferrous: allow ${finding.rule}` } });
    };
    box.append(button("Allow", allow, `Say nothing of ${finding.rule} on this line`));
  }
  return box;
}

/** @param {string} text @param {() => void} act */
function button(text, act, title = "") {
  const made = document.createElement("button");
  made.textContent = text;
  made.title = title;
  made.onclick = act;
  return made;
}

/** What there is to say of each line, the gravest first. @param {import("@codemirror/state").EditorState} state */
function gather(state) {
  /** @type {Map<number, Found[]>} */
  const byLine = new Map();
  forEachDiagnostic(state, (finding, from, to) => {
    const line = state.doc.lineAt(from).number;
    const found = byLine.get(line) ?? [];
    byLine.set(line, found);
    found.push({ from, to, finding: /** @type {import("./linting.js").Finding} */ (finding) });
  });
  const gravity = (/** @type {Found} */ { finding }) => SEVERITIES.indexOf(finding.severity);
  return [...byLine.values()].map((found) => {
    const [first, ...others] = found.sort((one, other) => gravity(one) - gravity(other));
    return { ...first, others: others.slice(0, MOST_OTHERS), more: Math.max(0, others.length - MOST_OTHERS) };
  });
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
