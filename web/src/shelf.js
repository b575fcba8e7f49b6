// @ts-check
// What is kept in this browser's database: earlier versions of the work, snapshots of the keyspace. localStorage would be
// too small. A browser may keep nothing, or have no room left: then a sentence says so, and the page goes on. All tabs have one
// shelf: each tells the others when it has changed something, and looks again before it changes something itself.
import { signal } from "@preact/signals";
import { createStore, del, set, values } from "idb-keyval";

/** @param {any} stored */
const isItem = (stored) => typeof stored?.id === "string" && Number.isFinite(stored.when) && stored.size >= 0;

/** @template {{ id: string, when: number, size: number }} Item `when` in Unix milliseconds, `size` in characters. */
export class Shelf {
  /** The items, the newest first. @type {import("@preact/signals").Signal<Item[]>} */
  items = signal([]);
  /** @type {ReturnType<typeof createStore> | null} */
  #store = null;
  /** Settles when `items` are what is there; null where another tab has changed that. @type {Promise<void> | null} */
  #reading = null;
  #others;
  /** Counts what other tabs have changed since. */
  changesElsewhere = signal(0);

  /**
   * `readItem` makes an item of what was stored, maybe by an earlier build; null where it is none.
   * @param {string} name @param {{ most: number, largest: number }} limits of how many there are, and of their size together
   * @param {(stored: any) => Item | null} readItem
   */
  constructor(name, limits, readItem) {
    this.name = name;
    this.limits = limits;
    this.readItem = readItem;
    this.#others = new BroadcastChannel(`ferrous.${name}`);
    this.#others.onmessage = () => {
      this.#reading = null;
      this.changesElsewhere.value += 1;
    };
  }

  get #opened() {
    this.#store ??= createStore(`ferrous-${this.name}`, "items");
    return this.#store;
  }

  /** Reads what is there, unless that is known. */
  read() {
    return (this.#reading ??= this.#readAll());
  }

  async #readAll() {
    const found = await values(this.#opened).catch(() => []);
    const items = found.filter(isItem).map(this.readItem).filter((item) => item !== null);
    this.items.value = items.sort((one, other) => other.when - one.when);
  }

  get size() {
    return this.items.value.reduce((sum, item) => sum + item.size, 0);
  }

  /**
   * Puts an item there, in the place of one with its id. Answers "", or why that was not possible.
   * @param {Item} item @param {Item} [replaced] the one whose place it takes, as the person has seen it
   */
  async put(item, replaced) {
    await this.read();
    const others = this.items.value.filter(({ id }) => id !== item.id);
    const former = this.items.value.find(({ id }) => id === item.id);
    if (former && former.when !== replaced?.when) return "another tab has just put something there under that name";
    const room = this.limits.largest - others.reduce((sum, { size }) => sum + size, 0);
    if (item.size > room || others.length >= this.limits.most) return "there is no room left: delete some first";
    try {
      await set(item.id, item, this.#opened);
    } catch (error) {
      const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
      return isFull ? "this browser has no room left: delete some first" : "this browser keeps nothing";
    }
    this.items.value = [item, ...this.items.value.filter(({ id }) => id !== item.id)].sort((one, other) => other.when - one.when);
    this.#others.postMessage("changed");
    return "";
  }

  /** @param {string} id */
  async remove(id) {
    this.items.value = this.items.value.filter((item) => item.id !== id);
    await del(id, this.#opened).catch(() => {});
    this.#others.postMessage("changed");
  }
}
