// @ts-check
// The worker with the engine of this site. It begins to load by itself, before the page has had its say: from the image of
// Python's memory, where this browser keeps one, or as Python starts.
import { Damaged, findImage, forgetImages, readImage } from "./image_file.js";
import { fetchArchive, loadPython, placeOf, root } from "./loading.js";
import { loadRuntime } from "./memory_image.js";
import { SecondPart } from "./second_part.js";
import { serve, tell } from "./serving.js";

/**
 * Lets `fetch` report how much of the site's files has come, and when one cannot be had: Pyodide would wait for ever.
 * @param {(fraction: number) => void} report
 * @param {(reason: Error) => void} fail
 */
function watchFetches(report, fail) {
  const plainFetch = self.fetch;
  const total = Object.values(SITE_LAYOUT.sizes).reduce((sum, size) => sum + size, 0);
  let loaded = 0;
  self.fetch = async (input, init) => {
    try {
      const response = await plainFetch(input, init);
      if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
      count(response.clone()).catch(fail);
      return response;
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  };
  return () => (self.fetch = plainFetch);

  /** @param {Response} copy */
  async function count(copy) {
    const reader = copy.body?.getReader();
    for (let part; reader && !(part = await reader.read()).done; ) report((loaded += part.value.length) / total);
  }
}

/** What the address of this script ends with where there was a worker before, of which the first message tells. */
const AGAIN = "#again";
/** @type {import("./serving.js").Start} */
const NOTHING = { stop: null, other: null, compiled: null, isAnew: false };

/** @param {any} python */
const secondPartOf = (python) => new SecondPart(python, new URL(SITE_LAYOUT.later, root), placeOf(SITE_LAYOUT.later));

/** @param {(reason: Error) => void} fail */
const watchLoading = (fail) => watchFetches((fraction) => tell({ type: "progress", fraction: Math.min(0.9, fraction * 0.9), doing: "Loading Python" }), fail);

/** @typedef {(reason: Error) => void} Fail */

/** Python as it starts. @param {WebAssembly.Module | null} compiled @param {Fail} fail @returns {Promise<import("./serving.js").Loaded>} */
async function start(compiled, fail) {
  const stopWatching = watchLoading(fail);
  const archives = Promise.all(SITE_LAYOUT.wheels.map(fetchArchive));
  const runtime = await loadRuntime(() => loadPython(archives), compiled).finally(stopWatching);
  return { ...runtime, secondPart: secondPartOf(runtime.python), image: "none" };
}

/** Python as it was when the image was taken. What it imports is there, so its archives may come later. @param {File} file @param {WebAssembly.Module | null} compiled @param {Fail} fail @returns {Promise<import("./serving.js").Loaded>} */
async function restore(file, compiled, fail) {
  const stopWatching = watchLoading(fail);
  const runtime = await loadRuntime((options) => loadPython(Promise.resolve([]), options), compiled, await readImage(file)).finally(stopWatching);
  const { python } = runtime;
  python.pyimport("pyodide_bridge.memory_image").wake();
  performance.mark("restored");
  for (const url of SITE_LAYOUT.wheels) fetchArchive(url).then(([place, content]) => python.FS.writeFile(place, content), () => {});
  return { ...runtime, secondPart: secondPartOf(python), image: "restored" };
}

/** @param {import("./serving.js").Start} asked @param {Fail} fail @returns {Promise<import("./serving.js").Loaded>} */
async function loadEngine({ compiled, isAnew }, fail) {
  if (isAnew) await forgetImages(root);
  const file = isAnew ? null : await findImage(root);
  if (!file) return { ...(await start(compiled, fail)), image: isAnew ? "refused" : "none" };
  try {
    return await restore(file, compiled, fail);
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
if (location.hash !== AGAIN) begin(NOTHING);

serve(new Promise((resolve, reject) => asked.then((start) => loadEngine(start, reject)).then(resolve, reject)), begin);
