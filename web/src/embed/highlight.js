// @ts-check
// A script as parts that are marked: for a page without an editor.

const KEYWORDS = "and|break|do|else|elseif|end|false|for|function|if|in|local|nil|not|or|repeat|return|then|true|until|while";
const PART = new RegExp(
  String.raw`(--\[(=*)\[[\s\S]*?(?:\]\2\]|$)|--[^\n]*)|(\[(=*)\[[\s\S]*?(?:\]\4\]|$)|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?)|\b(${KEYWORDS})\b|\w+`,
  "g",
);

/** The parts of a script: text, and what it is, "" for what has no mark. @param {string} script @returns {["" | "comment" | "string" | "keyword", string][]} */
export function partsOf(script) {
  /** @type {ReturnType<typeof partsOf>} */
  const parts = [];
  let end = 0;
  for (const match of script.matchAll(PART)) {
    const [text, comment, , string, , keyword] = match;
    const kind = comment ? "comment" : string ? "string" : keyword ? "keyword" : "";
    if (!kind) continue;
    parts.push(["", script.slice(end, match.index)], [kind, text]);
    end = match.index + text.length;
  }
  return [...parts, ["", script.slice(end)]];
}
