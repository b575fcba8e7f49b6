// @ts-check
// The content of the chosen key: its elements in pages, searched, looked at closely, and changed where they are seen.
import { useEffect, useState } from "preact/hooks";
import { editKey, inspect } from "../actions/keyspace.js";
import { Copy } from "../copy.js";
import { html } from "../html.js";
import { FilterField, List, counted } from "../list.js";
import { TimeLeft } from "../server_time.js";
import { debugged, keyspaceRevision, phase } from "../state.js";
import { Elements, LastCommandTag, changeOf } from "./changes.js";
import { EditForm } from "./edit_form.js";
import { Value } from "./value.js";

/**
 * @typedef {import("../contract").KeyContent} KeyContent
 * @typedef {import("../contract").KeyRow} KeyRow
 * @typedef {import("./edit_form.js").Field} Field
 */

/** Elements that are fetched at once. */
const PAGE = 200;

/** Elements from which on there is something to search. */
const FEW = 10;

/** How an element of each type is asked for; `element` names it, `renamed` what it is called from now on. @type {Record<string, Field[]>} */
export const ELEMENT = {
  string: [{ name: "value", label: "Value", isLong: true }],
  hash: [{ name: "element", label: "Field" }, { name: "value", label: "Value", isLong: true }],
  list: [{ name: "value", label: "Value", isLong: true }],
  set: [{ name: "element", label: "Member" }],
  zset: [{ name: "element", label: "Member" }, { name: "value", label: "Score" }],
  stream: [{ name: "element", label: "Identifier", hint: "* for the next" }, { name: "renamed", label: "Field" }, { name: "value", label: "Value", isLong: true }],
};

