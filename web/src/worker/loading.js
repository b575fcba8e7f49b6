// @ts-check
// Python with the engine of this site: the runtime, the standard library and the wheels, which are imported as they are.

/** @typedef {URL} Root the address of the site */

/** Where Python finds an archive. @param {string} url */
export const placeOf = (url) => `/lib/${url.slice(url.lastIndexOf("/") + 1)}`;

/** @param {Root} root @param {string} url @returns {Promise<[string, Uint8Array]>} */
export async function fetchArchive(root, url) {
  const response = await fetch(new URL(url, root));
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  return [placeOf(url), new Uint8Array(await response.arrayBuffer())];
}

/**
 * @param {Root} root
 * @param {Promise<[string, Uint8Array][]>} archives what stands in Python's file system before it starts
 * @param {{}} [options] more for loadPyodide
 */
export async function loadPython(root, archives, options = {}) {
  const indexURL = new URL(`${SITE_LAYOUT.runtime}/`, root).href;
  const { loadPyodide } = await import(`${indexURL}pyodide.mjs`);
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
