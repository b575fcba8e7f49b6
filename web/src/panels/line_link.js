// @ts-check
// The number of a line of the script; it goes there.
import { html } from "../html.js";
import { showLine } from "../state.js";

/** @param {{ line: number | null, label?: string }} props */
export function LineLink({ line, label = "" }) {
  if (line === null) return null;
  return html`<button class="line-link" title="Go to this line of the script" onClick=${() => showLine(line)}>${label}${line}</button>`;
}
