// @ts-check
// The console: lines typed, and what may follow them.
import * as state from "../state.js";
import { endDebugging } from "./debugging.js";
import { engine, limits, printToConsole, takeIn, whileRunning } from "./session.js";

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

/** The answer to a request of the console; null when nobody answers. @param {import("../contract").Console | import("../contract").Reconnect} request */
async function askConsole(request) {
  if (state.phase.value !== "ready") return null;
  await endDebugging();
  return whileRunning(() => engine.ask(request, limits()));
}

/**
 * @param {{ prompt: string, input: string }} asked
 * @param {import("../contract").ConsoleReply | import("../contract").Failure} reply
 */
function showReply(asked, reply) {
  if (reply.type === "Failure") {
    printToConsole({ ...asked, text: reply.message, isError: true, note: "" });
    return;
  }
  printToConsole({ ...asked, text: reply.text, isError: reply.is_error, note: reply.note });
  takeIn(reply.keyspace);
}

/** What may follow a line at the console; null while nobody can answer. @param {string} line */
export async function complete(line) {
  if (state.phase.value !== "ready") return null;
  const completed = await engine.ask({ type: "Complete", line }).catch(() => null);
  return completed?.type === "Completed" ? completed : null;
}
