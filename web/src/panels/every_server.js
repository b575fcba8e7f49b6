// @ts-check
// What a script, or each of its tests, does on every server: a column for servers that agree, a row for what differs, and below
// it the rule that makes the difference with its source.
import { runOnAll, testOnAll } from "../actions/every_server.js";
import { html } from "../html.js";
import { counted } from "../list.js";
import { SERVERS, SERVER_NAMES, serverOf } from "../servers.js";
import { callOf, calleeOf, conditionsOf, everyServer, everyTest, phase, verdictOf, work } from "../state.js";
import { LineLink } from "./line_link.js";

/**
 * @typedef {import("../contract").ServersCompared} ServersCompared
 * @typedef {import("../contract").ServerRow} ServerRow
 * @typedef {import("../servers.js").ServerName} ServerName
 */

/** What everything of a comparison hangs on. @param {import("../state.js").Work} one */
const asked = (one) => JSON.stringify({ ...callOf(one), ...conditionsOf(one), fresh: one.fresh, server: serverOf(one) });

export function EveryServer() {
  const told = everyServer.value;
  const isReady = phase.value === "ready";
  return html`<section class="card every" aria-label="Every server">
    <h2>On every server<span class="grow"></span>
      <button class="small" disabled=${!isReady} title="Runs the script on Redis 6.2 to 8.6 and Valkey 8.0 to 9.1, each on a keyspace of its own" onClick=${() => runOnAll()}>Run on all</button></h2>
    ${!told && html`<p class="pad quiet">One table of what each server answers and does, and which rule makes the difference.</p>`}
    ${told?.doing && html`<p class="pad" role="status">${told.doing}… <progress aria-label="Servers" max=${SERVER_NAMES.length} value=${told.done}></progress></p>`}
    ${told && !told.doing && asked(told.work) !== asked(work.value) && html`<p class="note">The script, its inputs or the server have changed since.</p>`}
    ${told?.ended && html`<p class="note" role="status">${told.ended}</p>`}
    ${told?.compared && html`<${Compared} compared=${told.compared} isDone=${!told.doing} />`}
  </section>`;
}

/** @param {{ compared: ServersCompared, isDone: boolean }} props */
function Compared({ compared, isDone }) {
  const { columns, rows, omitted } = compared;
  const servers = columns.reduce((count, column) => count + column.servers.length, 0);
  const summary = columns.length === 1 ? `All ${servers} servers answer and do the same.` : `${servers} servers, ${columns.length} different outcomes.`;
  return html`${isDone && html`<p class="pad" role="status">${summary}</p>`}
    ${rows.length > 0 && html`<div class="across-scroll" tabindex="0" role="group" aria-label="Table of servers"><table class="servers" aria-label="What differs between servers">
      <thead><tr><td></td>${columns.map((column) => html`<th key=${column.servers[0]} scope="col"><${Names} servers=${column.servers} /></th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<${Row} key=${`${row.kind} ${row.number} ${row.name}`} row=${row} columns=${columns} />`)}</tbody>
    </table></div>`}
    ${omitted > 0 && html`<p class="note">${counted(omitted, "more difference")} ${omitted === 1 ? "is" : "are"} not shown.</p>`}
    <${Same} compared=${compared} />`;
}

/** Servers that agree: lines of one vendor together. @param {{ servers: string[] }} props */
function Names({ servers }) {
  const vendors = Map.groupBy(servers, (name) => SERVERS[/** @type {ServerName} */ (name)].split(" ")[0]);
  return html`${[...vendors].map(([vendor, names]) => html`<span key=${vendor} class="vendor">${vendor} ${names.map((name) => SERVERS[/** @type {ServerName} */ (name)].split(" ")[1]).join(", ")}</span>`)}`;
}

/** What a row is of. @type {Record<ServerRow["kind"], (row: Pick<ServerRow, "number" | "name">) => string>} */
const TITLES = {
  reply: () => "Reply",
  error: () => "Error",
  log: () => "Log",
  command: ({ number }) => `Command ${number}`,
  key: ({ number, name }) => (number ? `Key ${name} of database ${number}` : `Key ${name}`),
};

