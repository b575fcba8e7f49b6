// @ts-check
// What the last run changed in the keyspace, key by key, element by element. Also after an error: those writes stay.
import { useMemo } from "preact/hooks";
import { redo, undo } from "../actions/running.js";
import { html } from "../html.js";
import { List, counted, useFilter } from "../list.js";
import { TimeLeft } from "../server_time.js";
import { lastRun, redoable, standing, undoable } from "../state.js";

/**
 * @typedef {import("../contract").KeyChange} KeyChange
 * @typedef {import("../contract").Ran} Ran
 */

/** @param {{ ran: Ran, dry: boolean }} props */
export function Changes({ ran, dry }) {
  const { changes } = ran;
  const isStopped = ran.outcome === "interrupted";
  const { found, field } = useFilter("Filter changed keys", changes, ({ key }) => key);
  return html`<section class="card" aria-label="What changed">
    <h2>${isStopped ? "What it had written" : "What changed"} ${changes.length > 0 && html`<span class="count changed">${counted(changes.length, "key")}</span>`}
      ${field}
      <span class="grow"></span>
      <${Standing} dry=${dry} isStopped=${isStopped} />
    </h2>
    ${ran.outcome === "error" && !dry && ["stands", "after"].includes(standing.value ?? "") && html`<p class="note">The script ended with an error, but these writes persisted: Redis does not roll back.</p>`}
    ${changes.length === 0 ? html`<p class="quiet pad">Nothing: the keyspace is as it was before.</p>` : html`<${ChangeList} label="Changed keys" changes=${found} now=${dry || isStopped || standing.value === "undone" ? ran.now : undefined} />`}
  </section>`;
}

/** What became of the changes, and the way back, or back again. @param {{ dry: boolean, isStopped: boolean }} props */
function Standing({ dry, isStopped }) {
  if (isStopped) return html`<span class="tag warn">taken back</span>`;
  if (dry) return html`<span class="quiet">dry run: nothing was kept</span>`;
  if (standing.value === "debugged") return html`<span class="quiet">the keyspace is as the debugger shows it</span>`;
  if (standing.value === "stands") return html`<button class="small" onClick=${undo}>Undo run</button>`;
  if (standing.value === "undone") {
    const isNext = redoable.value.at(-1)?.number === lastRun.value?.act;
    return html`<span class="tag warn">taken back</span>${isNext && html`<button class="small" onClick=${redo}>Redo run</button>`}`;
  }
  const at = undoable.value.findIndex(({ number }) => number === lastRun.value?.act);
  return at >= 0 && html`<span class="quiet">then came ${namesOf(undoable.value.slice(at + 1))}</span>`;
}

/** @param {import("../contract").DoneAct[]} acts */
function namesOf(acts) {
  const names = acts.map(({ name }) => name);
  return names.length > MOST_NAMES ? `${names.slice(0, MOST_NAMES).join(", ")} and ${names.length - MOST_NAMES} more` : names.join(", ");
}

const MOST_NAMES = 3;

/**
 * A row of the list: a key that changed, one of its elements (`at` is its index), or how many more there are (-1).
 * @typedef {{ change: KeyChange, at: number | null }} Row
 */

/** Keys that changed, each with its elements, as they are at `now`, else at this moment. @param {{ label: string, changes: KeyChange[], now?: number }} props */
export function ChangeList({ label, changes, now }) {
  const rows = useMemo(() => changes.flatMap(rowsOf), [changes]);
  return html`<${List} label=${label} name="changes" count=${rows.length} height=${22}
    nameOf=${(/** @type {number} */ index) => (rows[index].at === null ? "key" : "")} draw=${(/** @type {number} */ index) => row(rows[index], now)} />`;
}

/** @param {KeyChange} change @returns {Row[]} */
function rowsOf(change) {
  const elements = change.elements.map((_, at) => ({ change, at }));
  return [{ change, at: null }, ...elements, ...(change.omitted > 0 ? [{ change, at: -1 }] : [])];
}

/** @param {Row} row @param {number} [now] */
function row({ change, at }, now) {
  if (at === null) return html`<${ChangedKey} change=${change} now=${now} />`;
  return at < 0 ? html`<${Omitted} change=${change} />` : html`<${Element} element=${change.elements[at]} />`;
}

/** @param {{ change: KeyChange, now?: number }} props */
function ChangedKey({ change, now }) {
  const { type_before: before, type_after: after } = change;
  const kind = before === null ? "new" : after === null ? "deleted" : "";
  return html`<p class="change-key"><span class="mono">${change.key}</span>
      <span class="tag">${before && after && before !== after ? `${before} → ${after}` : (after ?? before)}</span>
      ${kind && html`<span class=${`tag ${kind}`}>${kind}</span>`}
      ${change.database > 0 && html`<span class="tag">db ${change.database}</span>`}
      ${after && change.expiry_before !== change.expiry_after && html`<span class="tag"><${Expiry} change=${change} now=${now} /></span>`}
    </p>`;
}

/** The elements of a key that differ. @param {{ change: KeyChange }} props */
export function Elements({ change }) {
  return html`${change.elements.map((element, index) => html`<${Element} key=${index} element=${element} />`)}
    ${change.omitted > 0 && html`<${Omitted} change=${change} />`}`;
}

/** @param {{ change: KeyChange }} props */
const Omitted = ({ change }) => html`<p class="quiet pad">${counted(change.omitted, "more element")} ${change.omitted === 1 ? "differs" : "differ"}.</p>`;

/** @param {{ element: import("../contract").ElementChange }} props */
function Element({ element: { element, before, after } }) {
  return html`${before !== null && html`<div class="minus">${"- "}${sides(element, before)}</div>`}
    ${after !== null && html`<div class="plus">${"+ "}${sides(element, after)}</div>`}`;
}

/** @param {string} element @param {string} value */
function sides(element, value) {
  return [element, value].filter((part) => part !== "" && part !== '""').join("  ") || '""';
}

/** @param {{ change: KeyChange, now?: number }} props */
function Expiry({ change: { expiry_before: before, expiry_after: after }, now }) {
  if (after === null) return "no longer expires";
  return html`<${TimeLeft} until=${after} now=${now} before="expires in " over="has expired" />${before !== null && html`<${TimeLeft} until=${before} now=${now} before=", before in " over=", before it would have" />`}`;
}

