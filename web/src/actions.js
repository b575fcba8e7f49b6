// @ts-check
// What the person at the page can do. Only this file talks to the engine and changes what the engine's answers change.
import { Engine, EngineGone } from "./engine.js";
import { keepVersion } from "./history.js";
import { KeyspaceCopy } from "./keyspace_copy.js";
import { fromBase64, toBase64 } from "./base64.js";
import { settings } from "./storage.js";
import * as state from "./state.js";

/** Time an interrupted script has to stop; then its worker is ended. Milliseconds. */
const STOP_GRACE = 1500;
/** Deaths in a row after which the engine is not started again. */
const MOST_DEATHS = 3;
/** Memory one request may take, as `Limits.memory` of a server. Megabytes. */
const MOST_MEGABYTES = 512;
/** Lines of the console, each with its reply, that stay in sight. */
const MOST_ENTRIES = 500;

const copy = new KeyspaceCopy();
/** @type {Engine} */
let engine;
let deaths = 0;
/** Whether the engine that was started last has answered. */
let hasAnswered = false;
/** The version the work asked for, which was started; empty for the one of this site. */
let startedVersion = "";

/** @param {string} workerURL */
export function startEngine(workerURL) {
  engine = new Engine(workerURL, {
    progress: (fraction, doing) => (state.progress.value = { fraction, doing }),
    ready: whenReady,
    dead: whenDead,
  });
  engine.start();
}

async function whenReady() {
  const hello = await engine.ask({ type: "Hello" });
  hasAnswered = true;
  if (hello.type === "Welcome") state.engineVersion.value = `${hello.engine_version} on Python ${hello.python_version}`;
  if (!copy.isEmpty) await engine.ask({ type: "Load", lines: copy.lines(), fresh: true });
  state.undoable.value = [];
  // A run that waits comes first: when the phase is "ready" the linter and the panels ask too.
  if (state.runWaits.value) {
    state.runWaits.value = false;
    await carryOut(false);
  } else state.phase.value = "ready";
  const book = await engine.ask({ type: "Reference" }).catch(() => null);
  if (book?.type === "ReferenceBook") state.reference.value = book;
}

/** @param {string} message */
function whenDead(message) {
  deaths += 1;
  if (startedVersion && !hasAnswered) return refuseEngine(message);
  if (deaths > MOST_DEATHS || state.engineVersion.value === "") {
    state.phase.value = "failed";
    state.banner.value = { kind: "error", text: `Python could not be loaded: ${message}. Reload the page to try again.` };
    return;
  }
  state.banner.value = { kind: "error", text: "Python stopped working and was started again. The keyspace is as it was before the run." };
  restart();
}

/** Starts the engine the work asks for, unless it is there. @param {string} version "" for the one of this site */
export function useEngine(version) {
  const wanted = version === SITE_LAYOUT.version ? "" : version;
  if (wanted === startedVersion) return;
  startedVersion = wanted;
  deaths = 0;
  state.banner.value = null;
  engine.end("another version of the engine is started");
  restart();
}

/** @param {string} reason */
function refuseEngine(reason) {
  state.phase.value = "failed";
  state.banner.value = {
    kind: "error",
    text: `This work asks for engine ${startedVersion}, which cannot be had: ${reason}.`,
    action: { title: `Continue with engine ${SITE_LAYOUT.version}`, act: () => state.edit({ engine: "" }) },
  };
}

function restart() {
  state.debugged.value = null;
  state.consolePrompt.value = state.FIRST_PROMPT;
  state.phase.value = "loading";
  state.progress.value = { fraction: 0, doing: startedVersion ? `Fetching engine ${startedVersion}` : "Starting Python again" };
  hasAnswered = false;
  engine.start(startedVersion);
}

/** What every answer that may change the keyspace tells. @param {import("./contract").KeyspaceState} keyspace */
function takeIn({ keys, recreations, undoable, prompt, arrived }) {
  copy.update(recreations);
  state.keyCount.value = keys;
  state.undoable.value = undoable;
  state.consolePrompt.value = prompt;
  if (arrived) printToConsole({ prompt: "", input: "", text: arrived, isError: false, note: "" });
  if (recreations.length) state.keyspaceRevision.value += 1;
}

