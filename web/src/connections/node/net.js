// @ts-check
// Node's `net` for programs that are bundled for the page: whatever host and port they connect to, they come to the server
// in the worker (`leadTo`). A Socket is a Duplex that ends, fails and closes as Node's does.
import { Buffer } from "buffer/";
import { Duplex } from "readable-stream";
import process from "./process.js";

/** @typedef {{ host?: string, port?: number | string, path?: string }} Where */

/** @type {import("../connections.js").Connections | null} */
let connections = null;

/** From now on sockets lead to this server. @param {import("../connections.js").Connections} server */
export function leadTo(server) {
  connections = server;
}

/** An error as the system's calls have them. @param {string} code @param {string} message */
const failure = (code, message) => Object.assign(new Error(`${code}: ${message}`), { code });

const NO_TIMER = 0;

export class Socket extends Duplex {
  connecting = false;
  bytesRead = 0;
  bytesWritten = 0;
  timeout = 0;
  localAddress = "127.0.0.1";
  remoteFamily = "IPv4";
  /** @type {string | undefined} */
  remoteAddress;
  /** @type {number | undefined} */
  remotePort;
  #connection = 0;
  /** @type {ReturnType<typeof setTimeout> | 0} */
  #timer = NO_TIMER;

  constructor() {
    super({ allowHalfOpen: false, emitClose: false });
  }

  /** @param {any[]} words as Node's: options, or a port and a host, or a path; and a listener */
  connect(...words) {
    const listener = words.find((word) => typeof word === "function");
    if (listener) this.once("connect", listener);
    /** @type {Where} */
    const { host = "localhost", port = 6379, path } = typeof words[0] === "object" ? words[0] : { port: words[0], host: typeof words[1] === "string" ? words[1] : undefined };
    this.connecting = true;
    if (!connections) {
      process.nextTick(() => this.destroy(failure("ECONNREFUSED", "there is no server in this page")));
      return this;
    }
    this.#connection = connections.open({
      opened: () => {
        this.connecting = false;
        this.remoteAddress = path ? undefined : host;
        this.remotePort = path ? undefined : Number(port);
        this.#touch();
        this.emit("connect");
        this.emit("ready");
        this.read(0);
      },
      receive: (bytes) => this.#receive(bytes),
      ended: () => this.push(null),
      lost: (reason) => this.destroy(failure("ECONNRESET", reason.message)),
    });
    return this;
  }

  /** @param {Uint8Array} bytes */
  #receive(bytes) {
    this.#touch();
    this.bytesRead += bytes.length;
    const wantsMore = this.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    if (!wantsMore) connections?.setUnread(this.#connection, this.readableLength);
  }

  _read() {
    connections?.setUnread(this.#connection, 0);
  }

  /** @param {any} chunk @param {string} encoding @param {(error?: Error | null) => void} done */
  _write(chunk, encoding, done) {
    if (this.connecting) {
      this.once("connect", () => this._write(chunk, encoding, done));
      return;
    }
    this.#touch();
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
    this.bytesWritten += bytes.length;
    connections?.send(this.#connection, bytes, done);
  }

  /** @param {{ chunk: any, encoding: string }[]} chunks @param {(error?: Error | null) => void} done */
  _writev(chunks, done) {
    this._write(Buffer.concat(chunks.map(({ chunk, encoding }) => (typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk))), "buffer", done);
  }

  /** @param {() => void} done */
  _final(done) {
    connections?.close(this.#connection);
    this.push(null);
    done();
  }

  /** @param {Error | null} error @param {(error: Error | null) => void} done */
  _destroy(error, done) {
    this.connecting = false;
    clearTimeout(this.#timer);
    connections?.close(this.#connection);
    done(error);
    process.nextTick(() => this.emit("close", error !== null && error !== undefined));
  }

  /** Tells of `timeout` when nothing has come or gone for so long; 0: never. @param {number} milliseconds @param {() => void} [listener] */
  setTimeout(milliseconds, listener) {
    this.timeout = milliseconds;
    if (listener && milliseconds) this.once("timeout", listener);
    else if (listener) this.removeListener("timeout", listener);
    this.#touch();
    return this;
  }

  #touch() {
    clearTimeout(this.#timer);
    if (this.timeout && !this.destroyed) this.#timer = setTimeout(() => this.emit("timeout"), this.timeout);
  }

  get pending() {
    return this.#connection === 0 || this.connecting;
  }

  get readyState() {
    if (this.connecting) return "opening";
    return this.destroyed || !this.#connection ? "closed" : "open";
  }

  address() {
    return { address: this.localAddress, family: "IPv4", port: 0 };
  }

  destroySoon() {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", this.destroy);
  }

  resetAndDestroy() {
    return this.destroy();
  }

  setNoDelay() {
    return this;
  }

  setKeepAlive() {
    return this;
  }

  ref() {
    return this;
  }

  unref() {
    return this;
  }
}

/** @param {any[]} words */
export const connect = (...words) => new Socket().connect(...words);
export const createConnection = connect;

export function createServer() {
  throw failure("ENOTSUP", "a page cannot listen for connections");
}

/** @param {unknown} text */
export const isIPv4 = (text) => /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(String(text));

/** @param {unknown} text */
export function isIPv6(text) {
  return String(text).includes(":") && URL.canParse(`http://[${String(text).replace(/%[\w.]+$/, "")}]/`);
}

/** @param {unknown} text */
export const isIP = (text) => (isIPv4(text) ? 4 : isIPv6(text) ? 6 : 0);

export default { Socket, Stream: Socket, connect, createConnection, createServer, isIP, isIPv4, isIPv6 };
