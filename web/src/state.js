// @ts-check
// Everything the page knows, in one place. Panels read signals; actions.js changes them.
import { computed, signal } from "@preact/signals";

/**
 * @typedef {import("./contract").Ran} Ran
 * @typedef {import("./contract").Run} RunRequest
 *
 * What a link carries, what is saved, and what Run sends.
 * @typedef {{ name: string, script: string, keys: string[], argv: string[], fixture: string, mode: "EVAL" | "EVAL_RO" | "EVALSHA",
 *   protocol: 2 | 3, fresh: boolean, clock: number | null, seed: number | null, tests: Test[] }} Work
 *
 * A call of the script and what it should do. `changes` is null where only the reply is expected.
 * @typedef {{ name: string, keys: string[], argv: string[], fixture: string, reply: string, changes: string | null }} Test
 * @typedef {{ passed: boolean, reply: string, changes: string }} TestResult
 *
 * @typedef {"loading" | "ready" | "running" | "failed"} Phase
 * @typedef {{ type: "console", prompt: string, input: string, text: string, isError: boolean }} ConsoleEntry
 */

/** @type {Work} */
export const EMPTY_WORK = {
  name: "untitled",
  script: "return redis.call('PING')\n",
  keys: [],
  argv: [],
  fixture: "",
  mode: "EVAL",
  protocol: 2,
  fresh: true,
  clock: null,
  seed: null,
  tests: [],
};

export const work = signal(EMPTY_WORK);

/** Counts the times the whole work was replaced, by an example, a link or the history: editors then start over. */
export const generation = signal(0);

export const phase = signal(/** @type {Phase} */ ("loading"));
export const progress = signal({ fraction: 0, doing: "Loading Python" });
/** Run was asked for before Python was there. */
export const runWaits = signal(false);
export const engineVersion = signal("");

/** The last run, and the script it ran. @type {import("@preact/signals").Signal<{ ran: Ran, work: Work, dry: boolean } | null>} */
export const lastRun = signal(null);
/** What the run panel says instead of a reply, when there is none. */
export const notice = signal(/** @type {{ kind: "info" | "error", text: string } | null} */ (null));
/** A message over the whole page: a bad link, a restarted worker. */
export const banner = signal(/** @type {{ kind: "info" | "error", text: string } | null} */ (null));

/** What came of the tests, in their order; undefined for one that has not run since it changed. */
export const testResults = signal(/** @type {(TestResult | undefined)[]} */ ([]));

export const keyCount = signal(0);
/** Counts the changes of the keyspace; the browser reads it to know when to look again. */
export const keyspaceRevision = signal(0);
/** What can be taken back. @type {import("@preact/signals").Signal<string[]>} */
export const undoable = signal([]);

export const consoleEntries = signal(/** @type {ConsoleEntry[]} */ ([]));
export const consolePrompt = signal("ferrous> ");

/** What the linter found in the script as it stands. */
export const diagnosticCount = signal(0);
/** What the editor can explain; empty until the engine has told. */
export const reference = signal(/** @type {import("./contract").ReferenceBook} */ ({ type: "ReferenceBook", commands: [], rules: [] }));

export const leftTab = signal("script");
export const rightTab = signal("reply");
export const dialog = signal(/** @type {"" | "examples" | "share" | "export"} */ (""));

/** Whether the last result belongs to the script as it stands. */
export const isStale = computed(() => lastRun.value !== null && lastRun.value.work.script !== work.value.script);

/** @param {Partial<Work>} change */
export function edit(change) {
  work.value = { ...work.value, ...change };
}

/** Replaces the whole work. @param {Work} next */
export function replaceWork(next) {
  work.value = next;
  generation.value += 1;
  lastRun.value = null;
  testResults.value = [];
  notice.value = null;
  leftTab.value = "script";
  rightTab.value = "reply";
}
