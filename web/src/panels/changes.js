// @ts-check
// What the last run changed in the keyspace, key by key, element by element. Also after an error: those writes stay.
import { useEffect, useMemo, useState } from "preact/hooks";
import { debugAtWrite, goToTick } from "../actions/debugging.js";
import { moreChanges } from "../actions/questions.js";
import { redo, undo } from "../actions/running.js";
import { Copy } from "../copy.js";
import { html } from "../html.js";
import { FilterField, List, More, counted, figure, useFilter } from "../list.js";
import { TimeLeft } from "../server_time.js";
import { lastRun, redoable, standing, undoable } from "../state.js";

/**
 * @typedef {import("../contract").KeyChange} KeyChange
 * @typedef {import("../contract").Ran} Ran
 * @typedef {import("../contract").LastChange} LastChange
 * @typedef {(change: KeyChange, element: string) => void} Ask
 */

/** What the last command changed of a key. @param {LastChange} last @param {number} database @param {string} key */
export const changeOf = (last, database, key) => last.changes.find((change) => change.key === key && change.database === database);

/** Marks what the last command changed. */
export const LastCommandTag = () => html`<span class="tag last-command">last command</span>`;

/** @param {{ ran: Ran, dry: boolean }} props */
export function Changes({ ran, dry }) {
  const isStopped = ran.outcome === "interrupted";
  const { keys } = ran.changed;
  const { found, field, rest } = useChanges(ran, !dry && !isStopped);
  return html`<section class="card" aria-label="What changed">
    <h2>${isStopped ? "What it had written" : "What changed"} ${keys > 0 && html`<span class="count changed">${counted(keys, "key")}</span>`}
      ${keys > FEW && html`<span class="quiet">${kindsOf(ran.changed)}</span>`}
      ${field}
      <span class="grow"></span>
      ${keys > 0 && html`<${Copy} text=${() => found.map((change) => textOf(change)).join("\n")} what="the changes that are listed" />`}
      <${Standing} dry=${dry} isStopped=${isStopped} />
    </h2>
    ${ran.outcome === "error" && !dry && keys > 0 && ["stands", "after"].includes(standing.value ?? "") && html`<p class="note">The script ended with an error, but these writes persisted: Redis does not roll back.</p>`}
    ${keys === 0 ? html`<p class="quiet pad">Nothing: the keyspace is as it was before.</p>` : html`<${ChangeList} label="Changed keys" changes=${found} now=${dry || isStopped || standing.value === "undone" ? ran.now : undefined} />`}
    ${rest}
  </section>`;
}

/** A change as text: the key, its type, and its elements with - and +. @param {KeyChange} change @param {{ came: string, went: string }} [called] */
export function textOf({ key, type_before: before, type_after: after, elements, omitted }, { came, went } = { came: "new", went: "deleted" }) {
  const kind = before === null ? came : after === null ? went : "";
  const lines = elements.flatMap(({ element, before, after }) => [
    ...(before === null ? [] : [`- ${sides(element, before)}`]),
    ...(after === null ? [] : [`+ ${sides(element, after)}`]),
  ]);
  const head = [key, `(${[after ?? before, kind].filter(Boolean).join(", ")})`].join(" ");
  return [head, ...lines, ...(omitted ? [`… ${counted(omitted, "more element")}`] : [])].join("\n");
}

/** Keys from which on it is said how many are new, and how many gone. */
const FEW = 20;

/** @param {import("../contract").ChangeCounts} counts */
function kindsOf({ keys, created, deleted }) {
  const kinds = { new: created, deleted, changed: keys - created - deleted };
  return Object.entries(kinds).filter(([, count]) => count > 0).map(([kind, count]) => `${figure(count)} ${kind}`).join(", ");
}

/**
 * The changed keys that are here, of those a person looks for: what is not here, the engine is asked for while it can tell.
 * @param {Ran} ran @param {boolean} canAsk
 */
