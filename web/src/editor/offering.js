// @ts-check
// How names are completed, in every editor. What is typed finds the options that begin with it, then those with a word that
// does; letters scattered over a name find nothing. A name that is typed in full closes the list. Enter takes only what the
// person chose with the arrows, or the completion of three letters and more. Tab takes what stands first. Escape closes the
// list for as long as the word is typed.
import {
  acceptCompletion,
  autocompletion,
  closeCompletion,
  currentCompletions,
  moveCompletionSelection,
  selectedCompletionIndex,
  setSelectedCompletion,
  startCompletion,
} from "@codemirror/autocomplete";
import { Prec, StateEffect, StateField } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import { effect } from "@preact/signals";
import { reference } from "../state.js";

/** @typedef {import("@codemirror/autocomplete").Completion} Completion */
/** @typedef {import("@codemirror/autocomplete").CompletionContext} Context */
/** @typedef {import("@codemirror/state").EditorState} EditorState */

/**
 * What may stand at a place: `typed` is there from `from` on. `isKnown` says of a word that it is one already, beside the
 * options; `folds` where a and A are the same; `isFree` where anything may stand, so that Enter takes nothing by itself.
 * @typedef {{ from: number, typed: string, options: Completion[], isKnown?: (word: string) => boolean, folds?: boolean,
 *   isFree?: boolean }} Offer
 */

/** Letters whose completion Enter takes. */
const ENOUGH = 3;

/** The engine has told of its commands. @type {Promise<void>} */
const referenceArrived = new Promise((resolve) => effect(() => void (reference.value.commands.length && resolve())));

/** Where a label has a word that begins with what is typed, capitals or not: 0 for its own beginning, -1 for nowhere. @param {string} label @param {string} typed */
function wordAt(label, typed) {
  const folded = label.toLowerCase();
  const sought = typed.toLowerCase();
  let at = folded.indexOf(sought);
  while (at > 0 && /[a-z0-9]/.test(folded[at - 1])) at = folded.indexOf(sought, at + 1);
  return at;
}

/** The options that fit, the best first; none when one of them is typed in full, unless they were asked for. @param {Offer} offer @param {boolean} isAsked */
function fitting({ typed, options, isKnown, folds = false, isFree = false }, isAsked) {
  const begins = (/** @type {string} */ label) => (folds ? wordAt(label, typed) === 0 : label.startsWith(typed));
  const isWhole = (/** @type {string} */ label) => label.length === typed.length && begins(label);
  if (!isAsked && (isKnown?.(typed) || options.some(({ label }) => isWhole(label)))) return [];
  const isEnough = !isFree && typed.length >= ENOUGH && /\w$/.test(typed);
  return options
    .filter(({ label }) => wordAt(label, typed) >= 0 && !isWhole(label))
    .map((option) => ({ ...option, rank: begins(option.label) ? 0 : wordAt(option.label, typed) === 0 ? 1 : 2 }))
    .sort((one, other) => one.rank - other.rank)
    .map((option) => ({ ...option, forEnter: isEnough && option.rank === 0 }));
}

/** What CodeMirror shows of an offer; it asks again with every letter, so that the list is never that of another word. @param {(context: Context) => Offer | null} offer @param {Context} context */
function resultOf(offer, context) {
  const found = offer(context);
  if (!found || isRefused(context, found.from)) return null;
  return {
    from: found.from,
    options: fitting(found, context.explicit),
    filter: false,
    getMatch: (/** @type {Completion} */ { label }) => [wordAt(label, found.typed), wordAt(label, found.typed) + found.typed.length],
    // An empty list closes at once; null would leave the old one to be seen until the next is asked for.
    update: (/** @type {unknown} */ _, /** @type {number} */ from, /** @type {number} */ to, /** @type {Context} */ next) =>
      resultOf(offer, next) ?? { from, to, options: [] },
  };
}

/** Shows the list as chosen from, or no longer. @type {import("@codemirror/state").StateEffectType<boolean>} */
const choose = StateEffect.define();

