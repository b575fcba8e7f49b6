// @ts-check
// What every worker does: it passes requests to pyodide_bridge.handle and its answers back, and while Python works on one,
// what Python tells of it. It forwards text and bytes and knows no message. A stop is read by Python itself, through an
// interrupt buffer that it asks now and then: element 0 is a getter, so limits of time and memory cost nothing and work
// without shared memory too.
import { protectStack } from "./stack.js";

/**
 * @typedef {{ stop: SharedArrayBuffer | null, other: import("./other_engine.js").OtherEngine | null,
 *   compiled: WebAssembly.Module | null, isAnew: boolean }} Start
 * `compiled` is the runtime as a worker before has compiled it; `isAnew` says that Python is to start, and the image of its
 * memory is to be forgotten.
 * @typedef {{ id: number, request: string, content: ArrayBuffer | null, limits: Limits }} Ask
 * `content` are the bytes that belong to a message: a file.
 * @typedef {{ seconds: number | null, bytes: number | null, since?: number, each?: boolean }} Limits of one request: `seconds` is what its scripts may take
 * together, or where it says so `each` of them, `bytes` what it may take beyond what Python has, until it tells of what was done; or beyond what Python had when
 * something began that this goes on with: `since`
 * @typedef {"" | "stop" | "time" | "memory"} Interruption
 * @typedef {{ type: "progress", fraction: number, doing: string }
 *   | { type: "ready", image: Image, compiled: WebAssembly.Module | null }
 *   | { type: "running", commands: number, bytes: number }
 *   | { type: "working", doing: string, done: number, total: number }
 *   | { type: "heard" }
 *   | { type: "answer", id: number, response: string, content: ArrayBuffer | null, copy: ArrayBuffer[], interrupted: Interruption, began: number }
 *   | { type: "dead", message: string, gone?: string }} FromWorker
 * `running` tells of the script that runs: the commands it has issued, and the memory Python has.
 * `heard`: what was interrupted knows of it, and only makes whole what it has begun.
 * `gone` is what a person is told where no other engine can be had. `copy` is what the keeper (keeper.js) has to know of what changed; `began` the memory Python had when the request began.
 *
 * Whether Python was restored from an image of its memory: there was none, or one that could not be used; "native" is a Python that
 * runs on this machine, and needs none.
 * @typedef {"restored" | "none" | "refused" | "native"} Image
 *
 * Python with an engine in it, and what comes later of that engine, where something does.
 * @typedef {{ python: any, image: Image, compiled: WebAssembly.Module | null, secondPart?: import("./second_part.js").SecondPart }} Loaded
 */

const SIGINT = 2;
/** Milliseconds after which what still runs is interrupted again: Python drops what is raised while it frees an object. */
const SECOND_THOUGHT = 1000;
/** Milliseconds between two reports of how far a script is. */
const FIGURES_INTERVAL = 200;

/** Tells the page. @param {FromWorker} message */
export function tell(message) {
  const transfer = message.type === "answer" ? [...message.copy, ...(message.content ? [message.content] : [])] : [];
  self.postMessage(message, { transfer });
}

/** Set by the page in shared memory: the number of the last request that is to stop. One that comes too late for it harms none after it. @type {Int32Array} */
let stop = new Int32Array(1);
/** The number of the request that is answered, until its stop was heard; Infinity while there is none. */
let stoppable = Infinity;
/** When the script that runs has had its time, and milliseconds that the request has left for its scripts. */
let deadline = Infinity;
let left = Infinity;
/** Whether each script has all of that. */
let isEach = false;
/** When what was interrupted and still runs is interrupted again. */
let again = Infinity;
/** When the page is told next how far the script is, and how many commands that has issued. */
let nextFigures = Infinity;
let commands = 0;
/** Bytes of memory Python has; never less than before, for WebAssembly's memory does not shrink. */
let memorySize = () => 0;
let mostMemory = Infinity;
/** @type {Interruption} */
let interrupted = "";

