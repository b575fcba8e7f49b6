// @ts-check
// The language of fixtures: one redis-cli command a line. Its colours; what helps while
// one writes is in aids.js.
import { StreamLanguage } from "@codemirror/language";

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

export const commands = language;