/** @param {{ row: ServerRow, columns: ServersCompared["columns"] }} props */
function Row({ row, columns }) {
  return html`<tr>
      <th scope="row">${TITLES[row.kind](row)}${row.line !== null && html`<br /><${LineLink} line=${row.line} label="line " />`}</th>
      ${folded(row.cells).map(({ text, span }, index) => html`<td key=${index} colspan=${span}>${text === null ? html`<span class="quiet">nothing</span>` : html`<pre>${text}</pre>`}</td>`)}
    </tr>
    ${row.reasons.length > 0 && html`<tr class="why"><td colspan=${columns.length + 1}>
      ${row.reasons.map(({ rule, text, source, columns: of }) => html`<p key=${rule + text}>${of.length < columns.length - 1 && html`<b>${of.map((column) => short(columns[column].servers)).join("; ")}: </b>`}${text} <span class="quiet">Source: ${source}.</span></p>`)}
    </td></tr>`}`;
}

/** Some servers in few words. @param {string[]} servers */
const short = (servers) => SERVERS[/** @type {ServerName} */ (servers[0])] + (servers.length > 1 ? " and others" : "");

/** Cells beside each other that hold the same, as one. @template T @param {T[]} cells @returns {{ text: T, span: number }[]} */
function folded(cells) {
  const found = /** @type {{ text: T, span: number }[]} */ ([]);
  for (const text of cells) {
    const last = found.at(-1);
    if (last && last.text === text) last.span += 1;
    else found.push({ text, span: 1 });
  }
  return found;
}

/** @param {{ compared: ServersCompared }} props */
function Same({ compared: { same, same_omitted: omitted, columns } }) {
  if (same.length === 0) return null;
  const what = `${columns.length > 1 ? "The same on all: " : ""}${counted(same.length + omitted, "part")}`;
  return html`<details><summary class="pad">${what}</summary><dl class="same">
    ${same.map((part) => html`<dt>${TITLES[part.kind](part)}</dt><dd><pre>${part.text}</pre></dd>`)}
  </dl></details>`;
}

/** The tests, test by server. */
export function EveryTest() {
  const told = everyTest.value;
  const isReady = phase.value === "ready";
  const { tests, script } = work.value;
  if (tests.length === 0) return null;
  return html`<section class="card every" aria-label="Tests on every server">
    <h2>On every server<span class="grow"></span><button class="small" disabled=${!isReady} title="Runs each test on Redis 6.2 to 8.6 and Valkey 8.0 to 9.1" onClick=${testOnAll}>Test on all</button></h2>
    ${told?.doing && html`<p class="pad" role="status">${told.doing}… <progress aria-label="Servers" max=${SERVER_NAMES.length} value=${told.answers.size}></progress></p>`}
    ${told?.ended && html`<p class="note" role="status">${told.ended}</p>`}
    ${told && (told.tests !== tests || told.script !== script) && html`<p class="note">The script or its tests have changed since.</p>`}
    ${told && told.answers.size > 0 && html`<${TestTable} told=${told} />`}
  </section>`;
}

/** @param {{ told: NonNullable<typeof everyTest.value> }} props */
function TestTable({ told: { tests, answers } }) {
  const verdicts = (/** @type {string} */ server) => (answers.get(server) ?? []).map(verdictOf);
  const columns = [...Map.groupBy([...answers.keys()], (server) => verdicts(server).join()).values()];
  return html`<div class="across-scroll" tabindex="0" role="group" aria-label="Table of tests"><table class="servers" aria-label="Tests by server">
    <thead><tr><td></td>${columns.map((servers) => html`<th key=${servers[0]} scope="col"><${Names} servers=${servers} /></th>`)}</tr></thead>
    <tbody>${tests.map((test, index) => html`<tr key=${index}><th scope="row">${test.name}<br /><button class="small" disabled=${phase.value !== "ready"} aria-label=${`Compare what ${test.name} does on all servers`} onClick=${() => runOnAll(workOfTest(test))}>Compare</button></th>
      ${columns.map((servers) => html`<td key=${servers[0]}><span class=${`tag ${verdicts(servers[0])[index]}`}>${verdicts(servers[0])[index]}</span></td>`)}</tr>`)}</tbody>
  </table></div>`;
}

/** The work with the call of a test. @param {import("../state.js").Test} test */
const workOfTest = (test) => ({ ...work.value, keys: test.keys, argv: test.argv, ...calleeOf(test), fixture: test.fixture, clock: test.clock, seed: test.seed, shuffle: false, fresh: true });
