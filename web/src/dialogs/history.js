// @ts-check
// Earlier versions of the work: what each would change, and the way back to it.
import { diffLines } from "diff";
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { OCCASIONS, openWork, versions } from "../history.js";
import { html } from "../html.js";
import { dialog, work } from "../state.js";
import { Dialog } from "./dialog.js";

/** @typedef {import("../history.js").Version} Version */

const chosen = signal("");
const MINUTE = 60_000;

export function HistoryDialog() {
  const isOpen = dialog.value === "history";
  useEffect(() => {
    if (isOpen) versions.read();
  }, [isOpen]);
  if (!isOpen) return null;
  const items = versions.items.value;
  const version = items.find(({ id }) => id === chosen.value) ?? items[0];
  const isCurrent = JSON.stringify(version?.work) === JSON.stringify(work.value);

  function restore() {
    openWork(version.work, "history");
    dialog.value = "";
  }
  return html`<${Dialog} id="history" title="History">
    ${items.length === 0 && html`<p class="quiet">Nothing yet: a version is kept on each run, and before an example, a link or a file is opened.</p>`}
    ${version &&
    html`<div class="versions">
        <div class="version-list" role="listbox" aria-label="Versions" tabindex="0" onKeyDown=${move}>
          ${items.map(
            (item) => html`<div key=${item.id} role="option" class="version" aria-selected=${item === version} onClick=${() => (chosen.value = item.id)}>
              <b>${item.work.name}</b><span class="quiet">${timeOf(item.when)} · ${OCCASIONS[item.occasion]}</span></div>`,
          )}
        </div>
        <${Preview} version=${version} />
      </div>
      <footer><span class="quiet">${items.length} ${items.length === 1 ? "version" : "versions"}, in this browser only</span><span class="grow"></span>
        <button class="button go" disabled=${isCurrent} onClick=${restore}>Restore</button></footer>`}
  </${Dialog}>`;

  /** @param {KeyboardEvent} event */
  function move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = items.indexOf(version) + step;
    chosen.value = items[Math.max(0, Math.min(items.length - 1, at))].id;
  }
}

/** What restoring the version would change. @param {{ version: Version }} props */
function Preview({ version }) {
  const parts = diffLines(textOf(work.value), textOf(version.work));
  const same = parts.every(({ added, removed }) => !added && !removed);
  return html`<div class="version-preview" role="region" aria-label="What would change" tabindex="0">
    ${same && html`<p class="quiet pad">This is the work as it stands.</p>`}
    ${parts.map(({ added, removed, value }, index) => {
      const mark = added ? "+ " : removed ? "- " : "  ";
      return html`<div key=${index} class=${added ? "plus" : removed ? "minus" : "same"}>${value.replace(/\n$/, "").replace(/^/gm, mark)}</div>`;
    })}
  </div>`;
}

/** All of the work as one text. @param {import("../state.js").Work} work */
function textOf({ script, fixture, tests, name, ...call }) {
  const options = Object.entries(call).map(([field, value]) => `${field}: ${JSON.stringify(value)}\n`);
  const names = tests.map((test) => `test ${test.name}: ${JSON.stringify({ ...test, name: undefined })}\n`);
  return [script.trimEnd(), "\n\n", ...(fixture ? ["fixture:\n", fixture.trimEnd(), "\n\n"] : []), `name: ${name}\n`, ...options, ...names].join("");
}

/** When that was, for people. @param {number} when Unix milliseconds */
function timeOf(when) {
  const age = Date.now() - when;
  if (age < MINUTE) return "just now";
  if (age < 60 * MINUTE) return `${Math.round(age / MINUTE)} min ago`;
  return new Date(when).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}
