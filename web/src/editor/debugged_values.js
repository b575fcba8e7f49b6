// @ts-check
// What variables hold at the moment the debugger shows: behind the lines that gave it to them, and over the name under the
// pointer, or over what is selected. Comes with the rest of the page, and begins when a script is debugged for the first time.
import { effect } from "@preact/signals";
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, GutterMarker, ViewPlugin, WidgetType, gutter, hoverTooltip } from "@codemirror/view";
import { evaluate, lineValues } from "../actions/evaluating.js";
import { textOf } from "../panels/lua_value.js";
import { debugged, lookedAt, looksInside, pointedLine, profile, work } from "../state.js";
import { LUA_REFERENCE } from "./lua_reference.js";
import { goingOn, tokensOf } from "./lua_tokens.js";

/** @typedef {import("../contract").LineValues} LineValues */

/** Characters of one value, and of all of a line, that are shown behind it. */
const LONGEST_VALUE = 60;
const LONGEST_LINE = 160;
const KEYWORDS = new Set("and break do else elseif end false for function if in local nil not or repeat return then true until while".split(" "));

/** @type {import("@codemirror/state").StateEffectType<LineValues[]>} */
const showValues = StateEffect.define();

/** @param {string} text @param {number} most */
const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

class Values extends WidgetType {
  /** @param {LineValues} line */
  constructor({ line, variables }) {
    super();
    this.line = line;
    this.text = short(variables.map(({ name, value }) => `${name} = ${short(textOf(value), LONGEST_VALUE)}`).join(", "), LONGEST_LINE);
  }

  /** @param {Values} other */
  eq(other) {
    return other.line === this.line && other.text === this.text;
  }

  toDOM() {
    const element = document.createElement("span");
    element.className = "cm-values";
    element.setAttribute("role", "note");
    element.ariaLabel = `Values of line ${this.line}`;
    element.textContent = this.text;
    return element;
  }
}

