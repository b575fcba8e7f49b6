// @ts-check
// What is completed in a fixture, and what closes itself there: the words of redis-cli commands, one command a line.
import { brackets } from "./brackets.js";
import { completing } from "./offering.js";
import { wordsAfter, wordsOf } from "./words.js";

/** @param {import("@codemirror/autocomplete").CompletionContext} context @returns {import("./offering.js").Offer | null} */
function offer({ pos, state, explicit }) {
  const line = state.doc.lineAt(pos);
  const words = wordsOf(line.text.slice(0, pos - line.from));
  if (!words || /^\w/.test(line.text.slice(pos - line.from)) || (words.typed === "" && !explicit)) return null;
  const { before, typed } = words;
  if (/^(?:#|--)/.test(before[0] ?? "")) return null;
  return { from: pos - typed.length, typed, folds: true, isFree: before.length > 0, options: wordsAfter(before, typed, () => true) };
}

/** The comment or the quoted word that a line ends with, if that goes on. */
const OPEN = /^\s*(?:#|--).*$|(?<=^|\s)(?:"(?:\\.|[^"\\])*|'(?:\\.|[^'\\])*)$/;

/** @param {import("@codemirror/state").Text} doc @param {number} position */
function goingOn(doc, position) {
  const { text, from } = doc.lineAt(position);
  return OPEN.exec(text.slice(0, position - from))?.[0] ?? "";
}

export const commandCompletion = [brackets(goingOn), completing(offer)];
