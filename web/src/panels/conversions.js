// @ts-check
// What became another value on its way: into a command, into Lua, and out to the client.
import { html } from "../html.js";
import { List } from "../list.js";
import { LineLink } from "./line_link.js";

/** @typedef {import("../contract").Conversion} Conversion */

const WAYS = { argument: "into the command", reply: "into Lua", library: "in Lua's library", result: "to the client" };

/** What the reply lost, in sentences below it. @param {{ conversions: Conversion[] }} props */
export function ResultLosses({ conversions }) {
  const lost = conversions.filter(({ direction, loses }) => direction === "result" && loses);
  return html`${lost.slice(0, 5).map(
      (entry) => html`<p class="note" key=${entry.where + entry.before}>${entry.line !== null && html`<${LineLink} line=${entry.line} label="Line " />${": "}`}${sentence(entry)} ${entry.message}</p>`,
    )}
    ${lost.length > 5 && html`<p class="note">${lost.length - 5} more losses are in the conversion log.</p>`}`;
}

/** @param {Conversion} conversion */
function sentence({ where, before, after }) {
  const value = html`<b class="mono">${before}</b>`;
  const place = where && html` (<span class="mono">${where}</span>)`;
  return after ? html`${value}${place} was sent as <b class="mono">${after}</b>.` : html`${value}${place} was not sent.`;
}

/** The whole log, losses first. @param {{ conversions: Conversion[] }} props */
export function ConversionLog({ conversions }) {
  if (conversions.length === 0) return null;
  const lost = conversions.filter(({ loses }) => loses);
  const others = conversions.filter(({ loses }) => !loses);
  return html`<section class="card" aria-label="Conversions">
    <h2>Conversions <span class=${lost.length ? "count changed" : "count"}>${conversions.length}</span><span class="grow"></span>
      <span class="quiet">${lost.length === 0 ? "nothing was lost" : lost.length === 1 ? "1 loses something" : `${lost.length} lose something`}</span></h2>
    ${lost.length > 0 && html`<${Table} entries=${lost} label="What loses something" />`}
    ${others.length > 0 && html`<details open=${lost.length === 0}><summary class="pad quiet">${others.length === 1 ? "1 changes only its type" : `${others.length} change only their type`}</summary><${Table} entries=${others} label="What changes only its type" /></details>`}
  </section>`;
}

const TITLES = html`${["line", "what", "was", "became", "why"].map((title) => html`<span key=${title} role="columnheader">${title}</span>`)}`;

/** @param {{ entries: Conversion[], label: string }} props */
function Table({ entries, label }) {
  return html`<${List} role="table" label=${label} name="conversions" count=${entries.length} columns=${TITLES}
    nameOf=${(/** @type {number} */ index) => (entries[index].loses ? "lost" : "")} draw=${(/** @type {number} */ index) => cells(entries[index])} />`;
}

/** @param {Conversion} entry */
function cells(entry) {
  return html`<span role="cell"><${LineLink} line=${entry.line} /></span>
    <span role="cell">${entry.where && html`<span class="mono">${entry.where}</span>${" "}`}<span class="quiet">${WAYS[entry.direction]}</span></span>
    <span role="cell" class="mono">${entry.before}</span>
    <span role="cell" class="mono">${entry.after || html`<span class="nothing">nothing</span>`}${entry.count > 1 && html` <span class="tag">×${entry.count}</span>`}</span>
    <span role="cell" class="quiet">${entry.message}</span>`;
}
