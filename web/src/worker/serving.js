// @ts-check
// What every worker does: it passes requests to pyodide_bridge.handle and its answers back. It forwards text and knows no
// message. A stop is read by Python itself, through an interrupt buffer that it asks now and then: element 0 is a getter, so
// limits of time and memory cost nothing and work without shared memory too.
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
 *
 * Python with an engine in it, and what comes later of that engine, where something does.
 * @typedef {{ python: any, secondPart?: import("./second_part.js").SecondPart }} Loaded
 */

const SIGINT = 2;
/** Milliseconds after which what still runs is interrupted again: Python drops what is raised while it frees an object. */
const SECOND_THOUGHT = 1000;

/** Tells the page. @param {FromWorker} message */
export const tell = (message) => self.postMessage(message);

/** Set by the page in shared memory to stop the running script. @type {Uint8Array} */
let stop = new Uint8Array(1);
let deadline = Infinity;
/** Bytes of memory Python has; never less than before, for WebAssembly's memory does not shrink. */
let memorySize = () => 0;
let mostMemory = Infinity;
/** @type {Interruption} */
let interrupted = "";

const interruptBuffer = {
  get 0() {
    if (Atomics.load(stop, 0)) interrupted ||= "stop";
    else if (performance.now() > deadline) interrupted ||= "time";
    else if (memorySize() > mostMemory) interrupted ||= "memory";
    else return 0;
    Atomics.store(stop, 0, 0);
    mostMemory = Infinity;
    deadline = performance.now() + SECOND_THOUGHT;
    return SIGINT;
  },
  // Python clears the element every time it has looked, whether there was something or not.
  set 0(_) {},
};

/**
 * Serves the page with the engine that is being loaded. Only the first message is heard here that is no request: that of
 * `start`; `start` is told of it.
 * @param {Promise<Loaded>} loading
 * @param {(message: Start) => void} start
 */
export function serve(loading, start = () => {}) {
  const engine = loading.then(({ python, secondPart }) => {
    protectStack(python);
    memorySize = () => python._module.HEAP8.length;
    tell({ type: "progress", fraction: 0.95, doing: "Starting the engine" });
    const { handle } = python.pyimport("pyodide_bridge");
    python.setInterruptBuffer(interruptBuffer);
    return { handle, secondPart };
  });
  engine.catch(() => {}); // Whoever waits for it is told.
  self.onmessage = ({ data }) => {
    if ("id" in data) {
      answer(engine, data);
      return;
    }
    if (data.stop) stop = new Uint8Array(data.stop);
    start(data);
    engine.then(
      () => tell({ type: "ready" }),
      (error) => tell({ type: "dead", message: String(error).slice(0, 500) }),
    );
  };
}

/**
 * @param {Promise<{ handle: (request: string) => string, secondPart?: import("./second_part.js").SecondPart }>} engine
 * @param {Ask} ask
 */
async function answer(engine, { id, request, limits: { seconds, bytes } }) {
  const { handle, secondPart } = await engine;
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
