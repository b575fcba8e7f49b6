// @ts-check
// The worker with another engine than the one of this site: a version the work asks for, which micropip fetches from an index
// of Python packages, or a wheel the person chose. Nothing of this is loaded otherwise. micropip needs more of the standard
// library than a release has, and what it installs may need more of the runtime, so both come whole with it. It stands in a folder of its own, whose policy alone lets
// it fetch from elsewhere.
import { giveUpWhatLasts } from "./giving_up.js";
import { serve } from "./serving.js";

/** @typedef {{ version: string, index: string } | { name: string, content: ArrayBuffer }} OtherEngine */

/** Why the engine cannot be had: it ends a sentence. */
class EngineRefused extends Error {
  toString() {
    return this.message;
  }
}

/** Python with another engine installed. Throws EngineRefused. @param {OtherEngine} engine @returns {Promise<import("./serving.js").Loaded>} */
async function load(engine) {
  const root = new URL("../", import.meta.url);
  const found = "version" in engine ? fetch(`${engine.index}ferrous-vm/`, { cache: "no-cache" }).catch(() => null) : null;
  const installer = new URL(`${SITE_LAYOUT.installer}/`, root).href;
  if (found && !(await found)) throw new EngineRefused("there is no network, or nobody answers at the index of engines");
  if (found && !(await found)?.ok) throw new EngineRefused("there is none of that version within reach: the index of engines has no ferrous-vm");
  // A wheel carries the page without it (toolchain/release_wheel.py).
  const loader = await fetch(`${installer}pyodide.mjs`).catch(() => null);
  if (loader?.status === 404) throw new EngineRefused("this page came with pip, and pip is what installs another engine");
  if (!giveUpWhatLasts()) throw new EngineRefused("this browser would let it stay when the page is left");
  const { loadPyodide } = await import(`${installer}pyodide.mjs`);
  const python = await loadPyodide({
    indexURL: installer,
    lockFileURL: new URL(`${SITE_LAYOUT.engine}/pyodide-lock.json`, root).href,
  });
  await python.loadPackage(SITE_LAYOUT.installerWheels.map((name) => installer + name));
  await install(engine, python);
  return { python, image: "none", compiled: null };
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
    throw new EngineRefused(isPinned ? "there is none of that version within reach, or it cannot be installed" : "it cannot be installed");
  } finally {
    micropip.destroy();
  }
  try {
    python.pyimport("pyodide_bridge").destroy();
  } catch {
    throw new EngineRefused("it holds no engine that starts here");
  }
}

/** @type {(engine: OtherEngine) => void} */
let choose = () => {};
/** @type {Promise<OtherEngine>} */
const chosen = new Promise((resolve) => (choose = resolve));

serve(chosen.then(load), ({ other }) => other && choose(other));
