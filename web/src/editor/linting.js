// @ts-check
// The linter's findings as one types: underlined, explained on hover, put right by a click. F8 goes to the next one.
import { forceLinting, linter, lintKeymap } from "@codemirror/lint";
import { effect } from "@preact/signals";
import { ViewPlugin, keymap } from "@codemirror/view";
import { lint } from "../actions.js";
import { diagnosticCount, phase } from "../state.js";

/** Time after a keystroke at which the linter is asked. Milliseconds. */
const PAUSE = 150;

/** @param {import("../contract").Diagnostic} found @returns {import("@codemirror/lint").Diagnostic} */
function shown({ rule, severity, message, start, end, fix_title: title, fix_edits: edits }) {
  const apply = (/** @type {import("@codemirror/view").EditorView} */ view) =>
    view.dispatch({ changes: edits.map((edit) => ({ from: edit.start, to: edit.end, insert: edit.text })) });
  return { from: start, to: end, severity, message, source: rule, actions: title ? [{ name: title, apply }] : [] };
}

const findings = linter(
  async (view) => {
    const script = view.state.doc.toString();
    const found = await lint(script);
    if (!found || view.state.doc.toString() !== script) return [];
    diagnosticCount.value = found.length;
    return found.map(shown);
  },
  { delay: PAUSE, needsRefresh: () => false },
);

/** Asks again when the engine becomes ready: before, nobody could answer. */
const whenReady = ViewPlugin.define((view) => {
  let wasReady = false;
  const destroy = effect(() => {
    const isReady = phase.value === "ready";
    if (isReady && !wasReady) queueMicrotask(() => forceLinting(view));
    wasReady = isReady;
  });
  return { destroy };
});

export const linting = [findings, whenReady, keymap.of([...lintKeymap])];
