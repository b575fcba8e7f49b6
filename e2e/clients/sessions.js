// What programs do with ioredis and node-redis: the same in a page and on a real server, with what came of it as JSON.

/** What a promise came to, for comparing. */
const outcome = (promise) => promise.then((value) => plain(value), (error) => ({ error: error.message }));

/** A reply as JSON; bytes as hex, maps as lists. */
function plain(value) {
  if (value instanceof Uint8Array) return { hex: [...value].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
  if (value instanceof Map) return [...value].map(plain);
  if (value instanceof Error) return { error: value.message };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "bigint") return `${value}n`;
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
  return value ?? null;
}

const event = (emitter, name) => new Promise((resolve) => emitter.once(name, (...words) => resolve(words)));

async function until(condition) {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

const LIMITER = "local n = redis.call('INCRBY', KEYS[1], ARGV[1]) if n > 5 then return redis.error_reply('LIMIT reached') end return {n, KEYS[1]}";

/** A value that is no text and larger than what a socket takes at a time. */
const large = (Bytes) => Bytes.from(Array.from({ length: 300_000 }, (_, index) => index % 256));

const ioredis = {
  async commands({ connect, Bytes }) {
    const client = connect();
    const came = [
      await outcome(client.set("k", "v", "PX", 100_000, "NX")),
      await outcome(client.set("k", "v", "NX")),
      await outcome(client.getBuffer("k")),
      await outcome(client.setBuffer("b", Bytes.from([0, 255, 13, 10]))),
      await outcome(client.getBuffer("b")),
      await outcome(client.hset("h", { a: 1, b: "two" })),
      await outcome(client.hgetall("h")),
      await outcome(client.lpush("h", "x")),
      await outcome(client.call("NOSUCH", "a")),
      await outcome(client.zadd("z", 1.5, "a", "2", "b")),
      await outcome(client.zrange("z", 0, -1, "WITHSCORES")),
      await outcome(client.xadd("s", "1-1", "f", "v")),
      await outcome(client.xrange("s", "-", "+")),
      await outcome(client.set("large", large(Bytes))),
      (await client.getBuffer("large")).equals(large(Bytes)),
      await outcome(client.dbsize()),
    ];
    const keys = [];
    for await (const part of client.scanStream({ match: "?" })) keys.push(...part);
    came.push(keys.sort(), await outcome(client.quit()));
    return came;
  },
  async pipelines({ connect }) {
    const client = connect();
    const came = [
      await outcome(client.pipeline().set("k", 1).incr("k").lpush("k", 2).get("k").exec()),
      await outcome(client.multi().set("k", 1).incr("k").get("k").exec()),
      await outcome(client.multi().set("k", 1).call("NOSUCH").exec()),
      await outcome(Promise.all(Array.from({ length: 500 }, (_, index) => client.incr("many").then((n) => n === index + 1))).then((all) => all.every(Boolean))),
    ];
    const other = connect();
    await client.watch("k");
    await other.set("k", "changed");
    came.push(await outcome(client.multi().get("k").exec()));
    await Promise.all([client.quit(), other.quit()]);
    return came;
  },
  async scripts({ connect }) {
    const client = connect();
    client.defineCommand("limit", { numberOfKeys: 1, lua: LIMITER });
    const came = [
      await outcome(client.limit("n", 2)),
      await outcome(client.limit("n", 2)),
      await outcome(client.script("FLUSH")),
      await outcome(client.limit("n", 1)),
      await outcome(client.limit("n", 1)),
      await outcome(client.evalsha("0".repeat(40), 0)),
      await outcome(client.eval("return redis.call('GET')", 0)),
      await outcome(client.pipeline().limit("m", 1).limit("m", 9).exec()),
    ];
    await client.quit();
    return came;
  },
  async waiting({ connect }) {
    const waits = connect();
    const pushes = connect();
    const came = [await outcome(waits.brpop("list", 0.05))];
    const popped = waits.brpop("list", 0);
    const moves = connect();
    const moved = moves.blmove("a", "b", "LEFT", "RIGHT", 0);
    await until(async () => /blocked_clients:2/.test(await pushes.info("clients")));
    await pushes.lpush("list", "job");
    await pushes.rpush("a", "x");
    came.push(await outcome(popped), await outcome(moved));
    const read = waits.xread("BLOCK", 0, "STREAMS", "s", "$");
    await until(async () => /blocked_clients:1/.test(await pushes.info("clients")));
    await pushes.xadd("s", "5-0", "f", "v");
    came.push(await outcome(read), await outcome(waits.bzpopmin("z", 0.05)));
    waits.disconnect();
    moves.disconnect();
    await pushes.quit();
    return came;
  },
  async messages({ connect }) {
    const listens = connect();
    const speaks = connect();
    const heard = [];
    listens.on("message", (...words) => heard.push(words));
    listens.on("pmessage", (...words) => heard.push(words));
    const came = [await outcome(listens.subscribe("news", "more")), await outcome(listens.psubscribe("__keyevent@0__:*")), await outcome(listens.get("k"))];
    await speaks.config("SET", "notify-keyspace-events", "KEA");
    came.push(await outcome(speaks.publish("news", "hello")));
    await speaks.set("k", "v", "PX", 30);
    await until(() => heard.some(([, channel]) => channel === "__keyevent@0__:expired"));
    await speaks.config("SET", "notify-keyspace-events", "");
    came.push(await outcome(listens.unsubscribe("more")));
    listens.disconnect();
    await speaks.quit();
    return [came, heard];
  },
  async reconnecting({ connect }) {
    const client = connect({ retryStrategy: () => 1, name: "first" });
    const other = connect();
    await client.subscribe("news");
    const heard = event(client, "message");
    const again = event(client, "ready");
    const came = [await outcome(other.client("KILL", "TYPE", "pubsub"))];
    await again;
    await until(async () => (await other.publish("news", "again")) === 1);
    came.push(await heard);
    const ended = connect();
    await ended.set("k", "v");
    const waiting = outcome(ended.brpop("nothing", 0));
    ended.disconnect();
    came.push(await waiting, await outcome(other.get("k")));
    client.disconnect();
    await other.quit();
    return came;
  },
};

const nodeRedis = {
  async commands({ create, Bytes }) {
    const client = await create();
    const came = [
      await outcome(client.set("k", "v", { EX: 100, NX: true })),
      await outcome(client.get("k")),
      await outcome(client.hSet("h", { a: "1", b: "2" })),
      await outcome(client.hGetAll("h")),
      await outcome(client.lPush("h", "x")),
      await outcome(client.zAdd("z", [{ score: 1.5, value: "a" }])),
      await outcome(client.zRangeWithScores("z", 0, -1)),
      await outcome(client.set("large", large(Bytes))),
      (await client.get("large")).length,
      await outcome(client.multi().set("k", "1").incr("k").exec()),
      await outcome(client.eval(LIMITER, { keys: ["n"], arguments: ["3"] })),
      await outcome(client.eval(LIMITER, { keys: ["n"], arguments: ["3"] })),
      await outcome(client.sendCommand(["NOSUCH"])),
    ];
    await client.close();
    return came;
  },
  async others({ create }) {
    const [listens, speaks, waits] = [await create(), await create(), await create()];
    const heard = [];
    await listens.subscribe("news", (message, channel) => heard.push([channel, message]));
    await listens.pSubscribe("n*", (message, channel) => heard.push([channel, message]));
    const popped = waits.blPop("list", 0);
    await until(async () => /blocked_clients:1/.test(await speaks.info("clients")));
    const came = [await outcome(speaks.publish("news", "hello")), await outcome(speaks.rPush("list", "job")), await outcome(popped), await outcome(waits.blPop("list", 0.05))];
    await until(() => heard.length === 2);
    await Promise.all([listens, speaks, waits].map((client) => client.close()));
    return [came, heard];
  },
  async reconnecting({ create }) {
    const client = await create({ socket: { reconnectStrategy: () => 1 } });
    const other = await create();
    client.on("error", () => {});
    const again = event(client, "ready");
    const id = await client.sendCommand(["CLIENT", "ID"]);
    const came = [await outcome(other.sendCommand(["CLIENT", "KILL", "ID", String(id)]))];
    await again;
    came.push(await outcome(client.set("k", "again")), await outcome(other.get("k")));
    const waiting = outcome(client.blPop("nothing", 0));
    client.destroy();
    came.push(await waiting);
    await other.close();
    return came;
  },
};

/**
 * All sessions, each on an empty server, in both protocols.
 * @param packages Redis of ioredis, createClient of node-redis, and the Buffer that they use
 * @param where host and port
 */
export async function sessions({ Redis, createClient, Buffer: Bytes }, where) {
  const came = {};
  for (const protocol of [2, 3]) {
    const connect = (options = {}) => new Redis({ ...where, protocol, ...options });
    const create = async (options = {}) => {
      const client = createClient({ RESP: protocol, ...options, socket: { ...where, ...options.socket } });
      await client.connect();
      return client;
    };
    for (const [library, all] of Object.entries({ ioredis, nodeRedis })) {
      for (const [name, session] of Object.entries(all)) {
        const cleaner = connect();
        await cleaner.flushall();
        await cleaner.script("FLUSH");
        await cleaner.quit();
        came[`${library} ${name} RESP${protocol}`] = await session({ connect, create, Bytes });
      }
    }
  }
  return came;
}