/** At which a request that runs what a person wrote is interrupted. */
const limits = () => ({ seconds: settings.value.seconds, bytes: MOST_MEGABYTES * 1024 * 1024 });

/** Runs the script as it stands. @param {{ dry?: boolean }} [options] */
export async function run({ dry = false } = {}) {
  if (state.phase.value === "running") return;
  if (state.phase.value === "loading") {
    state.runWaits.value = true;
    return;
  }
  if (state.phase.value !== "ready") return;
  await endDebugging();
  await carryOut(dry);
}

/** @param {boolean} dry */
async function carryOut(dry) {
  const work = state.work.value;
  const { fixture, fresh, clock, seed } = work;
  const before = fresh ? fixture : copy.lines();
  state.phase.value = "running";
  state.notice.value = null;
  try {
    const ran = await engine.ask(
      { type: "Run", ...state.callOf(work), fixture, fresh, dry, clock, seed },
      limits(),
    );
    deaths = 0;
    if (ran.type === "Failure") {
      state.notice.value = { kind: "error", text: ran.message };
      state.lastRun.value = null;
    } else {
      takeIn(ran.keyspace);
      state.lastRun.value = { ran, work, dry, before };
      keepVersion(work, "run");
      if (ran.outcome === "interrupted") state.notice.value = { kind: "info", text: interruptedText(ran.interrupted) };
      if (ran.outcome === "fixture") state.leftTab.value = "fixture";
    }
    state.phase.value = "ready";
  } catch (error) {
    // The worker is gone; whoever ended it starts the next one and says why.
    if (!(error instanceof EngineGone)) throw error;
    state.lastRun.value = null;
  }
}

/** Runs tests one after the other, each on a keyspace of its own. @param {import("./state.js").Test[]} tests */
export async function runTests(tests) {
  if (state.phase.value !== "ready") return;
  const work = state.work.value;
  state.phase.value = "running";
  try {
    for (const test of tests) {
      const answer = await askTest(work, test);
      state.testResults.value = new Map(state.testResults.value).set(test, { work, answer });
      if (answer.interrupted === "stop") break;
    }
    state.phase.value = "ready";
  } catch (error) {
    if (!(error instanceof EngineGone)) throw error;
  }
}

/** @param {import("./state.js").Work} work @param {Omit<import("./contract").RunTest, "type" | "script" | "mode" | "function" | "protocol"> & { name?: string }} test */
function askTest(work, { name: _, ...expected }) {
  return engine.ask({ type: "RunTest", ...state.callOf(work), ...expected }, limits());
}

/** Makes a test of the last run: its inputs at its time, what it replied, and the keyspace it left. */
export async function recordTest() {
  const last = state.lastRun.value;
  if (!last || state.phase.value !== "ready") return;
  const { keys, argv, seed } = last.work;
  const inputs = { keys, argv, fixture: last.before, clock: last.work.clock ?? last.ran.now / 1000, seed };
  state.phase.value = "running";
  try {
    const answer = await askTest(last.work, inputs);
    state.phase.value = "ready";
    if (answer.type === "Failure" || answer.outcome !== "passed") {
      const reason = answer.type === "Failure" ? answer.message : "it did not come to its end";
      state.banner.value = { kind: "error", text: `The run could not be recorded: ${reason}.` };
      return;
    }
    const { tests } = state.work.value;
    const test = { name: `test ${tests.length + 1}`, ...inputs, reply: answer.reply, keyspace: answer.keyspace };
    state.edit({ tests: [...tests, test] });
    state.testResults.value = new Map(state.testResults.value).set(test, { work: last.work, answer });
  } catch (error) {
    if (!(error instanceof EngineGone)) throw error;
  }
}

