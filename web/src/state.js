// @ts-check
// Everything the page knows, in one place. Panels read signals; the actions change them.
import { batch, computed, signal } from "@preact/signals";
import { scriptNamed, scriptsOf, withScripts } from "./scripts.js";
import { DEFAULT_SERVER, serverOf } from "./servers.js";

/**
 * @typedef {import("./contract").Ran} Ran
 * @typedef {import("./contract").Run} RunRequest
 *
 * What a link carries, what is saved, and what Run sends: the script that is shown, and what it shares with the others of the work.
 * @typedef {Script & { name: string, fixture: string, server: string, fresh: boolean, clock: number | null, seed: number | null, shuffle: boolean,
 *   cluster: number, node: number, engine: string, others: Script[], place: number, scenario: string, budget: number }} Work
 * `server` is the name of a profile, maybe one that only another Ferrous knows. `cluster` and `node` are those of Run. `engine` is the version
 * it asks for; empty for the one that is here. `others` are the scripts that are not shown, in their order, and `place` where the shown one
 * stands among them, from 0: scripts.js has them all. `scenario` is the text of a scenario, "" where there is none;
 * `budget` are the events that its exploration may take.
 *
 * A script of a work, and what belongs to it alone.
 * @typedef {{ scriptName: string, script: string, keys: string[], argv: string[], mode: Mode, function: string, protocol: 2 | 3,
 *   tests: Test[], presets: Preset[], keyNames: string[], argvNames: string[], breakpoints: Breakpoints, watches: string[], moment: number }} Script
 * `scriptName` is its name in the work. `keyNames` and `argvNames` are what the person calls the inputs, "" where that is what the script does.
 * `watches` are the expressions that are evaluated at each moment of a script that is debugged; `moment` is where the next
 * recording goes first, 0 for its beginning: a link leads there.
 *
 * @typedef {Required<import("./contract").LineBreakpoint>} LineBreakpoint
 * @typedef {{ lines: LineBreakpoint[], keys: import("./contract").KeyBreakpoint[], changes: import("./contract").ChangeBreakpoint[],
 *   errors: "none" | "uncaught" | "all" }} Breakpoints
 *
 * @typedef {import("./contract").Run["mode"] & string} Mode
 *
 * Inputs under a name: what is called, and with what.
 * @typedef {{ name: string, keys: string[], argv: string[], mode: Mode, function: string, protocol: 2 | 3,
 *   clock: number | null, seed: number | null }} Preset
 *
 * A call of the script and what it should do. `reply` is redis-cli's text; `keyspace` lines of commands that fill a
 * keyspace as it should be afterwards, null where only the reply is expected.
 * @typedef {{ name: string, keys: string[], argv: string[], mode: Mode, function: string, protocol: 2 | 3, fixture: string,
 *   clock: number | null, seed: number | null, reply: string, keyspace: string | null }} Test
 *
 * What came of a test, and the script it tested.
 * @typedef {{ script: string, answer: import("./contract").TestRan | import("./contract").Failure }} TestResult
 *
 * @typedef {"loading" | "ready" | "running" | "failed"} Phase
 * @typedef {{ prompt: string, input: string, text: string, isError: boolean, note: string }} ConsoleEntry
 */

/** @type {Breakpoints} */
export const NO_BREAKPOINTS = { lines: [], keys: [], changes: [], errors: "none" };

/** In the order of links of version 1. @type {Work} */
export const EMPTY_WORK = {
  name: "untitled",
  script: "return redis.call('PING')\n",
  keys: [],
  argv: [],
  fixture: "",
  mode: "EVAL",
  function: "",
  protocol: 2,
  server: DEFAULT_SERVER,
  fresh: true,
  clock: null,
  seed: null,
  shuffle: false,
  cluster: 0,
  node: 0,
  engine: "",
  tests: [],
  presets: [],
  keyNames: [],
  argvNames: [],
  breakpoints: NO_BREAKPOINTS,
  watches: [],
  moment: 0,
  scriptName: "main",
  others: [],
  place: 0,
  scenario: "",
  budget: 200_000,
};

/** @type {Preset} */
export const EMPTY_PRESET = { name: "", keys: [], argv: [], mode: "EVAL", function: "", protocol: 2, clock: null, seed: null };

