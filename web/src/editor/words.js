// @ts-check
// What completes a word of a command, in a script, in the fixture and at the console: its name, its subcommand, or the words of its syntax.
import { reference } from "../state.js";
import { commandOf, explainCommand } from "./explaining.js";

/** @typedef {import("../contract").CommandReference} CommandReference */
/** @typedef {import("@codemirror/autocomplete").Completion} Completion */

const WORD = `"(?:\\\\.|[^"\\\\])*"|'(?:\\\\.|[^'\\\\])*'|[^\\s"']\\S*`;
const LINE = new RegExp(`^\\s*((?:(?:${WORD})\\s+)*)([A-Za-z-]*)$`);

/** The words of a line, whole ones in capitals and what is typed of the next; null where that can be no word of a command. @param {string} line */
export function wordsOf(line) {
  const found = LINE.exec(line);
  return found && { before: (found[1].match(new RegExp(WORD, "g")) ?? []).map((word) => word.toUpperCase()), typed: found[2] };
}

/** Words are written as one began to write them. @param {string} word @param {string} typed */
const cased = (word, typed) => (typed && typed === typed.toLowerCase() ? word.toLowerCase() : word);

/**
 * What may stand behind some words of a command.
 * @param {string[]} before the words before it, in capitals, "" for those that are not known
 * @param {string} typed @param {(command: CommandReference) => boolean} may which commands may stand there
 * @returns {Completion[]}
 */
export function wordsAfter(before, typed, may) {
  if (before.length === 0) return namesIn("", typed, may);
  const subcommands = before.length === 1 ? namesIn(`${before[0]} `, typed, may) : [];
  return subcommands.length ? subcommands : tokensAfter(before, typed);
}

/** The names of commands, or those of a container's subcommands. @param {string} container "" or "OBJECT " @param {string} typed @param {(command: CommandReference) => boolean} may */
function namesIn(container, typed, may) {
  return reference.value.commands
    .filter((command) => command.name.startsWith(container) && !command.name.slice(container.length).includes(" ") && may(command))
    .map((command) => ({
      label: cased(command.name.slice(container.length), typed),
      detail: command.group,
      type: "function",
      info: () => explainCommand(command),
    }));
}

/** The words of a command's syntax that stand for themselves, as NX and WITHSCORES, where they may stand. @param {string[]} before @param {string} typed */
function tokensAfter(before, typed) {
  const command = commandOf(before);
  if (!command) return [];
  const syntax = command.syntax.slice(command.name.length).trim();
  const values = /^(?:[a-z][\w-]* ?)*/.exec(syntax)?.[0].split(" ").filter(Boolean).length ?? 0;
  if (before.length - command.name.split(" ").length < values) return [];
  const tokens = new Set(syntax.match(/\b[A-Z]{2,}\b/g));
  return [...tokens].map((token) => ({ label: cased(token, typed), type: "keyword", info: () => explainCommand(command) }));
}
