// @ts-check
// How far long work is, with a button to cancel it: over the page, or over the dialog that waits for it.
import { stop } from "./actions/running.js";
import { html } from "./html.js";
import { figure } from "./list.js";
import { phase, working } from "./state.js";

export function Working() {
  const value = working.value;
  if (!value) return null;
  const { doing, done, total } = value;
  return html`<div class="working" role="group" aria-label="Under way">
    <label for="working">${doing} ${figure(done)} of ${figure(total)}</label>
    ${phase.value === "running" && html`<button class="small" onClick=${stop}>Cancel</button>`}
    <progress id="working" max=${total} value=${done}></progress>
  </div>`;
}
