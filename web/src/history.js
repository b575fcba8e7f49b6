// @ts-check
// Earlier versions of the work: kept on each run, and before an example, a link or a file takes its place. So nothing that
// was written is lost by opening something else. The oldest go when there are too many.
import { examples, workOf } from "./examples.js";
import { readWork } from "./share.js";
import { Shelf } from "./shelf.js";
import { replaceWork, work } from "./state.js";

/**
 * @typedef {import("./state.js").Work} Work
 * @typedef {"run" | "example" | "link" | "file" | "test" | "history"} Occasion
 * @typedef {{ id: string, when: number, size: number, occasion: Occasion, work: Work }} Version
 */

const MOST_VERSIONS = 100;
/** Characters of all versions together. */
const LARGEST = 20_000_000;

/** Why a version was kept. @type {Record<Occasion, string>} */
export const OCCASIONS = {
  run: "run",
  example: "before an example was opened",
  link: "before a link was opened",
  file: "before a file was opened",
  test: "before the inputs of a test were taken over",
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

/** Reading comes first, when something is kept for the first time: a page that opens has other things to do. @type {Promise<void> | undefined} */
let wasRead;

/** Keeps the work as it is, unless the last version is the same. @param {Work} kept @param {Occasion} occasion */
export async function keepVersion(kept, occasion) {
  const text = JSON.stringify(kept);
  if (occasion !== "run" && examples.value.some((example) => JSON.stringify(workOf(example)) === text)) return;
  await (wasRead ??= versions.read());
  if (versions.items.value[0] && JSON.stringify(versions.items.value[0].work) === text) return;
  const when = Math.max(Date.now(), (versions.items.value[0]?.when ?? 0) + 1);
  await versions.put({ id: String(when), when, size: text.length, occasion, work: kept });
  while (versions.items.value.length > MOST_VERSIONS || (versions.size > LARGEST && versions.items.value.length > 1)) {
    await versions.remove(/** @type {Version} */ (versions.items.value.at(-1)).id);
  }
}

/** Opens other work; what was there is kept. @param {Work} next @param {Exclude<Occasion, "run">} occasion */
export function openWork(next, occasion) {
  keepVersion(work.value, occasion);
  replaceWork(next);
}
