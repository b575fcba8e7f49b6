// @ts-check
// What may be completed where the cursor stands in a Lua script: a name, a word of a command, or nothing.
import { goingOn, lastBefore, tokensOf } from "./lua_tokens.js";

/** @typedef {import("./lua_tokens.js").Token} Token */

/**
 * `from` is where that begins which a completion replaces, and `typed` what of it stands before the cursor: a name with what
 * it is taken from, `redis.ca`, or in a call of Redis a word; `before` are the arguments before it, in capitals, "" for those
 * that are not written out.
 * @typedef {{ kind: "name", from: number, typed: string }} NamePlace
 * @typedef {{ kind: "word", from: number, typed: string, before: string[] }} WordPlace
 */

/** Tokens before the cursor among which a call or a list of names may begin. */
const REACH = 500;
const CALLS = new Set(["redis.call", "redis.pcall", "redis.acl_check_cmd"]);
const NAME = /(?:[A-Za-z_]\w*\.)*(?:[A-Za-z_]\w*)?$/;
const WORD = /^[A-Za-z-]*$/;
const DECLARING = new Set(["local", "for", "function"]);

/** What may be completed at a position. @param {import("@codemirror/state").Text} doc @param {number} position @returns {NamePlace | WordPlace | null} */
export function placeAt(doc, position) {
  const tokens = tokensOf(doc);
  const at = lastBefore(tokens, position);
  const text = goingOn(tokens, position);
  if (text) return text.kind === "string" ? placeInString(text, code(tokens, at), position) : null;
  // In the middle of a name nothing is put in; a number is none.
  const token = tokens[at];
  if (token && (position < token.to || (position === token.to && token.kind === "number"))) return null;
  const line = doc.lineAt(position);
  const typed = NAME.exec(line.text.slice(0, position - line.from))?.[0] ?? "";
  const from = position - typed.length;
  const before = code(tokens, lastBefore(tokens, from) + 1);
  return [".", ":"].includes(before.at(-1)?.text ?? "") || isDeclared(before) ? null : { kind: "name", from, typed };
}

/** The tokens before one, without comments. @param {Token[]} tokens @param {number} end */
function code(tokens, end) {
  return tokens.slice(Math.max(0, end - REACH), end).filter(({ kind }) => kind !== "comment");
}

/** Whether what comes next is a new name: of a local, a loop's, a function's or a parameter. @param {Token[]} before */
function isDeclared(before) {
  let at = before.length - 1;
  while (before[at]?.text === "," && before[at - 1]?.kind === "name") at -= 2;
  if (DECLARING.has(before[at]?.text)) return true;
  if (before[at]?.text !== "(") return false;
  do at -= 1;
  while (before[at] && before[at].text !== "function" && (before[at].kind === "name" || [".", ":"].includes(before[at].text)));
  return before[at]?.text === "function";
}

/** @param {Token} token @param {Token[]} before @param {number} position @returns {WordPlace | null} */
function placeInString({ text, from }, before, position) {
  const typed = text.slice(1, position - from);
  const behind = text.slice(position - from);
  if (text[0] === "[" || behind.length > 1 || /\w/.test(behind) || !WORD.test(typed)) return null;
  const words = argumentsBefore(before);
  return words && { kind: "word", from: from + 1, typed, before: words };
}

/** The arguments that stand before one in a call of Redis; null elsewhere. @param {Token[]} before */
function argumentsBefore(before) {
  let depth = 0;
  for (let at = before.length - 1; at >= 0; at--) {
    const { text, kind } = before[at];
    if (kind !== "mark") continue;
    if (")}]".includes(text)) depth += 1;
    else if ("({[".includes(text) && depth-- === 0) {
      const name = before.slice(Math.max(0, at - 3), at).map((token) => token.text);
      return text === "(" && CALLS.has(name.join("")) ? literals(before.slice(at + 1)) : null;
    }
  }
  return null;
}

/** The arguments among the tokens behind an open parenthesis; null when one has begun that is not one string. @param {Token[]} tokens */
function literals(tokens) {
  /** @type {Token[][]} */
  const lists = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === "mark" && "({[".includes(token.text)) depth += 1;
    else if (token.kind === "mark" && ")}]".includes(token.text)) depth -= 1;
    if (token.text === "," && depth === 0) lists.push([]);
    else lists.at(-1)?.push(token);
  }
  if (lists.pop()?.length) return null;
  return lists.map((list) => (list.length === 1 && list[0].kind === "string" ? list[0].text.slice(1, -1).toUpperCase() : ""));
}
