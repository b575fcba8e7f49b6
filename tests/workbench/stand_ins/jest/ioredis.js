// Stands in for ioredis: sends commands to a real server and answers RESP2 with Buffers.
import net from "node:net";

export default class Redis {
  #waiting = [];
  #data = Buffer.alloc(0);

  constructor(address) {
    this.socket = net.connect(Number(new URL(address).port), "127.0.0.1");
    this.socket.on("data", (data) => this.#hear(data));
  }

  callBuffer(...words) {
    const bytes = words.map((word) => (Buffer.isBuffer(word) ? word : Buffer.from(String(word))));
    const parts = bytes.flatMap((word) => [Buffer.from(`$${word.length}\r\n`), word, Buffer.from("\r\n")]);
    this.socket.write(Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #hear(data) {
    this.#data = Buffer.concat([this.#data, data]);
    for (let found; (found = read(this.#data, 0)); ) {
      this.#data = this.#data.subarray(found.end);
      const { resolve, reject } = this.#waiting.shift();
      if (found.value instanceof Error) reject(found.value);
      else resolve(found.value);
    }
  }

  async quit() {
    this.socket.end();
  }
}

function read(data, start) {
  const line = data.indexOf("\r\n", start);
  if (line < 0) return null;
  const [kind, text, end] = [String.fromCharCode(data[start]), data.subarray(start + 1, line), line + 2];
  if (kind === "+") return { value: text, end };
  if (kind === "-") return { value: new Error(text.toString()), end };
  if (kind === ":") return { value: Number(text), end };
  const count = Number(text);
  if (count < 0) return { value: null, end };
  if (kind === "$") return data.length < end + count + 2 ? null : { value: data.subarray(end, end + count), end: end + count + 2 };
  const value = [];
  let at = end;
  while (value.length < count) {
    const found = read(data, at);
    if (!found) return null;
    value.push(found.value);
    at = found.end;
  }
  return { value, end: at };
}
