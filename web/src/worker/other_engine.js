// @ts-check
// Another version of the engine than the one of this site, for work that asks for it: micropip fetches it from an index of
// Python packages. Nothing of this is loaded otherwise. micropip needs more of the standard library than a release has, so
// the whole library comes with it.

/** Where a site keeps other versions: a folder laid out as a package index (PEP 503). Without it micropip's own is asked. */
const INDEX = "simple/";

/**
 * Python with the engine `version` installed. Throws an Error whose message ends a sentence.
 * @param {string} version
 * @param {URL} root of the site
 */
export async function loadOtherEngine(version, root) {
  const runtime = new URL(`${SITE_LAYOUT.runtime}/`, root).href;
  const installer = new URL(`${SITE_LAYOUT.installer}/`, root).href;
  const index = new URL(INDEX, root).href;
  const answer = await fetch(`${index}ferrous-vm/`, { cache: "no-cache" }).catch(() => null);
  if (!answer) throw new Error("there is no network");
  const { loadPyodide } = await import(`${runtime}pyodide.mjs`);
  const python = await loadPyodide({
    indexURL: runtime,
    stdLibURL: `${installer}python_stdlib.zip`,
    lockFileURL: new URL(`${SITE_LAYOUT.engine}/pyodide-lock.json`, root).href,
  });
  await python.loadPackage(SITE_LAYOUT.installerWheels.map((name) => installer + name));
  const micropip = python.pyimport("micropip");
  try {
    if (answer.ok) micropip.set_index_urls(`${index}{package_name}/`);
    await micropip.install(`ferrous-vm==${version}`);
  } catch {
    throw new Error("there is none of that version within reach, or it cannot be installed");
  } finally {
    micropip.destroy();
  }
  return python;
}
