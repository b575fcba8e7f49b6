// @ts-check
// Completion and hover documentation: Redis commands inside redis.call('…, and Lua's library with what Redis adds to it.
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { hoverTooltip, keymap } from "@codemirror/view";
import { effect } from "@preact/signals";
import { reference } from "../state.js";
import { LUA_REFERENCE } from "./lua_reference.js";

/** @typedef {import("../contract").CommandReference} CommandReference */

const IN_COMMAND = /redis\.p?call\s*\(\s*(['"])([A-Za-z]*)$/;
const IN_SUBCOMMAND = /redis\.p?call\s*\(\s*['"]([A-Za-z]+)['"]\s*,\s*(['"])([A-Za-z]*)$/;
const IN_ARGUMENT = /redis\.p?call\s*\(\s*['"]([A-Za-z]+)['"]\s*,[^()]*(?:\([^()]*\)[^()]*)*[,(]\s*(['"])([A-Za-z]*)$/;
const IN_NAME = /(?:[A-Za-z_]\w*\.)?[A-Za-z_]\w*\.?$/;
const DECLARED = /\b(?:local\s+(?:function\s+)?|for\s+|function\s*[\w.:]*\s*\()([A-Za-z_][\w\s,]*)/g;
/** Characters before the cursor in which a call may begin. */
const REACH = 400;

/** Settles when the engine has told what the editor can explain. @type {Promise<void>} */
const referenceArrived = new Promise((resolve) => effect(() => void (reference.value.commands.length && resolve())));

/**
 * What is typed before the engine has told of its commands is completed when it has.
 * @param {import("@codemirror/autocomplete").CompletionSource} complete @returns {import("@codemirror/autocomplete").CompletionSource}
 */
export const whenKnown = (complete) => (context) =>
  complete(context) ??
  (reference.value.commands.length ? null : referenceArrived.then(() => (context.aborted ? null : complete(context))));

/** @param {string} tag @param {string} text @param {string} [className] */
function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

/** @param {CommandReference} command */
export function explainCommand({ syntax, summary, since, complexity, allowed, writes }) {
  const box = element("div", "", "reference");
  box.append(element("code", syntax), element("p", `${summary}.`));
  const facts = [`since ${since}`, writes ? "writes" : "reads", complexity].filter(Boolean).join(" · ");
  box.append(element("p", facts, "facts"));
  if (!allowed) box.append(element("p", "Not allowed in scripts.", "warning"));
  return box;
}

/** @param {{ signature: string, text: string }} entry */
function explainLua({ signature, text }) {
  const box = element("div", "", "reference");
  box.append(element("code", signature), element("p", text));
  return box;
}

/** @param {import("@codemirror/autocomplete").CompletionContext} context */
function complete(context) {
  const { pos, state, explicit } = context;
  const before = state.sliceDoc(Math.max(0, pos - REACH), pos);
  const subcommand = IN_SUBCOMMAND.exec(before);
  if (subcommand) {
    const found = commandOptions(pos, subcommand[3], `${subcommand[1].toUpperCase()} `);
    if (found) return found;
  }
  const command = IN_COMMAND.exec(before);
  if (command) return commandOptions(pos, command[2], "");
  const argument = IN_ARGUMENT.exec(before);
  if (argument) return tokenOptions(pos, argument[3], argument[1].toUpperCase());
  const name = IN_NAME.exec(before);
  if (!name || (name[0].length < 2 && !explicit)) return null;
  return { from: pos - name[0].length, options: [...declared(state, name[0]), ...LUA_OPTIONS], validFor: /^[\w.]*$/ };
}

/** Words are written as one began to write them. @param {string} word @param {string} typed */
const cased = (word, typed) => (typed && typed === typed.toLowerCase() ? word.toLowerCase() : word);

/**
 * @param {number} pos @param {string} typed @param {string} container "" for commands, "OBJECT " for its subcommands
 * @param {(command: CommandReference) => boolean} [may] which of them may stand there: those scripts may call
 */
export function commandOptions(pos, typed, container, may = ({ allowed }) => allowed) {
  const options = reference.value.commands
    .filter((command) => may(command))
    .filter(({ name }) => name.startsWith(container) && !name.slice(container.length).includes(" "))
    .map((command) => ({
      label: cased(command.name.slice(container.length), typed),
      detail: command.group,
      type: "function",
      info: () => explainCommand(command),
    }));
  return options.length ? { from: pos - typed.length, options, validFor: /^[A-Za-z]*$/ } : null;
}

/** The words of a command's syntax that stand for themselves: NX, WITHSCORES. @param {number} pos @param {string} typed @param {string} name */
function tokenOptions(pos, typed, name) {
  const command = reference.value.commands.find((one) => one.name === name);
  if (!command) return null;
  const tokens = new Set(command.syntax.slice(name.length).match(/\b[A-Z]{2,}\b/g));
  const options = [...tokens].map((token) => ({ label: cased(token, typed), type: "keyword", info: () => explainCommand(command) }));
  return options.length ? { from: pos - typed.length, options, validFor: /^[A-Za-z]*$/ } : null;
}

/** The local names of the script, without the one being typed. @param {import("@codemirror/state").EditorState} state @param {string} typed */
function declared(state, typed) {
  const lists = [...state.doc.toString().matchAll(DECLARED)].map((match) => match[1].split(/\bin\b/)[0]);
  const names = new Set(lists.flatMap((list) => list.match(/^\s*\w+(?:\s*,\s*\w+)*/)?.[0].match(/\w+/g) ?? []));
  names.delete(typed);
  return [...names].filter((name) => !Object.hasOwn(LUA_REFERENCE, name)).map((label) => ({ label, type: "variable" }));
}

const LUA_OPTIONS = Object.entries(LUA_REFERENCE).map(([label, entry]) => ({
  label,
  type: entry.signature.includes("(") ? "function" : "variable",
  info: () => explainLua(entry),
}));

const hover = hoverTooltip((view, position) => {
  const line = view.state.doc.lineAt(position);
  const at = position - line.from;
  for (const match of line.text.matchAll(/(['"])([A-Za-z]+)\1(?:\s*,\s*(['"])([A-Za-z]+)\3)?/g)) {
    if (at < match.index || at > match.index + match[0].length || !isCommand(view.state, line.from + match.index)) continue;
    const names = [`${match[2]} ${match[4] ?? ""}`.trim().toUpperCase(), match[2].toUpperCase()];
    const command = names.map((name) => reference.value.commands.find((one) => one.name === name)).find(Boolean);
    if (command) return tooltip(line.from + match.index, () => explainCommand(command));
  }
  for (const match of line.text.matchAll(/[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?/g)) {
    if (at < match.index || at > match.index + match[0].length) continue;
    const entry = Object.hasOwn(LUA_REFERENCE, match[0]) ? LUA_REFERENCE[match[0]] : null;
    if (entry) return tooltip(line.from + match.index, () => explainLua(entry));
  }
  return null;
});

/** Whether the string at a position is the first argument of a call. @param {import("@codemirror/state").EditorState} state @param {number} at */
const isCommand = (state, at) => /redis\.p?call\s*\(\s*$/.test(state.sliceDoc(Math.max(0, at - REACH), at));

/** @param {number} pos @param {() => HTMLElement} explain */
const tooltip = (pos, explain) => ({ pos, above: true, create: () => ({ dom: explain() }) });

export const completion = [autocompletion({ override: [whenKnown(complete)], icons: false }), hover, keymap.of(completionKeymap)];
