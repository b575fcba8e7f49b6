// @ts-check
// Python with the engine of this site: the runtime, the standard library and the wheels, which are imported as they are.

/** The address of the site. */
export const root = new URL("../", import.meta.url);

const indexURL = new URL(`${SITE_LAYOUT.runtime}/`, root).href;
/** The runtime's scripts, asked for before anything else is known. @type {Promise<{ loadPyodide: (options: {}) => Promise<any> }[]>} */
const runtime = Promise.all(["pyodide.mjs", "pyodide.asm.mjs"].map((name) => import(indexURL + name)));
runtime.catch(() => {}); // whoever loads Python is told

/** Where Python finds an archive. @param {string} url */
export const placeOf = (url) => `/lib/${url.slice(url.lastIndexOf("/") + 1)}`;

/** @param {string} url @returns {Promise<[place: string, content: Uint8Array]>} */
export async function fetchArchive(url) {
  const response = await fetch(new URL(url, root));
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  return [placeOf(url), new Uint8Array(await response.arrayBuffer())];
}

/**
 * @param {Promise<[place: string, content: Uint8Array][]>} archives what stands in Python's file system before it starts
 * @param {{}} [options] more for loadPyodide
 */
export async function loadPython(archives, options = {}) {
  const [{ loadPyodide }] = await runtime;
  return loadPyodide({
    indexURL,
    lockFileURL: new URL(`${SITE_LAYOUT.engine}/pyodide-lock.json`, root).href,
    env: { PYTHONPATH: SITE_LAYOUT.wheels.map(placeOf).join(":") },
    fsInit: async (/** @type {any} */ FS) => {
      for (const [place, content] of await archives) FS.writeFile(place, content);
    },
    ...options,
  });
}
