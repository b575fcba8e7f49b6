// @ts-check
// The engine's second part: what the first reply does not need (pyodide_bridge/later.py). It is fetched when the worker is at
// rest; what is asked for sooner is waited for, with the one request a worker may make that lets nothing else happen. While it
// is being fetched no request of the page is begun, so it is never fetched twice.

/** Milliseconds without a request after which the worker prepares itself for the next. */
const REST = 250;

export class SecondPart {
  #isThere = false;
  /** Settles when what is being fetched has come, or cannot be had. @type {Promise<void>} */
  arrival = Promise.resolve();
  /** The steps of preparation that are left: a generator of Python's. @type {any} */
  #steps = null;
  #timer = 0;

  /** @param {any} python @param {URL} url @param {string} place in Python's file system */
  constructor(python, url, place) {
    this.python = python;
    this.url = url;
    this.place = place;
    python.pyimport("pyodide_bridge.later").use(place, () => this.#fetchNow());
  }

  /** @param {ArrayBuffer} content */
  #keep(content) {
    this.python.FS.writeFile(this.place, new Uint8Array(content));
    this.#isThere = true;
  }

  /** Python waits for it, when none is being fetched already. Throws where it cannot be had. */
  #fetchNow() {
    if (this.#isThere) return;
    const request = new XMLHttpRequest();
    request.open("GET", this.url, false);
    request.responseType = "arraybuffer";
    request.send();
    if (request.status !== 200) throw new Error(`it answered ${request.status}`);
    this.#keep(request.response);
  }

  async #fetch() {
    const response = await fetch(this.url);
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    this.#keep(await response.arrayBuffer());
  }

  /** A request has come: preparation waits. */
  interrupt() {
    clearTimeout(this.#timer);
  }

  /** The request is answered: unless another comes, preparation goes on. */
  rest(delay = REST) {
    clearTimeout(this.#timer);
    this.#timer = self.setTimeout(() => this.#prepare().catch(() => {}), delay);
  }

  async #prepare() {
    if (!this.#isThere) {
      const arriving = this.#fetch();
      this.arrival = arriving.catch(() => {});
      await arriving;
    } else {
      this.#steps ??= this.python.pyimport("pyodide_bridge.preparation").steps();
      if (this.#steps.next().done) return;
    }
    this.rest(0);
  }
}
