// @ts-check
// Where a line of a text is after an edit: moved, joined or split, formatted, or in a newer text that was put in its place.
import { MapMode } from "@codemirror/state";

/**
 * @typedef {import("@codemirror/state").Transaction} Transaction
 * @typedef {import("@codemirror/state").Text} Text
 * @typedef {{ from: number, to: number, fromNow: number, toNow: number }} Change a stretch of the former text, and what stands in its place
 */

/** What a layout adds or leaves out: a text without it is the same however it is laid out. */
const LAYOUT = /[\s;,"'()]+/g;

/** @param {string} text */
const words = (text) => text.replace(LAYOUT, "");

/** Characters of a line, without its layout, that are to be found in another: fewer may mean anything. */
const FEWEST = 6;

/**
 * The beginning of the line, after an edit, that the line from `from` on has become; null where it is gone.
 * @param {Transaction} transaction @param {number} from its offset in the former text
 */
export function lineAfter(transaction, from) {
  const { startState, newDoc, changes } = transaction;
  const line = startState.doc.lineAt(from);
  const first = line.from + line.text.search(/\S|$/);
  // It is where its first character is, unless that was deleted.
  const place = changes.mapPos(first, 1, line.text.trim() ? MapMode.TrackAfter : MapMode.Simple);
  if (place !== null) return newDoc.lineAt(place).from;
  /** @type {Change[]} */
  const stretches = [];
  changes.iterChanges((from, to, fromNow, toNow) => void stretches.push({ from, to, fromNow, toNow }));
  const own = stretches.findIndex(({ from, to }) => from <= first && first < to);
  // What was put elsewhere in the same edit may be the line: so lines are moved.
  const [where, ...others] = [stretches[own], ...stretches.filter((_, index) => index !== own)];
  const found = formatted(startState.doc, newDoc, where, first) ?? likeIt(startState.doc, newDoc, where, line.number) ?? sameIn(newDoc, others, line.text) ?? neighbour(startState.doc, newDoc, where, line.number);
  return found === null ? null : newDoc.lineAt(found).from;
}

/** Where a character is in a text that says the same and is laid out otherwise. @param {Text} before @param {Text} now @param {Change} where @param {number} at */
function formatted(before, now, { from, to, fromNow, toNow }, at) {
  const text = now.sliceString(fromNow, toNow);
  const wanted = words(text);
  if (!wanted || words(before.sliceString(from, to)) !== wanted) return null;
  let left = words(before.sliceString(from, at)).length;
  for (let place = 0; place < text.length; place++) {
    if (words(text[place]) && left-- === 0) return fromNow + place;
  }
  return null;
}

/** The lines of a text between two offsets. @param {Text} text @param {number} from @param {number} to */
function linesBetween(text, from, to) {
  const [first, last] = [text.lineAt(from).number, text.lineAt(to).number];
  return Array.from({ length: last - first + 1 }, (_, index) => text.line(first + index));
}

/** The nearest line that says the same; else the nearest that it is a part of, or that is a part of it. @param {Text} before @param {Text} now @param {Change} where @param {number} number */
function likeIt(before, now, { from, fromNow, toNow }, number) {
  if (fromNow === toNow) return null;
  const said = words(before.line(number).text);
  const place = now.lineAt(fromNow).number + number - before.lineAt(from).number;
  const nearest = linesBetween(now, fromNow, toNow).sort((one, other) => Math.abs(one.number - place) - Math.abs(other.number - place));
  const same = nearest.find(({ text }) => words(text) === said);
  const alike = same ?? nearest.find(({ text }) => isWithin(words(text), said) || isWithin(said, words(text)));
  return alike ? alike.from : null;
}

/** @param {string} part @param {string} whole */
const isWithin = (part, whole) => part.length >= FEWEST && whole.includes(part);

/** A line that says the same, in other stretches. @param {Text} now @param {Change[]} stretches @param {string} text */
function sameIn(now, stretches, text) {
  const said = words(text);
  const found = stretches.flatMap(({ fromNow, toNow }) => (fromNow < toNow ? linesBetween(now, fromNow, toNow) : [])).find((line) => said && words(line.text) === said);
  return found ? found.from : null;
}

/**
 * Where as many lines were put in the place of others: the one in its place; else as far behind the nearest line before it that is
 * still there, and no further than before the nearest after it: what an edit left alone, or what the new text says too.
 * @param {Text} before @param {Text} now @param {Change} where @param {number} number
 */
function neighbour(before, now, { from, to, fromNow, toNow }, number) {
  if (fromNow === toNow) return null;
  const [first, last] = [before.lineAt(from).number, before.lineAt(to).number];
  const [firstNow, lastNow] = [now.lineAt(fromNow).number, now.lineAt(toNow).number];
  if (last - first === lastNow - firstNow) return now.line(firstNow + number - first).from;
  const lines = linesBetween(now, fromNow, toNow);
  const isAll = first === 1 && last === before.lines;
  /** @param {number} step @param {number} end */
  const nearest = (step, end) => {
    for (let other = number + step; other !== end; other += step) {
      const said = words(before.line(other).text);
      const found = said.length >= FEWEST ? lines.filter(({ text }) => words(text) === said) : [];
      // One that is found twice tells nothing.
      if (found.length === 1) return { was: other, is: found[0].number };
    }
    return isAll ? null : { was: end, is: step < 0 ? firstNow - 1 : lastNow + 1 };
  };
  const [above, below] = [nearest(-1, first - 1), nearest(1, last + 1)];
  if (!above || !below || above.is + 1 >= below.is) return null;
  return now.line(Math.min(above.is + number - above.was, below.is - 1)).from;
}
