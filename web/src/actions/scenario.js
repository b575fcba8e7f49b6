// @ts-check
// The scenario of the work: checked while it is written, run step by step both ways, explored in every order. It has a server
// of its own, so nothing of the keyspace is touched; nothing of it runs but when it is asked for.
import { computed } from "@preact/signals";
import { keepVersion } from "../history.js";
import { isLibrary } from "../modes.js";
import { asScriptName, freeName, scriptsOf } from "../scripts.js";
import { EMPTY_SCRIPT, MOST_SCRIPTS } from "../share.js";
import * as state from "../state.js";
import { debugCall } from "./debugging.js";
import { engine, limits, whileRunning } from "./session.js";

/** @typedef {import("../contract").ScenarioRan} ScenarioRan */

/** Seconds that each script of a scenario may take: a client's program ends after two by itself. */
export const SECONDS = 3;
const LIMITS = () => ({ ...limits(), seconds: SECONDS, each: true });
const CHECK_LIMITS = { seconds: 2, bytes: 256 * 1024 * 1024 };

/** What is asked about of a work: its scripts are those that the text may speak of and does not hold. @param {state.Work} work @returns {state.ScenarioAsked} */
export function askedOf(work) {
  const { scenario } = work;
  const held = new Set([...scenario.matchAll(/^-- script (\S+)\s*$/gm)].map(([, name]) => name));
  const holdsLibrary = /^-- library \S/m.test(scenario);
  const speaksOf = (/** @type {state.Script} */ { scriptName, script }) => (isLibrary(script) ? !holdsLibrary : !held.has(scriptName) && scenario.includes(scriptName));
  return { scenario, scripts: scriptsOf(work).filter(speaksOf).map(({ scriptName, script }) => ({ name: scriptName, source: script })), seed: work.seed ?? 0 };
}

/** Whether it is the work as it stands that was asked about. @param {{ asked: state.ScenarioAsked } | null} told */
const isCurrent = (told) => told !== null && JSON.stringify(told.asked) === JSON.stringify(askedOf(state.work.value));

/** Whether the steps are of the work as it stands, and whether the exploration is: who shows them is drawn anew when that changes, not with each key that is typed. */
export const isRunCurrent = computed(() => isCurrent(state.scenarioRun.value));
export const isExplorationCurrent = computed(() => isCurrent(state.exploration.value));

/** The check that is under way; it ends before the next one begins. @type {Promise<unknown>} */
let checking = Promise.resolve();

/** What is wrong with the text, as the editor marks it; null while nobody can answer, or when it has changed since. @param {string} text */
export async function checkScenario(text) {
  await checking;
  const work = state.work.value;
  if (state.phase.value !== "ready" || text !== work.scenario) return null;
  if (text.trim() === "") return [];
  const answer = engine.ask({ type: "CheckScenario", ...askedOf(work) }, CHECK_LIMITS).catch(() => null);
  checking = answer;
  const found = await answer;
  if (found?.type !== "ScenarioChecked") return null;
  return found.problem ? [markOf(found.problem, text)] : [];
}

/** A problem as a finding, which covers its line. @param {import("../contract").Problem} problem @param {string} text @returns {import("../contract").Diagnostic} */
function markOf({ line, message }, text) {
  const lines = text.split("\n");
  const at = Math.min(Math.max(line ?? 1, 1), lines.length) - 1;
  const start = lines.slice(0, at).reduce((sum, one) => sum + one.length + 1, 0);
  return { rule: "scenario", severity: "error", allowable: false, message, line: at + 1, start, end: start + lines[at].length, fix_title: "", fix_edits: [] };
}

/** Steps of the scenario as it stands up to where its clock is. */
export function stepsDone() {
  const run = state.scenarioRun.value;
  if (!run || !isRunCurrent.value) return 0;
  const moment = state.scenarioMoment.value;
  return moment?.ran === run.ran ? moment.steps : stepsOf(run.ran);
}

