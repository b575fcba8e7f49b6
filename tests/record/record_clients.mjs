// What ioredis and node-redis return for scripts: reads a list of them as JSON, writes one list for each client.
// It runs in a folder where both are installed (`npm install ioredis redis`), started by record_clients.py.
import { createRequire } from "node:module";
import { inspect } from "node:util";

const [, , folder, port, text] = process.argv;
const require = createRequire(`${folder}/`);
const Redis = require("ioredis").default;
const { createClient } = require("redis");

const error = (value) => `${value.name === "ReplyError" ? value.name : value.constructor.name}: ${value.message}`;
/** An error within a value is written in one line, without its stack. */
class Nested {
  constructor(value) {
    this.value = value;
  }
  [inspect.custom]() {
    return `[${error(this.value)}]`;
  }
}
const plain = (value) => (value instanceof Error ? new Nested(value) : Array.isArray(value) ? value.map(plain) : value);
const written = (value) => inspect(plain(value), { depth: null, breakLength: Infinity, compact: true, maxArrayLength: null });

async function all(ask) {
  const answers = [];
  for (const script of JSON.parse(text)) {
    answers.push(await ask(script).then(written, (reason) => `raises ${error(reason)}`));
  }
  return answers;
}

const results = {};
for (const protocol of [2, 3]) {
  const ioredis = new Redis({ port, protocol });
  const client = await createClient({ RESP: protocol, socket: { port } }).connect();
  results[protocol] = { ioredis: await all((script) => ioredis.eval(script, 0)), "node-redis": await all((script) => client.eval(script)) };
  ioredis.disconnect();
  client.destroy();
}
console.log(JSON.stringify(results));
