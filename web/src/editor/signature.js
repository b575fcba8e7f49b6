// @ts-check
// While the arguments of a call are typed, its form stands above them: of a Redis command, or of a function of the library.
import { StateEffect, StateField } from "@codemirror/state";
import { EditorView, showTooltip, ViewPlugin } from "@codemirror/view";
import { effect } from "@preact/signals";
import { reference } from "../state.js";
import { LUA_REFERENCE } from "./lua_reference.js";

/** Characters before the cursor in which a call may begin. */
const REACH = 600;
const STRING = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;
const NAME = /([A-Za-z_][\w.]*)\s*$/;
const COMMAND = /^\s*(['"])([A-Za-z]+)\1\s*,(?:\s*(['"])([A-Za-z]+)\3)?/;

/** Where the innermost open parenthesis before the cursor is, and the commas behind it; null outside a call. @param {string} before */
function openCall(before) {
  // Brackets and commas in strings count for nothing; a string that is still open reaches to the cursor.
  const code = before.replace(STRING, (text) => "_".repeat(text.length)).replace(/['"][^'"\n]*$/, (text) => "_".repeat(text.length));
  let depth = 0;
  let commas = 0;
  for (let at = code.length - 1; at >= 0; at--) {
    const character = code[at];
    if (")}]".includes(character)) depth += 1;
    else if ("({[".includes(character)) {
      if (depth === 0) return character === "(" ? { at, commas } : null;
      depth -= 1;
    } else if (character === "," && depth === 0) commas += 1;
  }
  return null;
}

/** The form of the call around the cursor, and which of its words is being typed, from 0. @param {import("@codemirror/state").EditorState} state */
function signatureAt(state) {
  const { head, empty } = state.selection.main;
  if (!empty) return null;
  const start = Math.max(0, head - REACH);
  const before = state.sliceDoc(start, head);
  const call = openCall(before);
  const name = call && NAME.exec(before.slice(0, call.at))?.[1];
  if (!name) return null;
  const pos = start + call.at;
  if (name === "redis.call" || name === "redis.pcall") {
    const command = COMMAND.exec(before.slice(call.at + 1));
    const names = command ? [`${command[2]} ${command[4] ?? ""}`.trim().toUpperCase(), command[2].toUpperCase()] : [];
    const found = names.map((one) => reference.value.commands.find((known) => known.name === one)).find(Boolean);
    if (!found) return null;
    return { pos, words: found.syntax.match(/\[.*\]|<.*>|\S+/g) ?? [], at: call.commas };
  }
  if (!Object.hasOwn(LUA_REFERENCE, name)) return null;
  const { signature } = LUA_REFERENCE[name];
  const words = signature.match(/^[^(]+\(|[^,()]+,?|\)/g) ?? [];
  return words.length > 2 ? { pos, words, at: call.commas + 1 } : null;
}

/** @param {import("@codemirror/state").EditorState} state @returns {import("@codemirror/view").Tooltip | null} */
function tooltip(state) {
  const signature = signatureAt(state);
  if (!signature) return null;
  const { pos, words, at } = signature;
  const create = () => {
    const dom = document.createElement("div");
    dom.className = "cm-signature";
    // From an optional part on, nobody knows which word a comma has come to.
    const optional = words.findIndex((word) => /^[[<]/.test(word));
    const current = optional >= 0 && at > optional ? optional : at;
    words.forEach((word, index) => {
      const part = document.createElement(index === current ? "b" : "span");
      part.textContent = word;
      dom.append(part, " ");
    });
    return { dom };
  };
  return { pos, above: true, create };
}

/** The engine has told of its commands: what was typed before can be explained now. */
const learned = StateEffect.define();

const learning = ViewPlugin.define((view) => ({
  destroy: effect(() => {
    if (reference.value.commands.length) queueMicrotask(() => view.hasFocus && view.dispatch({ effects: learned.of(null) }));
  }),
}));

/** Shown from the first character typed in a call until the cursor leaves it. */
const shown = StateField.define({
  create: () => /** @type {import("@codemirror/view").Tooltip | null} */ (null),
  update(current, transaction) {
    const isTyping = transaction.isUserEvent("input.type") || transaction.isUserEvent("input.complete");
    const hasLearned = transaction.effects.some((one) => one.is(learned));
    if (isTyping || hasLearned || (current && (transaction.docChanged || transaction.selection))) return tooltip(transaction.state);
    return current;
  },
  provide: (field) => showTooltip.from(field),
});

/** It goes when the editor is left. */
const onlyWithFocus = EditorView.theme({ "&:not(.cm-focused) .cm-signature": { display: "none" } });

export const signature = [shown, learning, onlyWithFocus];