/** Steps that were carried out. @param {ScenarioRan} ran */
export const stepsOf = (ran) => ran.omitted + ran.steps.length;

/** Carries out so many steps of the scenario, or takes back those beyond; all where nobody says how many. @param {number | null} steps */
export async function runScenario(steps = null) {
  if (state.phase.value !== "ready") return;
  const asked = askedOf(state.work.value);
  state.rightTab.value = "steps";
  const ran = await whileRunning(() => engine.ask({ type: "RunScenario", ...asked, steps }, LIMITS()));
  if (ran?.type === "ScenarioRan") state.scenarioRun.value = { asked, since: performance.now(), ran, interrupted: ran.interrupted };
  else if (ran?.type === "Failure") state.banner.value = { kind: "error", text: ran.message };
}

/** Whether the keys of a moment are being asked for. */
let isAsking = false;

/** Moves the clock to after so many of the steps that were carried out. However fast it is moved, one moment is asked for at a time, and then the one it stands at. @param {number} steps */
export async function goToMoment(steps) {
  const run = state.scenarioRun.value;
  if (!run) return;
  const former = state.scenarioMoment.value;
  state.scenarioMoment.value = { ran: run.ran, steps, shown: former?.ran === run.ran ? former.shown : null };
  if (isAsking) return;
  isAsking = true;
  try {
    let moment = /** @type {typeof state.scenarioMoment.value} */ (state.scenarioMoment.value);
    while (moment && moment.ran === run.ran && moment.steps !== moment.shown?.steps) {
      const shown = await engine.ask({ type: "ScenarioMoment", ...run.asked, steps: moment.steps }, LIMITS()).catch(() => null);
      if (shown?.type !== "ScenarioMomentShown") {
        stayAtShown(run.ran);
        if (shown?.type === "Failure") state.banner.value = { kind: "error", text: shown.message };
        break;
      }
      moment = state.scenarioMoment.value;
      if (moment?.ran === run.ran) state.scenarioMoment.value = moment = { ...moment, shown };
    }
  } finally {
    isAsking = false;
  }
}

/** A moment could not be come to: the clock is where it was last. @param {ScenarioRan} ran */
function stayAtShown(ran) {
  const moment = state.scenarioMoment.value;
  if (moment?.ran === ran) state.scenarioMoment.value = moment.shown && { ...moment, steps: moment.shown.steps };
}

const HEAD = /^-- (?:scenario|about|source|given|always|at the end|sooner or later|chart|may|at most):/;

/** What is drawn of the scenario is more by this from now on: a line of its text. @param {string} expression */
export function chartKey(expression) {
  const run = state.scenarioRun.value;
  if (!run || !isRunCurrent.value) return;
  const done = stepsOf(run.ran);
  const lines = state.work.value.scenario.split("\n");
  const end = lines.findIndex((line) => !HEAD.test(line));
  const last = lines.findLastIndex((line) => line.startsWith("-- chart:"));
  const place = last >= 0 ? last + 1 : end < 0 ? lines.length : end;
  keepVersion(state.work.value, "scenario");
  state.replaceScenario(lines.toSpliced(place, 0, `-- chart: ${expression}`).join("\n"));
  runScenario(done);
}

/** Tries every order of what the clients do. */
export async function explore() {
  if (state.phase.value !== "ready") return;
  const asked = askedOf(state.work.value);
  state.rightTab.value = "steps";
  const since = performance.now();
  state.exploration.value = { asked, since, answer: null, ended: "", interrupted: "" };
  keepVersion(state.work.value, "run");
  const answer = await whileRunning(() => engine.ask({ type: "ExploreScenario", ...asked, budget: state.work.value.budget }, LIMITS()));
  if (state.exploration.value?.asked !== asked) return;
  if (answer?.type === "ScenarioExplored") state.exploration.value = { asked, since, answer, ended: "", interrupted: answer.interrupted };
  else state.exploration.value = { asked, since, answer: null, ended: answer?.type === "Failure" ? answer.message : "Python had to be ended for that: nothing is known of what was tried.", interrupted: "" };
}

