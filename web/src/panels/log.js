// @ts-check
// What the script wrote with redis.log during the last run.
import { html } from "../html.js";
import { List, useFilter } from "../list.js";
import { lastRun } from "../state.js";
import { LineLink } from "./line_link.js";

/** @typedef {import("../contract").LogLine} LogLine */

const LEVELS = ["debug", "verbose", "notice", "warning"];

/** One empty list, so that a panel without lines is not filtered anew. @type {LogLine[]} */
const NONE = [];

const TITLES = html`<span role="columnheader">level</span><span role="columnheader">line</span><span role="columnheader">message</span>`;

export function Log() {
  const log = lastRun.value?.ran.log ?? NONE;
  const { found, field } = useFilter("Filter log lines", log, ({ level, message }) => `${LEVELS[level]} ${message}`);
  if (log.length === 0) {
    return html`<div class="stack"><p class="quiet pad">What the script writes with <code>redis.log(redis.LOG_NOTICE, …)</code> appears here. redis.log is not part of the reply.</p></div>`;
  }
  return html`<div class="fill"><section class="card" aria-label="Log lines">
    ${field && html`<h2>Lines <span class="count">${log.length}</span><span class="grow"></span>${field}</h2>`}
    <${List} role="table" label="Log lines" name="whole log" count=${found.length} columns=${TITLES}
      nameOf=${(/** @type {number} */ index) => (found[index].level === 3 ? "failed" : "")} draw=${(/** @type {number} */ index) => cells(found[index])} />
  </section></div>`;
}

/** @param {LogLine} entry */
function cells({ level, line, message }) {
  return html`<span role="cell"><span class="tag">${LEVELS[level]}</span></span><span role="cell"><${LineLink} line=${line} /></span><span role="cell" class="mono pre">${message}</span>`;
}
