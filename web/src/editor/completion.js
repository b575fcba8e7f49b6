// @ts-check
// What is completed in a script: Lua's words and library with what Redis adds, the names of the script, and Redis commands
// inside redis.call('….
import { snippet } from "@codemirror/autocomplete";
import { explainLua } from "./explaining.js";
import { LUA_REFERENCE } from "./lua_reference.js";
import { tokensOf } from "./lua_tokens.js";
import { completing } from "./offering.js";
import { placeAt } from "./places.js";
import { wordsAfter } from "./words.js";

/** @typedef {import("@codemirror/autocomplete").Completion} Completion */
/** @typedef {import("./lua_tokens.js").Token} Token */

const KEYWORDS =
  "and break do else elseif end false for function if in local nil not or repeat return then true until while".split(" ");

/** Beginnings of statements, with places to fill in: Tab goes from one to the next. @type {[label: string, template: string][]} */
const SNIPPETS = [
  ["for i = 1, … do", "for ${i} = ${first}, ${last} do\n\t${}\nend"],
  ["for _, … in ipairs(…) do", "for _, ${item} in ipairs(${list}) do\n\t${}\nend"],
  ["for …, … in pairs(…) do", "for ${name}, ${value} in pairs(${map}) do\n\t${}\nend"],
  ["function …(…)", "function ${name}(${})\n\t${}\nend"],
  ["if … then … end", "if ${condition} then\n\t${}\nend"],
  ["if … then … else … end", "if ${condition} then\n\t${}\nelse\n\t${}\nend"],
  ["local … = redis.call(…)", "local ${value} = redis.call('${GET}', ${KEYS[1]})"],
  ["local function …(…)", "local function ${name}(${})\n\t${}\nend"],
  ["repeat … until …", "repeat\n\t${}\nuntil ${condition}"],
  ["return redis.error_reply(…)", "return redis.error_reply('${ERR what is wrong}')"],
  ["while … do", "while ${condition} do\n\t${}\nend"],
];

/** @type {Completion[]} */
const WORDS = [
  ...KEYWORDS.map((label) => ({ label, type: "keyword" })),
  ...Object.entries(LUA_REFERENCE).map(([label, entry]) => ({
    label,
    type: entry.signature.includes("(") ? "function" : "variable",
    info: () => explainLua(entry),
  })),
  ...SNIPPETS.map(([label, template]) => ({ label, type: "text", detail: "snippet", apply: snippet(template) })),
];

const LIBRARIES = new Set(Object.keys(LUA_REFERENCE).map((name) => name.split(".")[0]));
const RESERVED = new Set([...KEYWORDS, ...LIBRARIES]);

/** Letters of a name from which on it is completed. */
const LEAST = 2;

/** @param {import("@codemirror/autocomplete").CompletionContext} context @returns {import("./offering.js").Offer | null} */
function offer({ state, pos, explicit }) {
  const place = placeAt(state.doc, pos);
  if (!place) return null;
  const { from, typed } = place;
  if (place.kind === "word") {
    return { from, typed, folds: true, isFree: place.before.length > 0, options: wordsAfter(place.before, typed, ({ allowed }) => allowed) };
  }
  const isMember = typed.includes(".");
  if (isMember && !LIBRARIES.has(typed.split(".")[0])) return null;
  if (typed.length < LEAST && !explicit) return null;
  const names = isMember ? [] : namesOf(tokensOf(state.doc), from);
  const isKnown = (/** @type {string} */ word) => LIBRARIES.has(word) || names.includes(word);
  return { from, typed, isKnown, options: [...names.map((label) => ({ label, type: "variable" })), ...WORDS] };
}

/** The names of the script's own, without the one at an offset: its variables, functions and parameters, not its fields. @param {Token[]} tokens @param {number} except */
function namesOf(tokens, except) {
  const isField = (/** @type {number} */ index) => [".", ":"].includes(tokens[index - 1]?.text);
  const isOwn = (/** @type {Token} */ { kind, text, from }, /** @type {number} */ index) => kind === "name" && from !== except && !RESERVED.has(text) && !isField(index);
  return [...new Set(tokens.filter(isOwn).map(({ text }) => text))];
}

export const completion = completing(offer);
