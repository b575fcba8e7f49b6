// @ts-check
// Tests of the script: run one after the other, and recorded from a run.
import * as state from "../state.js";
import { engine, limits, whileRunning } from "./session.js";

/** Runs tests one after the other, each on a keyspace of its own. @param {import("../state.js").Test[]} tests */
export async function runTests(tests) {
  if (state.phase.value !== "ready") return;
  const work = state.work.value;
  await whileRunning(async () => {
    for (const test of tests) {
      const answer = await askTest(work, test);
      state.testResults.value = new Map(state.testResults.value).set(test, { work, answer });
      if (answer.interrupted === "stop") break;
    }
  });
}

/** @param {import("../state.js").Work} work @param {Omit<import("../contract").RunTest, "type" | "script" | "mode" | "function" | "protocol"> & { name?: string }} test */
function askTest(work, { name: _, ...expected }) {
  return engine.ask({ type: "RunTest", ...state.callOf(work), ...expected }, limits());
}

/** Makes a test of the last run: its inputs at its time, what it replied, and the keyspace it left. */
export async function recordTest() {
  const last = state.lastRun.value;
  if (!last || state.phase.value !== "ready") return;
  const { keys, argv, seed } = last.work;
  const inputs = { keys, argv, fixture: last.before, clock: last.work.clock ?? last.ran.now / 1000, seed };
  const answer = await whileRunning(() => askTest(last.work, inputs));
  if (!answer) return;
  if (answer.type === "Failure" || answer.outcome !== "passed") {
    const reason = answer.type === "Failure" ? answer.message : "it did not come to its end";
    state.banner.value = { kind: "error", text: `The run could not be recorded: ${reason}.` };
    return;
  }
  const { tests } = state.work.value;
  const test = { name: `test ${tests.length + 1}`, ...inputs, reply: answer.reply, keyspace: answer.keyspace };
  state.edit({ tests: [...tests, test] });
  state.testResults.value = new Map(state.testResults.value).set(test, { work: last.work, answer });
}
