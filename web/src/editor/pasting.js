// @ts-check
// What was pasted may be more than text. Commands in a form in which they are passed around, a session of redis-cli or a call of
// a script, are offered as what they are; and a whole script pasted over another is another work, as a rule: its name, tests
// and presets are not those of the one before, so new work is offered.
import { ViewPlugin } from "@codemirror/view";
import { recognise } from "../actions/questions.js";
import { addScript, showScript } from "../actions/scripts.js";
import { workWith } from "../files.js";
import { NEW_WORK, keepVersion } from "../history.js";
import { callsFunction } from "../modes.js";
import { scriptsOf } from "../scripts.js";
import { edit, offer, replaceWork, showLine, work } from "../state.js";

/** Characters from which on what is pasted may be a whole script. */
const LEAST = 20;
/** The share of the former lines that makes what is pasted the same script, changed elsewhere. */
const SAME = 0.5;
/** Characters of a text that may still be nothing but blanks. */
const LONGEST_BLANK = 100;

const LIBRARY_NAME = /^#!\S*[ \t]+(?:.*[ \t])?name=(\w+)/i;

/** @typedef {import("../contract").Recognised} Recognised */
/** @typedef {import("../contract").PastedCall} PastedCall */
/** @typedef {{ pasted: string, former: string, replace: (text: string) => void }} Paste what was pasted, the whole text before, and what puts another text in the place of the paste */

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

/** Opens work in the place of what was there before something was pasted into it. @param {Partial<import("../state.js").Work>} former @param {import("../state.js").Work} next */
function openInstead(former, next) {
  keepVersion({ ...work.value, ...former }, "paste");
  replaceWork(next);
}

/** @param {string} former the script that was there @param {string} pasted */
function offerNewWork(former, pasted) {
  const stays = whatStays();
  if (pasted.trim().length < LEAST || former.trim() === "" || stays === "" || areAlike(former, pasted)) return;
  const begin = () => {
    const { script } = work.value;
    openInstead({ script: former }, workWith(LIBRARY_NAME.exec(script)?.[1] ?? NEW_WORK.name, script));
  };
  const add = () => {
    const { script } = work.value;
    const scriptName = LIBRARY_NAME.exec(script)?.[1];
    edit({ script: former });
    addScript({ script, mode: workWith("", script).mode, ...(scriptName && { scriptName }) });
  };
  const choices = [{ title: "Make it new work", act: begin }, { title: "Add it to this work", act: add }];
  offer.value = { text: `You pasted a whole script. It still has ${stays}.`, choices };
}

/** The inputs of a call, for a script that is here. @param {PastedCall} call @returns {Partial<import("../state.js").Work>} */
function inputsOf({ keys, argv, mode, function: called, protocol }) {
  return { keys, argv, protocol, ...(callsFunction(mode) === callsFunction(work.value.mode) && { mode, function: called || work.value.function }) };
}

/** What can be made of a call. @param {PastedCall} call @param {"script" | "fixture"} place @param {Paste} paste */
function choiceOf(call, place, { former, replace }) {
  const { script, fixture, keys, argv, mode, function: called, protocol } = call;
  if (script === null) {
    const take = () => (replace(""), edit(inputsOf(call)));
    return { title: "Take its KEYS and ARGV", act: take };
  }
  const open = () => {
    // The fixture goes on where the call was pasted into it, or into work that is nothing yet.
    const there = place === "fixture" ? former : whatStays() ? "" : work.value.fixture;
    openInstead({ [place]: former }, { ...workWith(NEW_WORK.name, script), fixture: fixture || there, keys, argv, mode, function: called, protocol });
  };
  return { title: "Open it as work: script, KEYS, ARGV", act: open };
}

/** The way to where an error was: its script, or the one that is shown. @param {import("../contract").PastedPlace} error @param {Paste} paste */
function lineOf({ line, script }, { replace }) {
  const isHere = script === null || script === work.value.place;
  const go = () => {
    replace("");
    if (!isHere) showScript(script);
    showLine(line);
  };
  return { title: isHere ? `Go to line ${line}` : `Go to line ${line} of ${scriptsOf(work.value)[script].scriptName}`, act: go };
}

/** @param {Recognised} recognised @param {"script" | "fixture"} place @param {Paste} paste */
function offerCommands({ about, fixture, call, place: error }, place, paste) {
  const asFixture = () => {
    if (place === "fixture") return paste.replace(fixture);
    paste.replace("");
    keepVersion(work.value, "fixture");
    edit({ fixture });
  };
  const choices = [
    ...(fixture ? [{ title: place === "fixture" ? "Keep only what fills the keyspace" : "Use what fills the keyspace as the fixture", act: asFixture }] : []),
    ...(call ? [choiceOf(call, place, paste)] : []),
    ...(error ? [lineOf(error, paste)] : []),
  ];
  if (choices.length) offer.value = { text: about, choices };
}

/** @param {import("@codemirror/state").Text} text */
const isBlank = (text) => text.length < LONGEST_BLANK && text.toString().trim() === "";

/** Sees what is pasted. @param {"script" | "fixture"} place */
function watching(place) {
  class Pasting {
    /** The text before all of it was deleted. */
    deleted = "";
    /** Whether the next change is a paste: what is dictated comes as if it were pasted too. */
    isPaste = false;
    /** Where the last paste is, and what it took the place of. */
    range = { from: 0, to: 0, replaced: "" };

    /** @param {import("@codemirror/view").EditorView} view */
    constructor(view) {
      this.view = view;
    }

    /** @param {import("@codemirror/view").ViewUpdate} update */
    update({ changes, startState, state, docChanged }) {
      if (!docChanged) return;
      const { from, to, replaced } = this.range;
      this.range = { from: changes.mapPos(from, -1), to: changes.mapPos(to, 1), replaced };
      const wasBlank = isBlank(startState.doc);
      if (this.isPaste) {
        this.isPaste = false;
        const former = wasBlank ? this.deleted : startState.doc.toString();
        let length = 0;
        changes.iterChanges((fromA, toA, fromB, toB) => {
          length += toA - fromA;
          this.range = { from: fromB, to: toB, replaced: startState.sliceDoc(fromA, toA) };
        });
        this.offer(former, state.sliceDoc(this.range.from, this.range.to), wasBlank || length === startState.doc.length);
      }
      if (!wasBlank && isBlank(state.doc)) this.deleted = startState.doc.toString();
      else if (!isBlank(state.doc)) this.deleted = "";
    }

    /** @param {string} former @param {string} pasted @param {boolean} isWhole whether nothing else is left */
    async offer(former, pasted, isWhole) {
      offer.value = null;
      if (place === "script" && isWhole) queueMicrotask(() => offerNewWork(former, pasted));
      const scripts = scriptsOf(work.value).map(({ script }) => script);
      if (place === "script") scripts[work.value.place] = former;
      const recognised = await recognise(pasted, scripts);
      // What was pasted goes, and what it was pasted over is there again.
      const replace = (/** @type {string} */ text) => {
        const { from, to, replaced } = this.range;
        this.view.dispatch({ changes: { from, to, insert: text || replaced }, userEvent: "input" });
        this.view.focus();
      };
      if (recognised) offerCommands(recognised, place, { pasted, former, replace });
    }
  }
  return ViewPlugin.fromClass(Pasting, {
    eventHandlers: {
      paste() {
        this.isPaste = true;
        setTimeout(() => (this.isPaste = false));
      },
    },
  });
}

export const scriptPasting = watching("script");
export const fixturePasting = watching("fixture");