/** @type {Test} */
export const EMPTY_TEST = {
  name: "",
  keys: [],
  argv: [],
  mode: "EVAL",
  function: "",
  protocol: 2,
  fixture: "",
  clock: null,
  seed: null,
  reply: "",
  keyspace: null,
};

export const work = signal(EMPTY_WORK);

/** Another object each time the whole work was replaced, by an example, a link or the history: editors then start over. */
export const generation = signal({});
/** What the shown script is written on: its editor keeps cursor and undo by it. */
export const sheet = signal({});
/** What the scenario is written on. */
export const scenarioSheet = signal({});
/** The sheets of the other scripts. @type {WeakMap<Script, {}>} */
const sheets = new WeakMap();

export const phase = signal(/** @type {Phase} */ ("loading"));
export const progress = signal({ fraction: 0, doing: "Loading Python" });
/** How far long work is; null while there is none, or nobody can tell. @type {import("@preact/signals").Signal<import("./engine.js").Working | null>} */
export const working = signal(null);
/** What is known of the script that runs; null before the first report. @type {import("@preact/signals").Signal<import("./engine.js").Figures | null>} */
export const figures = signal(null);
/** When the page became busy, by the browser's own clock. */
export const runningSince = signal(0);
/** Run was asked for before Python was there. */
export const runWaits = signal(false);
export const engineVersion = signal("");
/**
 * What is known of the image of Python's memory. "restored": the engine that runs was; "refused": it could not be, or none could
 * be made; "scarce": there is no room for one.
 * @typedef {import("./engine.js").Image | "being made" | "made" | "scarce"} MemoryImage
 */
export const memoryImage = signal(/** @type {MemoryImage} */ ("none"));
/** A wheel the person chose, which runs until the page is left. @type {import("@preact/signals").Signal<{ name: string, content: ArrayBuffer } | null>} */
export const ownEngine = signal(null);

/**
 * The last run, the work it ran, and the fixture it began with; null where it began with the keyspace as it was: the copy has
 * that at its mark. `act` is the number of what it did to the keyspace, as long as the engine lives that knows it; null where
 * that is nothing. `stopped` says why it was, "" where it was not; `sheet` what the script is written on.
 * @type {import("@preact/signals").Signal<{ ran: Ran, work: Work, dry: boolean, before: string | null, act: number | null, stopped: string, sheet: {} } | null>}
 */
export const lastRun = signal(null);
/** What the run panel says instead of a reply, when there is none. */
export const notice = signal(/** @type {{ kind: "info" | "error", text: string, inShort?: string } | null} */ (null));
/** A message over the whole page: a bad link, a restarted worker. The next good run ends it, unless it `stays` until it is closed. @type {import("@preact/signals").Signal<{ kind: "info" | "error", text: string, stays?: boolean, action?: { title: string, act: () => void } } | null>} */
export const banner = signal(null);

/** What is offered to be made of what was pasted. @type {import("@preact/signals").Signal<{ text: string, choices: { title: string, act: () => void }[] } | null>} */
export const offer = signal(null);

/** What client libraries return for the last reply, and the run it belongs to. @type {import("@preact/signals").Signal<{ ran: Ran, views: import("./contract").ClientView[] } | null>} */
export const clientViews = signal(null);
/** What the script registers, while it is a library. @type {import("@preact/signals").Signal<import("./contract").LibraryFunctions | null>} */
export const library = signal(null);
/** What the script calls its inputs, and which of the fields `asked` about cannot be read. @type {import("@preact/signals").Signal<(import("./contract").InputsDescribed & { asked: { keys: string[], argv: string[] } }) | null>} */
export const inputs = signal(null);
/** The preset whose inputs were taken last; -1 for none. */
export const chosenPreset = signal(-1);
/** A line of the script to go to; a new object each time. @type {import("@preact/signals").Signal<{ line: number } | null>} */
export const shownLine = signal(null);

/**
 * Where the debugger stands, the work it debugs, `whose` call that is where it is not that of the work, whether it was to be the run
 * that was seen, what was set in it, and what of the page ended its recording; null while it is closed.
 * @type {import("@preact/signals").Signal<{ moment: import("./moments.js").Moment, work: Work, whose: string, again: boolean, settings: string[], interrupted: import("./worker/serving.js").Interruption, began: number } | null>}
 */
