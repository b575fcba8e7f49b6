// @ts-check
// Questions that change nothing: about the script, the last reply, the call.
import * as state from "../state.js";
import { endDebugging } from "./debugging.js";
import { engine, limits, whileRunning } from "./session.js";

/** Asks what changes nothing. @template {import("../contract").Request} R @param {R} request */
export const ask = (request) => engine.ask(request, limits());

/** What checking a fixture may take: it is done again and again, and a run waits for it. */
const CHECK_LIMITS = { ...limits(), seconds: 1 };

/** The last question to the linter, of a script or a fixture: the next waits for its answer, and what is no longer what was typed is not asked. @type {Promise<unknown>} */
let linting = Promise.resolve();

/**
 * What the linter finds in a script; null while nobody can answer, or when it has changed since.
 * @param {string} script @param {boolean} [atRest] whether nobody types: then scripts may be tried, too
 */
export async function lint(script, atRest = false) {
  await linting;
  if (state.phase.value !== "ready" || script !== state.work.value.script) return null;
  // An engine of before there was anything to try is asked as it always was.
  const answer = engine.ask(atRest ? { type: "Lint", script, at_rest: true } : { type: "Lint", script }).catch(() => null);
  linting = answer;
  const found = await answer;
  return found?.type === "Linted" ? found.diagnostics : null;
}

/** What is wrong with a fixture; null while nobody can answer, or when it has changed since. @param {string} lines */
export async function checkFixture(lines) {
  await linting;
  const { fixture, clock } = state.work.value;
  if (state.phase.value !== "ready" || lines !== fixture) return null;
  const answer = engine.ask({ type: "CheckFixture", lines, clock }, CHECK_LIMITS).catch(() => null);
  linting = answer;
  const found = await answer;
  return found?.type === "FixtureChecked" ? found.diagnostics : null;
}

/** How commands look that were passed around: a call of a script, a prompt, a line of MONITOR, an entry of SLOWLOG; and an error of a script. */
const PASSED_AROUND = /^\s*(?:\d+\)\s+)*4\)\s+1\) "| on @?user_(?:script|function):\d|\(call to f_[0-9a-f]{40}\)|^\s*(?:[$#] )?redis-cli\b|^\s*(?:EVAL|EVAL_RO|EVALSHA|FCALL|FCALL_RO)\s|^\S[^>\n]*> |^\+?\d+\.\d+ \[\d+ /im;

/** What a text is that was pasted or opened, if it is commands in a form in which they are passed around, or an error of one of the scripts. @param {string} text @param {string[]} scripts */
export async function recognise(text, scripts = []) {
  if (state.phase.value !== "ready" || !PASSED_AROUND.test(text)) return null;
  const answer = await engine.ask({ type: "Recognise", text, scripts }, limits()).catch(() => null);
  return answer?.type === "Recognised" && answer.form ? answer : null;
}

/** More values of the last reply, from number `offset` on; null where nobody can tell. @param {number} offset */
export async function moreReply(offset) {
  if (state.phase.value !== "ready") return null;
  const part = await engine.ask({ type: "MoreReply", offset }).catch(() => null);
  return part?.type === "ReplyPart" ? part : null;
}

/** More of what the last run changed, of the keys whose names hold `search`; null where nobody can tell. @param {string} search @param {number} offset */
export async function moreChanges(search, offset) {
  if (state.phase.value !== "ready") return null;
  const part = await engine.ask({ type: "MoreChanges", search, offset }).catch(() => null);
  return part?.type === "ChangePart" && !part.is_gone ? part : null;
}

/** Asks what client libraries return for the last reply. */
export async function askClients() {
  const ran = state.lastRun.value?.ran;
  if (!ran?.reply || state.phase.value !== "ready" || state.clientViews.value?.ran === ran) return;
  const answer = await engine.ask({ type: "ClientViews" }).catch(() => null);
  if (answer?.type === "ClientReplies") state.clientViews.value = { ran, views: answer.views };
}

/** The library whose functions are known. */
let knownLibrary = "";

/** Asks which functions the script registers, and calls the first where none of them is called. @param {string} script */
export async function askFunctions(script) {
  if (state.phase.value !== "ready" || (state.library.value && script === knownLibrary)) return;
  const answer = await engine.ask({ type: "Functions", script }).catch(() => null);
  if (answer?.type !== "LibraryFunctions" || script !== state.work.value.script) return;
  knownLibrary = script;
  state.library.value = answer;
  const names = answer.functions.map(({ name }) => name);
  if (names.length && !names.includes(state.work.value.function)) state.edit({ function: names[0] });
}

/** Asks what the script calls its inputs, and whether the fields can be read. @param {string} script @param {string[]} keys @param {string[]} argv */
export async function askInputs(script, keys, argv) {
  const described = await engine.ask({ type: "DescribeInputs", script, keys, argv }, limits()).catch(() => null);
  if (described?.type === "InputsDescribed" && script === state.work.value.script) state.inputs.value = { ...described, asked: { keys, argv } };
}

/** The call, and the tests, as text for elsewhere, or the sentence that says why not. */
export async function exportCall() {
  const work = state.work.value;
  const exported = await engine.ask({ type: "Export", ...state.callOf(work), name: work.others.length ? work.scriptName : work.name, tests: work.tests });
  return exported.type === "Failure" ? exported.message : exported;
}

/** Which keys a script names, without running it. @param {string} script */
export async function askScriptKeys(script) {
  await linting;
  if (state.phase.value !== "ready" || script !== state.work.value.script) return;
  const answer = await ask({ type: "ScriptKeys", script }).catch(() => null);
  if (answer) state.scriptKeys.value = { script, answer };
}

/** Where the keys of the last run come from: its script is run once more, and all it does is taken back. */
export async function askKeyReport() {
  const last = state.lastRun.value;
  if (state.phase.value !== "ready" || !last) return;
  await endDebugging();
  const { ran, work } = last;
  const { fixture, fresh, clock, seed, shuffle } = work;
  const answer = await whileRunning(() => engine.ask({ type: "KeyReport", ...state.callOf(work), fixture, fresh, clock, seed, shuffle }, limits()));
  if (answer) state.keyReport.value = { ran, answer };
}
