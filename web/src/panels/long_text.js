// @ts-check
// A text as it is: a short one in one piece, a long one as a list of pieces, of which only those in sight are drawn.
import { useMemo } from "preact/hooks";
import { html } from "../html.js";
import { List } from "../list.js";

/** Lines and characters of a text that is drawn in one piece, and of each piece of a longer one. */
const MOST_LINES = 200;
const MOST_CHARACTERS = 20_000;
const PIECE_LINES = 40;
const PIECE_CHARACTERS = 4000;

/** The pieces of a text, one for a short one: whole lines, unless a line is longer than a piece. @param {string} text @returns {string[]} */
export function piecesOf(text) {
  const lines = text.split("\n");
  if (text.length <= MOST_CHARACTERS && lines.length <= MOST_LINES) return [text];
  const pieces = [];
  let piece = "";
  let count = 0;
  for (const line of lines) {
    if (count && (count >= PIECE_LINES || piece.length + line.length > PIECE_CHARACTERS)) {
      pieces.push(piece);
      piece = "";
      count = 0;
    }
    let start = 0;
    for (; line.length - start > PIECE_CHARACTERS; start += PIECE_CHARACTERS) pieces.push(line.slice(start, start + PIECE_CHARACTERS));
    piece = count ? `${piece}\n${line.slice(start)}` : line.slice(start);
    count += 1;
  }
  return [...pieces, piece];
}

/** @param {{ text: string, label: string }} props */
export function LongText({ text, label }) {
  const pieces = useMemo(() => piecesOf(text), [text]);
  if (pieces.length === 1) return html`<pre tabindex="0">${text}</pre>`;
  return html`<${List} label=${label} name="long-text" count=${pieces.length} about=${text} height=${400} draw=${(/** @type {number} */ index) => html`<pre>${pieces[index]}</pre>`} />`;
}