export const debugged = signal(null);
/** Whether the rest of its recording is being made, while its first part is shown. */
export const recordsOn = signal(false);
/** The part that the timeline shows of the recording `of` which it was chosen. */
export const shownMoments = signal({ of: /** @type {unknown} */ (null), first: 1, last: 1 });
/** What happens in it, and the recording, by what of it was told. @type {import("@preact/signals").Signal<{ of: unknown, shown: import("./contract").DebugTimelineShown } | null>} */
export const timeline = signal(null);
/** How many searches for breakpoints have come to their end: who was told of a part of what they meet asks again. */
export const searches = signal(0);
/** The key whose content, and whose writes, are shown. */
export const chosenKey = signal("");
/** Where they are evaluated: a level of the stack, 0 being the innermost, or of that of a coroutine. A move comes back to 0. */
export const lookedAt = signal({ level: 0, thread: "" });
/** What was set in the script that is debugged, and what that changed. @type {import("@preact/signals").Signal<import("./contract").DebugWasSet | null>} */
export const wasSet = signal(null);
/** Whether the debugger shows what is inside: bytecode, tree and Python. */
export const looksInside = signal(false);
/** The line of the script that is pointed at, there (`isInside`) or in the editor; null for none. @type {import("@preact/signals").Signal<{ line: number, isInside: boolean } | null>} */
export const pointedLine = signal(null);
/** Where the time of the script goes, and the script. @type {import("@preact/signals").Signal<{ shown: import("./contract").DebugProfileShown, script: string } | null>} */
export const profile = signal(null);
/**
 * What a script does on every server, as far as it has run: the work, which server it is at, and why it ended early, "" where it
 * did not; null until somebody asked.
 * @type {import("@preact/signals").Signal<{ work: Work, compared: import("./contract").ServersCompared | null, doing: string, done: number, ended: string } | null>}
 */
export const everyServer = signal(null);
/** What came of each test on each server: by server the answers, in the order of the tests they belong to. @type {import("@preact/signals").Signal<{ script: string, tests: Test[], answers: Map<string, (import("./contract").TestRan | import("./contract").Failure)[]>, doing: string, ended: string } | null>} */
export const everyTest = signal(null);
/** Where the keys of a run come from, and the run. @type {import("@preact/signals").Signal<{ ran: import("./contract").Ran, answer: import("./contract").KeyReportShown | import("./contract").Failure } | null>} */
export const keyReport = signal(null);
/** The keys that a script names, and the script. @type {import("@preact/signals").Signal<{ script: string, answer: import("./contract").ScriptKeysShown | import("./contract").Failure } | null>} */
export const scriptKeys = signal(null);
/** What the script was measured to cost, and what was asked; null until somebody wants to know. @type {import("@preact/signals").Signal<{ asked: import("./contract").MeasureCost, answer: import("./contract").CostMeasured | import("./contract").Failure } | null>} */
export const cost = signal(null);
/** The answer to who wrote something. @type {import("@preact/signals").Signal<import("./contract").DebugOriginShown | null>} */
export const origin = signal(null);
/** Why a breakpoint is not where it was set. */
export const breakpointNote = signal("");

/** What of the work a scenario is asked about. @typedef {Pick<import("./contract").RunScenario, "scenario" | "scripts" | "seed">} ScenarioAsked */
/**
 * Where the scenario stands that was run, and what became of its exploration, with what was asked and what the page ended; null
 * where there is none; `since` when it was asked. `answer` is null while one explores.
 * @type {import("@preact/signals").Signal<{ asked: ScenarioAsked, since: number, ran: import("./contract").ScenarioRan, interrupted: import("./worker/serving.js").Interruption } | null>}
 */
export const scenarioRun = signal(null);
/**
 * The moment that the clock of a scenario was moved to, after so many `steps` of a run; `shown` is the last that was answered.
 * @type {import("@preact/signals").Signal<{ ran: import("./contract").ScenarioRan, steps: number, shown: import("./contract").ScenarioMomentShown | null } | null>}
 */
