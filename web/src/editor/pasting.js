// @ts-check
// A whole script pasted over another is another work, as a rule: its name, tests and presets are not those of the one before.
// So new work is offered, and the former one goes into the history.
import { ViewPlugin } from "@codemirror/view";
import { workWith } from "../files.js";
import { NEW_WORK, keepVersion } from "../history.js";
import { offer, replaceWork, work } from "../state.js";

/** Characters from which on what is pasted may be a whole script. */
const LEAST = 20;
/** The share of the former lines that makes what is pasted the same script, changed elsewhere. */
const SAME = 0.5;

/** Characters of a text that may still be nothing but blanks. */
const LONGEST_BLANK = 100;

const LIBRARY_NAME = /^#!\S*[ \t]+(?:.*[ \t])?name=(\w+)/i;

/** @param {string} one @param {string} other */
function areAlike(one, other) {
  const lines = (/** @type {string} */ text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
  const there = new Set(lines(other));
  const wanted = lines(one);
  return wanted.filter((line) => there.has(line)).length >= wanted.length * SAME;
}

/** What of the work would be wrong for another script. */
function whatStays() {
  const { name, tests, presets } = work.value;
  const parts = [
    name !== NEW_WORK.name && `the name “${name}”`,
    tests.length > 0 && (tests.length === 1 ? "1 test" : `${tests.length} tests`),
    presets.length > 0 && (presets.length === 1 ? "1 preset" : `${presets.length} presets`),
  ];
  return parts.filter(Boolean).join(" and ");
}

/** @param {string} former the script that was there @param {string} pasted */
function offerNewWork(former, pasted) {
  const stays = whatStays();
  if (pasted.trim().length < LEAST || former.trim() === "" || stays === "" || areAlike(former, pasted)) return;
  const begin = () => {
    const { script } = work.value;
    keepVersion({ ...work.value, script: former }, "paste");
    replaceWork(workWith(LIBRARY_NAME.exec(script)?.[1] ?? NEW_WORK.name, script));
  };
  offer.value = { text: `You pasted a whole script. It still has ${stays}.`, choices: [{ title: "Make it new work", act: begin }] };
}

/** @param {import("@codemirror/state").Text} text */
const isBlank = (text) => text.length < LONGEST_BLANK && text.toString().trim() === "";

class Pasting {
  /** The text before all of it was deleted. */
  deleted = "";
  /** Whether the next change is a paste: what is dictated comes as if it were pasted too. */
  isPaste = false;

  /** @param {import("@codemirror/view").ViewUpdate} update */
  update({ changes, startState, state, docChanged }) {
    if (!docChanged) return;
    const wasBlank = isBlank(startState.doc);
    if (this.isPaste) {
      let replaced = 0;
      changes.iterChanges((from, to) => void (replaced += to - from));
      if (wasBlank) offerNewWork(this.deleted, state.doc.toString());
      else if (replaced === startState.doc.length) offerNewWork(startState.doc.toString(), state.doc.toString());
    }
    this.isPaste = false;
    if (!wasBlank && isBlank(state.doc)) this.deleted = startState.doc.toString();
    else if (!isBlank(state.doc)) this.deleted = "";
  }
}

/** Sees when all of the text is replaced by what is pasted, at once or after it was deleted. */
export const pasting = ViewPlugin.fromClass(Pasting, {
  eventHandlers: {
    paste() {
      this.isPaste = true;
      setTimeout(() => (this.isPaste = false));
    },
  },
});
