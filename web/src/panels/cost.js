// @ts-check
// What the script costs as its data grow: a curve for each count, the class it follows, and the same as a table.
import { useState } from "preact/hooks";
import { costRequest, measureCost } from "../actions/costs.js";
import { html } from "../html.js";
import { figure } from "../list.js";
import { cost, phase, work } from "../state.js";

/**
 * @typedef {import("../contract").CostMeasured} CostMeasured
 * @typedef {import("../contract").CallCost} CallCost
 * @typedef {import("../contract").CountGrowth["count"]} Count
 */

/** What each count is called. @type {Record<Count, string>} */
const NAMES = {
  instructions: "instructions",
  commands: "commands",
  elements: "elements touched",
  values: "values in replies",
  library: "steps of library functions",
};
const COUNTS = /** @type {Count[]} */ (Object.keys(NAMES));

/** The counts that have a curve: the others go with one of them, or are in the table. @type {Count[]} */
const DRAWN = ["elements", "instructions", "commands"];

export function Cost() {
  const [grown, setGrown] = useState("");
  const told = cost.value;
  const answer = told?.answer;
  const { keys, families } = answer?.type === "CostMeasured" ? answer : { keys: [], families: [] };
  const choices = [...keys.map(({ key, type }) => ({ value: `key ${key}`, title: `${key} (${type})`, growing: { grown: key, more: "" } })),
    ...families.map((more) => ({ value: `more ${more}`, title: `the number of keys ${more}`, growing: { grown: null, more } }))];
  const chosen = choices.find(({ value }) => value === grown);
  const isStale = told && JSON.stringify(costRequest(work.value, { grown: told.asked.grown ?? null, more: told.asked.more ?? "" })) !== JSON.stringify(told.asked);
  return html`<section class="card" aria-label="Cost">
    <h2>What it costs as the data grow<span class="grow"></span>
      ${choices.length > 1 && html`<select aria-label="What grows" value=${chosen?.value ?? ""} onChange=${(/** @type {any} */ event) => setGrown(event.target.value)}>
        <option value="">all keys</option>${choices.map(({ value, title }) => html`<option key=${value} value=${value}>${title}</option>`)}
      </select>`}
      <button class="small" disabled=${phase.value !== "ready"} title="Counts what a call does while the keys of the fixture are made larger, up to 10,000 elements: the keyspace stays as it is" onClick=${() => measureCost(chosen?.growing ?? { grown: null, more: "" })}>Measure</button></h2>
    ${!answer && html`<p class="pad quiet">Commands, instructions and elements are counted, not timed, with the fixture's keys at 10 to 10,000 elements.</p>`}
    ${isStale && html`<p class="note">The script or its inputs have changed since.</p>`}
    ${answer?.type === "Failure" && html`<p class="note" role="alert">${answer.message}</p>`}
    ${answer?.type === "CostMeasured" && html`<${Measured} cost=${answer} ofNumber=${Boolean(told?.asked.more)} />`}
  </section>`;
}

/** `ofNumber`: not the keys grow, there are more of them. @param {{ cost: CostMeasured, ofNumber: boolean }} props */
function Measured({ cost: measured, ofNumber }) {
  const { call, problem, error, note, growth, grown, sizes } = measured;
  if (problem) return html`<p class="note" role="alert">${problem.line === null ? "The library cannot be loaded" : `Line ${problem.line} of the fixture fails`}: ${problem.message}</p>`;
  return html`<p class="pad" role="status">${growth ? html`<b class="growth">${growth}</b> in ${ofNumber ? "the number of keys " : ""}${grown.join(", ")}. ${sentence(measured)}` : call && `A call takes ${listed(call)}.`}</p>
    ${error && html`<p class="note">On the fixture as it is the script ends with an error: ${error}</p>`}
    ${note && html`<p class="note">${note}</p>`}
    ${sizes.length > 1 && html`<${Chart} cost=${measured} ofNumber=${ofNumber} />`}
    <${Figures} cost=${measured} />`;
}

/** Which counts grow, and how. @param {CostMeasured} cost */
function sentence({ growths }) {
  const growing = growths.filter(({ growth }) => growth !== "O(1)");
  if (growing.length === 0) return "No count grows with them.";
  const held = growths.filter(({ growth }) => growth === "O(1)").map(({ count }) => NAMES[count]);
  const parts = growing.map(({ count, growth }) => `${NAMES[count]} ${growth}`);
  return `What grows: ${parts.join(", ")}${held.length ? `; not ${held.join(", ")}` : ""}.`;
}

/** @param {CallCost} call */
const listed = (call) =>
  COUNTS.map((count) => ({ count, number: Math.round(call[count]) }))
    .filter(({ number }) => number > 0)
    .map(({ count, number }) => `${figure(number)} ${number === 1 ? NAMES[count].replace(/s\b/, "") : NAMES[count]}`)
    .join(", ");

/** @param {number} value */
const tenths = (value) => figure(Math.round(value * 10) / 10);

const WIDTH = 560;
const HEIGHT = 220;
/** Room for the figures of the axes. */
const LEFT = 58;
const RIGHT = 32;
const BOTTOM = 24;
const TOP = 10;

/** Both axes are logarithmic: then O(n) rises as the axes do, O(n²) twice as steeply, and O(1) not at all. @param {{ cost: CostMeasured, ofNumber: boolean }} props */
function Chart({ cost: { sizes, growths }, ofNumber }) {
  const most = Math.max(...sizes.flatMap((row) => DRAWN.map((count) => row.cost[count])), 10);
  const [first, last] = [sizes[0].size, sizes[sizes.length - 1].size];
  const across = (/** @type {number} */ size) => LEFT + ((WIDTH - LEFT - RIGHT) * Math.log(size / first)) / Math.log(last / first);
  const up = (/** @type {number} */ value) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * Math.log(Math.max(value, 1))) / Math.log(most);
  const decades = (/** @type {number} */ from, /** @type {number} */ to) => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000].filter((value) => value >= from && value <= to);
  const about = DRAWN.map((count) => `${NAMES[count]} ${growths.find((one) => one.count === count)?.growth ?? ""}, from ${tenths(sizes[0].cost[count])} to ${tenths(sizes[sizes.length - 1].cost[count])}`);
  return html`<figure class="curve">
    <svg role="img" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-label=${`Curves for ${figure(first)} to ${figure(last)} ${ofNumber ? "keys" : "elements"}: ${about.join("; ")}`}>
      ${decades(1, most).map((value) => html`<g key=${value}><line class="grid" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${up(value)} y2=${up(value)} /><text class="up" x=${LEFT - 6} y=${up(value) + 4}>${figure(value)}</text></g>`)}
      ${decades(first, last).map((size) => html`<text key=${size} class="across" x=${across(size)} y=${HEIGHT - 6}>${figure(size)}</text>`)}
      ${DRAWN.map((count) => html`<polyline key=${count} class=${count} points=${sizes.map((row) => `${across(row.size).toFixed(1)},${up(row.cost[count]).toFixed(1)}`).join(" ")} />`)}
    </svg>
    <figcaption>${DRAWN.map((count) => html`<span key=${count}><svg class="key" viewBox="0 0 30 8" aria-hidden="true"><line class=${count} x1="0" x2="30" y1="4" y2="4" /></svg>${NAMES[count]}</span>`)}<span class="quiet">by ${ofNumber ? "the number of keys" : "elements of the keys"}; both scales logarithmic</span></figcaption>
  </figure>`;
}

/** @param {{ cost: CostMeasured }} props */
function Figures({ cost: { call, sizes } }) {
  const rows = [...(call ? [{ name: "as it is", cost: call }] : []), ...sizes.map((row) => ({ name: figure(row.size), cost: row.cost }))];
  return html`<div class="across-scroll" tabindex="0" role="group" aria-label="Figures of the cost"><table aria-label="Cost by size">
    <thead><tr><th class="number">n</th>${COUNTS.map((count) => html`<th key=${count} class="number" title=${NAMES[count]}>${count}</th>`)}<th class="number" title="An estimate for comparing scripts, by weights that were measured on redis-server 7.0.15: no promise of a time">µs, about</th></tr></thead>
    <tbody>${rows.map(({ name, cost: one }) => html`<tr key=${name}><th scope="row" class="number">${name}</th>${COUNTS.map((count) => html`<td key=${count} class="number">${tenths(one[count])}</td>`)}<td class="number">${figure(one.microseconds)}</td></tr>`)}</tbody>
  </table></div>`;
}
