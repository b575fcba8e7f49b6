// @ts-check
// Every Redis command the script issued, and what it did to which key.
import { html } from "../html.js";
import { lastRun, rightTab } from "../state.js";
import { LineLink } from "./line_link.js";
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
    <${Swallowed} ran=${ran} />
    <section class="card" aria-label="Commands"><${CommandTable} commands=${ran.trace} whole />
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

/** Errors the script went on after. @param {{ ran: Ran }} props */
function Swallowed({ ran }) {
  const swallowed = ran.trace.filter(({ is_swallowed }) => is_swallowed).length;
  if (swallowed === 0) return null;
  return html`<p class="card note" role="status">${swallowed === 1 ? "One error did" : `${swallowed} errors did`} not end the script, and the reply does not tell of it: redis.pcall and pcall return errors as values. Test for <code>reply.err</code>.</p>`;
}

/** `whole`: with what Lua got, and the time. @param {{ commands: CommandTrace[], whole?: boolean }} props */
export function CommandTable({ commands, whole = false }) {
  return html`<table class="commands">
    <thead><tr><th>line</th><th>command</th><th>reply</th>${whole && html`<th>in Lua</th><th class="number">time</th>`}</tr></thead>
    <tbody>
      ${commands.map(
        (command, index) => html`<tr key=${index} class=${classOf(command)}>
          <td><${LineLink} line=${command.line} /></td>
          <td class="mono">${command.command}</td>
          <td class="mono pre">${command.reply}${command.is_swallowed && html` <span class="tag warn" title="The script went on, and its reply does not tell of it">not looked at</span>`}</td>
          ${whole && html`<td class="mono">${command.lua}</td><td class="number quiet">${duration(command.milliseconds)}</td>`}
        </tr>`,
      )}
    </tbody>
  </table>`;
}

/** What a cluster would say. @param {{ accesses: Ran["accesses"] }} props */
function SlotWarning({ accesses }) {
  const declared = new Set(accesses.filter((access) => access.declared).map(({ slot }) => slot));
  if (declared.size > 1) {
    return html`<p class="note">KEYS lie in ${declared.size} hash slots: a cluster refuses the call with CROSSSLOT. A common {tag} in their names puts them into one.</p>`;
  }
  const elsewhere = accesses.filter((access) => !access.declared && !declared.has(access.slot));
  if (elsewhere.length === 0) return null;
  return html`<p class="note">A cluster may keep <b class="mono">${elsewhere.map(({ key }) => key).join(", ")}</b> on another node, where the script fails when it comes to it. Declare it in KEYS, with a {tag} in common.</p>`;
}

/** @param {CommandTrace} command */
function classOf({ is_write, is_error, is_swallowed }) {
  return [is_write && "write", is_swallowed ? "swallowed" : is_error && "failed"].filter(Boolean).join(" ");
}

/** @param {{ ran: Ran }} props */
function KeyAccesses({ ran }) {
  return html`<section class="card" aria-label="Key access">
    <h2>Keys <span class="count">${ran.accesses.length}</span></h2>
    <${SlotWarning} accesses=${ran.accesses} />
    <table>
      <thead><tr><th>key</th><th>declared</th><th>access</th><th class="number">slot</th></tr></thead>
      <tbody>
        ${ran.accesses.map(
          (access) => html`<tr key=${access.key}>
            <td class="mono">${access.key}</td>
            <td>${access.declared ? "in KEYS" : html`<span class="tag warn">no</span>`}</td>
            <td>${accessText(access)}</td><td class="number">${access.slot}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

/** @param {import("../contract").KeyAccess} access */
function accessText({ reads, writes }) {
  const parts = [reads && `read ×${reads}`, writes && `written ×${writes}`].filter(Boolean);
  return parts.length ? parts.join(", ") : html`<span class="quiet">not touched</span>`;
}
