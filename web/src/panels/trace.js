// @ts-check
// Every Redis command the script issued, and what it did to which key.
import { html } from "../html.js";
import { lastRun, rightTab } from "../state.js";
import { duration } from "./reply.js";

/**
 * @typedef {import("../contract").Ran} Ran
 * @typedef {import("../contract").CommandTrace} CommandTrace
 */

export function Trace() {
  const ran = lastRun.value?.ran;
  if (!ran || ran.trace.length === 0) {
    return html`<div class="stack"><p class="quiet pad">${ran ? "The script issued no Redis command." : "Run the script: every Redis command it issues is listed here."}</p></div>`;
  }
  return html`<div class="stack">
    <${KeyAccesses} ran=${ran} />
    <section class="card" aria-label="Commands"><${CommandTable} commands=${ran.trace} withTime />
    ${ran.trace_omitted > 0 && html`<p class="note">${ran.trace_omitted} more commands are not listed.</p>`}</section>
  </div>`;
}

/** The short form, below the reply. @param {{ ran: Ran }} props */
export function Accesses({ ran }) {
  if (ran.trace.length === 0) return null;
  const undeclared = ran.accesses.filter(({ declared }) => !declared);
  return html`<section class="card" aria-label="Commands">
    <h2>Commands <span class="count">${ran.trace.length + ran.trace_omitted}</span><span class="grow"></span><span class="quiet">${summary(ran)}</span></h2>
    ${undeclared.length > 0 && html`<p class="note">Not in KEYS: <b class="mono">${undeclared.map(({ key }) => key).join(", ")}</b>. A cluster cannot route a script whose keys it does not know; pass them as KEYS.</p>`}
    <${CommandTable} commands=${ran.trace.slice(0, 30)} />
    ${ran.trace.length > 30 && html`<p class="pad"><button class="small" onClick=${() => (rightTab.value = "trace")}>Show all ${ran.trace.length + ran.trace_omitted}</button></p>`}
  </section>`;
}

/** @param {Ran} ran */
function summary({ accesses }) {
  const slots = new Set(accesses.map(({ slot }) => slot));
  const declared = accesses.filter((access) => access.declared).length;
  const where = slots.size === 1 ? `slot ${[...slots][0]}` : slots.size > 1 ? `${slots.size} slots` : "";
  return [`${declared} declared ${declared === 1 ? "key" : "keys"}`, where].filter(Boolean).join(" · ");
}

/** @param {{ commands: CommandTrace[], withTime?: boolean }} props */
export function CommandTable({ commands, withTime = false }) {
  return html`<table>
    <thead><tr><th>line</th><th>command</th><th>reply</th>${withTime && html`<th class="number">time</th>`}</tr></thead>
    <tbody>
      ${commands.map(
        (command, index) => html`<tr key=${index} class=${`${command.is_write ? "write" : ""} ${command.is_error ? "failed" : ""}`}>
          <td>${command.line ?? ""}</td>
          <td class="mono">${command.command}</td>
          <td class="mono pre">${command.reply}</td>
          ${withTime && html`<td class="number quiet">${duration(command.milliseconds)}</td>`}
        </tr>`,
      )}
    </tbody>
  </table>`;
}

/** @param {{ ran: Ran }} props */
function KeyAccesses({ ran }) {
  const slots = new Set(ran.accesses.map(({ slot }) => slot));
  return html`<section class="card" aria-label="Key access">
    <h2>Keys <span class="count">${ran.accesses.length}</span></h2>
    ${slots.size > 1 && html`<p class="note">These keys live in ${slots.size} hash slots: in a cluster the call is refused with CROSSSLOT. A common {tag} in their names puts them into one.</p>`}
    <table>
      <thead><tr><th>key</th><th>declared</th><th class="number">reads</th><th class="number">writes</th><th class="number">slot</th></tr></thead>
      <tbody>
        ${ran.accesses.map(
          (access) => html`<tr key=${access.key}>
            <td class="mono">${access.key}</td>
            <td>${access.declared ? "in KEYS" : html`<span class="tag warn">no</span>`}</td>
            <td class="number">${access.reads}</td><td class="number">${access.writes}</td><td class="number">${access.slot}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}
