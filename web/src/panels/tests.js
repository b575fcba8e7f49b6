// @ts-check
// Tests of the script, carried by the link: a call, and the reply and the changes it should bring.
import { outcomeText, runTests } from "../actions.js";
import { html } from "../html.js";
import { edit, isStale, lastRun, phase, testResults, work } from "../state.js";

/** @typedef {import("../state.js").Test} Test */

export function Tests() {
  const { tests } = work.value;
  const results = testResults.value;
  const passed = results.filter((result) => result?.passed).length;
  const failed = results.filter((result) => result && !result.passed).length;
  const ready = phase.value === "ready";
  return html`<div class="sub">
      <button class="small" disabled=${!ready || tests.length === 0} onClick=${() => runTests()}>Run all</button>
      <button class="small" disabled=${!lastRun.value?.ran.reply || isStale.value} onClick=${record}>Record from this run</button>
      <span class="grow"></span>
      <span role="status">${passed + failed > 0 ? `${passed} passed, ${failed} failed` : ""}</span>
    </div>
    <div class="stack">
      ${tests.length === 0 && html`<p class="quiet pad">Run the script, then record the run: its KEYS, ARGV, fixture, reply and changes become a test. Tests travel with the link.</p>`}
      ${tests.map((test, index) => html`<${TestCard} key=${index} test=${test} index=${index} result=${results[index]} ready=${ready} />`)}
    </div>`;
}

/** @param {{ test: Test, index: number, result: import("../state.js").TestResult | undefined, ready: boolean }} props */
function TestCard({ test, index, result, ready }) {
  const verdict = result === undefined ? "not run" : result.passed ? "passed" : "failed";
  const call = [...test.keys, ...(test.argv.length ? [",", ...test.argv] : [])].join(" ");
  return html`<section class=${`card test ${verdict.replace(" ", "-")}`} aria-label=${`Test ${test.name}`}>
    <h2><span class=${`tag ${verdict.replace(" ", "-")}`}>${verdict}</span>
      <input class="name" aria-label=${`Name of test ${index + 1}`} value=${test.name} onInput=${(/** @type {any} */ event) => change({ name: event.target.value })} />
      <span class="grow"></span>
      <button class="small" disabled=${!ready} onClick=${() => runTests(index)}>Run</button>
      <button class="small" onClick=${load}>Open</button>
      <button class="plain" aria-label=${`Remove test ${test.name}`} onClick=${remove}>×</button>
    </h2>
    <p class="pad mono quiet">${call || "no KEYS, no ARGV"}</p>
    ${result && !result.passed
      ? html`<div class="minus">${test.reply}</div><div class="plus">${result.reply}</div>
          ${test.changes !== null && test.changes !== result.changes && html`<div class="minus">${test.changes || "no changes"}</div><div class="plus">${result.changes || "no changes"}</div>`}`
      : html`<pre tabindex="0">${test.reply}</pre>`}
  </section>`;

  /** @param {Partial<Test>} fields */
  function change(fields) {
    edit({ tests: work.value.tests.with(index, { ...test, ...fields }) });
  }
  function remove() {
    edit({ tests: work.value.tests.toSpliced(index, 1) });
    testResults.value = testResults.value.toSpliced(index, 1);
  }
  function load() {
    edit({ keys: test.keys, argv: test.argv });
  }
}

function record() {
  const last = lastRun.value;
  if (!last) return;
  const { keys, argv, fixture } = last.work;
  const { reply, changes } = outcomeText(last.ran);
  const name = `test ${work.value.tests.length + 1}`;
  edit({ tests: [...work.value.tests, { name, keys, argv, fixture, reply, changes }] });
}
