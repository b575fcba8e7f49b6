// @ts-check
// Lua for the editor: its colours, which CodeMirror's older mode knows, and how far a line stands in.
import { StreamLanguage, indentUnit } from "@codemirror/language";
import { lua as olderMode } from "@codemirror/legacy-modes/mode/lua";
import { indenting } from "./indenting.js";

/** What opens a block or a bracket, and what closes it. */
const CLOSING = new Map(Object.entries({ function: "end", if: "end", do: "end", repeat: "until", "(": ")", "{": "}", "[": "]" }));
const CLOSES = /^\s*((?:end|until)\b|[)}\]])/;
/** What moves a line when it is typed. One letter more than a word: `endpoint` is no `end`, and goes back to where it was. */
const MOVING = /^\s*(?:(?:end|until|else|elseif)\w?|\)|\}|\])$/;
/** Lua's own limit of nesting. */
const DEEPEST = 200;
const UNIT = "  ";

/**
 * `open` are the blocks and brackets that are open, each with its line and what closes it; `within` is what goes on at the end
 * of a line, a long string or comment.
 * @typedef {{ cur: unknown, line: number, open: { line: number, by: string }[], within: "" | "string" | "comment" }} State
 */

const mode = /** @type {Required<import("@codemirror/language").StreamParser<State>>} */ (olderMode);
/** What the mode goes on with between strings and comments. */
const CODE = mode.startState(0).cur;

/** @type {import("@codemirror/language").StreamParser<State>} */
const parser = {
  ...mode,
  startState: (unit) => ({ ...mode.startState(unit), line: 0, open: [], within: "" }),

  token(stream, state) {
    if (stream.sol()) state.line += 1;
    const style = mode.token(stream, state);
    const word = stream.current();
    // The mode takes `count-1` for one name.
    const minus = style === "variable" ? word.indexOf("-") : -1;
    if (minus > 0) stream.backUp(word.length - minus);
    if (style === "string" || style === "comment") state.within = state.cur === CODE ? "" : style;
    else note(word, state);
    return style;
  },

  // A line stands in by one step for each line before it that has opened something, however much of it; what closes stands
  // where the line stands that opened. The text of a long string is nobody's to change.
  indent(state, textAfter, context) {
    const isNew = /** @type {import("@codemirror/language").IndentContext} */ (context).simulatedBreak !== null;
    if (state.within) return state.within === "string" && isNew ? 0 : null;
    const open = [...state.open];
    let rest = textAfter.replace(/^else(?:if?)?\b/, "end");
    let opener = 0;
    for (let found; (found = CLOSES.exec(rest)) && open.at(-1)?.by === found[1]; rest = rest.slice(found[0].length)) opener = open.pop()?.line ?? 0;
    return context.unit * new Set(open.map(({ line }) => line).filter((line) => line !== opener)).size;
  },

  languageData: {
    commentTokens: { line: "--", block: { open: "--[[", close: "]]" } },
  },
};

/** Keeps what a word opens, and forgets what it closes, with all that was left open in it. @param {string} word @param {State} state */
function note(word, state) {
  const by = CLOSING.get(word);
  if (by && state.open.length < DEEPEST) state.open.push({ line: state.line, by });
  const closed = state.open.findLastIndex((one) => one.by === word);
  if (closed >= 0) state.open.length = closed;
}

/** What one step is: a tab or four spaces where the first line that stands in does so, or else two. */
const unit = indentUnit.compute(["doc"], ({ doc }) => {
  const first = /\n(\t| +)\S/.exec(doc.toString())?.[1] ?? UNIT;
  if (first === "\t") return first;
  return first.length % 4 === 0 ? UNIT + UNIT : UNIT;
});

export const lua = [StreamLanguage.define(parser), unit, indenting(MOVING)];
