// @ts-check
// Where the debugger stops: breakpoints in a gutter of their own, and the line that comes next.
import { effect } from "@preact/signals";
import { invertedEffects } from "@codemirror/commands";
import { RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, GutterMarker, ViewPlugin, gutter, keymap } from "@codemirror/view";
import { settleBreakpoints } from "../actions/debugging.js";
import { changeBreakpoints } from "../actions/breakpoints.js";
import { isNarrow } from "../layout.js";
import { loadRest } from "../later.js";
import { debugged, looksInside, profile, work } from "../state.js";
import { lineAfter } from "./followed_lines.js";

/** @typedef {import("../state.js").LineBreakpoint} LineBreakpoint */

/** Sets or clears the breakpoint of the line that begins at an offset. @type {import("@codemirror/state").StateEffectType<number>} */
const toggle = StateEffect.define();

/** Puts the breakpoints on these lines and no other. @type {import("@codemirror/state").StateEffectType<LineBreakpoint[]>} */
const settle = StateEffect.define();

/** Brings breakpoints back that an edit took away, where it is undone. @type {import("@codemirror/state").StateEffectType<{ from: number, mark: Dot }[]>} */
const bringBack = StateEffect.define({ map: (marks, changes) => marks.map(({ from, mark }) => ({ from: changes.mapPos(from), mark })) });

/** Shows the line that comes next; null for none. @type {import("@codemirror/state").StateEffectType<number | null>} */
const showLine = StateEffect.define();

/** A breakpoint on whatever line it has moved to. */
class Dot extends GutterMarker {
  /** @param {Omit<LineBreakpoint, "line">} more */
  constructor(more) {
    super();
    this.more = more;
  }

  toDOM() {
    const { condition, hits, log } = this.more;
    const dot = document.createElement("span");
    dot.className = `cm-breakpoint${log ? " telling" : condition || hits ? " conditional" : ""}`;
    return dot;
  }
}

const dot = new Dot({ condition: "", hits: 0, log: "" });

/** Dots on lines of a text. @param {import("@codemirror/state").Text} text @param {LineBreakpoint[]} lines */
const dotsOn = (text, lines) =>
  RangeSet.of(lines.filter(({ line }) => line <= text.lines).map(({ line, ...more }) => new Dot(more).range(text.line(line).from)), true);

/** Those of a text that was edited, and those that are on no line any more. @param {RangeSet<Dot>} set @param {import("@codemirror/state").Transaction} transaction */
function followed(set, transaction) {
  /** @type {{ from: number, mark: Dot }[]} */
  const gone = [];
  if (!set.size || !transaction.docChanged) return { set, gone };
  const dots = listed(set).flatMap(({ from, mark }) => {
    const to = lineAfter(transaction, from);
    if (to === null) gone.push({ from, mark });
    return to === null ? [] : [mark.range(to)];
  });
  return { set: RangeSet.of(dots, true), gone };
}

/** @param {RangeSet<Dot>} set */
function listed(set) {
  const found = [];
  for (const at = set.iter(); at.value; at.next()) found.push({ from: at.from, mark: at.value });
  return found;
}

/** The breakpoints move with their lines while the text is edited. */
const marks = StateField.define({
  create: (state) => dotsOn(state.doc, work.peek().breakpoints.lines),
  update(set, transaction) {
    let next = followed(set, transaction).set;
    for (const change of transaction.effects) {
      if (change.is(bringBack)) next = next.update({ add: change.value.map(({ from, mark }) => mark.range(transaction.newDoc.lineAt(from).from)), sort: true });
      if (change.is(settle)) next = dotsOn(transaction.state.doc, change.value);
      if (!change.is(toggle)) continue;
      let found = false;
      next = next.update({ filter: (from) => from !== change.value || ((found = true), false) });
      if (!found) next = next.update({ add: [dot.range(change.value)] });
    }
    return next;
  },
});

/** An edit that took breakpoints away is undone with them. */
const undoing = invertedEffects.of((transaction) => {
  const { gone } = followed(transaction.startState.field(marks), transaction);
  return gone.length ? [bringBack.of(gone)] : [];
});

/** @param {EditorView} view @param {number} offset */
function toggleAt(view, offset) {
  view.dispatch({ effects: toggle.of(view.state.doc.lineAt(offset).from) });
  settleBreakpoints();
  return true;
}