/** Whether the person has moved in the list: then Enter takes what is marked there. */
const chosen = StateField.define({
  create: () => false,
  update(value, transaction) {
    for (const one of transaction.effects) if (one.is(choose)) return one.value;
    return value && !transaction.docChanged && !transaction.selection;
  },
});

/** Keeps the list of the word before an offset closed. @type {import("@codemirror/state").StateEffectType<number>} */
const refuse = StateEffect.define();

/** Where the list was closed by Escape, while that word stands there. */
const refused = StateField.define({
  create: () => -1,
  update(value, transaction) {
    for (const one of transaction.effects) if (one.is(refuse)) return one.value;
    if (value < 0 || !transaction.docChanged) return value;
    const at = transaction.changes.mapPos(value, -1);
    return /[\w."']/.test(transaction.state.sliceDoc(at - 1, at)) ? at : -1;
  },
});

/** @param {Context} context @param {number} from */
function isRefused({ state, pos, explicit }, from) {
  const at = state.field(refused);
  return !explicit && at >= from && at <= pos;
}

/** Whether Enter takes what is marked in the list. @param {EditorState} state */
function isForEnter(state) {
  const index = selectedCompletionIndex(state);
  const option = index === null ? null : /** @type {Completion & { forEnter: boolean }} */ (currentCompletions(state)[index]);
  return option !== null && (state.field(chosen) || option.forEnter);
}

/** Moves in the list; its first line is chosen before the second. @param {boolean} forward @param {"option" | "page"} [by] @returns {import("@codemirror/view").Command} */
const move = (forward, by) => (view) => {
  const isFirst = forward && !isForEnter(view.state);
  if (!moveCompletionSelection(forward, by)(view)) return false;
  view.dispatch({ effects: isFirst ? [setSelectedCompletion(0), choose.of(true)] : choose.of(true) });
  return true;
};

/** @type {import("@codemirror/view").Command} */
const start = (view) => {
  view.dispatch({ effects: [choose.of(false), refuse.of(-1)] });
  return startCompletion(view);
};

/** Closes the list, or the one that is about to open; where there is none, Escape is for others. @type {import("@codemirror/view").Command} */
const leave = (view) => {
  const { head } = view.state.selection.main;
  const isShown = currentCompletions(view.state).length > 0;
  if (!closeCompletion(view)) return false;
  view.dispatch({ effects: refuse.of(head) });
  return isShown || /\w/.test(view.state.sliceDoc(head - 1, head));
};

const keys = Prec.highest(
  keymap.of([
    { key: "Ctrl-Space", run: start },
    { mac: "Alt-`", run: start },
    { mac: "Alt-i", run: start },
    { key: "Enter", run: (view) => isForEnter(view.state) && acceptCompletion(view) },
    { key: "Tab", run: acceptCompletion },
    { key: "Escape", run: leave },
    { key: "ArrowDown", run: move(true) },
    { key: "ArrowUp", run: move(false) },
    { key: "PageDown", run: move(true, "page") },
    { key: "PageUp", run: move(false, "page") },
  ]),
);

/**
 * Completion by what a source offers. What is typed before the engine has told of its commands is completed when it has.
 * @param {(context: Context) => Offer | null} offer @returns {import("@codemirror/state").Extension}
 */
export function completing(offer) {
  /** @type {import("@codemirror/autocomplete").CompletionSource} */
  const source = (context) => {
    const result = resultOf(offer, context);
    if (result?.options.length || reference.value.commands.length) return result?.options.length ? result : null;
    // What is typed meanwhile is asked about anew: it may need nothing of the engine.
    context.addEventListener("abort", () => {}, { onDocChange: true });
    return referenceArrived.then(() => (context.aborted ? null : source(context)));
  };
  const tooltipClass = (/** @type {EditorState} */ state) => (isForEnter(state) ? "" : "cm-undecided");
  return [chosen, refused, keys, autocompletion({ override: [source], icons: false, defaultKeymap: false, tooltipClass })];
}
