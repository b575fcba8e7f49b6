// @ts-check
// What this page shows.
import { html } from "../html.js";
import { add, carriedOut, counts, isLimited, isPaused, limit, pause, reset, told } from "./jobs.js";
import { choose, chosen, content, keys, now, total } from "./keyspace.js";
import { notice, progress, stop } from "./server.js";

/** What a person can add, and what it is. @type {[import("./jobs.js").Kind, string, string][]} */
const ADDITIONS = [
  ["plain", "Add a job", "done at once"],
  ["delayed", "Delayed", "three seconds later"],
  ["priority", "Priorities", "three jobs: 1 comes before 5 and 9"],
  ["failing", "Failing", "fails twice, and is tried again later each time"],
  ["flow", "Flow", "a parent that waits for three children"],
  ["many", "2,000 jobs", "all at once"],
  ["slow script", "Endless script", "keeps everybody waiting until its time is up, or Stop"],
];

export function Demonstration() {
  return html`<h1>A queue in your page</h1>
    <p>BullMQ and ioredis, as they are used in Node, on the Redis 7.0.15 of <a href="./">Ferrous</a>: server, clients and worker are all in this
    page, and nothing is sent anywhere. A reload begins anew.</p>
    ${progress.value && html`<p><label>${progress.value.doing} <progress max="1" value=${progress.value.fraction}></progress></label></p>`}
    <p class="notice" role="status">${notice.value}</p>
    <div class="columns">
      <${Jobs} />
      <${Keyspace} />
    </div>`;
}

function Jobs() {
  const isReady = progress.value === null;
  return html`<section aria-labelledby="jobs">
    <h2 id="jobs">Queue</h2>
    <div class="buttons" role="group" aria-label="Add jobs">
      ${ADDITIONS.map(([kind, name, about]) => html`<button key=${kind} class="button" title=${about} disabled=${!isReady} onClick=${() => add(kind)}>${name}</button>`)}
    </div>
    <div class="buttons" role="group" aria-label="Worker">
      <button class="button" aria-pressed=${isPaused.value} disabled=${!isReady} onClick=${pause}>Pause the worker</button>
      <button class="button" aria-pressed=${isLimited.value} disabled=${!isReady} onClick=${limit}>Two jobs a second</button>
      <button class="button" disabled=${!isReady} onClick=${stop}>Stop the script</button>
      <button class="button" disabled=${!isReady} onClick=${reset}>Remove all jobs</button>
    </div>
    <dl class="counts" aria-label="Jobs by state">
      ${Object.entries(counts.value).map(([state, count]) => html`<div key=${state}><dt>${state}</dt><dd>${count}</dd></div>`)}
    </dl>
    <p class="quiet">${carriedOut.value.commands} commands carried out, ${carriedOut.value.scripts} of them scripts.</p>
    <h3 id="events">Events, the newest first</h3>
    <ol class="events" aria-labelledby="events" tabindex="0">
      ${told.value.map(({ number, event, job, text }) => html`<li key=${number}><b class=${event}>${event}</b> <span>job ${job}</span> ${text}</li>`)}
      ${told.value.length === 0 && html`<li>None yet: add a job.</li>`}
    </ol>
  </section>`;
}

/** @param {number | null} expiry */
const left = (expiry) => (expiry === null ? "" : `${Math.max(0, (expiry - now.value) / 1000).toFixed(1)} s`);

function Keyspace() {
  return html`<section aria-labelledby="keyspace">
    <h2 id="keyspace">Keyspace, as it is now</h2>
    <table class="keys">
      <thead><tr><th scope="col">Key</th><th scope="col">Type</th><th scope="col">Size</th><th scope="col">Expires in</th></tr></thead>
      <tbody>
        ${keys.value.map(({ key, kind, size, expiry, isNew }) => html`<tr key=${key} class=${isNew ? "is-new" : ""}>
          <th scope="row"><button class="key" aria-expanded=${chosen.value === key} onClick=${() => choose(key)}>${key}</button></th><td>${kind}</td><td>${size}</td><td>${left(expiry)}</td></tr>`)}
      </tbody>
    </table>
    ${total.value > keys.value.length && html`<p class="quiet">${total.value - keys.value.length} more keys are not shown.</p>`}
    ${chosen.value && html`<${Content} />`}
  </section>`;
}

function Content() {
  const { value } = content;
  if (!value) return null;
  if (!value.summary) return html`<p class="quiet">${chosen.value} is not there any more.</p>`;
  return html`<section aria-label="Content of ${chosen.value}">
    <h3>${chosen.value}</h3>
    <div class="content" tabindex="0">
      <table>
        <thead><tr>${value.columns.map((column) => html`<th scope="col" key=${column}>${column}</th>`)}</tr></thead>
        <tbody>${value.rows.map(({ place, fields }) => html`<tr key=${place}>${fields.map((field, index) => html`<td key=${index}>${field.slice(0, 300)}</td>`)}</tr>`)}</tbody>
      </table>
    </div>
    ${value.found > value.rows.length && html`<p class="quiet">${value.found - value.rows.length} more are not shown.</p>`}
  </section>`;
}