/** @param {import("@codemirror/state").EditorState} state @returns {LineBreakpoint[]} */
function linesOf(state) {
  const lines = new Map();
  for (const at = state.field(marks).iter(); at.value; at.next()) {
    const line = state.doc.lineAt(at.from).number;
    if (!lines.has(line)) lines.set(line, { line, .../** @type {Dot} */ (at.value).more });
  }
  return [...lines.values()];
}

/** Whether breakpoints are the same, in whatever order. @param {LineBreakpoint[]} some @param {LineBreakpoint[]} others */
const areSame = (some, others) => {
  const texts = (/** @type {LineBreakpoint[]} */ lines) => lines.map(({ line, condition, hits, log }) => JSON.stringify([line, condition, hits, log])).sort();
  return String(texts(some)) === String(texts(others));
};

const nextLine = StateField.define({
  create: () => Decoration.none,
  update(shown, transaction) {
    for (const change of transaction.effects) {
      if (!change.is(showLine)) continue;
      const { doc } = transaction.state;
      if (change.value === null || change.value > doc.lines) return Decoration.none;
      const attributes = { "aria-current": "step" };
      return Decoration.set([Decoration.line({ class: "cm-next-line", attributes }).range(doc.line(change.value).from)]);
    }
    return shown.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Shows values, once a script is debugged or its lines are counted. */
const valuesShower = ViewPlugin.define((view) => {
  const stop = effect(() => {
    if (!debugged.value && !looksInside.value && !profile.value) return;
    queueMicrotask(() => stop());
    loadRest().then(({ debuggedValues }) => view.dispatch({ effects: StateEffect.appendConfig.of(debuggedValues) }), () => {});
  });
  return { destroy: () => stop() };
});

/** What of the window the moves and the bar with Run cover on a phone. Pixels. */
const COVERED = 210;

/**
 * Whether the script is what a person looks at: on a phone, where the page scrolls as a whole, it may be far from what is read,
 * and nobody wants to be taken there by each step. The moves show the line in any case.
 * @param {EditorView} view
 */
function isLookedAt(view) {
  if (!isNarrow.value) return true;
  const { top, bottom, height } = view.dom.getBoundingClientRect();
  const seen = Math.min(bottom, innerHeight - COVERED) - Math.max(top, 0);
  return seen >= Math.min(height, innerHeight / 3);
}

/** Follows the debugger, as long as the text is what it debugs. */
const follower = ViewPlugin.define((view) => {
  const stop = effect(() => {
    const open = debugged.value;
    const line = open && open.work.script === work.value.script ? open.moment.line : null;
    queueMicrotask(() => {
      const inText = line !== null && line <= view.state.doc.lines;
      const scroll = inText && isLookedAt(view) ? [EditorView.scrollIntoView(view.state.doc.line(line).from, { yMargin: 40 })] : [];
      view.dispatch({ effects: [showLine.of(line), ...scroll] });
    });
  });
  return { destroy: stop };
});

/** Follows breakpoints that were settled elsewhere than they were set. */
const settler = ViewPlugin.define((view) => {
  const stop = effect(() => {
    const { breakpoints, script } = work.value;
    queueMicrotask(() => {
      if (breakpoints !== work.peek().breakpoints || areSame(breakpoints.lines, linesOf(view.state))) return;
      if (view.state.doc.toString() === script) view.dispatch({ effects: settle.of(breakpoints.lines) });
    });
  });
  return { destroy: stop };
});

export const stopping = [
  marks,
  undoing,
  settler,
  gutter({
    class: "cm-breakpoints",
    markers: (view) => view.state.field(marks),
    initialSpacer: () => dot,
    domEventHandlers: { mousedown: (view, line) => toggleAt(view, line.from) },
  }),
  nextLine,
  EditorView.scrollMargins.of(() => (isNarrow.value && debugged.value ? { bottom: COVERED } : null)),
  follower,
  valuesShower,
  keymap.of([{ key: "F9", run: (view) => toggleAt(view, view.state.selection.main.head) }]),
  EditorView.updateListener.of(({ startState, state, transactions }) => {
    if (startState.field(marks) === state.field(marks) || transactions.some(({ effects }) => effects.some((each) => each.is(settle)))) return;
    const lines = linesOf(state);
    if (!areSame(lines, work.peek().breakpoints.lines)) changeBreakpoints({ lines });
  }),
];
