// @ts-check
// What the last run changed in the keyspace, key by key, element by element. Also after an error: those writes stay.
import { undo } from "../actions/running.js";
import { html } from "../html.js";
import { undoable } from "../state.js";

/**
 * @typedef {import("../contract").KeyChange} KeyChange
 * @typedef {import("../contract").Ran} Ran
 */

/** @param {{ ran: Ran, dry: boolean }} props */
export function Changes({ ran, dry }) {
  const { changes } = ran;
  const isLast = undoable.value.at(-1) === "run";
  return html`<section class="card" aria-label="What changed">
    <h2>What changed ${changes.length > 0 && html`<span class="count changed">${changes.length} ${changes.length === 1 ? "key" : "keys"}</span>`}
      <span class="grow"></span>
      ${dry ? html`<span class="quiet">dry run: nothing was kept</span>` : isLast && html`<button class="small" onClick=${undo}>Undo run</button>`}
    </h2>
    ${ran.outcome === "error" && changes.length > 0 && html`<p class="note">The script ended with an error, but these writes persisted: Redis does not roll back.</p>`}
    ${changes.length === 0 && html`<p class="quiet pad">Nothing: the keyspace is as it was before.</p>`}
    ${changes.map((change) => html`<${Change} key=${`${change.database} ${change.key}`} change=${change} now=${ran.now} />`)}
  </section>`;
}

/** @param {{ change: KeyChange, now: number }} props */
export function Change({ change, now }) {
  const { type_before: before, type_after: after } = change;
  const kind = before === null ? "new" : after === null ? "deleted" : "";
  return html`<div class="change">
    <p class="change-key"><span class="mono">${change.key}</span>
      <span class="tag">${before && after && before !== after ? `${before} → ${after}` : (after ?? before)}</span>
      ${kind && html`<span class=${`tag ${kind}`}>${kind}</span>`}
      ${change.database > 0 && html`<span class="tag">db ${change.database}</span>`}
      ${after && change.expiry_before !== change.expiry_after && html`<span class="tag">${expiryText(change, now)}</span>`}
    </p>
    <${Elements} change=${change} />
  </div>`;
}

/** The elements of a key that differ. @param {{ change: KeyChange }} props */
export function Elements({ change }) {
  return html`${change.elements.map(
      (element, index) => html`<div key=${index}>
        ${element.before !== null && html`<div class="minus">${"- "}${sides(element.element, element.before)}</div>`}
        ${element.after !== null && html`<div class="plus">${"+ "}${sides(element.element, element.after)}</div>`}
      </div>`,
    )}
    ${change.omitted > 0 && html`<p class="quiet pad">${change.omitted} more elements differ.</p>`}`;
}

/** @param {string} element @param {string} value */
function sides(element, value) {
  return [element, value].filter((part) => part !== "" && part !== '""').join("  ") || '""';
}

/** @param {KeyChange} change @param {number} now */
function expiryText({ expiry_before: before, expiry_after: after }, now) {
  if (after === null) return "no longer expires";
  const text = `expires in ${span(after - now)}`;
  return before === null ? text : `${text}, before in ${span(before - now)}`;
}

/** A length of time for people. @param {number} milliseconds */
export function span(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${Number(seconds.toFixed(seconds < 10 ? 2 : 0))} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
