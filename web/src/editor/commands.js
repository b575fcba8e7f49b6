// @ts-check
// The language of fixtures: one redis-cli command a line. Names are coloured, completed and explained as in scripts.
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { StreamLanguage } from "@codemirror/language";
import { hoverTooltip, keymap } from "@codemirror/view";
import { commandOptions, explainCommand, whenKnown } from "./completion.js";
import { reference } from "../state.js";

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

/** @param {import("@codemirror/autocomplete").CompletionContext} context */
function complete({ pos, state, explicit }) {
  const line = state.doc.lineAt(pos);
  const before = line.text.slice(0, pos - line.from);
  const name = /^\s*([A-Za-z]*)$/.exec(before);
  if (name) return name[1] || explicit ? commandOptions(pos, name[1], "", () => true) : null;
  const subcommand = /^\s*([A-Za-z]+)\s+([A-Za-z]*)$/.exec(before);
  return subcommand ? commandOptions(pos, subcommand[2], `${subcommand[1].toUpperCase()} `, () => true) : null;
}

const hover = hoverTooltip((view, position) => {
  const line = view.state.doc.lineAt(position);
  const found = /^(\s*)([A-Za-z]+)(?:\s+([A-Za-z]+))?/.exec(line.text);
  if (!found || position - line.from > found[0].length) return null;
  const names = [`${found[2]} ${found[3] ?? ""}`.trim().toUpperCase(), found[2].toUpperCase()];
  const command = names.map((name) => reference.value.commands.find((one) => one.name === name)).find(Boolean);
  return command ? { pos: line.from + found[1].length, above: true, create: () => ({ dom: explainCommand(command) }) } : null;
});

export const commands = [language, autocompletion({ override: [whenKnown(complete)], icons: false }), hover, keymap.of(completionKeymap)];
