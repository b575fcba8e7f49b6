// @ts-check
// The worker: loads Pyodide and the engine, then passes requests to pyodide_bridge.handle and its answers back.
// It forwards text and knows no message, and begins to load by itself, before the page has had its say. A stop is read by
// Python itself, through an interrupt buffer that it asks now and then: element 0 is a getter, so limits of time and
// memory cost nothing and work without shared memory too.

import { loadOtherEngine } from "./other_engine.js";
import { SecondPart } from "./second_part.js";
import { protectStack } from "./stack.js";

/**
 * @typedef {{ stop: SharedArrayBuffer | null, other: import("./other_engine.js").OtherEngine | null }} Start
 * @typedef {{ id: number, request: string, limits: Limits }} Ask
 * @typedef {{ seconds: number | null, bytes: number | null }} Limits of one request; `bytes` is what it may take beyond what Python has
 * @typedef {"" | "stop" | "time" | "memory"} Interruption
 * @typedef {{ type: "progress", fraction: number, doing: string }
 *   | { type: "ready" }
 *   | { type: "answer", id: number, response: string, interrupted: Interruption }
 *   | { type: "dead", message: string }} FromWorker
 */

const SIGINT = 2;
const root = new URL("../", import.meta.url);
/** Whether another engine than that of this site is wanted: the page will say which. */
const waitsForOther = new URL(self.location.href).searchParams.has("other");

/** @param {FromWorker} message */
const tell = (message) => self.postMessage(message);

/** Set by the page in shared memory to stop the running script. @type {Uint8Array} */
let stop = new Uint8Array(1);
let deadline = Infinity;
/** Bytes of memory Python has; never less than before, for WebAssembly's memory does not shrink. */
let memorySize = () => 0;
let mostMemory = Infinity;
/** @type {Interruption} */
let interrupted = "";
/** Of the engine of this site; another comes whole. @type {SecondPart | undefined} */
let secondPart;

const interruptBuffer = {
  get 0() {
    if (Atomics.load(stop, 0)) interrupted = "stop";
    else if (performance.now() > deadline) interrupted = "time";
    else if (memorySize() > mostMemory) interrupted = "memory";
    else return 0;
    Atomics.store(stop, 0, 0);
    deadline = mostMemory = Infinity;
    return SIGINT;
  },
  // Python clears the element every time it has looked, whether there was something or not.
  set 0(_) {},
};

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

/** Python with the engine of this site. @param {(reason: Error) => void} fail */
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
  secondPart = new SecondPart(python, new URL(SITE_LAYOUT.later, root), placeOf(SITE_LAYOUT.later));
  return python;
}

/** Loads everything; answers the bridge's one function. @param {(reason: Error) => void} fail @returns {Promise<(request: string) => string>} */
async function load(fail) {
  const python = await (waitsForOther ? loadOtherEngine(await otherEngine, root) : loadEngine(fail));
  protectStack(python);
  memorySize = () => python._module.HEAP8.length;
  tell({ type: "progress", fraction: 0.95, doing: "Starting the engine" });
  const { handle } = python.pyimport("pyodide_bridge");
  python.setInterruptBuffer(interruptBuffer);
  return handle;
}

/** @type {(engine: import("./other_engine.js").OtherEngine) => void} */
let useOther;
/** @type {Promise<import("./other_engine.js").OtherEngine>} */
const otherEngine = new Promise((resolve) => (useOther = resolve));

/** @type {Promise<(request: string) => string>} */
const bridge = new Promise((resolve, reject) => load(reject).then(resolve, reject));
bridge.catch(() => {}); // Whoever waits for it is told.

/** @param {Ask} ask */
async function answer({ id, request, limits: { seconds, bytes } }) {
  const handle = await bridge;
  secondPart?.interrupt();
  await secondPart?.arrival;
  // A stop that came too late for the last request must not end this one.
  Atomics.store(stop, 0, 0);
  interrupted = "";
  deadline = seconds === null ? Infinity : performance.now() + seconds * 1000;
  mostMemory = bytes === null ? Infinity : memorySize() + bytes;
  try {
    const response = handle(request);
    deadline = mostMemory = Infinity;
    tell({ type: "answer", id, response, interrupted });
    secondPart?.rest();
  } catch (error) {
    // The bridge answers every error of a request: what arrives here is Python itself, broken beyond repair.
    tell({ type: "dead", message: String(error).slice(0, 500) });
  }
}

self.onmessage = ({ data }) => {
  if ("id" in data) {
    answer(data);
    return;
  }
  if (data.stop) stop = new Uint8Array(data.stop);
  if (data.other) useOther(data.other);
  bridge.then(
    () => tell({ type: "ready" }),
    (error) => tell({ type: "dead", message: String(waitsForOther ? error.message : error).slice(0, 500) }),
  );
};