const values = StateField.define({
  create: () => Decoration.none,
  update(shown, { effects, docChanged, state: { doc } }) {
    for (const change of effects) {
      if (!change.is(showValues)) continue;
      const inText = change.value.filter(({ line }) => line >= 1 && line <= doc.lines);
      return Decoration.set(inText.map((one) => Decoration.widget({ widget: new Values(one), side: 1 }).range(doc.line(one.line).to)));
    }
    return docChanged ? Decoration.none : shown;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Whether the text is what is debugged. */
const isDebugged = () => debugged.value?.moment.outcome === "open" && debugged.value.work.script === work.value.script;

const follower = ViewPlugin.define((view) => {
  const stop = effect(() => {
    const open = debugged.value;
    const frame = lookedAt.value;
    const asked = isDebugged() ? lineValues() : Promise.resolve([]);
    asked.then((lines) => open === debugged.peek() && frame === lookedAt.peek() && view.dispatch({ effects: showValues.of(lines) }));
  });
  return { destroy: stop };
});

/** What stands under the pointer and may be evaluated: the selection, or a name with what it is taken from. @param {EditorView} view @param {number} position */
function expressionAt(view, position) {
  const { state } = view;
  const { from, to, empty } = state.selection.main;
  if (!empty && from <= position && position <= to) return { from, text: state.sliceDoc(from, to) };
  if (goingOn(tokensOf(state.doc), position)) return null;
  const line = state.doc.lineAt(position);
  for (const match of line.text.matchAll(/[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/g)) {
    const start = line.from + match.index;
    if (position < start || position > start + match[0].length) continue;
    // Of `a.b.c` as far as the pointer is.
    const end = /^\w*/.exec(line.text.slice(position - line.from))?.[0].length ?? 0;
    const text = match[0].slice(0, position - start + end);
    return KEYWORDS.has(text) || Object.hasOwn(LUA_REFERENCE, text) ? null : { from: start, text };
  }
  return null;
}

const hovering = hoverTooltip(async (view, position) => {
  const wanted = isDebugged() ? expressionAt(view, position) : null;
  if (!wanted) return null;
  const result = (await evaluate([wanted.text]))?.[0];
  if (!result || (result.problem && view.state.selection.main.empty)) return null;
  const text = result.problem || result.values.map(textOf).join(", ") || "no value";
  const dom = document.createElement("div");
  dom.className = "reference";
  dom.setAttribute("role", "tooltip");
  dom.append(Object.assign(document.createElement("code"), { textContent: `${short(wanted.text, LONGEST_VALUE)} = ${text}` }));
  return { pos: wanted.from, above: true, create: () => ({ dom }) };
});

// How often each line was executed, once somebody has asked where the time goes.

/** @typedef {import("../contract").LineProfile} LineProfile */

/** @type {import("@codemirror/state").StateEffectType<LineProfile[]>} */
const showCounts = StateEffect.define();

const COUNTS = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** Whether a condition of a line always went the same way. @param {LineProfile} line */
const isOneWay = ({ branches }) => branches.some(([on, jumped]) => on + jumped > 0 && on * jumped === 0);

class Count extends GutterMarker {
  /** @param {LineProfile} line */
  constructor(line) {
    super();
    this.line = line;
  }

  toDOM() {
    const { count, instructions, milliseconds } = this.line;
    const element = document.createElement("span");
    const way = isOneWay(this.line);
    element.className = way ? "cm-one-way" : "";
    element.textContent = `${COUNTS.format(count)}${way ? " ½" : ""}`;
    element.title = count ? `Executed ${count} times, ${instructions} instructions, ${milliseconds.toFixed(2)} ms${way ? "; a condition always went the same way" : ""}` : "Never executed";
    return element;
  }
}

const counts = StateField.define({
  create: () => /** @type {LineProfile[]} */ ([]),
  update(shown, { effects, docChanged }) {
    for (const change of effects) if (change.is(showCounts)) return change.value;
    return docChanged ? [] : shown;
  },
  provide: (field) =>
    EditorView.decorations.from(field, (lines) => (view) => {
      const { doc } = view.state;
      const never = lines.filter(({ count, line }) => count === 0 && line <= doc.lines);
      return Decoration.set(never.map(({ line }) => Decoration.line({ class: "cm-never" }).range(doc.line(line).from)));
    }),
});

const countsGutter = gutter({
  class: "cm-counts",
  lineMarker(view, { from }) {
    const number = view.state.doc.lineAt(from).number;
    const found = view.state.field(counts).find(({ line }) => line === number);
    return found ? new Count(found) : null;
  },
  lineMarkerChange: ({ startState, state }) => startState.field(counts) !== state.field(counts),
});

const countsFollower = ViewPlugin.define((view) => {
  const stop = effect(() => {
    const lines = profile.value && profile.value.script === work.value.script ? profile.value.shown.lines : [];
    queueMicrotask(() => view.state.field(counts) !== lines && view.dispatch({ effects: showCounts.of(lines) }));
  });
  return { destroy: stop };
});

// The line that is pointed at, here or in a listing of what is inside.

/** @type {import("@codemirror/state").StateEffectType<number | null>} */
const point = StateEffect.define();

const pointed = StateField.define({
  create: () => Decoration.none,
  update(shown, { effects, state: { doc } }) {
    for (const change of effects) {
      if (!change.is(point)) continue;
      const { value } = change;
      return value === null || value < 1 || value > doc.lines ? Decoration.none : Decoration.set([Decoration.line({ class: "cm-pointed", attributes: { "aria-current": "location" } }).range(doc.line(value).from)]);
    }
    return shown;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const pointing = ViewPlugin.define((view) => {
  const stop = effect(() => {
    const pointed = looksInside.value ? pointedLine.value : null;
    queueMicrotask(() => {
      const { doc } = view.state;
      const line = pointed?.isInside && pointed.line >= 1 && pointed.line <= doc.lines ? doc.line(pointed.line) : null;
      view.dispatch({ effects: [point.of(pointed && pointed.line), ...(line ? [EditorView.scrollIntoView(line.from)] : [])] });
    });
  });
  return { destroy: stop };
});

const pointer = EditorView.domEventHandlers({
  mousemove(event, view) {
    if (!looksInside.value) return;
    const position = view.posAtCoords({ x: event.clientX, y: event.clientY });
    const line = position === null ? null : view.state.doc.lineAt(position).number;
    if (line !== (pointedLine.value?.line ?? null)) pointedLine.value = line === null ? null : { line, isInside: false };
  },
  mouseleave() {
    if (looksInside.value) pointedLine.value = null;
  },
});

const look = EditorView.theme({
  ".cm-pointed": { backgroundColor: "var(--selection)" },
  ".cm-counts": { minWidth: "0", color: "var(--soft)", fontSize: "11px", textAlign: "right" },
  ".cm-counts span": { padding: "0 4px" },
  ".cm-counts .cm-one-way": { color: "var(--warn)" },
  ".cm-never": { opacity: "0.5", textDecoration: "none" },
  ".cm-values": { marginLeft: "24px", padding: "0 5px", borderRadius: "4px", color: "var(--soft)", backgroundColor: "var(--sunk)", fontStyle: "italic", fontSize: "12px" },
});

export const debuggedValues = [values, follower, hovering, counts, countsGutter, countsFollower, pointed, pointing, pointer, look];
