// @ts-check
// What keys do in one place of the page only. The place itself obeys them; the keyboard map shows them.
import { isMac } from "./key_names.js";
import { MOVES } from "./moves.js";

/** What the keys of a place do, told in the map: the place itself obeys them. @type {{ title: string, keys: [string, string][] }[]} */
export const PLACES = [
  {
    title: "In the editor",
    keys: [
      ["Escape", "Leave it; Tab then goes on to the next control"],
      ["Tab", "Indent, with Shift the other way"],
      ["Ctrl+Space", "Complete"],
      ["F8", "Next mistake"],
      ["Mod+Shift+M", "List of mistakes, with what puts them right"],
      ["Mod+F", "Search and replace"],
      ["Mod+/", "Comment, or not"],
      ["Alt+Shift+P", "Format the script, by the conventions of StyLua"],
      ["Mod+D", "Select the next occurrence too"],
      [isMac ? "Alt+Mod+ArrowDown" : "Ctrl+Alt+ArrowDown", "One more cursor, a line below"],
      [isMac ? "Alt+Mod+[" : "Ctrl+Shift+[", "Fold; ] unfolds"],
      ["F9", "Set a breakpoint, or clear it"],
    ],
  },
  {
    title: "In the console",
    keys: [
      ["ArrowUp", "Earlier lines; ArrowDown the other way"],
      ["Tab", "Complete the name of a command, or a word of it; Escape takes that back"],
      ["Ctrl+L", "Empty the list"],
      ["Ctrl+C", "Give up the line, or stop reading messages"],
    ],
  },
  { title: "While debugging", keys: MOVES.filter(({ key }) => key).map(({ key, title, hint }) => [key, `${title}: ${hint.toLowerCase()}`]) },
  {
    title: "On a border between panels",
    keys: [
      ["Arrows", "Move it"],
      ["Home", "As far as it goes; End the other way"],
      ["Enter", "Back to where it was at first, as a double click"],
    ],
  },
];
