// @ts-check
// The keyspace browser: search, type, database; a list that draws only what is in sight; the content of the chosen key.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { browse, empty, exportLines, saveRdb, useAsFixture } from "../actions/keyspace.js";
import { redo, undo } from "../actions/running.js";
import { openFile } from "../opening.js";
import { html } from "../html.js";
import { List } from "../list.js";
import { saveFile } from "../save_file.js";
import { TimeLeft } from "../server_time.js";
import { Splitter, shareOfHeight } from "../splitter.js";
import { banner, chosenKey, dialog, keyCount, debugged, keyspaceRevision, phase, redoable, undoable } from "../state.js";
import { LastCommandTag, changeOf } from "./changes.js";
import { Content } from "./key_content.js";
import { LastChange } from "./last_change.js";
import { NewKey } from "./new_key.js";

/**
 * @typedef {import("../contract").KeyPage} KeyPage
 * @typedef {import("../contract").KeySummary} KeySummary
 */

/** Height of a row: a finger needs more than a mouse. Pixels. */
const ROW = matchMedia("(pointer: coarse)").matches ? 44 : 27;
const PAGE = 200;
const KINDS = ["", "string", "hash", "list", "set", "zset", "stream"];

const search = signal("");
const kind = signal("");
const database = signal(0);
/** Whether the text is looked for in values too. */
const inValues = signal(false);
const isNewAsked = signal(false);
/** The namespace whose content is listed, "" for the outermost; null while all keys are listed. */
const namespace = signal(/** @type {string | null} */ (null));

export function Keyspace() {
  const [listed, setListed] = useState(/** @type {{ page: KeyPage, offset: number, question: string } | null} */ (null));
  const [offset, setOffset] = useState(0);
  /** A place that was gone to, while its row is not here; else -1. */
  const [awaited, setAwaited] = useState(-1);
  const ready = phase.value === "ready";

  const asked = { database: database.value, search: search.value, kind: kind.value, namespace: namespace.value, in_values: inValues.value };
  const question = JSON.stringify(asked);
  useEffect(() => {
    if (!ready) return;
    let current = true;
    browse({ ...asked, offset, limit: PAGE }).then(
      (page) => current && page?.type === "KeyPage" && setListed({ page, offset, question }),
      () => {},
    );
    return () => void (current = false);
  }, [ready, keyspaceRevision.value, question, offset]);
  const page = listed?.page;
  // Until the answer comes, the rows of the last question are shown, and cannot be chosen.
  const isStale = listed?.question !== question;

  const total = page?.total ?? 0;
  const start = listed?.offset ?? 0;
  /** The row at a place, if it is on the page that is here. @param {number} place @returns {KeySummary | undefined} */
  const rowAt = (place) => page?.rows[place - start];
  useEffect(() => {
    if (awaited >= 0 && rowAt(awaited)) choose(awaited);
  }, [page, awaited]);
  const found = page?.rows.findIndex(({ key }) => key === chosenKey.value) ?? -1;
  const chosen = awaited >= 0 || found < 0 ? awaited : start + found;
  return html`<div class="sub">
      <input class="search" type="search" aria-label="Search keys" placeholder="Search keys" title="A part of the name, or a pattern: user:*" value=${search} onInput=${(/** @type {any} */ e) => restart(() => (search.value = e.target.value))} />
      <label class="check"><input type="checkbox" checked=${inValues.value} onChange=${(/** @type {any} */ e) => restart(() => (inValues.value = e.target.checked))} /> in values</label>
      <select aria-label="Type" value=${kind.value} onChange=${(/** @type {any} */ e) => restart(() => (kind.value = e.target.value))}>
        ${KINDS.map((name) => html`<option key=${name} value=${name}>${name || "all types"}</option>`)}
      </select>
      ${(page?.databases ?? []).some((index) => index > 0) && html`<select aria-label="Database" value=${String(database.value)} onChange=${(/** @type {any} */ e) => restart(() => (database.value = Number(e.target.value)))}>
        ${[...new Set([0, ...(page?.databases ?? [])])].map((index) => html`<option key=${index} value=${String(index)}>db ${index}</option>`)}
      </select>`}
      <button class="small" aria-pressed=${namespace.value !== null} title="List keys by the parts of their names between colons" onClick=${() => enter(namespace.value === null ? "" : null)}>Namespaces</button>
      <span class="grow"></span>
      <button class="small" disabled=${!ready} onClick=${() => (isNewAsked.value = true)}>New key</button>
      <button class="small" disabled=${!ready || undoable.value.length === 0} onClick=${undo}>Undo ${undoable.value.at(-1)?.name ?? ""}</button>
      ${redoable.value.length > 0 && html`<button class="small" disabled=${!ready} onClick=${redo}>Redo ${redoable.value.at(-1)?.name}</button>`}
      <button class="small" disabled=${!ready || keyCount.value === 0} onClick=${empty}>Empty</button>
      <button class="small" onClick=${() => (dialog.value = "snapshots")}>Snapshots</button>
      <select class="export" aria-label="Export" disabled=${!ready || keyCount.value === 0} value="" onChange=${download}>
        <option value="">Export…</option><option value="commands">as commands</option><option value="rdb">as RDB file</option><option value="fixture">as the fixture</option>
      </select>
      <label class="small button">Import<input type="file" class="visually-hidden" aria-label="Import" onChange=${upload} /></label>
    </div>
    ${namespace.value !== null && html`<${Breadcrumbs} enter=${enter} />`}
    <${LastChange} choose=${(/** @type {import("../contract").KeyChange} */ change) => restart(() => ((database.value = change.database), chooseKey(change.key)))} />
    <div class="browser" style=${shareOfHeight("keysShare", "--keys-row", "--content-row")}>
      <${List} role="listbox" label="Keys" name="key-list" about=${question} isBusy=${isStale} count=${total} height=${ROW} seen=${bring}
        nameOf=${(/** @type {number} */ place) => (rowAt(place)?.kind === "namespace" ? "namespace" : "")} draw=${(/** @type {number} */ place) => html`<${Row} row=${rowAt(place)} database=${database.value} now=${debugged.value ? page?.now : undefined} />`}
        chosen=${chosen} choose=${choose} open=${open}
        empty=${page && html`<p class="quiet pad">${search.value || kind.value ? "No key matches." : "The keyspace is empty. Run a script, or type commands in the console."}</p>`} />
      ${isNewAsked.value
        ? html`<${Splitter} of="keysShare" label="Height of the list of keys" />
            <${NewKey} database=${database.value} name=${namespace.value ?? ""} close=${() => (isNewAsked.value = false)} choose=${chooseKey} />`
        : chosenKey.value !== "" && html`<${Splitter} of="keysShare" label="Height of the list of keys" />
            <${Content} database=${database.value} name=${chosenKey.value} choose=${chooseKey} />`}
    </div>`;

  /** Fetches the page around what is in sight, unless that is here. @param {number} first @param {number} last */
  function bring(first, last) {
    if (first < offset || last > offset + PAGE) setOffset(Math.max(0, Math.floor((first + last - PAGE) / 2)));
  }

  /** @param {string | null} place */
  function enter(place) {
    restart(() => (namespace.value = place));
  }

  /** @param {number} place */
  function choose(place) {
    if (isStale) return;
    const row = rowAt(place);
    setAwaited(row ? -1 : place);
    if (row) chosenKey.value = row.key;
  }

  /** @param {string} name */
  function chooseKey(name) {
    chosenKey.value = name;
  }

  /** @param {number} place */
  function open(place) {
    const row = rowAt(place);
    if (!isStale && row?.kind === "namespace") enter(row.key);
  }

  /** @param {() => void} change */
  function restart(change) {
    setOffset(0);
    setAwaited(-1);
    change();
  }
}