/** @param {import("./worker/worker.js").Interruption} why */
function interruptedText(why) {
  const reasons = {
    "": "Stopped.",
    stop: "Stopped.",
    time: `The script ran longer than ${settings.value.seconds} s and was stopped.`,
    memory: `The script took more than ${MOST_MEGABYTES} MB of memory and was stopped.`,
  };
  return `${reasons[why]} The keyspace is as it was before the run.`;
}

/** Stops the running script: by an interrupt where the page may share memory, else by ending its worker. */
export function stop() {
  if (state.phase.value !== "running") return;
  if (!engine.interrupt()) return endAndRestart();
  setTimeout(() => state.phase.value === "running" && endAndRestart(), STOP_GRACE);
}

function endAndRestart() {
  engine.end("stopped");
  state.notice.value = { kind: "info", text: interruptedText("stop") };
  restart();
}

/** Records the script as it stands, and shows its first moment. */
export async function debug() {
  if (state.phase.value !== "ready") return;
  await endDebugging();
  const work = state.work.value;
  const { fixture, fresh, clock, seed } = work;
  state.phase.value = "running";
  state.notice.value = null;
  state.rightTab.value = "debug";
  state.leftTab.value = "script";
  try {
    const request = /** @type {const} */ ({ type: "Debug", ...state.callOf(work), fixture, fresh, clock, seed });
    showMoment(work, await engine.ask(request, limits()));
    state.phase.value = "ready";
  } catch (error) {
    if (!(error instanceof EngineGone)) throw error;
  }
}

/** The move that waits for the one under way: while the slider is drawn only the last counts. @type {(() => void) | null} */
let nextMove = null;
let isMoving = false;

/** Goes to another moment of the debugged script. @param {import("./contract").DebugMove["how"]} how */
export async function moveDebugger(how, moment = 0) {
  const open = state.debugged.value;
  if (open?.moment.outcome !== "open" || state.phase.value !== "ready") return;
  if (isMoving) {
    nextMove = () => moveDebugger(how, moment);
    return;
  }
  isMoving = true;
  try {
    const answer = await engine.ask({ type: "DebugMove", how, moment, breakpoints: state.breakpoints.value }, limits());
    if (state.debugged.value === open) showMoment(open.work, answer);
  } catch (error) {
    if (!(error instanceof EngineGone)) throw error;
  } finally {
    isMoving = false;
    const waiting = nextMove;
    nextMove = null;
    waiting?.();
  }
}

/** @param {state.Work} work @param {import("./contract").DebugMoment | import("./contract").Failure} answer */
function showMoment(work, answer) {
  if (answer.type === "Failure") {
    state.debugged.value = null;
    state.rightTab.value = "reply";
    state.notice.value = { kind: "error", text: answer.message };
    return;
  }
  state.debugged.value = { moment: answer, work };
  state.keyCount.value = answer.keys;
  state.keyspaceRevision.value += 1;
}

/** What is inside a value the debugger shows; null where it is gone. @param {string} token @param {number} offset */
export async function expandValue(token, offset) {
  const content = await engine.ask({ type: "DebugExpand", token, offset }).catch(() => null);
  return content?.type === "DebugContent" ? content : null;
}

/** Closes the debugger: what a script that has ended did is kept, otherwise all is taken back. */
export async function endDebugging() {
  const open = state.debugged.value;
  state.debugged.value = null;
  if (open?.moment.outcome !== "open") return;
  state.phase.value = "running";
  try {
    const ended = await engine.ask({ type: "DebugEnd" });
    if (ended.type === "DebugEnded") takeIn(ended.keyspace);
    state.keyspaceRevision.value += 1;
    state.phase.value = "ready";
  } catch (error) {
    if (!(error instanceof EngineGone)) throw error;
  }
}

/** Takes back the last run, console command or import. */
export async function undo() {
  if (state.phase.value !== "ready") return;
  await endDebugging();
  const undone = await engine.ask({ type: "Undo" });
  if (undone.type === "Failure") return;
  takeIn(undone.keyspace);
  state.notice.value = { kind: "info", text: undone.what ? `Taken back: ${undone.what}.` : "There is nothing to take back." };
}