export const scenarioMoment = signal(null);
/** @type {import("@preact/signals").Signal<{ asked: ScenarioAsked, since: number, answer: import("./contract").ScenarioExplored | null, ended: string, interrupted: import("./worker/serving.js").Interruption } | null>} */
export const exploration = signal(null);
/** A line of the scenario to go to; a new object each time. @type {import("@preact/signals").Signal<{ line: number } | null>} */
export const scenarioLine = signal(null);

/** What came of each test; `resultOf` knows whether it still holds. @type {import("@preact/signals").Signal<Map<Test, TestResult>>} */
export const testResults = signal(new Map());

/**
 * The calls of an application, the newest first, and how many came that are not among them; `shown` are those of the moment since which
 * no others are, null while they are listed as they come.
 * @typedef {import("./contract").LiveCall} LiveCall
 * @type {import("@preact/signals").Signal<{ all: LiveCall[], missed: number, shown: LiveCall[] | null }>}
 */
export const live = signal({ all: [], missed: 0, shown: null });
/** The scripts whose calls stop, by SHA-1 or the function's name, beside those that have breakpoints; and whether any do. @type {import("@preact/signals").Signal<Set<string>>} */
export const liveStops = signal(new Set());
export const callsStop = signal(true);
/** The scripts whose calls stop, as the server has told. @type {import("@preact/signals").Signal<string[]>} */
export const stoppingCalls = signal([]);
/** The call whose client waits until the page lets it go on. @type {import("@preact/signals").Signal<LiveCall | null>} */
export const heldCall = signal(null);
/** Why no calls come; "" while they may. */
export const liveProblem = signal("");
/** Whether each call that comes from now on is listed. */
export const isWatching = signal(false);

export const keyCount = signal(0);
/** Counts the changes of the keyspace; the browser reads it to know when to look again. */
export const keyspaceRevision = signal(0);
/** The server that the engine imitates now: it follows the work (actions/server.js). */
export const engineServer = signal(DEFAULT_SERVER);
/** The acts that Undo takes back, the next one last. @type {import("@preact/signals").Signal<import("./contract").DoneAct[]>} */
export const undoable = signal([]);
/** The acts that Redo does again, the next one last. @type {import("@preact/signals").Signal<import("./contract").DoneAct[]>} */
export const redoable = signal([]);

/**
 * Where the server's clock stood when it was told last: `now` in Unix milliseconds at the browser's `at`; `held` in seconds, null
 * while it goes; and when the next key expires.
 */
export const serverTime = signal({ now: 0, at: 0, held: /** @type {number | null} */ (null), nextExpiry: /** @type {number | null} */ (null) });
/** A person is typing the time at which the clock is to stand. */
export const clockIsTyped = signal(false);

export const consoleEntries = signal(/** @type {ConsoleEntry[]} */ ([]));
/** Lines entered at the console that wait for their turn. */
export const typedAhead = signal(/** @type {string[]} */ ([]));
/** The prompt of a new connection. */
export const FIRST_PROMPT = "ferrous> ";
/** Empty while the console reads messages. */
export const consolePrompt = signal(FIRST_PROMPT);

/** What the linter found in the script as it stands. */
export const diagnosticCount = signal(0);
/** What the editor can explain; empty until the engine has told. */
export const reference = signal(/** @type {import("./contract").ReferenceBook} */ ({ type: "ReferenceBook", commands: [], rules: [] }));

export const leftTab = signal("script");
export const rightTab = signal("reply");
export const dialog = signal(/** @type {"" | "engine" | "examples" | "share" | "export" | "keys" | "history" | "snapshots"} */ (""));

/** Whether the last result belongs to another script than the one that stands there, or to another server. */
export const isStale = computed(
  () => lastRun.value !== null && (lastRun.value.work.script !== work.value.script || serverOf(lastRun.value.work) !== serverOf(work.value)),
);

/**
 * What became of what the last run did to the keyspace: it `stands` as the last thing done, or other acts came `after`, or it
 * was `undone`; while a script is `debugged` the keyspace is as at the moment shown. Null where it did nothing that was kept.
 */
export const standing = computed(() => {
  const act = lastRun.value?.act ?? null;
  if (act === null) return null;
  if (debugged.value?.moment.outcome === "open") return "debugged";
  if (redoable.value.some(({ number }) => number === act)) return "undone";
  return undoable.value.at(-1)?.number === act ? "stands" : "after";
});

