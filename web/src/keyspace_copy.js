// @ts-check
// The page's own copy of the keyspace: for every key the commands that make it again. A worker that was ended or died is
// replaced by one filled from here, so the keyspace is as it was before the run that was under way. It costs as much as
// a run changed, not as much as is stored: each answer of the engine tells only the keys it changed.

/** @typedef {import("./contract").Recreation} Recreation */

export class KeyspaceCopy {
  /** Database, space, key -> how it is made again. @type {Map<string, Recreation>} */
  #keys = new Map();

  /** @param {Recreation[]} recreations */
  update(recreations) {
    for (const recreation of recreations) {
      const name = `${recreation.database} ${recreation.key}`;
      this.#keys.delete(name);
      if (recreation.lines.length) this.#keys.set(name, recreation);
    }
  }

  get isEmpty() {
    return this.#keys.size === 0;
  }

  /** The whole keyspace as lines of commands, database by database. */
  lines() {
    const lines = [];
    let selected = 0;
    const byDatabase = [...this.#keys.values()].sort((one, other) => one.database - other.database);
    for (const { database, lines: own } of byDatabase) {
      if (database !== selected) lines.push(`SELECT ${database}`);
      selected = database;
      lines.push(...own);
    }
    return lines.join("\n");
  }
}
