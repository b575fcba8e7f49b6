// @ts-check
// The scenario of the work: what is done with it, above its text; and, among the results, its steps and what an exploration found.
import { useRef, useState } from "preact/hooks";
import { debugStep, explore, isExplorationCurrent, isRunCurrent, keepAsTest, recordReplies, runScenario, SECONDS, stepsDone, stepsOf } from "../actions/scenario.js";
import { MOST_MEGABYTES } from "../actions/session.js";
import { stop } from "../actions/running.js";
import { Copy } from "../copy.js";
import { scenarioFileName } from "../files.js";
import { html } from "../html.js";
import { More, counted, figure } from "../list.js";
import { saveFile } from "../save_file.js";
import { span } from "../server_time.js";
import { LONGEST_LINK, linkTo } from "../share.js";
import { edit, exploration, phase, replaceScenario, scenarioRun, work } from "../state.js";
import { textOf } from "./changes.js";
import { Charts } from "./charts.js";
import { Clock, Keys } from "./scenario_clock.js";
import { ScenarioProblem } from "./scenario_problem.js";
import { Heads, Row, lanesWidth, standings } from "./sequence.js";

/**
 * @typedef {import("../contract").ScenarioRan} ScenarioRan
 * @typedef {import("../contract").ScenarioStep} Step
 * @typedef {NonNullable<typeof exploration.value>} Explored
 */

/** Events that one may choose as a bound; a link may have brought another. */
const BUDGETS = [20_000, 200_000, 2_000_000];

/** Explores, rather than runs something else, at the moment. */
const isExploring = () => phase.value === "running" && exploration.value !== null && exploration.value.answer === null && exploration.value.ended === "";

export function ScenarioBar() {
  const isReady = phase.value === "ready";
  const { scenario, budget } = work.value;
  const has = scenario.trim() !== "";
  const run = scenarioRun.value;
  const done = stepsDone();
  const isOver = run !== null && isRunCurrent.value && run.ran.next === "" && done === stepsOf(run.ran);
  return html`<div class="sub" role="group" aria-label="Scenario">
      <button class="small" disabled=${!isReady || !has || (isOver && done > 0)} title="Carry out the next step" onClick=${() => runScenario(done + 1)}>Step</button>
      <button class="small" disabled=${!isReady || done === 0} title="Take the last step back" onClick=${() => runScenario(done - 1)}>Back</button>
      <button class="small" disabled=${!isReady || !has} title="Carry out all steps; where there are none, its clients go on in turn" onClick=${() => runScenario()}>Run steps</button>
      ${isExploring()
        ? html`<button class="small" onClick=${stop}>Cancel</button>`
        : html`<button class="small" disabled=${!isReady || !has} title="Try every order of what the clients do, and of all that may happen" onClick=${explore}>Explore</button>`}
      <label class="quiet">up to <select aria-label="Budget" value=${String(budget)} onChange=${(/** @type {any} */ event) => edit({ budget: Number(event.target.value) })}>
        ${[...new Set([...BUDGETS, budget])].map((events) => html`<option key=${events} value=${events}>${figure(events)} events</option>`)}
      </select></label>
    </div>
    ${!has && html`<${Beginning} />`}`;
}

const FIRST = `-- scenario: Two buyers, one item
-- given: SET stock 1
-- always: tonumber(redis("GET", "stock")) >= 0

-- clients: 2 buyer
local left = tonumber(redis("GET", "stock"))
if left > 0 then redis("DECR", "stock") end
`;

function Beginning() {
  return html`<p class="note info">A scenario is several clients over time, on a server of its own: nothing of your keyspace is touched. Write one, begin with <button class="small" onClick=${() => replaceScenario(FIRST)}>two buyers</button>, or open a protocol of Examples.</p>`;
}

/** Why the page has ended something. @type {Record<import("../worker/serving.js").Interruption, string>} */
const ENDED = {
  "": "Stopped.",
  stop: "You stopped it.",
  time: `A script of it ran longer than ${SECONDS} s and was stopped.`,
  memory: `It took more than ${MOST_MEGABYTES} MB of memory and was stopped.`,
};

