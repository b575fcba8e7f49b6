// @ts-check
// Named snapshots of the keyspace: take one, compare it with now, bring it back, delete it.
import { useEffect, useState } from "preact/hooks";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { ChangeList } from "../panels/changes.js";
import { compareWith, restoreSnapshot, snapshots, takeSnapshot } from "../snapshots.js";
import { dialog, keyCount, phase } from "../state.js";
import { Dialog } from "./dialog.js";

/** @typedef {import("../snapshots.js").Snapshot} Snapshot */

export function SnapshotsDialog() {
  const [name, setName] = useState("");
  const [said, say] = useState({ text: "", isError: false });
  const [compared, setCompared] = useState(/** @type {{ snapshot: Snapshot, answer: import("../contract").Compared } | null} */ (null));
  const isOpen = dialog.value === "snapshots";
  const items = snapshots.items.value;
  const ready = phase.value === "ready";
  useEffect(() => {
    if (!isOpen) return;
    say({ text: "", isError: false });
    setCompared(null);
  }, [isOpen]);
  useEffect(() => {
    if (isOpen) snapshots.read();
  }, [isOpen, snapshots.changesElsewhere.value]);
  if (!isOpen) return null;

  /** @param {string} problem @param {string} success */
  const report = (problem, success) => say({ text: problem ? `That was not possible: ${problem}.` : success, isError: problem !== "" });

  /** @param {Event} event */
  async function take(event) {
    event.preventDefault();
    const chosen = name.trim() || freeName(items);
    setCompared(null);
    report(await takeSnapshot(chosen, items.find(({ id }) => id === chosen)), `The keyspace was saved as ${chosen}.`);
    setName("");
  }

  /** @param {Snapshot} snapshot */
  async function restore(snapshot) {
    setCompared(null);
    report(await restoreSnapshot(snapshot), `The keyspace is that of ${snapshot.id} again. Undo takes that back.`);
  }

  /** @param {Snapshot} snapshot */
  async function compare(snapshot) {
    const answer = await compareWith(snapshot);
    if (!answer || answer.interrupted) return report("it was cancelled", "");
    if (answer.type === "Failure") return report(answer.message.replace(/\.$/, ""), "");
    setCompared({ snapshot, answer });
    report(answer.problem ? `line ${answer.problem.line}: ${answer.problem.message}` : "", "");
  }

  return html`<${Dialog} id="snapshots" title="Snapshots of the keyspace">
    <form class="snapshot-form" onSubmit=${take}>
      <input class="search" aria-label="Name of the snapshot" placeholder=${freeName(items)} maxlength="100" value=${name} onInput=${(/** @type {any} */ event) => setName(event.target.value)} />
      <button class="button go" disabled=${!ready}>${items.some(({ id }) => id === name.trim()) ? "Replace" : "Save"} (${keyCount} ${keyCount.value === 1 ? "key" : "keys"})</button>
    </form>
    <p role="status" class=${said.text ? (said.isError ? "note error" : "note info") : "visually-hidden"}>${said.text}</p>
    ${items.length === 0 && html`<p class="quiet">None yet. A snapshot keeps every key with its time to live, in this browser, also after a reload.</p>`}
    <ul class="snapshots" aria-label="Snapshots">
      ${items.map(
        (snapshot) => html`<li key=${snapshot.id} aria-label=${snapshot.id}>
          <b>${snapshot.id}</b><span class="quiet">${new Date(snapshot.when).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })} · ${snapshot.keys} ${snapshot.keys === 1 ? "key" : "keys"} · ${sizeOf(snapshot.size)}</span>
          <span class="grow"></span>
          <button class="small" disabled=${!ready} aria-label=${`Compare ${snapshot.id} with now`} onClick=${() => compare(snapshot)}>Compare</button>
          <button class="small" disabled=${!ready} aria-label=${`Restore ${snapshot.id}`} onClick=${() => restore(snapshot)}>Restore</button>
          <button class="plain" aria-label=${`Delete ${snapshot.id}`} onClick=${() => snapshots.remove(snapshot.id)}><${Icon} name="close" /></button>
        </li>`,
      )}
    </ul>
    ${compared && !compared.answer.problem && html`<${Comparison} ...${compared} />`}
  </${Dialog}>`;
}

/** @param {{ snapshot: Snapshot, answer: import("../contract").Compared }} props */
function Comparison({ snapshot, answer: { differences, omitted, now } }) {
  return html`<section class="card comparison" aria-label="Comparison">
    <h2>Since ${snapshot.id}${differences.length > 0 && html` <span class="count changed">${differences.length + omitted} ${differences.length + omitted === 1 ? "key" : "keys"}</span>`}</h2>
    ${differences.length === 0 && html`<p class="quiet pad">Nothing has changed.</p>`}
    ${differences.length > 0 && html`<${ChangeList} label="Keys that differ" changes=${differences} now=${now} />`}
    ${omitted > 0 && html`<p class="quiet pad">${omitted} more keys differ.</p>`}
  </section>`;
}

/** @param {Snapshot[]} items */
function freeName(items) {
  let number = items.length + 1;
  while (items.some(({ id }) => id === `snapshot ${number}`)) number += 1;
  return `snapshot ${number}`;
}

/** @param {number} characters */
const sizeOf = (characters) => (characters < 1000 ? `${characters} B` : characters < 1_000_000 ? `${Math.round(characters / 1000)} kB` : `${(characters / 1_000_000).toFixed(1)} MB`);