/** The breakpoints of the script that is debugged, which need not be the one that is shown. */
export const breakpointsThere = () => (debugged.value && scriptNamed(work.value, debugged.value.work.scriptName)?.breakpoints) ?? work.value.breakpoints;

/** What came of a test, while neither it nor its script has changed since. @param {Test} test */
export function resultOf(test, { script } = /** @type {Script} */ (work.value)) {
  const result = testResults.value.get(test);
  return result?.script === script ? result.answer : undefined;
}

/** @param {TestResult["answer"] | undefined} answer @returns {"not run" | "passed" | "failed"} */
export function verdictOf(answer) {
  if (answer === undefined) return "not run";
  return answer.type === "TestRan" && answer.outcome === "passed" ? "passed" : "failed";
}

/** The verdicts of all tests of a script, in their order. @param {Script} script */
export const verdictsOf = (script) => script.tests.map((test) => verdictOf(resultOf(test, script)));

/** Those of the script that is shown. */
export const verdicts = computed(() => verdictsOf(work.value));

/** What of the work says how the script is called. @param {Work} work */
export function callOf({ script, keys, argv, mode, function: name, protocol }) {
  return { script, keys, argv, mode, function: name, protocol };
}

/** What of the work is no call, but decides how it runs; what is not asked for is left out. @param {Work} work */
export function conditionsOf({ fixture, clock, seed, shuffle, cluster, node }) {
  return { fixture, clock, seed, ...(shuffle && { shuffle }), ...(cluster && { cluster, node }) };
}

/** How a script is called, whatever with. @param {Pick<Work, "mode" | "function" | "protocol">} work */
export const calleeOf = ({ mode, function: name, protocol }) => ({ mode, function: name, protocol });

/** The page is busy from now on; what was said of something before is out of date. */
export function beginRunning() {
  batch(() => {
    showRunning(performance.now());
    notice.value = null;
  });
}

/** The page shows that it is busy since then: as work of its own, so that no Stop of what was before it ends it. @param {number} since */
export function showRunning(since) {
  batch(() => {
    runningSince.value = since;
    phase.value = "running";
  });
}

/** Shows a line of the script. @param {number} line */
export function showLine(line) {
  leftTab.value = "script";
  shownLine.value = { line };
}

/** Shows a line of the scenario. @param {number} line */
export function showScenarioLine(line) {
  leftTab.value = "scenario";
  scenarioLine.value = { line };
}

/** @param {Partial<Work>} change */
export function edit(change) {
  const isOther = change.script !== undefined && change.script !== work.value.script;
  work.value = { ...work.value, ...(isOther && { moment: 0 }), ...change };
}

/** The scripts of the work, ready to be arranged otherwise. */
export function looseScripts() {
  const scripts = scriptsOf(work.value);
  sheets.set(scripts[work.value.place], sheet.value);
  return scripts;
}

/** The work consists of these scripts from now on, and shows one. @param {Script[]} scripts @param {number} place */
export function arrangeScripts(scripts, place) {
  batch(() => {
    work.value = withScripts(work.value, scripts, place);
    lookAtSheet(sheets.get(scripts[place]) ?? {});
  });
}

/** Another script is shown: what was known of the one before is asked of this one. @param {{}} next its sheet */
function lookAtSheet(next) {
  if (next === sheet.value) return;
  sheet.value = next;
  library.value = null;
  inputs.value = null;
  chosenPreset.value = -1;
  offer.value = null;
  breakpointNote.value = "";
}

/** Another scenario takes the place of the one in the editor. @param {string} scenario */
export function replaceScenario(scenario) {
  batch(() => {
    edit({ scenario });
    scenarioSheet.value = {};
  });
}

/** Replaces the whole work. @param {Work} next */
export function replaceWork(next) {
  work.value = next;
  generation.value = {};
  scenarioSheet.value = {};
  lookAtSheet({});
  lastRun.value = null;
  testResults.value = new Map();
  notice.value = null;
  scenarioRun.value = exploration.value = null;
  const isScenario = next.scenario !== "" && next.script.trim() === "";
  leftTab.value = isScenario ? "scenario" : "script";
  rightTab.value = isScenario ? "steps" : next.moment ? "debug" : "reply";
}
