// @ts-check
// Tests of the script, carried by the link: a call, and the reply and the keyspace it should bring.
import { debugTest } from "../actions/debugging.js";
import { run } from "../actions/running.js";
import { showScript } from "../actions/scripts.js";
import { recordTest, runTests, runTestsOf } from "../actions/testing.js";
import { Copy } from "../copy.js";
import { openWork } from "../history.js";
import { html } from "../html.js";
import { counted } from "../list.js";
import { MODES, callsFunction } from "../modes.js";
import { scriptsOf } from "../scripts.js";
import { calleeOf, edit, EMPTY_TEST, isStale, lastRun, leftTab, phase, resultOf, verdictOf, verdicts, verdictsOf, work } from "../state.js";
import { span } from "../server_time.js";
import { Elements, textOf } from "./changes.js";
import { EveryTest } from "./every_server.js";
import { HeldField } from "./held_field.js";

/**
 * @typedef {import("../state.js").Test} Test
 * @typedef {import("../contract").TestRan} TestRan
 * @typedef {import("../contract").KeyChange} KeyChange
 */

export function Tests() {
  const { tests, others, keys, argv, fixture, clock, seed } = work.value;
  const ready = phase.value === "ready";
  const canRecord = ready && Boolean(lastRun.value?.ran.reply) && !isStale.value;
  const add = () => edit({ tests: [...tests, { ...EMPTY_TEST, name: `test ${tests.length + 1}`, keys, argv, ...calleeOf(work.value), fixture, clock, seed }] });
  return html`<div class="sub">
      <button class="small" disabled=${!ready || tests.length === 0} onClick=${() => runTests(tests)}>Run all</button>
      ${others.length > 0 && html`<button class="small" disabled=${!ready} title="The tests of every script of this work" onClick=${() => runTestsOf(scriptsOf(work.value))}>Run all of all scripts</button>`}
      <button class="small" disabled=${!canRecord} onClick=${recordTest}>Record from this run</button>
      <button class="small" onClick=${add}>Add test</button>
      <span class="grow"></span>
      <span role="status">${summary(verdicts.value)}</span>
    </div>
    <div class="stack">
      ${tests.length === 0 && html`<p class="quiet pad">Run the script, then record the run: its call, fixture, reply and keyspace become a test. Each test runs on a keyspace of its own. Tests travel with the link.</p>`}
      <${EveryTest} />
      ${tests.map((test, index) => html`<${TestCard} key=${index} test=${test} index=${index} ready=${ready} />`)}
      <${OtherTests} />
    </div>`;
}

/** How many tests have passed and failed; "" while none has run. @param {string[]} of their verdicts */
function summary(of) {
  const [passed, failed] = ["passed", "failed"].map((verdict) => of.filter((one) => one === verdict).length);
  return passed + failed > 0 ? `${passed} passed, ${failed} failed` : "";
}

/** What came of the tests of the other scripts, and the way there. */
function OtherTests() {
  const scripts = scriptsOf(work.value);
  const tested = scripts.filter((script, place) => place !== work.value.place && script.tests.length > 0);
  if (tested.length === 0) return null;
  return html`<section class="card" aria-label="Tests of other scripts"><h2>Tests of other scripts</h2>
    ${tested.map((script) => html`<p class="pad" key=${script.scriptName}><button class="small" onClick=${() => showScript(scripts.indexOf(script))}>${script.scriptName}</button>${" "}
      ${counted(script.tests.length, "test")}${summary(verdictsOf(script)) && ` · ${summary(verdictsOf(script))}`}</p>`)}
  </section>`;
}

/** @param {{ test: Test, index: number, ready: boolean }} props */
function TestCard({ test, index, ready }) {
  const answer = resultOf(test);
  const verdict = verdictOf(answer);
  return html`<section class="card test" aria-label=${`Test ${test.name}`}>
    <h2><span class=${`tag ${verdict.replace(" ", "-")}`}>${verdict}</span>
      <${HeldField} class="name" aria-label=${`Name of test ${index + 1}`} value=${test.name} spellcheck=${false} onChange=${(/** @type {string} */ name) => change(index, { name: name.slice(0, 200) })} />
      <button class="small" disabled=${!ready} aria-label=${`Run test ${test.name}`} onClick=${() => runTests([test])}>Run</button>
      <button class="small" disabled=${!ready} title="Take its call, fixture, clock and seed over and run them" aria-label=${`Open test ${test.name}`} onClick=${() => open(test)}>Open</button>
      <button class="small" disabled=${!ready} title=${verdict === "failed" ? "Debug its call: go to where what differs was made" : "Debug its call, from its beginning"} aria-label=${`Debug test ${test.name}`} onClick=${() => debugTest(test, verdict === "failed" ? whatDiffers(answer) : null)}>Debug</button>
      <button class="plain" aria-label=${`Remove test ${test.name}`} onClick=${() => edit({ tests: work.value.tests.toSpliced(index, 1) })}>×</button>
    </h2>
    <dl class="call-line">${callText(test) && html`<dt>Call</dt><dd>${callText(test)}</dd>`}<dt>KEYS</dt><dd>${test.keys.join(" ") || "none"}</dd><dt>ARGV</dt><dd>${test.argv.join(" ") || "none"}</dd></dl>
    ${answer && verdict === "failed" ? html`<${Failed} test=${test} index=${index} answer=${answer} />` : html`<pre tabindex="0">${test.reply}</pre>`}
    <details><summary>Edit</summary><${Form} test=${test} index=${index} /></details>
  </section>`;
}