export function Steps() {
  const explored = exploration.value;
  const run = scenarioRun.value;
  const cards = [explored && { since: explored.since, card: html`<${Exploration} key="explored" explored=${explored} />` }, run && { since: run.since, card: html`<${Run} key="run" run=${run} />` }];
  return html`<div class="stack">
    ${cards.filter((one) => one !== null).toSorted((one, other) => other.since - one.since).map(({ card }) => card)}
    ${!explored && !run && html`<p class="quiet pad">Step carries out the scenario's next step, Explore tries every order of what its clients do. What comes of it is shown here.</p>`}
  </div>`;
}

/** The steps that were carried out. @param {{ run: NonNullable<typeof scenarioRun.value> }} props */
function Run({ run }) {
  const { steps, omitted, problem, is_stopped: isStopped } = run.ran;
  const canRecord = phase.value === "ready" && isRunCurrent.value && steps.length > 0 && omitted === 0 && !problem && !isStopped;
  return html`<section class="card" aria-label="Steps">
      <h2>${run.ran.title || "Steps"} <span class="grow"></span><${Verdict} ran=${run.ran} />
        <button class="small" disabled=${!canRecord} title="Writes what each step replied into the scenario, as what is expected of it from now on; replies that are cut here are left out" onClick=${recordReplies}>Record replies</button></h2>
      ${!isRunCurrent.value && html`<p class="note">The scenario, or a script of the work, has changed since.</p>`}
      ${run.ran.is_stopped && html`<p class="note" role="status">${ENDED[run.interrupted]} These are the steps up to there.</p>`}
      <${Ran} ran=${run.ran} asked=${run.asked} label="Steps of the scenario" isRun />
    </section>`;
}

/** Whether all went as expected. @param {{ ran: ScenarioRan }} props */
function Verdict({ ran }) {
  const { failed, is_expected: isExpected, problem } = ran;
  const all = stepsOf(ran);
  if (problem || all === 0) return null;
  return html`<span role="status">${failed ? html`<span class="tag failed">failed</span> ${counted(failed, "step")} of ${figure(all)}` : html`${isExpected && html`<span class="tag passed">passed</span> `}${counted(all, "step")}`}</span>`;
}

/** @param {{ explored: Explored }} props */
function Exploration({ explored: { asked, answer, ended, interrupted } }) {
  return html`<section class="card" aria-label="Exploration">
    <h2>Every order <span class="grow"></span>${answer?.verdict && html`<span class=${`tag ${VERDICTS[answer.verdict].kind}`}>${VERDICTS[answer.verdict].title}</span>`}</h2>
    ${!isExplorationCurrent.value && html`<p class="note">The scenario, or a script of the work, has changed since.</p>`}
    <div role="status">
      ${!answer && !ended && html`<p class="pad">Trying every order…</p>`}
      ${ended && html`<p class="note">${ended}</p>`}
      ${answer?.is_stopped && html`<p class="note">${ENDED[interrupted]}</p>`}
      ${answer?.problem && html`<${ScenarioProblem} problem=${answer.problem} />`}
      ${answer?.statement && html`<p class="pad">${answer.statement}</p>`}
    </div>
    ${answer?.verdict && html`<p class="pad quiet">${answer.seconds.toFixed(1)} s${answer.seconds > 1 ? `, ${figure(Math.round(answer.events / answer.seconds))} events a second` : ""}</p>`}
    ${answer?.failure && html`<${Failure} failure=${answer.failure} seed=${asked.seed} />`}
  </section>`;
}

/** @type {Record<Exclude<import("../contract").ScenarioExplored["verdict"], "">, { title: string, kind: string }>} */
const VERDICTS = {
  holds: { title: "holds", kind: "passed" },
  broken: { title: "broken", kind: "failed" },
  undecided: { title: "undecided", kind: "warn" },
};

/** The order that fails. @param {{ failure: import("../contract").ScenarioFailure, seed: number }} props */
function Failure({ failure: { broken, scenario, ran }, seed }) {
  const asked = { scenario, scripts: [], seed };
  const words = () => [broken, ...ran.steps.map((step, index) => `${index + 1}. ${sentenceOf(step)}`)].join("\n");
  return html`<p class="sub"><button class="small" title="It takes the place of the scenario, with its steps: a test that is red until its scripts are mended" onClick=${keepAsTest}>Keep as test</button>
      <${CopyLink} key=${scenario} scenario=${scenario} />
      <button class="small" title="A file that ferrous test carries out" onClick=${() => saveFile(scenarioFileName(), scenario)}>Download .scenario</button>
      <span class="grow"></span><${Copy} text=${words} what="the failure in words" /></p>
    <${Ran} ran=${ran} asked=${asked} label="The order that fails" />`;
}

/** A link to the work with this scenario: whoever opens it finds this order as its steps. Where the browser lets nothing be copied it is in the address bar. @param {{ scenario: string }} props */
function CopyLink({ scenario }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    const fragment = await linkTo({ ...work.value, scenario });
    const address = location.href.split("#")[0] + fragment;
    if (address.length > LONGEST_LINK) return setSaid("It is too large for a link: download it.");
    await navigator.clipboard.writeText(address).then(
      () => setSaid("Copied."),
      () => {
        history.replaceState(null, "", fragment);
        setSaid("The link is in the address bar: the browser forbids to copy it.");
      },
    );
  };
  return html`<button class="small" title="Copies a link that leads to exactly this order" onClick=${copy}>Link</button><span role="status">${said}</span>`;
}

/** @param {Step} step */
const sentenceOf = (step) => `at ${figure(step.at)} ms: ${step.sentence}${step.reply === null ? "" : ` → ${step.reply.replaceAll("\n", ", ")}`}${step.told.map((text) => `; ${step.client} ${text}`).join("")}${step.broken ? `. Broken: ${step.broken}` : ""}`;

/** Steps with lanes beside them, and what comes next. With `isRun` one looks at each of its moments. @param {{ ran: ScenarioRan, asked: import("../state.js").ScenarioAsked, label: string, isRun?: boolean }} props */
function Ran({ ran, asked, label, isRun = false }) {
  const { clients, steps, omitted, problem, broken, next, keys, keys_omitted: keysOmitted, at, charts, is_stopped: isStopped } = ran;
  const list = useRef(null);
  const lanes = standings(clients, steps);
  return html`${problem && html`<${ScenarioProblem} problem=${problem} />`}
    ${broken && html`<p class="note error"><b>Broken before the first step:</b> ${broken}</p>`}
    ${omitted > 0 && html`<${More} text=${`${counted(omitted, "step")} before these ${omitted === 1 ? "is" : "are"} not shown.`} />`}
    ${steps.length > 0 && html`<${Heads} clients=${clients} />
      <ol class="steps" role="list" aria-label=${label} start=${omitted + 1} ref=${list}>
        ${steps.map((step, index) => html`<li key=${omitted + index} class=${step.broken ? "is-broken" : ""} style=${{ paddingLeft: `${lanesWidth(clients) + 6}px` }}>
          <${Row} clients=${clients} step=${step} ...${lanes[index]} />
          <${Said} step=${step} number=${omitted + index + 1} asked=${asked} />
        </li>`)}
      </ol>`}
    ${next && html`<p class="pad quiet">Next: <span class="mono">${next}</span></p>`}
    ${isRun && steps.length > 0 && !problem && !isStopped ? html`<${Clock} ran=${ran} list=${list} />` : keys.length > 0 && html`<${Keys} keys=${keys} omitted=${keysOmitted} at=${at} of=${isRun ? "the scenario" : "the order that fails"} />`}
    ${charts.length > 0 && html`<${Charts} ran=${ran} of=${isRun ? "" : " of the order that fails"} />`}`;
}

/** @param {{ step: Step, number: number, asked: import("../state.js").ScenarioAsked }} props */
function Said({ step, number, asked }) {
  const { at, client, sentence, reply, told, is_expected: isExpected, unmet, passed_over: isNothing, broken, changes, omitted, calls } = step;
  const isReady = phase.value === "ready";
  return html`<div class="said">
    <p><span class="when">${figure(at)} ms</span> <span class="mono">${sentence}</span>${reply !== null && html` <span class="reply mono"><span aria-hidden="true">→</span><span class="visually-hidden">replied</span> ${reply}</span>`}
      ${isExpected && !isNothing && unmet.length === 0 && html` <span class="tag passed">as expected</span>`}
      ${calls && html` <button class="small" disabled=${!isReady} aria-label=${`Debug step ${number}`} title="Debug this call, with the keyspace, the clock and the seed of this moment" onClick=${() => debugStep(asked, number, `step ${number} of the scenario`)}>Debug</button>`}</p>
    ${isNothing && html`<p class="quiet">Not possible any more: ${isNothing}.</p>`}
    ${told.map((text, index) => html`<p key=${index} class="quiet">${client} ${text}</p>`)}
    ${unmet.map(({ about, expected, got }) => html`<div key=${about} role="group" aria-label=${`Not as expected: ${about}`}><p class="quiet"><span class="tag failed">not as expected</span> ${about}</p><div class="minus">${marked("- ", expected)}</div><div class="plus">${marked("+ ", got)}</div></div>`)}
    ${changes.length > 0 && html`<pre class="changed" aria-label=${`What step ${number} changed`}>${changes.map((change) => textOf(change) + expiryOf(change, at)).join("\n")}${omitted > 0 ? `\n… ${counted(omitted, "more key")}` : ""}</pre>`}
    ${broken && html`<p class="note error"><b>Broken:</b> ${broken}</p>`}
  </div>`;
}

/** Every line with a mark before it. @param {string} mark @param {string} text */
const marked = (mark, text) => text.replace(/^/gm, mark);

/** When a scenario begins, in Unix milliseconds (ferrous_vm/scenarios/keyspaces.py). */
const EPOCH = Date.UTC(2026, 0, 1);

/** @param {import("../contract").KeyChange} change @param {number} at */
function expiryOf({ type_after: after, expiry_before: before, expiry_after: expiry }, at) {
  if (after === null || expiry === before) return "";
  return expiry === null ? "\n  expires no more" : `\n  expires in ${span(expiry - EPOCH - at)}`;
}
