// @ts-check
// Where a script stood: the levels of its call stack, each with its line of the script.
import { Copy } from "../copy.js";
import { html } from "../html.js";
import { LineLink } from "./line_link.js";

/** @typedef {import("../contract").StackLevel} StackLevel */

/** What Lua calls the chunk of the script itself, which alone has lines to go to. */
const OWN = ["user_script", "user_function"];

/** What stands for a level without a line. @type {Record<string, string>} */
const NAMES = { "[C]": "a library function", "(tail call)": "replaced by a tail call" };

/** The innermost line of the script. @param {StackLevel[]} stack */
export const lineOf = (stack) => stack.find(({ place }) => OWN.includes(place))?.line ?? null;

/** Whether there is more to tell than the line. @param {StackLevel[]} stack */
export const hasCallers = (stack) => stack.filter(({ line }) => line !== null).length > 1;

/** `error` is what is copied above the levels. @param {{ stack: StackLevel[], script: string, error?: string }} props */
export function Stack({ stack, script, error = "" }) {
  const levels = stack[0]?.place === "[C]" ? stack.slice(1) : stack;
  if (levels.length === 0) return null;
  const lines = script.split("\n");
  const told = (/** @type {StackLevel} */ { place, line }) => (OWN.includes(place) && line ? `line ${line}: ${(lines[line - 1] ?? "").trim()}` : (NAMES[place] ?? (line ? `${place}, line ${line}` : place)));
  return html`<section class="card" aria-label="Where it stood">
    <h2>Where it stood<span class="grow"></span><${Copy} text=${() => [error, ...levels.map(told)].filter(Boolean).join("\n")} what=${error ? "the error and where it stood" : "where it stood"} /></h2>
    <ol class="levels">
      ${levels.map(
        ({ place, line }, index) => html`<li key=${index}>
          ${OWN.includes(place) && line ? html`<${LineLink} line=${line} label="line " /> <span class="mono">${(lines[line - 1] ?? "").trim()}</span>` : html`<span class="quiet">${NAMES[place] ?? (line ? `${place}, line ${line}` : place)}</span>`}
        </li>`,
      )}
    </ol>
  </section>`;
}
