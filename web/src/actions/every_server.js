// @ts-check
// The script, or its tests, on every server, one after the other: each server and each explanation is a request of its own, so
// the table grows while it is read, each run has its own time, and Stop ends all.
import { SERVERS, SERVER_NAMES, serverOf } from "../servers.js";
import * as state from "../state.js";
import { endDebugging } from "./debugging.js";
import { engine, limits, whileRunning } from "./session.js";
import { askTest } from "./testing.js";

/** The call of the work on every server, and why they differ. @param {state.Work} work */
export async function runOnAll(work = state.work.value) {
  if (state.phase.value !== "ready") return;
  await endDebugging();
  state.rightTab.value = "reply";
  state.everyServer.value = { work, compared: null, doing: "", done: 0, ended: "" };
  const call = { ...state.callOf(work), ...state.conditionsOf(work), fresh: work.fresh };
  const asked = await whileRunning(async () => {
    for (const [index, server] of SERVER_NAMES.entries()) {
      tell({ doing: `Running on ${SERVERS[server]}`, done: index });
      if (!take(await engine.ask({ type: "RunOnServer", server, first: index === 0, ...call }, limits()))) return true;
    }
    const columns = state.everyServer.value?.compared?.columns ?? [];
    for (const { servers } of columns.filter((one) => !one.servers.includes(serverOf(work)))) {
      tell({ doing: `Finding out why ${SERVERS[servers[0]]} differs`, done: SERVER_NAMES.length });
      if (!take(await engine.ask({ type: "ExplainServer", server: servers[0] }, limits()))) return true;
    }
    return true;
  });
  tell({ doing: "", ...(asked === null && { ended: "Python had to be ended: this is what was known by then." }) });
}

/** @param {Partial<NonNullable<typeof state.everyServer.value>>} news */
function tell(news) {
  if (state.everyServer.value) state.everyServer.value = { ...state.everyServer.value, ...news };
}

/** Takes an answer in; false where all is to end. @param {(import("../contract").ServersCompared | import("../contract").Failure) & { interrupted: string }} answer */
function take(answer) {
  if (answer.interrupted === "stop") {
    tell({ ended: "Cancelled: this is what was known by then." });
    return false;
  }
  if (answer.type === "ServersCompared") tell({ compared: answer });
  return true;
}

/** All tests of the work on every server. */
export async function testOnAll() {
  if (state.phase.value !== "ready") return;
  const { script, tests } = state.work.value;
  state.everyTest.value = { script, tests, answers: new Map(), doing: "", ended: "" };
  const tellTests = (/** @type {Partial<NonNullable<typeof state.everyTest.value>>} */ news) => {
    if (state.everyTest.value) state.everyTest.value = { ...state.everyTest.value, ...news };
  };
  await whileRunning(async () => {
    for (const server of SERVER_NAMES) {
      const answers = [];
      for (const [index, test] of tests.entries()) {
        tellTests({ doing: `${SERVERS[server]}, test ${index + 1} of ${tests.length}` });
        const answer = await askTest(script, { ...test, server });
        if (answer.interrupted === "stop") return tellTests({ ended: "Cancelled: this is what was known by then." });
        answers.push(answer);
      }
      tellTests({ answers: new Map(state.everyTest.value?.answers).set(server, answers) });
    }
  });
  tellTests({ doing: "" });
}
