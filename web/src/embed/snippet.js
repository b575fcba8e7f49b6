// @ts-check
// A work as HTML for another page: its script to be read as it stands, with keywords and comments marked by elements that
// every browser shows, and what it is called with as attributes of <ferrous-script>.
import { DEFAULT_SERVER } from "../servers.js";
import { partsOf } from "./highlight.js";

/** What marks a part, where no style and no script does. @type {Record<string, string>} */
const MARKS = { keyword: "b", comment: "i" };

/** @param {string} text */
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** @param {string} text */
const quoted = (text) => `"${escaped(text).replaceAll('"', "&quot;").replaceAll("\n", "&#10;")}"`;

/** @param {string[]} values */
const list = (values) => (values.every((value) => /^[^\s["]\S*$/.test(value)) ? values.join(" ") : JSON.stringify(values));

/**
 * The element; what is as in an ordinary call is left out.
 * @param {{ name: string, script: string, keys: string[], argv: string[], fixture: string, mode: string, function: string,
 *   protocol: number, server?: string, clock: number | null, seed: number | null }} work
 */
export function snippetOf({ name, script, keys, argv, fixture, mode, function: called, protocol, server = DEFAULT_SERVER, clock, seed }) {
  const attributes = Object.entries({
    name,
    keys: keys.length ? list(keys) : null,
    argv: argv.length ? list(argv) : null,
    fixture: fixture.trim() ? fixture : null,
    mode: mode === "EVAL" ? null : mode,
    function: called || null,
    protocol: protocol === 2 ? null : String(protocol),
    server: server === DEFAULT_SERVER ? null : server,
    clock: clock === null ? null : String(clock),
    seed: seed === null ? null : String(seed),
  }).filter(([, value]) => value !== null);
  const code = partsOf(script.trimEnd()).map(([kind, text]) => (MARKS[kind] ? `<${MARKS[kind]}>${escaped(text)}</${MARKS[kind]}>` : escaped(text)));
  return `<ferrous-script${attributes.map(([attribute, value]) => ` ${attribute}=${quoted(/** @type {string} */ (value))}`).join("")}>
<pre><code>${code.join("")}</code></pre>
</ferrous-script>`;
}

/** The line that makes the elements of a page what they are, once a page. @param {string} site the address of Ferrous */
export const scriptLine = (site) => `<script src=${quoted(new URL("ferrous-script.js", site).href)} defer></script>`;
