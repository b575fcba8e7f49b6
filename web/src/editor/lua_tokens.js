// @ts-check
// The tokens of a Lua script, found all at once for each text: what of it is code, and where the cursor stands in it.

// Long comments, short comments, long strings, strings, names, numbers, and marks. What is not closed reaches to the end.
const TOKEN =
  /--\[(=*)\[[\s\S]*?(?:\]\1\]|$)|--[^\n]*|\[(=*)\[[\s\S]*?(?:\]\2\]|$)|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?|[A-Za-z_]\w*|\.?\d[\w.]*|\.{2,3}|\S/g;

/** @typedef {"comment" | "string" | "name" | "number" | "mark"} Kind Keywords are names. */
/** @typedef {{ kind: Kind, text: string, from: number, to: number }} Token */

/** @param {string} text @returns {Kind} */
function kindOf(text) {
  if (text.startsWith("--")) return "comment";
  if (/^(?:["']|\[=*\[)/.test(text)) return "string";
  if (/^[A-Za-z_]/.test(text)) return "name";
  return /^\.?\d/.test(text) ? "number" : "mark";
}

/** @type {WeakMap<import("@codemirror/state").Text, Token[]>} */
const known = new WeakMap();

/** All tokens of a text, comments too. @param {import("@codemirror/state").Text} doc @returns {Token[]} */
export function tokensOf(doc) {
  let found = known.get(doc);
  if (!found) {
    found = [...doc.toString().matchAll(TOKEN)].map(({ 0: text, index }) => ({ kind: kindOf(text), text, from: index, to: index + text.length }));
    known.set(doc, found);
  }
  return found;
}

/** The place of the last token that begins before a position; -1 for none. @param {Token[]} tokens @param {number} position */
export function lastBefore(tokens, position) {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tokens[middle].from < position) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The comment or string that goes on at a position; null in code. @param {Token[]} tokens @param {number} position */
export function goingOn(tokens, position) {
  const token = tokens[lastBefore(tokens, position)];
  const isText = token && (token.kind === "comment" || token.kind === "string");
  return isText && (position < token.to || !isClosed(token)) ? token : null;
}

/** Whether a comment or a string has its end: then what follows is no part of it. @param {Token} token */
function isClosed({ kind, text }) {
  const long = /^(?:--)?\[(=*)\[/.exec(text);
  if (long) return text.endsWith(`]${long[1]}]`);
  if (kind === "comment" || text.length < 2 || !text.endsWith(text[0])) return false;
  const escapes = /\\*$/.exec(text.slice(1, -1))?.[0].length ?? 0;
  return escapes % 2 === 0;
}
