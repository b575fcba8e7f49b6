// @ts-check
// The worker with the engine of this site. It begins to load by itself, before the page has had its say: from the image of
// Python's memory, where this browser keeps one, or as Python starts.
import { Damaged, findImage, forgetImages, readImage } from "./image_file.js";
import { fetchArchive, loadPython, placeOf, root } from "./loading.js";
import { loadWithImage } from "./memory_image.js";
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

/** @param {any} python */
const secondPartOf = (python) => new SecondPart(python, new URL(SITE_LAYOUT.later, root), placeOf(SITE_LAYOUT.later));

/** @param {(reason: Error) => void} fail */
const watchLoading = (fail) => watchFetches((fraction) => tell({ type: "progress", fraction: Math.min(0.9, fraction * 0.9), doing: "Loading Python" }), fail);

/** Python as it starts. @param {(reason: Error) => void} fail @returns {Promise<import("./serving.js").Loaded>} */
async function start(fail) {
  const stopWatching = watchLoading(fail);
  const python = await loadPython(Promise.all(SITE_LAYOUT.wheels.map((url) => fetchArchive(url))));
  stopWatching();
  return { python, secondPart: secondPartOf(python), image: "none" };
}

/** Python as it was when the image was taken. What it imports is there, so its archives may come later. @param {File} file @param {(reason: Error) => void} fail @returns {Promise<import("./serving.js").Loaded>} */
async function restore(file, fail) {
  const stopWatching = watchLoading(fail);
  const python = await loadWithImage(await readImage(file), (options) => loadPython(Promise.resolve([]), options)).finally(stopWatching);
  python.pyimport("pyodide_bridge.memory_image").wake();
  performance.mark("restored");
  for (const url of SITE_LAYOUT.wheels) fetchArchive(url).then(([place, content]) => python.FS.writeFile(place, content), () => {});
  return { python, secondPart: secondPartOf(python), image: "restored" };
}

/** @param {(reason: Error) => void} fail @returns {Promise<import("./serving.js").Loaded>} */
async function loadEngine(fail) {
  const isAnew = location.hash === "#anew";
  if (isAnew) await forgetImages(root);
  const file = isAnew ? null : await findImage(root);
  if (!file) return { ...(await start(fail)), image: isAnew ? "refused" : "none" };
  try {
    return await restore(file, fail);
  } catch (error) {
    await forgetImages(root);
    return { ...(await start(fail)), image: error instanceof Damaged ? "none" : "refused" };
  }
}

serve(new Promise((resolve, reject) => loadEngine(reject).then(resolve, reject)));
