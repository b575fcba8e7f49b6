// @ts-check
// Earlier versions of the work: kept on each run, and before an example, a link or a file takes its place. So nothing that
// was written is lost by opening something else. When there are too many, runs that a later version of the same work follows
// go first, then the oldest.
import { signal } from "@preact/signals";
import { examples, workOf } from "./examples.js";
import { saveFile } from "./save_file.js";
import { readWork, workFile } from "./share.js";
import { Shelf } from "./shelf.js";
import { EMPTY_WORK, banner, replaceWork, work } from "./state.js";

/**
 * @typedef {import("./state.js").Work} Work
 * @typedef {"run" | "kept" | "new" | "example" | "link" | "file" | "fixture" | "paste" | "script" | "scenario" | "test" | "tab" | "live" | "history"} Occasion
 * @typedef {{ id: string, when: number, size: number, occasion: Occasion, work: Work }} Version
 */

const MOST_VERSIONS = 100;
/** Characters of all versions together. */
const LARGEST = 20_000_000;

/** Why a version was kept. @type {Record<Occasion, string>} */
export const OCCASIONS = {
  run: "run",
  kept: "kept",
  new: "before new work was begun",
  example: "before an example was opened",
  link: "before a link was opened",
  file: "before a file was opened",
  fixture: "before a file became the fixture",
  paste: "before another script was pasted",
  script: "before a script was deleted",
  scenario: "before the page wrote into the scenario",
  test: "before the inputs of a test were taken over",
  tab: "left in a tab that was closed",
  live: "before a call of the application was opened",
  history: "before an earlier version came back",
};

/** @type {Shelf<Version>} */
export const versions = new Shelf("history", { most: MOST_VERSIONS + 1, largest: 2 * LARGEST }, readVersion);

/** @param {any} stored @returns {Version | null} */
function readVersion(stored) {
  try {
    return Object.hasOwn(OCCASIONS, stored.occasion) ? { ...stored, work: readWork(stored.work) } : null;
  } catch {
    return null;
  }
}

/** What New begins with. @type {Work} */
export const NEW_WORK = { ...EMPTY_WORK, script: "" };

/** The work that was kept last because the person said so. @type {import("@preact/signals").Signal<Work | null>} */
export const keptWork = signal(null);

/** Whether the text of a work is one that anybody can have again. @param {string} text */
const isAtHand = (text) => [EMPTY_WORK, NEW_WORK, ...examples.value.map(workOf)].some((one) => JSON.stringify(one) === text);

/**
 * Keeps the work as it is, unless the last version is the same. Answers "", or why that was not possible.
 * @param {Work} kept @param {Occasion} occasion
 */
export function keepVersion(kept, occasion) {
  const put = lastPut.then(() => putVersion(kept, occasion));
  lastPut = put;
  return put;
}

/** One after the other, for each looks at the last one. @type {Promise<unknown>} */
let lastPut = Promise.resolve();

/** @param {Work} kept @param {Occasion} occasion */
async function putVersion(kept, occasion) {
  const text = JSON.stringify(kept);
  if (occasion !== "run" && occasion !== "kept" && isAtHand(text)) return "";
  await versions.read();
  if (versions.items.value[0] && JSON.stringify(versions.items.value[0].work) === text) return "";
  const when = Math.max(Date.now(), (versions.items.value[0]?.when ?? 0) + 1);
  const problem = await versions.put({ id: `${when} ${Math.random()}`, when, size: text.length, occasion, work: kept });
  while (versions.items.value.length > MOST_VERSIONS || (versions.size > LARGEST && versions.items.value.length > 1)) {
    await versions.remove(leastWanted(versions.items.value).id);
  }
  return problem;
}

/** The version that goes first: the oldest run of those that a later version of the same name follows, else the oldest. @param {Version[]} items the newest first */
function leastWanted(items) {
  const names = items.map((item) => item.work.name);
  const isFollowed = (/** @type {Version} */ item, /** @type {number} */ index) => item.occasion === "run" && names.indexOf(names[index]) < index;
  return items.findLast(isFollowed) ?? /** @type {Version} */ (items.at(-1));
}

/** Keeps the work as it stands, because the person says so. */
export async function keepWork() {
  const kept = work.value;
  const problem = await keepVersion(kept, "kept");
  if (problem) banner.value = { kind: "error", text: `This version cannot be kept: ${problem}.` };
  else keptWork.value = kept;
}

/** Opens other work; what was there is kept. @param {Work} next @param {Exclude<Occasion, "run">} occasion */
export function openWork(next, occasion) {
  const former = work.value;
  replaceWork(next);
  keepVersion(former, occasion).then((problem) => {
    if (!problem) return;
    const save = () => saveFile("former.ferrous.json", workFile(former));
    banner.value = { kind: "error", stays: true, text: `What was here before, ${former.name}, could not be kept in the history: ${problem}.`, action: { title: "Save it as a file", act: save } };
  });
}
