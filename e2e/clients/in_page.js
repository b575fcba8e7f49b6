// The sessions in a page, on its own server; the test calls them, and what else a program might do.
import { createClient } from "@redis/client";
import { Buffer } from "buffer";
import * as bullmq from "bullmq";
import Redis from "ioredis";
import net from "net";
import { Engine } from "../../web/src/engine.js";
import { Connections } from "../../web/src/connections/connections.js";
import { inWorker } from "../../web/src/transport/worker.js";
import { leadTo } from "../../web/src/connections/node/net.js";
import { queues } from "./queues.js";
import { sessions } from "./sessions.js";

const { worker } = document.querySelector("script[data-worker]").dataset;
const nothing = () => {};
const engine = new Engine(inWorker({ own: worker, other: worker }), { progress: nothing, ready: nothing, working: nothing, running: nothing, changed: nothing, dead: () => engine.start() });
engine.start();
let asked = 0;
const connections = new Connections((request) => {
  asked += 1;
  return engine.ask(request, { seconds: 1, bytes: null, each: true });
});
leadTo(connections);
const where = { host: "127.0.0.1", port: 6379 };
Object.assign(globalThis, {
  clients: () => sessions({ Redis, createClient, Buffer }, where),
  queues: () => queues({ Redis, ...bullmq }, where),
  Redis,
  net,
  Buffer,
  engine,
  bullmq,
  asked: () => asked,
});
