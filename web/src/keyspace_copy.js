// @ts-check
// The page's own copy of the keyspace. A worker that was ended or died is replaced by one filled from it, so the keyspace is as
// it was before the run that was under way. It costs as much as a run changed, not as much as is stored, and none of it is read
// here: the engine writes it, a worker keeps it (worker/keeper.js), and this page passes it on.

/** @typedef {import("./worker/keeper.js").FromKeeper} FromKeeper */

export class KeyspaceCopy {
  /** Made when there is something to keep. @type {Worker | null} */
  #keeper = null;
  /** @type {Map<number, (lines: Uint8Array<ArrayBuffer>) => void>} */
  #waiting = new Map();
  #next = 1;

  /** @param {string} workerURL */
  constructor(workerURL) {
    this.workerURL = workerURL;
  }

  /** Takes in what an act changed. @param {ArrayBuffer[]} parts */
  update(parts) {
    if (!this.#keeper) {
      this.#keeper = new Worker(this.workerURL, { type: "module", name: "Ferrous keyspace" });
      this.#keeper.onmessage = ({ data }) => this.#hear(data);
    }
    this.#keeper.postMessage({ update: parts }, parts);
  }

  /** @param {FromKeeper} message */
  #hear({ id, lines }) {
    this.#waiting.get(id)?.(new Uint8Array(lines));
    this.#waiting.delete(id);
  }

  /** Remembers the keyspace as it is, for `lines("mark")`. */
  mark() {
    this.#keeper?.postMessage({ mark: true });
  }

  /**
   * The whole keyspace as lines of commands in UTF-8, database by database: as it is, or as it was at the mark.
   * @param {"now" | "mark"} [when]
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  lines(when = "now") {
    return new Promise((resolve) => {
      if (!this.#keeper) return resolve(new Uint8Array());
      const id = this.#next++;
      this.#waiting.set(id, resolve);
      this.#keeper.postMessage({ id, when });
    });
  }
}
