// @ts-check
// The commands of a run, as a table: below the reply the first of them, and which keys the script did not declare.
import { useMemo } from "preact/hooks";
import { debugAt } from "../actions/debugging.js";
import { Copy } from "../copy.js";
import { html } from "../html.js";
import { List, counted, figure, withGaps } from "../list.js";
import { rightTab } from "../state.js";
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

/** Says that what is shown was not run here. */
export const RecordedTag = () => html`<span class="tag">recorded; Run runs it here</span>`;

/** The short form, below the reply. @param {{ ran: Ran }} props */
export function Accesses({ ran }) {
  if (ran.trace.length === 0) return null;
  const all = ran.trace.length + ran.trace_omitted;
  const undeclared = ran.accesses.filter(({ declared }) => !declared);
  return html`<section class="card" aria-label="Commands">
    <h2>Commands <span class="count">${figure(all)}</span><span class="grow"></span><span class="quiet">${summary(ran)}</span></h2>
    ${undeclared.length > 0 && html`<p class="note">Not in KEYS: <${Names} accesses=${undeclared} all=${ran.access_counts.undeclared} />. A cluster cannot route a script whose keys it does not know; pass them as KEYS.</p>`}
    <${CommandTable} commands=${ran.outcome === "interrupted" ? ran.trace.slice(-MOST_BELOW) : ran.trace.slice(0, MOST_BELOW)} lead=${null} />
    ${all > MOST_BELOW && html`<p class="pad"><button class="small" onClick=${() => (rightTab.value = "trace")}>Show all ${figure(all)}</button></p>`}
  </section>`;
}

/** @param {Ran} ran */
function summary({ accesses, access_counts: { keys, undeclared, slots } }) {
  const where = slots === 1 ? `slot ${accesses[0].slot}` : slots > 1 ? counted(slots, "slot") : "";
  return [counted(keys - undeclared, "declared key"), where].filter(Boolean).join(" · ");
}

/**
 * `whole`: with what Lua got, and the time; `hasGaps`: where commands are left out, that is said; `lead` goes to where a command
 * is issued.
 * @param {{ commands: CommandTrace[], whole?: boolean, hasGaps?: boolean, lead?: typeof debugAt | null, about?: unknown }} props
 */
export function CommandTable({ commands, whole = false, hasGaps = false, lead = debugAt, about }) {
  const rows = useMemo(() => (hasGaps ? withGaps(commands) : commands), [commands, hasGaps]);
  const titles = html`${["line", "command", "reply"].map((title) => html`<span key=${title} role="columnheader">${title}</span>`)}${whole && html`<span role="columnheader">in Lua</span><span role="columnheader" class="number">time</span>`}`;
  return html`<${List} role="table" label="Commands in their order" name=${whole ? "commands with-lua" : "commands"} count=${rows.length} columns=${titles} about=${about}
    nameOf=${(/** @type {number} */ index) => classOf(rows[index])} draw=${(/** @type {number} */ index) => cells(rows[index], whole, lead)} />`;
}

/** @typedef {CommandTrace | { left: number }} Row `left` commands are not listed there */

/** @param {Row} command @param {boolean} whole @param {typeof debugAt | null} lead */
function cells(command, whole, lead) {
  if ("left" in command) return html`<span role="cell" class="gap quiet">… ${counted(command.left, "command")} between ${command.left === 1 ? "is" : "are"} not listed</span>`;
  return html`<span role="cell"><${LineLink} line=${command.line} /></span>
    <span role="cell" class="mono">${command.command}</span>
    <span role="cell" class="mono pre">${command.reply}${command.is_swallowed && html` <span class="tag warn" title="The script went on, and its reply does not tell of it">not looked at</span>`}${lead && html` <button class="line-link at-command" aria-label=${`Debug at command ${command.number}`} title="Debug the script: go to where this command is issued" onClick=${() => lead("command", command.number)}>▸</button> <${Copy} name="plain at-command" what=${`command ${command.number} and its reply`} text=${`${command.command}\n${command.reply}`} />`}</span>
    ${whole && html`<span role="cell" class="mono">${command.lua}</span><span role="cell" class="number quiet">${duration(command.milliseconds)}</span>`}`;
}

/** The first keys by name, and how many more of `all`. @param {{ accesses: Ran["accesses"], all?: number }} props */
export function Names({ accesses, all = accesses.length }) {
  if (accesses.length === 0) return html`<b>${counted(all, "key")}</b>`;
  const more = all - MOST_NAMES;
  return html`<b class="mono">${accesses.slice(0, MOST_NAMES).map(({ key }) => key).join(", ")}</b>${more > 0 && ` and ${counted(more, "more key")}`}`;
}

/** @param {Row} row */
function classOf(row) {
  if ("left" in row) return "is-gap";
  const { is_write, is_error, is_swallowed } = row;
  return [is_write && "write", is_swallowed ? "swallowed" : is_error && "failed"].filter(Boolean).join(" ");
}