function useChanges(ran, canAsk) {
  const all = { ran, changes: ran.changes, total: ran.changed.keys, omitted: ran.changed.keys - ran.changes.length, sought: "" };
  const here = useFilter("Filter changed keys", ran.changes, ({ key }) => key);
  const [held, setHeld] = useState(all);
  const [text, setText] = useState("");
  const listed = held.ran === ran ? held : all;
  useEffect(() => {
    if (held.ran === ran && text !== held.sought) seek(text, 0, []);
  }, [text]);
  if (!all.omitted || !canAsk) return { ...here, rest: all.omitted > 0 && html`<${More} text=${`${counted(all.omitted, "more key")} ${all.omitted === 1 ? "is" : "are"} not listed.`} />` };

  /** @param {string} sought @param {number} offset @param {KeyChange[]} before */
  async function seek(sought, offset, before) {
    const part = sought || offset ? await moreChanges(sought, offset) : { changes: ran.changes, total: all.total, omitted: all.omitted };
    if (part) setHeld({ ran, changes: [...before, ...part.changes], total: part.total, omitted: part.omitted, sought });
  }
  const field = html`<${FilterField} label="Filter changed keys" text=${text} change=${setText} found=${listed.sought ? listed.total : null} />`;
  const show = standing.value === "stands" ? () => seek(listed.sought, listed.changes.length, listed.changes) : undefined;
  const why = show ? "" : ": they were, while the keyspace was as the run left it";
  const rest = listed.omitted > 0 && html`<${More} text=${`${counted(listed.omitted, "more key")} ${listed.omitted === 1 ? "is" : "are"} not listed${why}.`} show=${show} />`;
  return { found: listed.changes, field, rest };
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

/**
 * Keys that changed, each with its elements, as they are at `now`, else at this moment. Where that is a moment of a script that
 * is debugged, `last` is what its last command changed, and `ask` asks who wrote an element.
 * @param {{ label: string, changes: KeyChange[], now?: number, last?: LastChange, ask?: Ask }} props
 */
export function ChangeList({ label, changes, now, last, ask }) {
  const rows = useMemo(() => changes.flatMap(rowsOf), [changes]);
  return html`<${List} label=${label} name="changes" count=${rows.length} height=${22}
    nameOf=${(/** @type {number} */ index) => (rows[index].at === null ? "key" : "")} draw=${(/** @type {number} */ index) => row(rows[index], now, last, ask)} />`;
}

/** @param {KeyChange} change @returns {Row[]} */
function rowsOf(change) {
  const elements = change.elements.map((_, at) => ({ change, at }));
  return [{ change, at: null }, ...elements, ...(change.omitted > 0 ? [{ change, at: -1 }] : [])];
}

/** @param {Row} row @param {number} [now] @param {LastChange} [last] @param {Ask} [ask] */
function row({ change, at }, now, last, ask) {
  if (at === null) return html`<${ChangedKey} change=${change} now=${now} last=${last} />`;
  return at < 0 ? html`<${Omitted} change=${change} />` : html`<${Element} element=${change.elements[at]} ask=${ask && (() => ask(change, change.elements[at].element))} />`;
}

/** @param {{ change: KeyChange, now?: number, last?: LastChange }} props */
function ChangedKey({ change, now, last }) {
  const { key, type_before: before, type_after: after } = change;
  const go = () => (last ? goToTick("writes", { key, backwards: true }) : debugAtWrite(key));
  const kind = before === null ? "new" : after === null ? "deleted" : "";
  return html`<p class="change-key"><span class="mono">${change.key}</span>
      <span class="tag">${before && after && before !== after ? `${before} → ${after}` : (after ?? before)}</span>
      ${kind && html`<span class=${`tag ${kind}`}>${kind}</span>`}
      ${change.database > 0 && html`<span class="tag">db ${change.database}</span>`}
      ${after && change.expiry_before !== change.expiry_after && html`<span class="tag"><${Expiry} change=${change} now=${now} /></span>`}
      ${last && changeOf(last, change.database, key) && html`<${LastCommandTag} />`}
      <button class="line-link at-command" aria-label=${`Debug at the last write of ${key}`} title="Debug the script: go to the last command that changed this key" onClick=${go}>▸</button>
    </p>`;
}

/** The elements of a key that differ. @param {{ change: KeyChange }} props */
export function Elements({ change }) {
  return html`${change.elements.map((element, index) => html`<${Element} key=${index} element=${element} />`)}
    ${change.omitted > 0 && html`<${Omitted} change=${change} />`}`;
}

/** @param {{ change: KeyChange }} props */
const Omitted = ({ change }) => html`<p class="quiet pad">${counted(change.omitted, "more element")} ${change.omitted === 1 ? "differs" : "differ"}.</p>`;

/** @param {{ element: import("../contract").ElementChange, ask?: () => void }} props */
function Element({ element: { element, before, after, form, places, more }, ask }) {
  const who = ask && element !== "" && html` <button class="plain who" aria-label=${`Who wrote the element ${element}?`} title="Who wrote this?" onClick=${ask}>who?</button>`;
  if (form) return html`<${LongElement} element=${element} sizes=${before === after ? before : `${before} → ${after}`} form=${form} places=${places} more=${more} who=${who} />`;
  return html`${before !== null && html`<div class="minus">${"- "}${sides(element, before)}${after === null && who}</div>`}
    ${after !== null && html`<div class="plus">${"+ "}${sides(element, after)}${who}</div>`}`;
}

/** An element whose values are long: where they differ. @param {{ element: string, sizes: string | null, form: string, places: import("../contract").Difference[], more: string, who: unknown }} props */
function LongElement({ element, sizes, form, places, more, who }) {
  const isStructure = form === "JSON" || form === "MessagePack";
  return html`<div class="places" role="group" aria-label=${`Where ${element || "the value"} differs`}>
    <p class="quiet">${element && html`<span class="mono">${element}</span> `}${isStructure ? `${form}, compared by structure` : form === "binary" ? "binary" : "text"} · ${sizes}${who}</p>
    ${places.length === 0 && html`<p class="quiet">The same structure, written otherwise.</p>`}
    ${places.map(
      ({ place, before, after, lead, tail }) => html`<div key=${place}><p class="mono place">${place}</p>
        ${before !== null && html`<div class="minus">${"- "}${lead && html`<span class="around">${lead}</span>`}<del>${before}</del>${tail && html`<span class="around">${tail}</span>`}</div>`}
        ${after !== null && html`<div class="plus">${"+ "}${lead && html`<span class="around">${lead}</span>`}<ins>${after}</ins>${tail && html`<span class="around">${tail}</span>`}</div>`}
      </div>`,
    )}
    ${more && html`<p class="quiet">${more} differ.</p>`}
  </div>`;
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

