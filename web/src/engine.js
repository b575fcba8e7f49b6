// @ts-check
// The engine as the page sees it, wherever it runs (transport): requests answered in order, Stop, and a new one when one dies.

/**
 * @typedef {import("./contract").Request} Request
 * @typedef {import("./contract").ResponseOf} ResponseOf
 * @typedef {import("./contract").Failure} Failure
 * @typedef {import("./worker/serving.js").FromWorker} FromWorker
 * @typedef {import("./worker/serving.js").Limits} Limits
 * @typedef {import("./worker/serving.js").Interruption} Interruption
 * @typedef {import("./worker/serving.js").Image} Image
 * @typedef {import("./transport/worker.js").Transport} Transport
 * @typedef {{ doing: string, done: number, total: number }} Working
 * @typedef {{ commands: number, bytes: number }} Figures of a script that runs: the commands it has issued, and the memory Python has
 * @typedef {{ resolve: (answer: any) => void, reject: (error: Error) => void }} Waiting
 */

/** The request will not be answered: its engine was stopped, or died. */
export class EngineGone extends Error {}

/** @type {Limits} */
const NO_LIMITS = { seconds: null, bytes: null };

/**
 * The answer in a message of the engine. The bytes of one, a file, came beside its text. What cannot be read is a failure.
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
  /** What leads to the engine that runs. @type {Transport | null} */
  #transport = null;
  /** @type {Map<number, Waiting>} */
  #waiting = new Map();
  #next = 1;
  /** The request that any other interrupts. */
  #yielding = 0;
  /** Whether what was interrupted has said that it knows of it. */
  wasHeard = false;

  /**
   * @param {import("./transport/worker.js").Open} open
   * @param {{ progress: (fraction: number, doing: string) => void, ready: (image: Image) => void, working: (work: Working | null) => void,
   *   running: (figures: Figures | null) => void,
   *   changed: (copy: ArrayBuffer[]) => void, dead: (message: string, gone: string) => void }} listener
   * `working` hears how far long work is, and null when it is over; `running` the same of a script; `changed` what the keyspace's copy has to know, before the
   * answer that brings it; `dead` why there is no engine any more, and where no other can be had what a person is told of that.
   */
  constructor(open, listener) {
    this.open = open;
    this.listener = listener;
  }

  /**
   * @param {import("./worker/other_engine.js").OtherEngine | null} [other] than the engine of this site
   * @param {boolean} [isAnew] whether the image of Python's memory is to be forgotten, and Python to start
   */
  start(other = null, isAnew = false) {
    this.#transport = this.open({ other, isAnew }, (message) => this.#hear(message));
  }

  /** @param {FromWorker} message */
  #hear(message) {
    if (message.type === "progress") this.listener.progress(message.fraction, message.doing);
    else if (message.type === "ready") this.listener.ready(message.image);
    else if (message.type === "dead") this.#die(message.message, message.gone ?? "");
    else if (message.type === "working") this.listener.working(message);
    else if (message.type === "running") this.listener.running(message);
    else if (message.type === "heard") this.wasHeard = true;
    else {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      this.#beAtRest();
      if (message.copy.length) this.listener.changed(message.copy);
      waiting?.resolve({ ...read(message), interrupted: message.interrupted, began: message.began });
    }
  }

  #beAtRest() {
    this.wasHeard = false;
    this.listener.working(null);
    this.listener.running(null);
  }

  /** @param {string} message @param {string} gone */
  #die(message, gone) {
    this.end(message);
    this.listener.dead(message, gone);
  }

  /** Ends the engine; what it was asked stays unanswered. @param {string} reason */
  end(reason) {
    this.#transport?.end();
    this.#transport = null;
    this.#beAtRest();
    for (const { reject } of this.#waiting.values()) reject(new EngineGone(reason));
    this.#waiting.clear();
  }

  /**
   * Asks the bridge. A field of bytes is sent beside the text. Rejects with EngineGone when the engine goes away first.
   * @template {Request} R
   * @param {R} request
   * @param {Limits} [limits] at which it is interrupted
   * @param {boolean} [yields] whether it is interrupted by the next request too, as far as it has come
   * @returns {Promise<(ResponseOf[R["type"]] | Failure) & { interrupted: Interruption, began: number }>} `began`: the memory Python had then
   */
  ask(request, limits = NO_LIMITS, yields = false) {
    return new Promise((resolve, reject) => {
      if (!this.#transport) return reject(new EngineGone("the engine is not running"));
      const [first] = this.#waiting.keys();
      if (first !== undefined && first === this.#yielding) this.interrupt(false);
      const id = this.#next++;
      if (yields) this.#yielding = id;
      this.#waiting.set(id, { resolve, reject });
      const bytes = Object.values(request).find((value) => value instanceof Uint8Array);
      const content = bytes ? bytes.slice().buffer : null;
      const text = JSON.stringify(request, (_, value) => (value instanceof Uint8Array ? undefined : value));
      this.#transport.ask({ id, request: text, content, limits });
    });
  }

  /**
   * Interrupts what was asked by now, also what the engine has not begun yet; answers false where only ending it can.
   * @param {boolean} [isAll] or else only what it is at
   */
  interrupt(isAll = true) {
    if (!this.#transport?.canStop) return false;
    const [first = 0] = this.#waiting.keys();
    this.#transport.stop(isAll ? this.#next - 1 : first);
    return true;
  }
}