/** A line typed at the console. @param {string} input */
export async function sendConsole(input) {
  const prompt = state.consolePrompt.value;
  const reply = await askConsole({ type: "Console", line: input });
  if (reply) showReply({ prompt, input }, reply);
}

/** Ctrl+C at the console: its connection ends, and a new one begins. */
export async function reconnectConsole() {
  const reply = await askConsole({ type: "Reconnect" });
  if (reply) showReply({ prompt: "", input: "^C" }, reply);
}

/** The answer to a request of the console; null when nobody answers. @param {import("./contract").Console | import("./contract").Reconnect} request */
async function askConsole(request) {
  if (state.phase.value !== "ready") return null;
  await endDebugging();
  state.phase.value = "running";
  try {
    const reply = await engine.ask(request, limits());
    state.phase.value = "ready";
    return reply;
  } catch (error) {
    if (!(error instanceof EngineGone)) throw error;
    return null;
  }
}

/**
 * @param {{ prompt: string, input: string }} asked
 * @param {import("./contract").ConsoleReply | import("./contract").Failure} reply
 */
function showReply(asked, reply) {
  if (reply.type === "Failure") {
    printToConsole({ ...asked, text: reply.message, isError: true, note: "" });
    return;
  }
  printToConsole({ ...asked, text: reply.text, isError: reply.is_error, note: reply.note });
  takeIn(reply.keyspace);
}

/** @param {state.ConsoleEntry} entry */
function printToConsole(entry) {
  state.consoleEntries.value = [...state.consoleEntries.value, entry].slice(-MOST_ENTRIES);
}

/** What may follow a line at the console; null while nobody can answer. @param {string} line */
export async function complete(line) {
  if (state.phase.value !== "ready") return null;
  const completed = await engine.ask({ type: "Complete", line }).catch(() => null);
  return completed?.type === "Completed" ? completed : null;
}

/** Carries out lines of commands: an import. Answers "", or what failed. @param {string} lines @param {boolean} fresh */
export const load = (lines, fresh) => loadWith({ type: "Load", lines, fresh });

/** The keyspace becomes what an RDB file holds. Answers "", or what is wrong with it. @param {Uint8Array} file */
export const loadRdb = (file) => loadWith({ type: "LoadRdb", content: toBase64(file) });

/** @param {import("./contract").Load | import("./contract").LoadRdb} request */
async function loadWith(request) {
  if (state.phase.value !== "ready") return "the engine is not ready";
  await endDebugging();
  const loaded = await engine.ask(request);
  if (loaded.type === "Failure") return loaded.message;
  takeIn(loaded.keyspace);
  if (!loaded.problem) return "";
  const { line, message } = loaded.problem;
  return line === null ? message : `line ${line}: ${message}`;
}

/** The keyspace as an RDB file, or the sentence that says why not. */
export async function saveRdb() {
  const file = await engine.ask({ type: "SaveRdb" });
  return file.type === "Failure" ? file.message : fromBase64(file.content);
}

/** Asks what changes nothing. @template {import("./contract").Request} R @param {R} request */
export const ask = (request) => engine.ask(request, limits());

/** What the linter finds in a script; null while nobody can answer. @param {string} script */
export async function lint(script) {
  if (state.phase.value !== "ready") return null;
  const found = await engine.ask({ type: "Lint", script }).catch(() => null);
  return found?.type === "Linted" ? found.diagnostics : null;
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

/** The call as text for elsewhere, or the sentence that says why not. */
export async function exportCall() {
  const work = state.work.value;
  const exported = await engine.ask({ type: "Export", ...state.callOf(work), name: work.name });
  return exported.type === "Failure" ? exported.message : exported;
}

/** The keyspace as lines of commands. */
export const exportLines = () => copy.lines();

/** Asks for a page of keys. @param {Omit<import("./contract").Browse, "type">} question */
export const browse = (question) => engine.ask({ type: "Browse", ...question });

/** Asks for the content of a key. @param {Omit<import("./contract").Inspect, "type">} question */
export const inspect = (question) => engine.ask({ type: "Inspect", ...question });
