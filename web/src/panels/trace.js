// @ts-check
// Every Redis command the script issued, and what it did to which key.
import { html } from "../html.js";
import { List, counted, figure, useFilter } from "../list.js";
import { lastRun, rightTab } from "../state.js";
import { LineLink } from "./line_link.js";
import { duration } from "./reply.js";

/**
 * @typedef {import("../contract").Ran} Ran
 * @typedef {import("../contract").CommandTrace} CommandTrace
 */

/** Commands that are listed below the reply: the first, or the last of a script that was stopped. */
const MOST_BELOW = 30;
/** Keys that a sentence names. */
const MOST_NAMES = 5;

export function Trace() {
  const ran = lastRun.value?.ran;
  if (!ran || ran.trace.length === 0) {
    return html`<div class="stack"><p class="quiet pad">${ran ? "The script issued no Redis command" + (ran.outcome === "interrupted" ? " before it was stopped." : ".") : "Run the script: every Redis command it issues is listed here."}</p></div>`;
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
    ${undeclared.length > 0 && html`<p class="note">Not in KEYS: <${Names} accesses=${undeclared} />. A cluster cannot route a script whose keys it does not know; pass them as KEYS.</p>`}
    <${CommandTable} commands=${ran.outcome === "interrupted" ? ran.trace.slice(-MOST_BELOW) : ran.trace.slice(0, MOST_BELOW)} />
    ${ran.trace.length > MOST_BELOW && html`<p class="pad"><button class="small" onClick=${() => (rightTab.value = "trace")}>Show all ${ran.trace.length + ran.trace_omitted}</button></p>`}
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
  const titles = html`${["line", "command", "reply"].map((title) => html`<span key=${title} role="columnheader">${title}</span>`)}${whole && html`<span role="columnheader">in Lua</span><span role="columnheader" class="number">time</span>`}`;
  return html`<${List} role="table" label="Commands in their order" name=${whole ? "commands with-lua" : "commands"} count=${commands.length} columns=${titles}
    nameOf=${(/** @type {number} */ index) => classOf(commands[index])} draw=${(/** @type {number} */ index) => cells(commands[index], whole)} />`;
}

/** @param {CommandTrace} command @param {boolean} whole */
function cells(command, whole) {
  return html`<span role="cell"><${LineLink} line=${command.line} /></span>
    <span role="cell" class="mono">${command.command}</span>
    <span role="cell" class="mono pre">${command.reply}${command.is_swallowed && html` <span class="tag warn" title="The script went on, and its reply does not tell of it">not looked at</span>`}</span>
    ${whole && html`<span role="cell" class="mono">${command.lua}</span><span role="cell" class="number quiet">${duration(command.milliseconds)}</span>`}`;
}

/** The first keys by name, and how many more. @param {{ accesses: Ran["accesses"] }} props */
function Names({ accesses }) {
  const more = accesses.length - MOST_NAMES;
  return html`<b class="mono">${accesses.slice(0, MOST_NAMES).map(({ key }) => key).join(", ")}</b>${more > 0 && ` and ${counted(more, "more key")}`}`;
}

/** What a cluster would say. @param {{ accesses: Ran["accesses"] }} props */
function SlotWarning({ accesses }) {
  const declared = new Set(accesses.filter((access) => access.declared).map(({ slot }) => slot));
  if (declared.size > 1) {
    return html`<p class="note">KEYS lie in ${declared.size} hash slots: a cluster refuses the call with CROSSSLOT. A common {tag} in their names puts them into one.</p>`;
  }
  const elsewhere = accesses.filter((access) => !access.declared && !declared.has(access.slot));
  if (elsewhere.length === 0) return null;
  return html`<p class="note">A cluster may keep <${Names} accesses=${elsewhere} /> on another node, where the script fails when it comes to it. Declare it in KEYS, with a {tag} in common.</p>`;
}

/** @param {CommandTrace} command */
function classOf({ is_write, is_error, is_swallowed }) {
  return [is_write && "write", is_swallowed ? "swallowed" : is_error && "failed"].filter(Boolean).join(" ");
}

const ACCESS_TITLES = html`<span role="columnheader">key</span><span role="columnheader">declared</span><span role="columnheader">access</span><span role="columnheader" class="number">slot</span>`;

/** @param {{ ran: Ran }} props */
function KeyAccesses({ ran }) {
  const { found, field } = useFilter("Filter keys", ran.accesses, ({ key }) => key);
  return html`<section class="card" aria-label="Key access">
    <h2>Keys <span class="count">${figure(ran.accesses.length)}</span><span class="grow"></span>${field}</h2>
    <${SlotWarning} accesses=${ran.accesses} />
    <${List} role="table" label="Keys and how they were used" name="accesses" count=${found.length} columns=${ACCESS_TITLES} draw=${(/** @type {number} */ index) => accessCells(found[index])} />
  </section>`;
}

/** @param {import("../contract").KeyAccess} access */
function accessCells(access) {
  return html`<span role="cell" class="mono">${access.key}</span>
    <span role="cell">${access.declared ? "in KEYS" : html`<span class="tag warn">no</span>`}</span>
    <span role="cell">${accessText(access)}</span><span role="cell" class="number">${access.slot}</span>`;
}

/** @param {import("../contract").KeyAccess} access */
function accessText({ reads, writes }) {
  const parts = [reads && `read ×${reads}`, writes && `written ×${writes}`].filter(Boolean);
  return parts.length ? parts.join(", ") : html`<span class="quiet">not touched</span>`;
}
