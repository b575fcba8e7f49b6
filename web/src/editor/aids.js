// @ts-check
// What helps while one writes: completion, brackets that close themselves, explanations, findings, search, what can be made of a paste. The editor works
// without: all this comes with the rest of the page.
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { keymap } from "@codemirror/view";
import { brackets } from "./brackets.js";
import { commandCompletion } from "./command_completion.js";
import { completion } from "./completion.js";
import { explainingCommands, explainingLua } from "./explaining.js";
import { formatting } from "./formatting.js";
import { checking, checkingScenario, linting } from "./linting.js";
import { goingOn, tokensOf } from "./lua_tokens.js";
import { fixturePasting, scriptPasting } from "./pasting.js";
import { remainder } from "./remainder.js";
import { scenarioLines } from "./scenario_lines.js";
import { signature } from "./signature.js";

const searching = [highlightSelectionMatches(), keymap.of(searchKeymap)];
const luaBrackets = brackets((doc, position) => goingOn(tokensOf(doc), position)?.text ?? "");

/** By the language of the editor. In a fixture names are completed and explained as in scripts, and the arguments still to be typed stand behind the cursor as at the console. */
export const AIDS = {
  lua: [luaBrackets, formatting, linting, completion, explainingLua, signature, searching, scriptPasting],
  scenario: [luaBrackets, checkingScenario, scenarioLines, searching],
  commands: [commandCompletion, explainingCommands, checking, remainder, searching, fixturePasting],
};
