// @ts-check
// What the script wrote with redis.log during the last run.
import { useMemo } from "preact/hooks";
import { debugAt, goTo } from "../actions/debugging.js";
import { Copy } from "../copy.js";
import { html } from "../html.js";
import { List, counted, figure, useFilter, withGaps } from "../list.js";
import { debugged, lastRun } from "../state.js";
import { LineLink } from "./line_link.js";

/** @typedef {import("../contract").LogLine} LogLine */

const LEVELS = ["debug", "verbose", "notice", "warning"];

/** One empty list, so that a panel without lines is not filtered anew. @type {LogLine[]} */
const NONE = [];

const TITLES = html`<span role="columnheader">level</span><span role="columnheader">line</span><span role="columnheader">message</span>`;

/** The lines of the last run; while a script is debugged, those it has written so far. */
export function Log() {
  const open = debugged.value?.moment;
  const told = open ?? lastRun.value?.ran;
  const log = told?.log ?? NONE;
  const { found, field } = useFilter("Filter log lines", log, ({ level, message }) => `${LEVELS[level]} ${message}`);
  if (log.length === 0) {
    return html`<div class="stack"><p class="quiet pad">What the script writes with <code>redis.log(redis.LOG_NOTICE, …)</code> appears here. redis.log is not part of the reply.</p></div>`;
  }
  return html`<div class="fill"><section class="card" aria-label="Log lines">
    <h2>Lines <span class="count">${figure(linesOf(told))}</span><span class="grow"></span>${field}<${Copy} text=${() => found.map(({ message }) => message).join("\n")} what="the messages that are listed" /></h2>
    <${LogLines} log=${found} isWhole hasGaps=${found === log} lead=${open ? goTo : debugAt} />
  </section></div>`;
}

/** How many lines there are, also those that are not here. @param {{ log: LogLine[], log_omitted: number } | undefined} told */
export const linesOf = (told) => (told ? told.log.length + told.log_omitted : 0);

/**
 * `isWhole`: it fills its panel; `hasGaps`: where lines are left out, that is said; `lead` goes to where a line is written.
 * @param {{ log: LogLine[], lead: typeof debugAt, isWhole?: boolean, hasGaps?: boolean, follows?: boolean }} props
 */
export function LogLines({ log, lead, isWhole = false, hasGaps = true, follows = false }) {
  const rows = useMemo(() => (hasGaps ? withGaps(log) : log), [log, hasGaps]);
  return html`<${List} role="table" label="Log lines" name=${isWhole ? "whole log" : "log"} count=${rows.length} columns=${TITLES} follows=${follows} about=${hasGaps}
    nameOf=${(/** @type {number} */ index) => nameOf(rows[index])} draw=${(/** @type {number} */ index) => cells(rows[index], lead)} />`;
}

/** @typedef {LogLine | { left: number }} Row `left` lines are not listed there */

/** @param {Row} row */
const nameOf = (row) => ("left" in row ? "is-gap" : row.level === 3 ? "failed" : "");

/** @param {Row} row @param {typeof debugAt} lead */
function cells(row, lead) {
  if ("left" in row) return html`<span role="cell" class="gap quiet">… ${counted(row.left, "line")} between ${row.left === 1 ? "is" : "are"} not listed</span>`;
  const { number, level, line, message } = row;
  return html`<span role="cell"><span class="tag">${LEVELS[level]}</span></span><span role="cell"><${LineLink} line=${line} /></span><span role="cell" class="mono pre">${message} <button class="line-link at-command" aria-label=${`Debug at log line ${number}`} title="Debug the script: go to where this line is written" onClick=${() => lead("log", number)}>▸</button> <${Copy} name="plain at-command" what=${`log line ${number}`} text=${message} /></span>`;
}
