// @ts-check
// Tests of the script: run one after the other, and recorded from a run.
import { libraryTextsOf, scriptOf } from "../scripts.js";
import * as state from "../state.js";
import { copy, engine, limits, whileRunning } from "./session.js";

/** Runs tests of the script that is shown. @param {import("../state.js").Test[]} tests */
export const runTests = (tests) => runTestsOf([{ ...scriptOf(state.work.value), tests }]);

/** Runs the tests of scripts one after the other, each on a keyspace of its own. @param {import("../state.js").Script[]} scripts */
export async function runTestsOf(scripts) {
  if (state.phase.value !== "ready") return;
  await whileRunning(async () => {
    for (const { script, test } of scripts.flatMap(({ script, tests }) => tests.map((test) => ({ script, test })))) {
      const answer = await askTest(script, test);
      state.testResults.value = new Map(state.testResults.value).set(test, { script, answer });
      if (answer.interrupted === "stop") break;
    }
  });
}

/** @param {string} script @param {Omit<import("../contract").RunTest, "type" | "script"> & { name?: string }} test */
export function askTest(script, { name: _, ...expected }) {
  return engine.ask({ type: "RunTest", script, ...expected, libraries: libraryTextsOf(state.work.value) }, limits());
}

/** Makes a test of the last run: its call at its time, what it replied, and the keyspace it left. */
export async function recordTest() {
  const last = state.lastRun.value;
  if (!last || state.phase.value !== "ready") return;
  const { script, keys, argv, seed } = last.work;
  const fixture = last.before ?? new TextDecoder().decode(await copy.lines("mark")).trimEnd();
  const inputs = { keys, argv, ...state.calleeOf(last.work), fixture, clock: last.work.clock ?? last.ran.now / 1000, seed };
  const answer = await whileRunning(() => askTest(script, inputs));
  if (!answer) return;
  if (answer.type === "Failure" || answer.outcome !== "passed") {
    const reason = answer.type === "Failure" ? answer.message : "it did not come to its end";
    state.banner.value = { kind: "error", text: `The run could not be recorded: ${reason}.` };
    return;
  }
  const { tests } = state.work.value;
  const test = { name: `test ${tests.length + 1}`, ...inputs, reply: answer.reply, keyspace: answer.keyspace };
  state.edit({ tests: [...tests, test] });
  state.testResults.value = new Map(state.testResults.value).set(test, { script, answer });
}