/** @param {number} index @param {Partial<Test>} fields */
function change(index, fields) {
  const { tests } = work.value;
  edit({ tests: tests.with(index, { ...tests[index], ...fields }) });
}

/** How a test calls the script; empty where it is EVAL in RESP2. @param {Test} test */
function callText({ mode, function: called, protocol }) {
  const command = callsFunction(mode) ? `${mode} ${called}` : mode;
  return command === EMPTY_TEST.mode && protocol === EMPTY_TEST.protocol ? "" : `${command}${protocol === 3 ? ", RESP3" : ""}`;
}

/** Puts the call of a test where a run takes it from, and runs. @param {Test} test */
function open(test) {
  const { keys, argv, fixture, clock, seed } = test;
  openWork({ ...work.value, keys, argv, ...calleeOf(test), fixture, clock, seed, fresh: true }, "test");
  leftTab.value = "tests";
  run();
}

/** What of a result to look into first. @param {ReturnType<typeof resultOf>} answer */
function whatDiffers(answer) {
  if (answer?.type !== "TestRan" || answer.outcome !== "failed") return null;
  return answer.reply_matches && answer.differences.length > 0 ? answer.differences[0] : { reply: answer.reply };
}

/** What differs from what was expected. @param {{ test: Test, index: number, answer: TestRan | import("../contract").Failure }} props */
function Failed({ test, index, answer }) {
  if (answer.type === "Failure") return html`<p class="note error">${answer.message}</p>`;
  const { outcome, problem, reply, reply_matches: matches, differences, omitted, keyspace, clock } = answer;
  if (outcome === "interrupted") return html`<p class="note error">The script was stopped.</p>`;
  if (outcome === "fixture") return html`<p class="note error">Line ${problem?.line} of the fixture failed: ${problem?.message}</p>`;
  const accept = () => change(index, { reply, ...(test.keyspace === null ? {} : { keyspace }) });
  return html`<div role="group" aria-label="Difference">
    ${problem && html`<p class="note error">Line ${problem.line} of the expected keyspace failed: ${problem.message}</p>`}
    ${matches
      ? html`<pre tabindex="0">${reply}</pre>`
      : html`<p class="legend quiet">Reply: <del>expected</del> <ins>came</ins> <button class="line-link at-command" aria-label=${`Debug where the reply of ${test.name} is made`} title="Debug the call of this test: go to where its reply is made" onClick=${() => debugTest(test, { reply })}>▸</button></p>
          <div class="minus">${marked("- ", test.reply)}</div><div class="plus">${marked("+ ", reply)}</div>`}
    ${differences.length > 0 && html`<p class="legend quiet">Keyspace: <del>expected</del> <ins>came</ins></p>`}
    ${differences.map((one) => html`<${Difference} key=${`${one.database} ${one.key}`} test=${test} difference=${one} now=${clock * 1000} />`)}
    ${omitted > 0 && html`<p class="quiet pad">${omitted} more keys differ.</p>`}
    <p class="pad"><button class="small" onClick=${accept}>Expect what came</button> <${Copy} what=${`what differs in ${test.name}`} text=${() => differenceOf(test, answer)} /></p>
  </div>`;
}

/** What differs, as text: expected with -, what came with +. @param {Test} test @param {TestRan} answer */
function differenceOf(test, { reply, reply_matches: matches, differences, omitted, clock }) {
  const replies = matches ? [] : ["Reply", marked("- ", test.reply), marked("+ ", reply)];
  const keys = differences.map((one) => [textOf(one, { came: "not expected", went: "missing" }), expiriesOf(one, clock * 1000)].filter(Boolean).join("\n"));
  return [test.name, ...replies, ...keys, ...(omitted ? [`… ${omitted} more keys`] : [])].join("\n");
}

/** Every line with a mark before it. @param {string} mark @param {string} text */
const marked = (mark, text) => text.replace(/^/gm, mark);

