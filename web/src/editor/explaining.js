// @ts-check
// What the editors explain on hover and beside the list of completions: Redis commands, and Lua's library with what Redis adds.
import { hoverTooltip } from "@codemirror/view";
import { reference } from "../state.js";
import { LUA_REFERENCE } from "./lua_reference.js";

/** @typedef {import("../contract").CommandReference} CommandReference */

/** Characters before a string in which the call stands that it is the command of. */
const REACH = 400;

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
export function explainLua({ signature, text }) {
  const box = element("div", "", "reference");
  box.append(element("code", signature), element("p", text));
  return box;
}

/** The command its first words name, a subcommand before its container. @param {string[]} words @returns {CommandReference | undefined} */
export function commandOf([name = "", subcommand = ""]) {
  const find = (/** @type {string} */ sought) => reference.value.commands.find((one) => one.name === sought);
  return find(`${name} ${subcommand}`.toUpperCase()) ?? find(name.toUpperCase());
}

/** @param {number} pos @param {() => HTMLElement} explain */
const tooltip = (pos, explain) => ({ pos, above: true, create: () => ({ dom: explain() }) });

/** Whether the string at a position is the first argument of a call. @param {import("@codemirror/state").EditorState} state @param {number} at */
const isCommand = (state, at) => /redis\.p?call\s*\(\s*$/.test(state.sliceDoc(Math.max(0, at - REACH), at));

export const explainingLua = hoverTooltip((view, position) => {
  const line = view.state.doc.lineAt(position);
  const at = position - line.from;
  for (const match of line.text.matchAll(/(['"])([A-Za-z]+)\1(?:\s*,\s*(['"])([A-Za-z]+)\3)?/g)) {
    if (at < match.index || at > match.index + match[0].length || !isCommand(view.state, line.from + match.index)) continue;
    const command = commandOf([match[2], match[4]]);
    if (command) return tooltip(line.from + match.index, () => explainCommand(command));
  }
  for (const match of line.text.matchAll(/[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?/g)) {
    if (at < match.index || at > match.index + match[0].length) continue;
    const entry = Object.hasOwn(LUA_REFERENCE, match[0]) ? LUA_REFERENCE[match[0]] : null;
    if (entry) return tooltip(line.from + match.index, () => explainLua(entry));
  }
  return null;
});

export const explainingCommands = hoverTooltip((view, position) => {
  const line = view.state.doc.lineAt(position);
  const found = /^(\s*)([A-Za-z]+)(?:\s+([A-Za-z]+))?/.exec(line.text);
  if (!found || position - line.from > found[0].length) return null;
  const command = commandOf([found[2], found[3]]);
  return command ? tooltip(line.from + found[1].length, () => explainCommand(command)) : null;
});
