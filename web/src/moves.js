// @ts-check
// The ways of the debugger to another moment: their buttons, their keys, and what they do.
import { goToMoment, moveDebugger } from "./actions/debugging.js";

/** Every move that has a button: its key, and what it does. The keys are those of VS Code; with Mod they go back. */
export const MOVES = [
  { title: "To start", key: "", hint: "Before the first line", move: () => goToMoment(1) },
  { title: "Reverse continue", key: "Mod+F5", hint: "Back to the last breakpoint, else to the start", move: () => moveDebugger("continue", true) },
  { title: "Back out", key: "Mod+Shift+F11", hint: "Back to where this function was called", move: () => moveDebugger("out", true) },
  { title: "Back over", key: "Mod+F10", hint: "Back to the last line of this function", move: () => moveDebugger("over", true) },
  { title: "Step back", key: "Mod+F11", hint: "Take the last line back, keyspace and all, into functions", move: () => moveDebugger("into", true) },
  { title: "Last here", key: "", hint: "Back to when this line began the last time", move: () => moveDebugger("same line", true) },
  { title: "Step", key: "F11", hint: "To the next line, into functions", move: () => moveDebugger("into") },
  { title: "Step over", key: "F10", hint: "To the next line of this function", move: () => moveDebugger("over") },
  { title: "Step out", key: "Shift+F11", hint: "Until this function has returned", move: () => moveDebugger("out") },
  { title: "Continue", key: "F5", hint: "To the next breakpoint, else to the end", move: () => moveDebugger("continue") },
  { title: "To end", key: "", hint: "After the last line", move: () => goToMoment(Number.MAX_SAFE_INTEGER) },
  { title: "Next here", key: "", hint: "To when this line begins the next time", move: () => moveDebugger("same line") },
];

/** So many of them go back. */
export const BACKWARDS = 6;

const named = (/** @type {string[]} */ ...titles) => titles.map((title) => MOVES.filter((move) => move.title === title)[0]);

/** Those that a phone shows at once, and those that it shows when asked for more. */
export const AT_ONCE = named("Continue", "Step over", "Step", "Step out");
export const WHEN_ASKED = named("Step back", "Back over", "Back out", "Reverse continue", "To start", "Last here", "To end", "Next here");
