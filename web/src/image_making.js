// @ts-check
// When the image of Python's memory is taken, from which the next start is a short one (web/src/worker/memory_image.js): once
// a script has run and the page is at rest, by a worker of its own; where the person wants it, and there is room.
import { effect } from "@preact/signals";
import { lastRun, memoryImage, phase } from "./state.js";
import { changeSettings, forget, read, settings, write } from "./storage.js";
import { forgetImages } from "./worker/image_file.js";

/** Milliseconds without a run after which the page is at rest. */
const REST = 2000;
/** Gigabytes of memory below which a device has other things to do with it; browsers tell powers of two. */
const LEAST_MEMORY = 4;
/** Bytes this site may still store, ten times what an image takes. */
const LEAST_ROOM = 300_000_000;

/** Where it is remembered that an image of this build could not be made, or used. */
const REFUSED = "ferrous.image-refused";

/** Whether this device or its owner should be spared. */
async function isScarce() {
  const { deviceMemory = LEAST_MEMORY, connection, storage } = /** @type {any} */ (navigator);
  if (deviceMemory < LEAST_MEMORY || connection?.saveData) return true;
  const { quota = 0, usage = 0 } = await storage.estimate();
  return quota - usage < LEAST_ROOM;
}

/** @param {string} maker the address of its worker's script */
export function makeImageAtRest(maker) {
  let timer = 0;
  effect(() => {
    if (memoryImage.value === "refused") write(REFUSED, SITE_LAYOUT.image);
    const isAtRest = phase.value === "ready" && lastRun.value !== null;
    const isWanted = settings.value.keepsPython && memoryImage.value === "none" && read(REFUSED) !== SITE_LAYOUT.image;
    clearTimeout(timer);
    if (isAtRest && isWanted) timer = setTimeout(() => make(maker), REST);
  });
}

/** @param {string} maker */
async function make(maker) {
  memoryImage.value = "being made";
  if (await isScarce().catch(() => true)) return void (memoryImage.value = "scarce");
  const worker = new Worker(maker, { type: "module", name: "Ferrous image maker" });
  const end = (/** @type {import("./state.js").MemoryImage} */ how) => {
    worker.terminate();
    // The person may have decided otherwise meanwhile.
    if (settings.value.keepsPython) memoryImage.value = how;
    else forgetImage();
  };
  worker.onmessage = ({ data }) => end("kept" in data ? "made" : "refused");
  worker.onerror = () => end("refused");
}

/** The next start is an ordinary one. */
export async function forgetImage() {
  memoryImage.value = "none";
  await forgetImages(new URL("./", document.baseURI));
}

/** Whether Python is kept ready from one visit to the next. @param {boolean} keepsPython */
export function keepPython(keepsPython) {
  changeSettings({ keepsPython });
  forget(REFUSED);
  if (!keepsPython && memoryImage.value !== "being made") forgetImage();
}