/** @param {{ database: number, name: string, choose: (name: string) => void }} props */
export function Content({ database, name, choose }) {
  const [search, setSearch] = useState("");
  const [offset, setOffset] = useState(0);
  const [shown, setShown] = useState(/** @type {{ name: string, content: KeyContent, offset: number, search: string } | null} */ (null));
  const [asCommands, setAsCommands] = useState(false);
  const [form, setForm] = useState(/** @type {{ how: "rename" | "expire" | "add" } | { how: "set", row: KeyRow } | null} */ (null));
  const [looked, setLooked] = useState(-1);
  const ready = phase.value === "ready";
  useEffect(() => {
    setSearch("");
    setOffset(0);
    setForm(null);
    setLooked(-1);
  }, [database, name]);
  useEffect(() => {
    if (!ready) return;
    let current = true;
    inspect({ database, key: name, offset, limit: PAGE, search }).then(
      (content) => current && content.type === "KeyContent" && setShown({ name, content, offset, search }),
      () => {},
    );
    return () => void (current = false);
  }, [ready, name, database, offset, search, keyspaceRevision.value]);
  if (shown?.name !== name || !shown.content.summary) return null;
  const { summary, columns, rows, found, lines } = shown.content;
  const { kind } = summary;
  const canEdit = ready && !debugged.value;
  const last = debugged.value && changeOf(debugged.value.moment.last_change, database, name);
  const touched = new Set(last?.elements.map(({ element }) => element));
  const start = shown.offset;
  const rowAt = (/** @type {number} */ place) => rows[place - start];

  /** @param {Omit<import("../contract").EditKey, "type" | "database" | "key">} change */
  const change = (change) => editKey({ database, key: name, ...change });

  /** @param {KeyRow} row */
  const named = (row) => (kind === "list" || kind === "stream" ? row.fields[0] : kind === "string" ? "" : row.fields[0]);

  /** @param {KeyRow} row */
  const held = (row) => (kind === "set" ? "" : (row.fields.at(-1) ?? ""));

  /** @param {number} first @param {number} last */
  function bring(first, last) {
    if (first < start || last >= start + PAGE) setOffset(Math.max(0, Math.floor((first + last - PAGE) / 2)));
  }

  return html`<section class="card key-content" aria-label=${`Key ${name}`}>
    <h2><span class="mono">${name}</span><span class="tag">${kind}</span><span class="tag">${summary.encoding}</span>${last && html`<${LastCommandTag} />`}
      ${summary.expiry !== null && !debugged.value && html`<span class="tag"><${TimeLeft} until=${summary.expiry} before="expires in " over="has expired" /></span>`}
      <${FilterField} label="Search elements" text=${search} change=${(/** @type {string} */ text) => (setSearch(text), setOffset(0))} found=${search ? found : null} hidden=${search === "" && found <= FEW} />
      <span class="grow"></span>
      ${kind !== "string" && html`<button class="small" disabled=${!canEdit} onClick=${() => setForm({ how: "add" })}>Add</button>`}
      <button class="small" disabled=${!canEdit} onClick=${() => setForm({ how: "expire" })}>Expiry</button>
      <button class="small" disabled=${!canEdit} onClick=${() => setForm({ how: "rename" })}>Rename</button>
      <button class="small" disabled=${!canEdit} aria-label=${`Delete key ${name}`} onClick=${() => change({ how: "delete" })}>Delete</button>
      <button class="small" aria-pressed=${asCommands} onClick=${() => setAsCommands(!asCommands)}>Commands</button>
      <${Copy} text=${() => (asCommands ? lines.join("\n") : name)} what=${asCommands ? "the commands" : "the name of the key"} />
    </h2>
    ${form?.how === "rename" && html`<${EditForm} title="Rename" fields=${[{ name: "value", label: "Name", value: name }]} close=${close} send=${rename} />`}
    ${form?.how === "expire" && html`<${EditForm} title="Set" fields=${[{ name: "value", label: "Seconds to live", hint: "empty: for ever" }]} close=${close} send=${expire} />`}
    ${form?.how === "add" && html`<${EditForm} title="Add" fields=${ELEMENT[kind]} close=${close} send=${(/** @type {any} */ values) => change({ how: "add", ...values })} />`}
    ${last && html`<div role="group" aria-label="Changed by the last command"><${Elements} change=${last} /></div>`}
    ${asCommands
      ? html`<pre tabindex="0">${lines.join("\n") || "This value is too large to be shown as commands; Export has it."}</pre>`
      : html`<${List} role="table" label=${`Elements of ${name}`} name=${`elements of-${columns.length}`} about=${`${name} ${search}`} count=${found} seen=${bring}
          nameOf=${(/** @type {number} */ place) => (touched.has(kind === "string" ? "" : (rowAt(place)?.fields[0] ?? "")) ? "last-command" : "")}
          columns=${columns.map((column) => html`<span key=${column} role="columnheader">${column}</span>`)}
          draw=${(/** @type {number} */ place) => element(rowAt(place))}
          empty=${html`<p class="quiet pad">No element holds “${search}”.</p>`} />`}
  </section>`;

  function close() {
    setForm(null);
  }

  /** @param {{ value: string }} values */
  async function rename({ value }) {
    const problem = await change({ how: "rename", value });
    if (!problem) choose(value);
    return problem;
  }

  /** @param {{ value: string }} values */
  function expire({ value }) {
    const seconds = Number(value.trim());
    if (value.trim() === "") return change({ how: "expire" });
    return seconds > 0 ? change({ how: "expire", value: String(Math.round(seconds * 1000)) }) : Promise.resolve("Seconds are a number above 0.");
  }

  /** No component of its own: it would be a new one each time, and a form in it forget what was typed. @param {KeyRow | undefined} row */
  function element(row) {
    if (!row) return html`<span role="cell" class="quiet">…</span>`;
    const what = kind === "string" ? "the value" : kind === "list" ? `element ${row.fields[0]}` : row.fields[0];
    if (form?.how === "set" && form.row.place === row.place) return html`<span role="cell" class="whole-row"><${EditForm} title="Save" fields=${fieldsOf(row)} close=${close} send=${(/** @type {any} */ values) => save(row, values)} /></span>`;
    return html`${row.fields.map((field, column) => html`<span key=${column} role="cell" class="mono pre">${field}</span>`)}
      <span role="cell" class="tools">
        <button class="small" aria-label=${`View ${what}`} aria-expanded=${looked === row.place} onClick=${() => setLooked(looked === row.place ? -1 : row.place)}>View</button>
        ${kind !== "stream" && html`<button class="small" aria-label=${`Edit ${what}`} title=${row.whole ? "" : "Too long to be edited here: use the console"} disabled=${!canEdit || !row.whole} onClick=${() => setForm({ how: "set", row })}>Edit</button>`}
        ${kind !== "string" && html`<button class="small" aria-label=${`Remove ${what}`} disabled=${!canEdit || !row.whole} onClick=${() => change({ how: "remove", element: named(row) })}>Remove</button>`}
      </span>
      ${looked === row.place && html`<span role="cell" class="whole-row"><${Value} question=${{ of: "key", place: row.place, database, key: name }} about=${keyspaceRevision.value} label=${`Value of ${what}`} /></span>`}`;
  }

  /** @param {KeyRow} row @returns {Field[]} */
  function fieldsOf(row) {
    return ELEMENT[kind].map((field) => ({ ...field, value: field.name === "value" ? held(row) : row.fields[0] }));
  }

  /** @param {KeyRow} row @param {{ element?: string, value?: string }} values */
  function save(row, { element, value = "" }) {
    return change({ how: "set", element: named(row), value, ...(element === undefined ? {} : { renamed: element }) });
  }
}
