// @ts-check
// The worker with the engine of this site. It begins to load by itself, before the page has had its say.
import { SecondPart } from "./second_part.js";
import { serve, tell } from "./serving.js";

const root = new URL("../", import.meta.url);

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

/** Where Python finds the wheels: it imports from them as they are, and reads only what it needs. @param {string} url */
const placeOf = (url) => `/lib/${url.slice(url.lastIndexOf("/") + 1)}`;

/** @param {string} url @returns {Promise<[string, Uint8Array]>} */
async function fetchWheel(url) {
  const response = await fetch(new URL(url, root));
  return [placeOf(url), new Uint8Array(await response.arrayBuffer())];
}

/** Python with the engine of this site. @param {(reason: Error) => void} fail @returns {Promise<import("./serving.js").Loaded>} */
async function loadEngine(fail) {
  const stopWatching = watchFetches(
    (fraction) => tell({ type: "progress", fraction: Math.min(0.9, fraction * 0.9), doing: "Loading Python" }),
    fail,
  );
  const indexURL = new URL(`${SITE_LAYOUT.runtime}/`, root).href;
  const wheels = Promise.all(SITE_LAYOUT.wheels.map(fetchWheel));
  const { loadPyodide } = await import(`${indexURL}pyodide.mjs`);
  const python = await loadPyodide({
    indexURL,
    lockFileURL: new URL(`${SITE_LAYOUT.engine}/pyodide-lock.json`, root).href,
    env: { PYTHONPATH: SITE_LAYOUT.wheels.map(placeOf).join(":") },
    fsInit: async (/** @type {any} */ FS) => {
      for (const [place, content] of await wheels) FS.writeFile(place, content);
    },
  });
  stopWatching();
  return { python, secondPart: new SecondPart(python, new URL(SITE_LAYOUT.later, root), placeOf(SITE_LAYOUT.later)) };
}

serve(new Promise((resolve, reject) => loadEngine(reject).then(resolve, reject)));
