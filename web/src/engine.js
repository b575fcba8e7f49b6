// @ts-check
// The engine as the page sees it: one worker, requests answered in order, Stop, and a new worker when one dies.

/**
 * @typedef {import("./contract").Request} Request
 * @typedef {import("./contract").ResponseOf} ResponseOf
 * @typedef {import("./contract").Failure} Failure
 * @typedef {import("./worker/serving.js").FromWorker} FromWorker
 * @typedef {import("./worker/serving.js").Limits} Limits
 * @typedef {import("./worker/serving.js").Interruption} Interruption
 * @typedef {import("./worker/serving.js").Image} Image
 * @typedef {{ doing: string, done: number, total: number }} Working
 * @typedef {{ commands: number, bytes: number }} Figures of a script that runs: the commands it has issued, and the memory Python has
 * @typedef {{ resolve: (answer: any) => void, reject: (error: Error) => void }} Waiting
 */

/** The request will not be answered: its worker was stopped, or died. */
export class EngineGone extends Error {}

/** The name of a worker when there was one before: then it waits for its first message. */
const AGAIN = "Ferrous engine, again";

/** @type {Limits} */
const NO_LIMITS = { seconds: null, bytes: null };

/**
 * The answer in a message of the worker. The bytes of one, a file, came beside its text. What cannot be read is a failure.
 * @param {{ response: string, content: ArrayBuffer | null }} message
 */
function read({ response, content }) {
  try {
    return { ...JSON.parse(response), ...(content && { content: new Uint8Array(content) }) };
  } catch (error) {
    return { type: "Failure", message: `The answer of the engine cannot be read (${error}). What was done is done: look at the keyspace.` };
  }
}

export class Engine {
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Map<number, Waiting>} */
  #waiting = new Map();
  #next = 1;
  /** The request that any other interrupts. */
  #yielding = 0;
  /** What the running Python looks at, where the page may share memory: the number of the last request that is to stop. @type {Int32Array | null} */
  #stop = null;
  /** The runtime as a worker has compiled it: the next one need not. @type {WebAssembly.Module | null} */
  #compiled = null;

  /**
   * @param {{ own: string, other: string }} workers the addresses of their scripts: with the engine of this site, and with another
   * @param {{ progress: (fraction: number, doing: string) => void, ready: (image: Image) => void, working: (work: Working | null) => void,
   *   running: (figures: Figures | null) => void,
   *   changed: (copy: ArrayBuffer[]) => void, dead: (message: string) => void }} listener
   * `working` hears how far long work is, and null when it is over; `running` the same of a script; `changed` what the keyspace's copy has to know, before the
   * answer that brings it.
   */
  constructor(workers, listener) {
    this.workers = workers;
    this.listener = listener;
  }

  /** Whether Stop can interrupt Python; otherwise it ends the worker. */
  get canInterrupt() {
    return this.#stop !== null;
  }

  /**
   * @param {import("./worker/other_engine.js").OtherEngine | null} [other] than the engine of this site
   * @param {boolean} [isAnew] whether the image of Python's memory is to be forgotten, and Python to start
   */
  start(other = null, isAnew = false) {
    const shared = globalThis.crossOriginIsolated ? new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT) : null;
    this.#stop = shared && new Int32Array(shared);
    const worker = globalThis.firstWorker ?? new Worker(other ? this.workers.other : this.workers.own, { type: "module", name: AGAIN });
    globalThis.firstWorker = undefined;
    worker.onmessage = ({ data }) => worker === this.#worker && this.#hear(data);
    worker.onerror = (event) => worker === this.#worker && this.#die(event.message || "the worker could not be loaded");
    worker.postMessage(/** @type {import("./worker/serving.js").Start} */ ({ stop: shared, other, compiled: this.#compiled, isAnew }));
    this.#worker = worker;
  }

  /** @param {FromWorker} message */
  #hear(message) {
    if (message.type === "progress") this.listener.progress(message.fraction, message.doing);
    else if (message.type === "ready") this.#beReady(message);
    else if (message.type === "dead") this.#die(message.message);
    else if (message.type === "working") this.listener.working(message);
    else if (message.type === "running") this.listener.running(message);
    else {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      this.#beAtRest();
      if (message.copy.length) this.listener.changed(message.copy);
      waiting?.resolve({ ...read(message), interrupted: message.interrupted, began: message.began });
    }
  }

  /** @param {FromWorker & { type: "ready" }} message */
  #beReady({ compiled, image }) {
    this.#compiled ??= compiled;
    this.listener.ready(image);
  }

  #beAtRest() {
    this.listener.working(null);
    this.listener.running(null);
  }

  /** @param {string} message */
  #die(message) {
    this.end(message);
    this.listener.dead(message);
  }

  /** Ends the worker; what it was asked stays unanswered. @param {string} reason */
  end(reason) {
    this.#worker?.terminate();
    this.#worker = null;
    this.#beAtRest();
    for (const { reject } of this.#waiting.values()) reject(new EngineGone(reason));
    this.#waiting.clear();
  }

  /**
   * Asks the bridge. A field of bytes is sent beside the text. Rejects with EngineGone when the worker goes away first.
   * @template {Request} R
   * @param {R} request
   * @param {Limits} [limits] at which it is interrupted
   * @param {boolean} [yields] whether it is interrupted by the next request too, as far as it has come
   * @returns {Promise<(ResponseOf[R["type"]] | Failure) & { interrupted: Interruption, began: number }>} `began`: the memory Python had then
   */
  ask(request, limits = NO_LIMITS, yields = false) {
    return new Promise((resolve, reject) => {
      if (!this.#worker) return reject(new EngineGone("the engine is not running"));
      const [first] = this.#waiting.keys();
      if (first !== undefined && first === this.#yielding) this.interrupt(false);
      const id = this.#next++;
      if (yields) this.#yielding = id;
      this.#waiting.set(id, { resolve, reject });
      const bytes = Object.values(request).find((value) => value instanceof Uint8Array);
      const content = bytes ? bytes.slice().buffer : null;
      const text = JSON.stringify(request, (_, value) => (value instanceof Uint8Array ? undefined : value));
      this.#worker.postMessage({ id, request: text, content, limits }, content ? [content] : []);
    });
  }

  /**
   * Interrupts what was asked by now, also what the worker has not begun yet; answers false where only ending the worker can.
   * @param {boolean} [isAll] or else only what it is at
   */
  interrupt(isAll = true) {
    if (!this.#stop) return false;
    const [first = 0] = this.#waiting.keys();
    Atomics.store(this.#stop, 0, isAll ? this.#next - 1 : first);
    return true;
  }
}