const interruptBuffer = {
  get 0() {
    const now = performance.now();
    if (now > nextFigures) {
      nextFigures = now + FIGURES_INTERVAL;
      tell({ type: "running", commands, bytes: memorySize() });
    }
    if (Atomics.load(stop, 0) >= stoppable) interrupted ||= "stop";
    else if (now > deadline) interrupted ||= "time";
    else if (memorySize() > mostMemory) interrupted ||= "memory";
    else if (now < again) return 0;
    stoppable = deadline = left = mostMemory = Infinity;
    again = now + SECOND_THOUGHT;
    return SIGINT;
  },
  // Python clears the element every time it has looked, whether there was something or not.
  set 0(_) {},
};

/** What pyodide_bridge/page.py calls while a request is answered. */
const page = {
  /** Undefined where there are none: that is Python's None. @type {Uint8Array | undefined} */
  content: undefined,
  /** The bytes of the answer. @type {ArrayBuffer | null} */
  given: null,
  /** @type {ArrayBuffer[]} */
  copy: [],
  /** @param {string} doing @param {number} done @param {number} total */
  report(doing, done, total) {
    tell({ type: "working", doing, done, total });
  },
  heard() {
    tell({ type: "heard" });
  },
  full: () => interrupted === "memory",
  telling() {
    mostMemory = Infinity;
  },
  /** @param {number} count */
  issued(count) {
    commands = count;
  },
  /** @param {string} text */
  keep(text) {
    page.copy.push(new TextEncoder().encode(text).buffer);
  },
  forget() {
    page.copy = [];
  },
  /** @param {boolean} runs */
  script(runs) {
    if (deadline !== Infinity && !isEach) left = deadline - performance.now();
    deadline = runs ? performance.now() + left : Infinity;
    nextFigures = runs ? performance.now() + FIGURES_INTERVAL : Infinity;
  },
  /** @param {any} content Python's bytes */
  give(content) {
    page.given = content.toJs().slice().buffer;
  },
};

/**
 * Serves the page with the engine that is being loaded. Only the first message is heard here that is no request: that of
 * `start`; `start` is told of it.
 * @param {Promise<Loaded>} loading
 * @param {(message: Start) => void} start
 */
export function serve(loading, start = () => {}) {
  const engine = loading.then(({ python, ...loaded }) => {
    protectStack(python);
    memorySize = () => python._module.HEAP8.length;
    tell({ type: "progress", fraction: 0.95, doing: "Starting the engine" });
    const { handle, stopped } = python.pyimport("pyodide_bridge");
    python.setInterruptBuffer(interruptBuffer);
    return { handle, stopped, ...loaded };
  });
  engine.catch(() => {}); // Whoever waits for it is told.
  self.onmessage = ({ data }) => {
    if ("id" in data) {
      answer(engine, data);
      return;
    }
    if (data.stop) stop = new Int32Array(data.stop);
    start(data);
    engine.then(
      ({ image, compiled }) => tell({ type: "ready", image, compiled }),
      (error) => tell({ type: "dead", message: String(error).slice(0, 500) }),
    );
  };
}

/**
 * @param {Promise<{ handle: (request: string, host: typeof page) => string, stopped: string, secondPart?: import("./second_part.js").SecondPart }>} engine
 * @param {Ask} ask
 */
async function answer(engine, { id, request, content, limits: { seconds, bytes, since, each = false } }) {
  const { handle, stopped, secondPart } = await engine;
  secondPart?.interrupt();
  await secondPart?.arrival;
  stoppable = id;
  interrupted = "";
  commands = 0;
  isEach = each;
  left = seconds === null ? Infinity : seconds * 1000;
  deadline = again = Infinity;
  const began = memorySize();
  mostMemory = bytes === null ? Infinity : (since ?? began) + bytes;
  Object.assign(page, { content: content ? new Uint8Array(content) : undefined, given: null, copy: [] });
  try {
    const response = asked();
    stoppable = deadline = again = mostMemory = Infinity;
    tell({ type: "answer", id, response, content: page.given, copy: page.copy, interrupted, began });
    secondPart?.rest();
  } catch (error) {
    // The bridge answers every error of a request: what arrives here is Python itself, broken beyond repair.
    tell({ type: "dead", message: String(error).slice(0, 500) });
  }

  function asked() {
    try {
      return handle(request, page);
    } catch (error) {
      // At the first instruction of all, where Python catches nothing yet.
      if (stopped && /** @type {any} */ (error).type === "KeyboardInterrupt") return stopped;
      throw error;
    }
  }
}
