// @ts-check
// The keeper of the keyspace's copy: a worker of its own, so that neither the page nor Python waits for it, and none of it is
// lost when Python dies. It holds for every key the commands that make it again.

/**
 * @typedef {[database: number, key: string, ...lines: string[]]} Row a key that changed, and how it is made again; no lines when it is gone
 * @typedef {{ update: ArrayBuffer[] } | { mark: true } | { id: number, when: "now" | "mark" }} ToKeeper
 * `update` are parts of what an act changed, each a JSON list of rows in UTF-8. `mark` remembers the keyspace as it is; `when`
 * asks for it, as it is or as it was at the mark.
 * @typedef {{ id: number, lines: ArrayBuffer }} FromKeeper the lines of commands that make the keyspace again
 */

/** Database, space, key -> its row. @type {Map<string, Row>} */
const keys = new Map();
/** What has changed since the mark: the rows of then, undefined where there was no key. @type {Map<string, Row | undefined>} */
const before = new Map();

/** @param {Row} row */
function put(row) {
  const name = `${row[0]} ${row[1]}`;
  if (!before.has(name)) before.set(name, keys.get(name));
  keys.delete(name);
  if (row.length > 2) keys.set(name, row);
}

/** The rows of the keyspace as it was at the mark. */
function rowsAtMark() {
  const rows = new Map(keys);
  for (const [name, row] of before) {
    rows.delete(name);
    if (row) rows.set(name, row);
  }
  return rows;
}

/** The keyspace as lines of commands, database by database. @param {Map<string, Row>} rows */
function linesOf(rows) {
  const lines = [];
  let selected = 0;
  for (const [database, , ...own] of [...rows.values()].sort(([one], [other]) => one - other)) {
    if (database !== selected) lines.push(`SELECT ${database}`);
    selected = database;
    for (const line of own) lines.push(line);
  }
  if (lines.length) lines.push("");
  return new TextEncoder().encode(lines.join("\n")).buffer;
}

self.onmessage = ({ data }) => {
  const message = /** @type {ToKeeper} */ (data);
  if ("update" in message) for (const part of message.update) JSON.parse(new TextDecoder().decode(part)).forEach(put);
  else if ("mark" in message) before.clear();
  else {
    const lines = linesOf(message.when === "now" ? keys : rowsAtMark());
    self.postMessage(/** @type {FromKeeper} */ ({ id: message.id, lines }), { transfer: [lines] });
  }
};

export {};
