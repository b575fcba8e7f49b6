// @ts-check
// Completion and hover documentation: Redis commands inside redis.call('…, and Lua's library with what Redis adds to it.
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { hoverTooltip, keymap } from "@codemirror/view";
import { reference } from "../state.js";
import { LUA_REFERENCE } from "./lua_reference.js";

/** @typedef {import("../contract").CommandReference} CommandReference */

const IN_COMMAND = /redis\.p?call\s*\(\s*(['"])([A-Za-z]*)$/;
const IN_SUBCOMMAND = /redis\.p?call\s*\(\s*['"]([A-Za-z]+)['"]\s*,\s*(['"])([A-Za-z]*)$/;
const IN_NAME = /(?:[A-Za-z_]\w*\.)?[A-Za-z_]\w*\.?$/;

/** @param {string} tag @param {string} text @param {string} [className] */
function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

/** @param {CommandReference} command */
function explainCommand({ syntax, summary, since, complexity, allowed, writes }) {
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
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  const subcommand = IN_SUBCOMMAND.exec(before);
  if (subcommand) return commandOptions(context.pos - subcommand[3].length, `${subcommand[1].toUpperCase()} `);
  const command = IN_COMMAND.exec(before);
  if (command) return commandOptions(context.pos - command[2].length, "");
  const name = IN_NAME.exec(before);
  if (!name || (name[0].length < 2 && !context.explicit)) return null;
  return { from: context.pos - name[0].length, options: LUA_OPTIONS, validFor: /^[\w.]*$/ };
}

/** @param {number} from @param {string} container "" for commands, "OBJECT " for its subcommands */
function commandOptions(from, container) {
  const options = reference.value.commands
    .filter(({ name, allowed }) => allowed && name.startsWith(container) && !name.slice(container.length).includes(" "))
    .map((command) => ({
      label: command.name.slice(container.length),
      detail: command.group,
      type: "function",
      info: () => explainCommand(command),
    }));
  return options.length ? { from, options, validFor: /^[A-Za-z]*$/ } : null;
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
    if (at < match.index || at > match.index + match[0].length || !/redis\.p?call\s*\(\s*$/.test(line.text.slice(0, match.index))) continue;
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

/** @param {number} pos @param {() => HTMLElement} explain */
const tooltip = (pos, explain) => ({ pos, above: true, create: () => ({ dom: explain() }) });

export const completion = [autocompletion({ override: [complete], icons: false }), hover, keymap.of(completionKeymap)];
