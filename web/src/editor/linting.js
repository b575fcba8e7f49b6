// @ts-check
// What is found wrong as one types, in a script by the linter and in a fixture by carrying it out: underlined, explained on
// hover, put right by a click. F8 goes to the next one.
import { forEachDiagnostic, linter, lintKeymap, setDiagnosticsEffect } from "@codemirror/lint";
import { StateEffect } from "@codemirror/state";
import { effect } from "@preact/signals";
import { ViewPlugin, keymap } from "@codemirror/view";
import { checkFixture, lint } from "../actions/questions.js";
import { checkScenario } from "../actions/scenario.js";
import { diagnosticCount, engineServer, phase, reference } from "../state.js";
import { hints } from "./hints.js";
import { linters } from "./problems.js";

/** The place of the explanation among the paragraphs of a rule's page, behind its heading, reason and fix. */
const EXPLANATION = 3;

/** The sentence, and below it why the rule speaks. @param {import("../contract").Diagnostic} found */
function explained({ rule, message }) {
  const box = document.createElement("span");
  box.append(message);
  const known = reference.value.rules.find(({ name }) => name === rule);
  if (known) {
    const why = document.createElement("small");
    why.textContent = `${rule}: ${known.documentation.split("\n\n")[EXPLANATION].replaceAll("\n", " ")}`;
    box.append(why);
  }
  return box;
}

/** @typedef {import("@codemirror/lint").Diagnostic & { rule: string, allowable: boolean }} Finding */

/** @param {import("../contract").Diagnostic} found @returns {Finding} */
function shown(found) {
  const { rule, severity, allowable, message, start, end, fix_title: title, fix_edits: edits } = found;
  // What was typed before the finding since it was made has moved it; what was typed in it, one is typing still.
  const apply = (/** @type {import("@codemirror/view").EditorView} */ view, /** @type {number} */ from, /** @type {number} */ to) => {
    const moved = from - start;
    if (to - from !== end - start) return;
    view.dispatch({ changes: edits.map((edit) => ({ from: edit.start + moved, to: edit.end + moved, insert: edit.text })) });
  };
  const renderMessage = () => explained(found);
  // An engine of before this was told does not say.
  return { rule, allowable: allowable ?? true, from: start, to: end, severity, message, renderMessage, actions: title ? [{ name: title, apply }] : [] };
}

/** Asks for the findings again. @type {import("@codemirror/state").StateEffectType<null>} */
const askAgain = StateEffect.define();

/** @param {import("@codemirror/view").ViewUpdate} update */
const isAskedAgain = ({ transactions }) => transactions.some(({ effects }) => effects.some((one) => one.is(askAgain)));

/** How long nobody types before what takes longer is asked for, in milliseconds. */
const REST = 700;

/** When nobody types, asks for what takes longer. Only where that is more than what is told, it is told: a finding that is read stays. */
const whenAtRest = ViewPlugin.define((view) => {
  let waiting = 0;
  const ask = async () => {
    const { doc } = view.state;
    const found = await lint(doc.toString(), true);
    if (found && view.state.doc === doc && found.length > diagnosticCount.value) view.dispatch({ effects: askAgain.of(null) });
  };
  const wait = () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(ask, REST);
  };
  wait();
  return {
    update: (update) => void ((update.docChanged || isAskedAgain(update)) && wait()),
    destroy: () => clearTimeout(waiting),
  };
});

/**
 * @param {(text: string) => Promise<import("../contract").Diagnostic[] | null>} find what is wrong with a text; null when nobody can tell
 * @param {(count: number) => void} count hears how much is found
 */
const findings = (find, count) =>
  linter(
    async (view) => {
      const text = view.state.doc.toString();
      const found = await find(text);
      if (!found || view.state.doc.toString() !== text) return [];
      count(found.length);
      return found.map(shown);
    },
    // At once: what is found of one keystroke may still be asked when the next comes, and is dropped then.
    { delay: 0, needsRefresh: isAskedAgain },
  );

/** Asks again when the engine becomes ready, for before nobody could answer, and when it is another server. */
const whenReady = ViewPlugin.define((view) => {
  let known = "";
  const destroy = effect(() => {
    const now = phase.value === "ready" ? engineServer.value : "";
    if (now && now !== known) queueMicrotask(() => view.dispatch({ effects: askAgain.of(null) }));
    known = now;
  });
  return { destroy };
});

const told = linters.of({ each: forEachDiagnostic, isNews: (effect) => effect.is(setDiagnosticsEffect) });

const shared = [hints, whenReady, told, keymap.of([...lintKeymap])];

export const linting = [findings(lint, (count) => (diagnosticCount.value = count)), whenAtRest, shared];
export const checking = [findings(checkFixture, () => {}), shared];
export const checkingScenario = [findings(checkScenario, () => {}), shared];
