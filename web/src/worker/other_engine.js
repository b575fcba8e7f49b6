// @ts-check
// Another engine than the one of this site: a version the work asks for, which micropip fetches from an index of Python
// packages, or a wheel the person chose. Nothing of this is loaded otherwise. micropip needs more of the standard library than
// a release has, so the whole library comes with it.

/** @typedef {{ version: string, index: string } | { name: string, content: ArrayBuffer }} OtherEngine */

/**
 * Python with another engine installed. Throws an Error whose message ends a sentence.
 * @param {OtherEngine} engine
 * @param {URL} root of the site
 */
export async function loadOtherEngine(engine, root) {
  const found = "version" in engine ? fetch(`${engine.index}ferrous-vm/`, { cache: "no-cache" }).catch(() => null) : null;
  const runtime = new URL(`${SITE_LAYOUT.runtime}/`, root).href;
  const installer = new URL(`${SITE_LAYOUT.installer}/`, root).href;
  if (found && !(await found)) throw new Error("there is no network, or nobody answers at the index of engines");
  if (found && !(await found)?.ok) throw new Error("there is none of that version within reach: the index of engines has no ferrous-vm");
  const { loadPyodide } = await import(`${runtime}pyodide.mjs`);
  const python = await loadPyodide({
    indexURL: runtime,
    stdLibURL: `${installer}python_stdlib.zip`,
    lockFileURL: new URL(`${SITE_LAYOUT.engine}/pyodide-lock.json`, root).href,
  });
  await python.loadPackage(SITE_LAYOUT.installerWheels.map((name) => installer + name));
  await install(engine, python);
  return python;
}

/** @param {OtherEngine} engine @param {any} python */
async function install(engine, python) {
  const isPinned = "version" in engine;
  const micropip = python.pyimport("micropip");
  try {
    if (isPinned) {
      micropip.set_index_urls(`${engine.index}{package_name}/`);
      await micropip.install(`ferrous-vm==${engine.version}`);
    } else {
      python.FS.writeFile(`/tmp/${engine.name}`, new Uint8Array(engine.content));
      await micropip.install(`emfs:/tmp/${engine.name}`);
    }
  } catch {
    throw new Error(isPinned ? "there is none of that version within reach, or it cannot be installed" : "it cannot be installed");
  } finally {
    micropip.destroy();
  }
  try {
    python.pyimport("pyodide_bridge").destroy();
  } catch {
    throw new Error("it holds no engine that starts here");
  }
}
