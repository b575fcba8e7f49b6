// @ts-check
// The buttons that move the debugger. On a phone they are under the thumb, with the line that comes next: those that go on
// first, and those that go back behind one more.
import { useState } from "preact/hooks";
import { html } from "../html.js";
import { keyNames } from "../key_names.js";
import { isNarrow } from "../layout.js";
import { AT_ONCE, BACKWARDS, MOVES, WHEN_ASKED } from "../moves.js";
import { showLine } from "../state.js";

/** @typedef {import("../moments.js").Moment} Moment */

/** @param {{ moment: Moment, source: string }} props `source` is the line that comes next */
export function Moves({ moment, source }) {
  const [isBackOpen, setBackOpen] = useState(false);
  if (!isNarrow.value) return html`<div class="sub moves" role="group" aria-label="Moves"><${Way} moves=${MOVES.slice(0, BACKWARDS)} /><${Way} moves=${MOVES.slice(BACKWARDS)} /></div>`;
  return html`<div class="sub moves" role="group" aria-label="Moves">
    <button class="next-line" disabled=${moment.line === null} title="Show it in the script" onClick=${() => moment.line !== null && showLine(moment.line)}>${moment.line === null ? place(moment) : html`line ${moment.line} <code>${source}</code>`}</button>
    ${isBackOpen && html`<${Way} moves=${WHEN_ASKED} />`}
    <span class="way">${AT_ONCE.map((move) => html`<${Move} key=${move.title} move=${move} />`)}
      <button class="small" aria-expanded=${isBackOpen} title="The moves that go back, and to the ends" onClick=${() => setBackOpen(!isBackOpen)}>Back</button></span>
  </div>`;
}

/** Where the script stands. @param {Moment} moment */
export function place({ finished, line }) {
  if (finished) return "The script has ended.";
  return line === null ? "Between two lines." : `Next: line ${line}`;
}

/** @typedef {(typeof MOVES)[number]} Moving */

/** @param {{ moves: Moving[] }} props */
const Way = ({ moves }) => html`<span class="way">${moves.map((move) => html`<${Move} key=${move.title} move=${move} />`)}</span>`;

/** @param {{ move: Moving }} props */
const Move = ({ move: { title, key, hint, move } }) => html`<button class="small" title=${key ? `${hint} (${keyNames(key).join("+")})` : hint} aria-keyshortcuts=${key.replace("Mod", "Control") || undefined} onClick=${move}>${title}</button>`;
