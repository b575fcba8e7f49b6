// @ts-check
// The language of fixtures: one redis-cli command a line. Names are coloured, completed and explained as in scripts, what is
// wrong is told as one types, and the arguments still to be typed stand behind the cursor as at the console.
import { StreamLanguage } from "@codemirror/language";
import { brackets } from "./brackets.js";
import { explainingCommands } from "./explaining.js";
import { checking } from "./linting.js";
import { completing } from "./offering.js";
import { remainder } from "./remainder.js";
import { wordsAfter, wordsOf } from "./words.js";

const language = StreamLanguage.define({
  startState: () => ({}),
  token(stream) {
    if (stream.eatSpace()) return null;
    const isFirst = stream.string.slice(0, stream.pos).trim() === "";
    if (isFirst && (stream.match("#") || stream.match("--"))) {
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match(/^"(?:\\.|[^"\\])*"?/) || stream.match(/^'(?:\\.|[^'\\])*'?/)) return "string";
    const word = /** @type {RegExpMatchArray} */ (stream.match(/^\S+/))[0];
    if (isFirst) return "keyword";
    return /^-?\d+(?:\.\d+)?$/.test(word) ? "number" : null;
  },
  languageData: { commentTokens: { line: "#" } },
});

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

export const commands = [language, brackets(goingOn), completing(offer), explainingCommands, checking, remainder];
