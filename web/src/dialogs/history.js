// @ts-check
// Earlier versions of the work: what each would change, and the way back to it.
import { diffLines } from "diff";
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { OCCASIONS, openWork, versions } from "../history.js";
import { shownText } from "../hidden.js";
import { html } from "../html.js";
import { SCRIPT_FIELDS, scriptsOf, withScripts } from "../scripts.js";
import { dialog, work } from "../state.js";
import { Dialog } from "./dialog.js";

/** @typedef {import("../history.js").Version} Version */

const chosen = signal("");
const search = signal("");
const MINUTE = 60_000;

export function HistoryDialog() {
  const isOpen = dialog.value === "history";
  useEffect(() => {
    if (isOpen) versions.read();
  }, [isOpen, versions.changesElsewhere.value]);
  if (!isOpen) return null;
  const all = versions.items.value;
  const items = all.filter((item) => `${item.work.name}\n${scriptsText(item.work)}`.toLowerCase().includes(search.value.toLowerCase()));
  const version = items.find(({ id }) => id === chosen.value) ?? items[0];
  const isCurrent = JSON.stringify(version?.work) === JSON.stringify(work.value);

  function restore() {
    openWork(version.work, "history");
    dialog.value = "";
  }
  return html`<${Dialog} id="history" title="History">
    ${all.length === 0
      ? html`<p class="quiet">Nothing yet: a version is kept on each run, and before other work is opened.</p>`
      : html`<div class="history-head"><input type="search" class="search" aria-label="Search versions" placeholder="Search names and scripts" value=${search.value} onInput=${(/** @type {any} */ event) => (search.value = event.target.value)} /></div>`}
    ${all.length > 0 && !version && html`<p class="quiet pad">No version has that.</p>`}
    ${version &&
    html`<div class="versions">
        <div class="version-list" role="listbox" aria-label="Versions" tabindex="0" onKeyDown=${move}>
          ${items.map(
            (item) => html`<div key=${item.id} role="option" class="version" aria-selected=${item === version} onClick=${() => (chosen.value = item.id)}>
              <b>${shownText(item.work.name)}</b><span class="quiet">${timeOf(item.when)} · ${OCCASIONS[item.occasion]}</span>
              <${Gist} version=${item} former=${formerOf(item, all)} /></div>`,
          )}
        </div>
        <${Preview} version=${version} />
      </div>
      <footer><span class="quiet">${all.length} ${all.length === 1 ? "version" : "versions"}, in this browser only</span><span class="grow"></span>
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

/** The version before one, of the same work as its name says. @param {Version} version @param {Version[]} all the newest first */
const formerOf = (version, all) => all.slice(all.indexOf(version) + 1).find(({ work: { name } }) => name === version.work.name);

/** What tells a version from others: how it differs from the one before, and the first line that does. @param {{ version: Version, former: Version | undefined }} props */
function Gist({ version, former }) {
  const { plus, minus, line } = gistOf(scriptsText(version.work), former ? scriptsText(former.work) : "");
  const others = former && plus + minus === 0 ? fieldsThatDiffer(version.work, former.work) : [];
  return html`<span class="gist mono">${former && plus + minus > 0 && html`<span class="figures">+${plus} −${minus}</span> `}${others.length ? html`<span class="quiet">other ${others.join(", ")}</span>` : line}</span>`;
}

/** Which script is shown is no difference. @param {import("../state.js").Work} one @param {import("../state.js").Work} other */
function fieldsThatDiffer(one, other) {
  const [fields, others] = [one, other].map((work) => /** @type {any} */ (withScripts(work, scriptsOf(work), 0)));
  return Object.keys(fields).filter((name) => JSON.stringify(fields[name]) !== JSON.stringify(others[name]));
}

/** How many lines a script has more and less than another, and the first it has more. @param {string} script @param {string} former */
function gistOf(script, former) {
  const left = new Map();
  for (const line of former.split("\n")) left.set(line, (left.get(line) ?? 0) + 1);
  const more = [];
  for (const line of script.split("\n")) {
    if (left.get(line) > 0) left.set(line, left.get(line) - 1);
    else more.push(line);
  }
  const minus = former === "" ? 0 : [...left.values()].reduce((sum, count) => sum + count, 0);
  const telling = [...more, ...script.split("\n")].find((line) => line.trim() !== "" && !line.startsWith("-- script ")) ?? "";
  return { plus: more.length, minus, line: shownText(telling.trim().slice(0, 120)) };
}

/** What restoring the version would change. @param {{ version: Version }} props */
function Preview({ version }) {
  const parts = diffLines(textOf(work.value), textOf(version.work));
  const same = parts.every(({ added, removed }) => !added && !removed);
  return html`<div class="version-preview" role="region" aria-label="What would change" tabindex="0">
    ${same && html`<p class="quiet pad">This is the work as it stands.</p>`}
    ${parts.map(({ added, removed, value }, index) => {
      const mark = added ? "+ " : removed ? "- " : "  ";
      return html`<div key=${index} class=${added ? "plus" : removed ? "minus" : "same"}>${shownText(value.replace(/\n$/, "").replace(/^/gm, mark))}</div>`;
    })}
  </div>`;
}

/** The scripts of a work as one text: which of them is shown makes no other. @param {import("../state.js").Work} work */
function scriptsText(work) {
  const scripts = scriptsOf(work);
  return scripts.length === 1 ? work.script : scripts.map(({ scriptName, script }) => `-- script ${scriptName}\n${script.trimEnd()}\n`).join("\n");
}

/** Of a script what is no text and no test. */
const CALL_FIELDS = SCRIPT_FIELDS.filter((field) => !["scriptName", "script", "tests"].includes(field));

/** All of the work as one text. @param {import("../state.js").Work} work */
function textOf(work) {
  const scripts = scriptsOf(work);
  const { fixture, name, others: _, place: __, ...rest } = work;
  const own = Object.keys(rest).filter((field) => !SCRIPT_FIELDS.includes(/** @type {any} */ (field)));
  const lines = (/** @type {any} */ record, /** @type {string[]} */ fields, of = "") => fields.map((field) => `${of}${field}: ${JSON.stringify(record[field])}\n`);
  const calls = scripts.flatMap((script) => {
    const of = scripts.length > 1 ? `${script.scriptName}, ` : "";
    return [...lines(script, CALL_FIELDS, of), ...script.tests.map((test) => `${of}test ${test.name}: ${JSON.stringify({ ...test, name: undefined })}\n`)];
  });
  return [scriptsText(work).trimEnd(), "\n\n", ...(fixture ? ["fixture:\n", fixture.trimEnd(), "\n\n"] : []), `name: ${name}\n`, ...lines(work, own), ...calls].join("");
}

/** When that was, for people. @param {number} when Unix milliseconds */
function timeOf(when) {
  const age = Date.now() - when;
  if (age < MINUTE) return "just now";
  if (age < 60 * MINUTE) return `${Math.round(age / MINUTE)} min ago`;
  return new Date(when).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}
