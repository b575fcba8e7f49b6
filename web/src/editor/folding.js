// @ts-check
// What of a Lua script folds: blocks from their first line to the one before their end, tables, long comments and
// strings. The highlighter knows tokens only, so the blocks are found here, all at once for each text.
import { foldService } from "@codemirror/language";

// Long comments, short comments, long strings, strings, and what opens and closes blocks.
const TOKEN =
  /--\[(=*)\[[\s\S]*?\]\1\]|--[^\n]*|\[(=*)\[[\s\S]*?\]\2\]|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'|\b(?:function|if|do|repeat|end|until)\b|[{}]/g;
const OPENING = new Set(["function", "if", "do", "repeat", "{"]);
const CLOSING = new Set(["end", "until", "}"]);

/** @typedef {{ from: number, to: number }} Range */

/** By the line they begin on. @type {WeakMap<import("@codemirror/state").Text, Map<number, Range>>} */
const known = new WeakMap();

/** @param {import("@codemirror/state").Text} text */
function ranges(text) {
  /** @type {Map<number, Range>} */
  const found = new Map();
  /** @type {import("@codemirror/state").Line[]} */
  const open = [];
  for (const { 0: token, index } of text.toString().matchAll(TOKEN)) {
    const line = text.lineAt(index);
    if (OPENING.has(token)) open.push(line);
    else if (CLOSING.has(token)) {
      const first = open.pop();
      if (first && line.number > first.number + 1 && !found.has(first.number)) found.set(first.number, { from: first.to, to: line.from - 1 });
    } else if (token.includes("\n")) found.set(line.number, { from: line.to, to: index + token.length });
  }
  return found;
}

export const folding = foldService.of((state, start) => {
  let found = known.get(state.doc);
  if (!found) known.set(state.doc, (found = ranges(state.doc)));
  return found.get(state.doc.lineAt(start).number) ?? null;
});
