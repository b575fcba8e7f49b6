// @ts-check
// The connections that programs in the page have to the server in the worker. What all of them have sent in a turn goes
// there in one request, and in its answer comes what they are sent; when something waits for time the answer says how long,
// so nothing is asked in vain. However many connections there are, one request is under way.

/**
 * @typedef {import("../contract").Exchange} Exchange
 * @typedef {import("../contract").Exchanged} Exchanged
 * @typedef {import("../contract").Failure} Failure
 * @typedef {{ opened: () => void, receive: (bytes: Uint8Array) => void, ended: () => void, lost: (reason: Error) => void }} Listener
 * what a connection's program hears: the server has taken it, has sent something, has closed it, or is no more
 */

/** Milliseconds that a browser's timer can wait at most. */
const LONGEST_WAIT = 2 ** 31 - 1;

export class Connections {
  #ask;
  #changed;
  #next = 1;
  /** @type {Map<number, Listener>} */
  #listeners = new Map();
  /** @type {number[]} */
  #opened = [];
  /** @type {number[]} */
  #closed = [];
  /** What is to be sent, and who is told when it has gone. @type {{ connection: number, bytes: Uint8Array, gone: () => void }[]} */
  #sent = [];
  /** Bytes that a program has not read. @type {Map<number, number>} */
  #unread = new Map();
  #isUnderWay = false;
  #isWanted = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {(request: { type: "Exchange" } & Exchange) => Promise<Exchanged | Failure>} ask the worker; rejects when it is no more
   * @param {() => void} [changed] hears that the keyspace has changed
   */
  constructor(ask, changed = () => {}) {
    this.#ask = ask;
    this.#changed = changed;
  }

  /** A new connection; answers its number. @param {Listener} listener */
  open(listener) {
    const number = this.#next++;
    this.#listeners.set(number, listener);
    this.#opened.push(number);
    this.#want();
    return number;
  }

  /** Sends bytes, which may be changed again once they have `gone`. @param {number} connection @param {Uint8Array} bytes @param {() => void} gone */
  send(connection, bytes, gone) {
    this.#sent.push({ connection, bytes, gone });
    this.#want();
  }

  /** The program is done with a connection, and hears nothing of it any more. @param {number} connection */
  close(connection) {
    if (!this.#listeners.delete(connection)) return;
    this.#unread.delete(connection);
    this.#closed.push(connection);
    this.#want();
  }

  /** A program has so many bytes that it has not read. @param {number} connection @param {number} bytes */
  setUnread(connection, bytes) {
    if (bytes) this.#unread.set(connection, bytes);
    else if (this.#unread.delete(connection)) this.#want();
  }

  /** The server is no more. @param {Error} reason */
  lose(reason) {
    const listeners = [...this.#listeners.values()];
    this.#listeners.clear();
    this.#unread.clear();
    this.#opened = [];
    this.#closed = [];
    this.#sent = [];
    clearTimeout(this.#timer);
    for (const listener of listeners) listener.lost(reason);
  }

  #want() {
    if (this.#isWanted) return;
    this.#isWanted = true;
    if (!this.#isUnderWay) queueMicrotask(() => this.#exchange());
  }

  async #exchange() {
    this.#isUnderWay = true;
    this.#isWanted = false;
    clearTimeout(this.#timer);
    const opened = this.#opened;
    try {
      const answer = await this.#ask(this.#gather());
      if (answer.type === "Failure") throw new Error(answer.message);
      for (const number of opened) this.#listeners.get(number)?.opened();
      this.#deliver(answer);
      if (answer.wait !== null) this.#timer = setTimeout(() => this.#want(), Math.min(answer.wait, LONGEST_WAIT));
    } catch (error) {
      this.lose(error instanceof Error ? error : new Error(String(error)));
    }
    this.#isUnderWay = false;
    if (this.#isWanted) this.#exchange();
  }

  /** What has come together by now, as a request. @returns {{ type: "Exchange" } & Exchange} */
  #gather() {
    const sent = this.#sent;
    const content = new Uint8Array(sent.reduce((size, { bytes }) => size + bytes.length, 0));
    let at = 0;
    for (const { bytes } of sent) {
      content.set(bytes, at);
      at += bytes.length;
    }
    const request = {
      type: /** @type {const} */ ("Exchange"),
      opened: this.#opened,
      sent: sent.map(({ connection, bytes }) => ({ connection, size: bytes.length })),
      closed: this.#closed,
      unread: [...this.#unread].map(([connection, size]) => ({ connection, size })),
      content,
    };
    this.#opened = [];
    this.#closed = [];
    this.#sent = [];
    for (const { gone } of sent) gone();
    return request;
  }

  /** @param {Exchanged} answer */
  #deliver({ received, ended, content, changed }) {
    let at = 0;
    for (const { connection, size } of received) {
      this.#listeners.get(connection)?.receive(content.subarray(at, (at += size)));
    }
    for (const connection of ended) {
      const listener = this.#listeners.get(connection);
      this.#listeners.delete(connection);
      this.#unread.delete(connection);
      listener?.ended();
    }
    if (changed) this.#changed();
  }
}
