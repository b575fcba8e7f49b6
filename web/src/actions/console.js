// @ts-check
// The console: lines typed, and what may follow them.
import { effect, signal, untracked } from "@preact/signals";
import { wordsAfter, wordsOf } from "../editor/words.js";
import * as state from "../state.js";
import { showWasSet } from "./debugging.js";
import { engine, limits, printToConsole, takeIn, whileRunning } from "./session.js";

/** Whether a line is on its way. */
const sending = signal(false);

/** A line typed at the console: like a terminal, it keeps what is typed ahead until its turn. @param {string} input */
export function sendConsole(input) {
  state.typedAhead.value = [...state.typedAhead.value, input];
}

effect(() => {
  if (state.phase.value === "ready" && !sending.value && state.typedAhead.value.length > 0) void untracked(sendNext);
});

async function sendNext() {
  const [input, ...others] = state.typedAhead.value;
  const prompt = state.consolePrompt.value;
  state.typedAhead.value = others;
  sending.value = true;
  try {
    if (input.trim().toLowerCase() === "clear") {
      state.consoleEntries.value = [];
    } else {
      const reply = await askConsole({ type: "Console", line: input });
      if (reply) showReply({ prompt, input }, reply);
    }
  } finally {
    sending.value = false;
  }
}

/** Ctrl+C at the console: its connection ends, and a new one begins. */
export async function reconnectConsole() {
  const reply = await askConsole({ type: "Reconnect" });
  if (reply) showReply({ prompt: "", input: "^C" }, reply);
}

/** The answer to a request of the console; null when nobody answers. @param {import("../contract").Console | import("../contract").Reconnect} request */
async function askConsole(request) {
  if (state.phase.value !== "ready") return null;
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
  const open = state.debugged.value;
  if (reply.was_set && open) showWasSet(open, reply.was_set);
}

/** What may follow a line at the console; null while nobody can answer. @param {string} line */
export async function complete(line) {
  if (state.phase.value !== "ready") return null;
  const completed = await engine.ask({ type: "Complete", line }).catch(() => null);
  return completed?.type === "Completed" ? { hint: completed.hint, lines: completed.lines.length ? completed.lines : withWords(line) } : null;
}

/** The line with each word of the command's syntax that may be the one that is typed: redis-cli completes names alone. @param {string} line */
function withWords(line) {
  const words = wordsOf(line);
  if (!words?.typed || words.before.length === 0) return [];
  const { before, typed } = words;
  const begun = wordsAfter(before, typed, () => true).filter(({ label }) => label.length > typed.length && label.startsWith(typed));
  return begun.map(({ label }) => line.slice(0, -typed.length) + label);
}
