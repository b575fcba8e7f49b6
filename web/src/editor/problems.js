// @ts-check
// A problem, marked on its line, with its sentence below it.
import { Facet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";

/** @typedef {import("../contract").Problem} Problem */

/** Shows the problems of a text, in place of those shown before. @type {import("@codemirror/state").StateEffectType<Problem[]>} */
export const showProblems = StateEffect.define();

/**
 * What the linter says, which comes later than the editor.
 * @typedef {{ each: (state: import("@codemirror/state").EditorState, hear: (finding: { message: string, rule?: string }, from: number) => void) => void,
 *   isNews: (effect: StateEffect<unknown>) => boolean }} Linter
 * @type {Facet<Linter>}
 */
export const linters = Facet.define();

/** What Redis appends to the error of a script; the mark itself says it. */
const WHERE = / script: \w+, on @user_(script|function):\d+\.$/;

class Sentence extends WidgetType {
  /** @param {Problem} problem */
  constructor(problem) {
    super();
    this.problem = problem;
  }

  /** @param {Sentence} other */
  eq(other) {
    return other.problem.message === this.problem.message && other.problem.line === this.problem.line;
  }

  toDOM() {
    const element = document.createElement("div");
    element.className = "cm-problem";
    element.role = "note";
    element.ariaLabel = `Error on line ${this.problem.line}`;
    element.append(document.createElement("div"));
    /** @type {HTMLElement} */ (element.firstChild).textContent = this.problem.message.replace(WHERE, "");
    return element;
  }
}

/** @param {Problem[]} problems @param {import("@codemirror/state").Text} document */
function decorate(problems, document) {
  const marks = problems
    .filter(({ line }) => line !== null && line >= 1 && line <= document.lines)
    .flatMap((problem) => {
      const line = document.line(/** @type {number} */ (problem.line));
      return [
        Decoration.line({ class: "cm-problem-line" }).range(line.from),
        Decoration.widget({ widget: new Sentence(problem), block: true, side: 1 }).range(line.to),
      ];
    });
  return Decoration.set(marks, true);
}

/** What a run says of a line that a rule of the linter has spoken of; a name in it is in both. @type {Record<string, RegExp>} */
const FORESEEN = {
  "undefined-global": /nonexistent global variable '(.*)'/,
  "undefined-field": /attempt to call field '(\w+)'/,
  "assigned-global": /Attempt to modify a readonly table/,
  "readonly-table": /Attempt to modify a readonly table/,
  "unknown-command": /Unknown Redis command/,
  "refused-command": /This Redis command is not allowed from script/,
  "wrong-arity": /Wrong number of args/,
};

/** Whether a finding foresaw a problem. @param {{ message: string, rule?: string }} finding @param {string} problem */
function isForeseen({ message, rule = "" }, problem) {
  const found = FORESEEN[rule]?.exec(problem);
  return Boolean(found && message.includes(found[1] ?? ""));
}

/** Whether a finding of the linter says what a problem does: in these words, and maybe more, or in others with these in parentheses. @param {string} finding @param {string} problem */
const isSame = (finding, problem) => problem.endsWith(finding) || finding.startsWith(problem) || [...finding.matchAll(/\(/g)].some(({ index }) => problem.endsWith(finding.slice(index + 1, -1)));

/** The marks without the sentences that the linter says on the same lines: why a script does not compile, a line of it failed, or a fixture fails. @param {import("@codemirror/view").DecorationSet} marks @param {import("@codemirror/state").EditorState} state */
function withoutTold(marks, state) {
  /** @type {{ at: number, finding: { message: string, rule?: string } }[]} */
  const told = [];
  for (const { each } of state.facet(linters)) each(state, (finding, from) => void told.push({ at: state.doc.lineAt(from).to, finding }));
  const isTold = (/** @type {number} */ from, /** @type {Sentence | undefined} */ sentence) =>
    sentence && told.some(({ at, finding }) => at === from && (isSame(finding.message, sentence.problem.message) || isForeseen(finding, sentence.problem.message)));
  return told.length ? marks.update({ filter: (from, _, { spec }) => !isTold(from, spec.widget) }) : marks;
}

export const problems = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    const { state, effects } = transaction;
    const news = effects.find((effect) => effect.is(showProblems));
    if (news) return withoutTold(decorate(news.value, state.doc), state);
    const moved = transaction.docChanged ? marks.map(transaction.changes) : marks;
    const isTold = state.facet(linters).some(({ isNews }) => effects.some(isNews));
    return isTold ? withoutTold(moved, state) : moved;
  },
  provide: (field) => EditorView.decorations.from(field),
});