/** @param {{ row: KeySummary | undefined, database: number, now: number }} props */
function Row({ row, database, now }) {
  const last = debugged.value?.moment.last_change;
  if (!row) return html`<span class="key-row quiet" style=${{ height: `${ROW}px` }}>…</span>`;
  return html`<span class="key-row" style=${{ height: `${ROW}px` }}>
    <span class="mono name">${row.key}</span>${last && changeOf(last, database, row.key) && html`<${LastCommandTag} />`}<span class="tag">${row.kind}</span>
    <span class="quiet encoding wide-only">${row.encoding}</span>
    <span class="quiet size">${row.size}${row.kind === "string" ? " B" : row.kind === "namespace" ? " keys" : ""}</span>
    <span class="quiet expiry">${row.expiry !== null && html`<${TimeLeft} until=${row.expiry} now=${now} />`}</span>
  </span>`;
}

/** The way from the outermost namespace to the one that is listed. @param {{ enter: (place: string) => void }} props */
function Breadcrumbs({ enter }) {
  const place = namespace.value ?? "";
  const steps = place.split(":").slice(0, -1).map((name, index, names) => ({ name, place: `${names.slice(0, index + 1).join(":")}:` }));
  return html`<nav class="breadcrumbs" aria-label="Namespace">
    <button class="plain" onClick=${() => enter("")}>all keys</button>
    ${steps.map((step) => html`<button key=${step.place} class="plain mono" aria-current=${step.place === place ? "true" : null} onClick=${() => enter(step.place)}>${step.name}:</button>`)}
  </nav>`;
}

/** The keyspace as a file: commands, or what redis-server loads. @param {any} event */
async function download({ target }) {
  const form = target.value;
  target.value = "";
  if (form === "fixture") return useAsFixture();
  if (form === "commands") saveFile("keyspace.redis", await exportLines());
  if (form !== "rdb") return;
  const file = await saveRdb();
  if (typeof file === "string") banner.value = { kind: "error", text: file };
  else saveFile("dump.rdb", file);
}

/** @param {any} event */
function upload({ target }) {
  const [file] = target.files;
  if (file) openFile(file);
  target.value = "";
}
