// @ts-check
// The worker with the engine of this site. It begins to load by itself, before the page has had its say: from the image of
// Python's memory, where this browser keeps one, or as Python starts.
import { Damaged, findImage, forgetImages, readImage } from "./image_file.js";
import { fetchArchive, loadPython, placeOf, root } from "./loading.js";
import { loadRuntime } from "./memory_image.js";
import { SecondPart } from "./second_part.js";
import { serve, tell } from "./serving.js";

/** @typedef {(reason: Error) => void} Fail */

/**
 * Lets `fetch` tell when a file cannot be had, for Pyodide would wait for ever; and where they may come from afar, how much of
 * the site's files has come. That costs a copy of each, and the code that the browser keeps for it.
 * @param {Fail} fail
 * @param {(fraction: number) => void} [report]
 */
function watchFetches(fail, report) {
  const plainFetch = self.fetch;
  const total = Object.values(SITE_LAYOUT.sizes).reduce((sum, size) => sum + size, 0);
  let loaded = 0;
  self.fetch = async (input, init) => {
    try {
      const response = await plainFetch(input, init);
      if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
      if (report) count(response.clone(), report).catch(fail);
      return response;
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  };
  return () => (self.fetch = plainFetch);

  /** @param {Response} copy @param {(fraction: number) => void} report */
  async function count(copy, report) {
    const reader = copy.body?.getReader();
    for (let part; reader && !(part = await reader.read()).done; ) report((loaded += part.value.length) / total);
  }
}

/** The name of this worker where there was one before, of which the first message tells. */
const AGAIN = "Ferrous engine, again";
/** @type {import("./serving.js").Start} */
const NOTHING = { stop: null, other: null, compiled: null, isAnew: false };

/** @param {any} python */
const secondPartOf = (python) => new SecondPart(python, new URL(SITE_LAYOUT.later, root), placeOf(SITE_LAYOUT.later));

/** @param {number} fraction */
const tellProgress = (fraction) => tell({ type: "progress", fraction: Math.min(0.9, fraction * 0.9), doing: "Loading Python" });

/** Python as it starts. @param {WebAssembly.Module | null} compiled @param {Fail} fail @returns {Promise<import("./serving.js").Loaded>} */
async function start(compiled, fail) {
  const stopWatching = watchFetches(fail, tellProgress);
  const archives = Promise.all(SITE_LAYOUT.wheels.map(fetchArchive));
  const runtime = await loadRuntime(() => loadPython(archives), compiled).finally(stopWatching);
  return { ...runtime, secondPart: secondPartOf(runtime.python), image: "none" };
}

/** Python as it was when the image was taken. What it imports is there, so its archives may come later. @param {import("./image_file.js").Kept} kept @param {WebAssembly.Module | null} compiled @param {Fail} fail @returns {Promise<import("./serving.js").Loaded>} */
async function restore(kept, compiled, fail) {
  const stopWatching = watchFetches(fail);
  const runtime = await loadRuntime((options) => loadPython(Promise.resolve([]), options), compiled, await readImage(kept)).finally(stopWatching);
  const { python } = runtime;
  const library = python.pyimport("pyodide_bridge.memory_image").wake();
  performance.mark("restored");
  for (const url of [...SITE_LAYOUT.wheels, `${SITE_LAYOUT.runtime}/python_stdlib.zip`]) {
    fetchArchive(url).then(([place, content]) => python.FS.writeFile(url.endsWith("/python_stdlib.zip") ? library : place, content), () => {});
  }
  return { ...runtime, secondPart: secondPartOf(python), image: "restored" };
}

/** @param {import("./serving.js").Start} asked @param {Fail} fail @returns {Promise<import("./serving.js").Loaded>} */
async function loadEngine({ compiled, isAnew }, fail) {
  if (isAnew) await forgetImages(root);
  const kept = isAnew ? null : await findImage(root);
  if (!kept) return { ...(await start(compiled, fail)), image: isAnew ? "refused" : "none" };
  try {
    return await restore(kept, compiled, fail);
  } catch (error) {
    await forgetImages(root);
    return { ...(await start(compiled, fail)), image: error instanceof Damaged ? "none" : "refused" };
  }
}

/** @type {(asked: import("./serving.js").Start) => void} */
let begin = () => {};
/** @type {Promise<import("./serving.js").Start>} */
const asked = new Promise((resolve) => (begin = resolve));
// The page's first worker does not wait to be told that there is nothing yet to go on with.
if (self.name !== AGAIN) begin(NOTHING);

serve(new Promise((resolve, reject) => asked.then((start) => loadEngine(start, reject)).then(resolve, reject)), begin);
