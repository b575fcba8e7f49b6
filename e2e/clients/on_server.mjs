// node on_server.mjs <port> clients|queues: the sessions on a server, as JSON.
import { createClient } from "@redis/client";
import * as bullmq from "bullmq";
import Redis from "ioredis";
import { queues } from "./queues.js";
import { sessions } from "./sessions.js";

const [, , port, what] = process.argv;
const where = { host: "127.0.0.1", port: Number(port) };
const came = what === "queues" ? await queues({ Redis, ...bullmq }, where) : await sessions({ Redis, createClient, Buffer }, where);
process.stdout.write(JSON.stringify(came), () => process.exit());
