// @ts-check
// A worker of its own takes the image of Python's memory: it loads the engine, both parts, has it import and answer whatever a
// page may ask, and keeps what its memory is then. It never sees anything of a person.
import { keepImage } from "./image_file.js";
import { fetchArchive, loadPython, placeOf, root } from "./loading.js";
import { FOR_AN_IMAGE, takeImage } from "./memory_image.js";

/** @typedef {{ kept: number } | { problem: string }} FromImageMaker bytes of the image that is kept, or why there is none */

async function make() {
  const archives = Promise.all([...SITE_LAYOUT.wheels, SITE_LAYOUT.later].map((url) => fetchArchive(url)));
  const python = await loadPython(archives, FOR_AN_IMAGE);
  python.pyimport("sitecustomize").read_each_time();
  python.runPython(`from pyodide_bridge import later\nlater.use("${placeOf(SITE_LAYOUT.later)}", lambda: None)`);
  python.runPython("from pyodide_bridge import memory_image\nmemory_image.prepare()");
  const image = takeImage(python);
  await keepImage(root, image);
  return image.length;
}

make().then(
  (kept) => self.postMessage(/** @type {FromImageMaker} */ ({ kept })),
  (error) => self.postMessage(/** @type {FromImageMaker} */ ({ problem: String(error).slice(0, 500) })),
);
