// @ts-check
// One engine for all faces on a page: the first that runs something starts it, the others find it. They are of one origin,
// so they see each other's windows in the page around them, whatever that page is; it has no part in it. When the face that
// started it is taken away the engine goes with it, and whoever needs one starts the next.
import { Engine } from "../engine.js";
import { DEFAULT_SERVER } from "../servers.js";
import { inWorker } from "../transport/worker.js";

/**
 * @typedef {{ fraction: number, doing: string }} Progress
 * @typedef {import("../contract").Run} RunRequest
 * @typedef {(import("../contract").ResponseOf["Run"] | import("../contract").Failure) & { interrupted: import("../worker/serving.js").Interruption }} Answer
 */

/** Milliseconds between two looks whether the face with the engine is still there. */
const LOOKING = 300;
/** Time an interrupted script has to stop; then its worker is ended. Milliseconds. */
const STOP_GRACE = 1500;

class SharedEngine {
  /** @type {Progress | null} */
  #progress = { fraction: 0, doing: "Loading Python" };
  /** Hear of the progress. @type {Set<(progress: Progress | null) => void>} */
  #listeners = new Set();
  /** Why it cannot be used. */
  #broken = "";
  #isReady = false;
  /** The server that the engine imitates. @type {import("../servers.js").ServerName} */
  #server = DEFAULT_SERVER;

  /** @param {string} worker the address of its script */
  constructor(worker) {
    this.engine = new Engine(inWorker({ own: worker, other: worker }), {
      progress: (fraction, doing) => this.#tell({ fraction, doing }),
      ready: () => ((this.#isReady = true), this.#tell(null)),
      working: () => {},
      running: () => {},
      changed: () => {},
      dead: (message) => this.#die(message),
    });
    this.engine.start();
  }

  get isBroken() {
    return this.#broken !== "";
  }

  /** @param {Progress | null} progress */
  #tell(progress) {
    this.#progress = progress;
    for (const listener of this.#listeners) listener(progress);
  }

  /** Python died: of a script, then the next run has a new one, or because it could not be loaded. @param {string} message */
  #die(message) {
    if (!this.#isReady) this.#broken = `Python could not be loaded: ${message}`;
    else this.#restart();
  }

  #restart() {
    this.#tell({ fraction: 0, doing: "Starting Python again" });
    this.#server = DEFAULT_SERVER;
    this.engine.start();
  }

  /**
   * Runs a script on a server, after those that were asked for before.
   * @param {RunRequest} request @param {import("../servers.js").ServerName} server @param {import("../worker/serving.js").Limits} limits @param {(progress: Progress | null) => void} listener
   * @returns {Promise<Answer>}
   */
  async ask(request, server, limits, listener) {
    this.#listeners.add(listener);
    listener(this.#progress);
    try {
      if (server !== this.#server) {
        this.#server = server;
        this.engine.ask({ type: "SetServer", server }).catch(() => {}); // whoever waits for the run is told
      }
      return await this.engine.ask(request, limits);
    } catch {
      throw new Error(this.#broken || "Python was stopped and is started again: run the script once more.");
    } finally {
      this.#listeners.delete(listener);
    }
  }

  stop() {
    if (!this.engine.interrupt(false)) return this.#end();
    const since = performance.now();
    this.engine.ask({ type: "Hello" }).catch(() => {}).then(() => clearTimeout(timer));
    const timer = setTimeout(() => this.#end(), STOP_GRACE - (performance.now() - since));
  }

  #end() {
    this.engine.end("stopped");
    this.#restart();
  }
}

/** The window that has the engine of this page, and the engine. @type {{ owner: Window, engine: SharedEngine } | null} */
let found = null;

/** @param {any} owner @returns {{ owner: Window, engine: SharedEngine } | null} */
function engineOf(owner) {
  try {
    return owner !== window && owner.location.origin === location.origin && owner.ferrousEngine && !owner.ferrousEngine.isBroken
      ? { owner, engine: owner.ferrousEngine }
      : null;
  } catch {
    return null; // a frame of somebody else
  }
}

/** The engine of this page: that of another face, or one that is started here. */
function find() {
  if (found && !found.owner.closed && !found.engine.isBroken) return found;
  found = null;
  for (let index = 0; index < window.parent.length && !found; index += 1) found = engineOf(window.parent[index]);
  if (!found) {
    const { worker = "" } = /** @type {HTMLScriptElement} */ (document.querySelector("script[data-worker]")).dataset;
    globalThis.ferrousEngine = new SharedEngine(worker);
    found = { owner: window, engine: globalThis.ferrousEngine };
  }
  return found;
}

/** The engine as a face uses it: what is asked of one that goes away is refused. */
export function sharedEngine() {
  return {
    /** @type {SharedEngine["ask"]} */
    ask(...question) {
      const { owner, engine } = find();
      return new Promise((resolve, reject) => {
        const timer = setInterval(() => owner.closed && reject(new Error("The part of the page that Python was in is gone: run the script once more.")), LOOKING);
        engine.ask(...question).then(resolve, reject).finally(() => clearInterval(timer));
      });
    },
    stop: () => find().engine.stop(),
  };
}
