// @ts-check
// The engine in a worker of this browser (worker/serving.js): a Stop goes through shared memory, where the page may have some.

/**
 * @typedef {import("../worker/serving.js").FromWorker} FromWorker
 * @typedef {import("../worker/serving.js").Ask} Ask
 * @typedef {import("../worker/other_engine.js").OtherEngine} OtherEngine
 *
 * What carries messages between the page and an engine that has been started. `canStop`: whether what was asked can be interrupted; `stop` interrupts
 * it up to the request of that number; `end` ends the engine, which tells nothing more.
 * @typedef {{ canStop: boolean, ask: (ask: Ask) => void, stop: (last: number) => void, end: () => void }} Transport
 *
 * Starts an engine, `other` than that of this site or that, `isAnew` without the image of Python's memory. `hear` hears its messages; that it is
 * "dead" comes last.
 * @typedef {(asked: { other: OtherEngine | null, isAnew: boolean }, hear: (message: FromWorker) => void) => Transport} Open
 */

/** The name of a worker when there was one before: then it waits for its first message. */
const AGAIN = "Ferrous engine, again";

/**
 * @param {{ own: string, other: string }} workers the addresses of their scripts: with the engine of this site, and with another
 * @returns {Open}
 */
export function inWorker(workers) {
  /** The runtime as a worker has compiled it: the next one need not. @type {WebAssembly.Module | null} */
  let compiled = null;
  return ({ other, isAnew }, hear) => {
    const shared = globalThis.crossOriginIsolated ? new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT) : null;
    /** What the running Python looks at, where the page may share memory: the number of the last request that is to stop. */
    const stop = shared && new Int32Array(shared);
    const worker = globalThis.firstWorker ?? new Worker(other ? workers.other : workers.own, { type: "module", name: AGAIN });
    globalThis.firstWorker = undefined;
    worker.onmessage = ({ data }) => {
      if (data.type === "ready") compiled ??= data.compiled;
      hear(data);
    };
    worker.onerror = (event) => hear({ type: "dead", message: event.message || "the worker could not be loaded" });
    worker.postMessage(/** @type {import("../worker/serving.js").Start} */ ({ stop: shared, other, compiled, isAnew }));
    return {
      canStop: stop !== null,
      ask: (ask) => worker.postMessage(ask, ask.content ? [ask.content] : []),
      stop: (last) => void (stop && Atomics.store(stop, 0, last)),
      end() {
        worker.onmessage = worker.onerror = null;
        worker.terminate();
      },
    };
  };
}
