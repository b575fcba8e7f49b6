// @ts-check
// What the script wrote with redis.log during the last run.
import { html } from "../html.js";
import { List, useFilter } from "../list.js";
import { debugged, lastRun } from "../state.js";
import { LineLink } from "./line_link.js";

/** @typedef {import("../contract").LogLine} LogLine */

const LEVELS = ["debug", "verbose", "notice", "warning"];

/** One empty list, so that a panel without lines is not filtered anew. @type {LogLine[]} */
const NONE = [];

const TITLES = html`<span role="columnheader">level</span><span role="columnheader">line</span><span role="columnheader">message</span>`;

/** The lines of the last run; while a script is debugged, those it has written so far. */
export function Log() {
  const log = (debugged.value?.moment ?? lastRun.value?.ran)?.log ?? NONE;
  const { found, field } = useFilter("Filter log lines", log, ({ level, message }) => `${LEVELS[level]} ${message}`);
  if (log.length === 0) {
    return html`<div class="stack"><p class="quiet pad">What the script writes with <code>redis.log(redis.LOG_NOTICE, …)</code> appears here. redis.log is not part of the reply.</p></div>`;
  }
  return html`<div class="fill"><section class="card" aria-label="Log lines">
    ${field && html`<h2>Lines <span class="count">${log.length}</span><span class="grow"></span>${field}</h2>`}
    <${LogLines} log=${found} isWhole />
  </section></div>`;
}

/** `isWhole`: it fills its panel. @param {{ log: LogLine[], isWhole?: boolean, follows?: boolean }} props */
export function LogLines({ log, isWhole = false, follows = false }) {
  return html`<${List} role="table" label="Log lines" name=${isWhole ? "whole log" : "log"} count=${log.length} columns=${TITLES} follows=${follows}
    nameOf=${(/** @type {number} */ index) => (log[index].level === 3 ? "failed" : "")} draw=${(/** @type {number} */ index) => cells(log[index])} />`;
}

/** @param {LogLine} entry */
function cells({ level, line, message }) {
  return html`<span role="cell"><span class="tag">${LEVELS[level]}</span></span><span role="cell"><${LineLink} line=${line} /></span><span role="cell" class="mono pre">${message}</span>`;
}