/** What each step replied is from now on what is expected of it: it is written into the text, with the steps where there were none. Of a reply that is not known whole nothing is. */
export function recordReplies() {
  const run = state.scenarioRun.value;
  if (!run || !isRunCurrent.value) return;
  keepVersion(state.work.value, "scenario");
  state.replaceScenario(withReplies(state.work.value.scenario, run.ran.steps));
  runScenario();
}

const EXPECTED = /^\s*-- expect reply:/;

/** A scenario whose steps expect these replies. @param {string} text @param {import("../contract").ScenarioStep[]} steps */
function withReplies(text, steps) {
  const expected = (/** @type {import("../contract").ScenarioStep} */ { reply, is_cut: isCut }) => (reply === null || isCut ? [] : reply.split("\n").map((line) => `-- expect reply: ${line}`));
  if (steps.every(({ line }) => line === 0)) return [text.trimEnd(), "", "-- steps", ...steps.flatMap((step) => [`-- ${step.text}`, ...expected(step)]), ""].join("\n");
  const lines = text.split("\n");
  for (const step of steps.filter(({ is_cut: isCut }) => !isCut).toReversed()) {
    let end = step.line;
    while (EXPECTED.test(lines[end] ?? "")) end += 1;
    lines.splice(step.line, end - step.line, ...expected(step));
  }
  return lines.join("\n");
}

/** The failure becomes the scenario: with its steps it is a test, red until the scripts are mended. */
export function keepAsTest() {
  const failure = state.exploration.value?.answer?.failure;
  if (!failure) return;
  keepVersion(state.work.value, "scenario");
  state.replaceScenario(failure.scenario);
  state.leftTab.value = "scenario";
  runScenario();
}

/**
 * Debugs the call of a step, with the keyspace, the clock and the seed of that moment. Its script is shown, and is one more of
 * the work where it was none.
 * @param {state.ScenarioAsked} asked @param {number} step from 1 @param {string} title
 */
export async function debugStep(asked, step, title) {
  if (state.phase.value !== "ready") return;
  const call = await whileRunning(() => engine.ask({ type: "ScenarioCall", ...asked, step }, LIMITS()));
  if (!call) return;
  const problem = call.type === "Failure" ? call.message : showScript(call);
  if (problem) state.banner.value = { kind: "error", text: problem };
  if (problem || call.type === "Failure") return;
  const { keys, argv, mode, function: name, fixture, clock, seed } = call;
  await debugCall({ keys, argv, mode, function: name, protocol: 2, fixture, clock, seed, fresh: true, shuffle: false, cluster: 0, node: 0 }, title);
}

/** Shows the script of a call; "", or why that is not possible. @param {import("../contract").ScenarioCallShown} call */
function showScript({ name, script, keys, argv, mode, function: called }) {
  const scripts = state.looseScripts();
  const blank = { ...scripts[state.work.value.place], keys, argv, mode, function: called };
  const place = scripts.findIndex((one) => one.script === script);
  if (place >= 0) state.arrangeScripts(scripts, place);
  else if (blank.script.trim() === "") state.arrangeScripts(scripts.with(state.work.value.place, { ...blank, script, scriptName: nameOf(name, scripts) }), state.work.value.place);
  else if (scripts.length >= MOST_SCRIPTS) return `The work has ${MOST_SCRIPTS} scripts already, and this call is of another.`;
  else state.arrangeScripts([...scripts, { ...EMPTY_SCRIPT, script, keys, argv, mode, function: called, scriptName: nameOf(name, scripts) }], scripts.length);
  return "";
}

/** @param {string} name @param {state.Script[]} scripts */
const nameOf = (name, scripts) => freeName(asScriptName(name) || "script", scripts);