/** How the times left differ; empty where they do not. @param {KeyChange} difference @param {number} now */
function expiriesOf({ type_before: expected, type_after: came, expiry_before: wanted, expiry_after: got }, now) {
  const when = (/** @type {number | null} */ expiry) => (expiry === null ? "no expiry" : `expires in ${span(expiry - now)}`);
  return expected && came && wanted !== got ? `${when(wanted)} expected, ${when(got)} came` : "";
}

/** @param {{ test: Test, difference: KeyChange, now: number }} props */
function Difference({ test, difference, now }) {
  const { key, database, type_before: expected, type_after: came } = difference;
  const expiries = expiriesOf(difference, now);
  return html`<div class="change">
    <p class="change-key"><span class="mono">${key}</span>
      ${expected === null ? html`<span class="tag new">not expected</span>` : came === null && html`<span class="tag deleted">missing</span>`}
      <span class="tag">${expected && came && expected !== came ? `${expected} expected, ${came} came` : (came ?? expected)}</span>
      ${database > 0 && html`<span class="tag">db ${database}</span>`}
      ${expiries && html`<span class="tag warn">${expiries}</span>`}
      <button class="line-link at-command" aria-label=${`Debug at the last write of ${key} in ${test.name}`} title="Debug the call of this test: go to the last command that changed this key" onClick=${() => debugTest(test, { key })}>▸</button>
    </p>
    <${Elements} change=${difference} />
  </div>`;
}

/** @param {{ test: Test, index: number }} props */
function Form({ test, index }) {
  const set = (/** @type {Partial<Test>} */ fields) => change(index, fields);
  return html`<div class="test-form">
    <div class="pair">
      <label>Command <select value=${test.mode} onChange=${(/** @type {any} */ e) => set({ mode: e.target.value })}>
        ${MODES.map((name) => html`<option key=${name}>${name}</option>`)}
      </select></label>
      ${callsFunction(test.mode) && html`<label>Function <${HeldField} value=${test.function} spellcheck=${false} maxlength="200" onChange=${(/** @type {string} */ name) => set({ function: name })} /></label>`}
      <label>Protocol <select value=${String(test.protocol)} onChange=${(/** @type {any} */ e) => set({ protocol: e.target.value === "3" ? 3 : 2 })}>
        <option value="2">RESP2</option><option value="3">RESP3</option>
      </select></label>
    </div>
    <${Lines} label="KEYS, one a line" value=${asLines(test.keys)} onChange=${(/** @type {string} */ text) => set({ keys: asFields(text) })} />
    <${Lines} label="ARGV, one a line" value=${asLines(test.argv)} onChange=${(/** @type {string} */ text) => set({ argv: asFields(text) })} />
    <${Lines} label="Fixture of the test" value=${test.fixture} onChange=${(/** @type {string} */ fixture) => set({ fixture })} />
    <${Lines} label="Expected reply" value=${test.reply} onChange=${(/** @type {string} */ reply) => set({ reply })} />
    <label class="check"><input type="checkbox" checked=${test.keyspace !== null} onChange=${(/** @type {any} */ e) => set({ keyspace: e.target.checked ? "" : null })} /> Compare the keyspace too</label>
    ${test.keyspace !== null && html`<${Lines} label="Expected keyspace, as commands" value=${test.keyspace} onChange=${(/** @type {string} */ keyspace) => set({ keyspace })} />`}
    <label>Clock, Unix seconds <${HeldField} inputmode="decimal" placeholder="now" value=${test.clock ?? ""} onChange=${(/** @type {string} */ text) => set({ clock: toNumber(text) })} /></label>
    <label>Seed <${HeldField} inputmode="numeric" placeholder="0" value=${test.seed ?? ""} onChange=${(/** @type {string} */ text) => set({ seed: toSeed(text) })} /></label>
  </div>`;
}

/** @param {{ label: string, value: string, onChange: (text: string) => void }} props */
function Lines({ label, value, onChange }) {
  const rows = Math.min(8, Math.max(1, value.split("\n").length));
  return html`<label>${label} <${HeldField} of="textarea" rows=${rows} spellcheck=${false} value=${value} onChange=${onChange} /></label>`;
}

/** Fields one a line; an empty one is shown as two quotes. @param {string[]} fields */
const asLines = (fields) => fields.map((field) => (field === "" ? '""' : field)).join("\n");

/** @param {string} text */
const asFields = (text) => text.split("\n").filter((line) => line !== "");

/** @param {string} text */
function toNumber(text) {
  const number = Number(text);
  return text.trim() === "" || !Number.isFinite(number) || number < 0 || number >= 1e11 ? null : number;
}

/** @param {string} text */
function toSeed(text) {
  const number = toNumber(text);
  return number === null ? null : Math.trunc(number);
}
