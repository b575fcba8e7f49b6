// @ts-check
// The queue, its worker and who listens to its events: BullMQ as it is used in Node.
import { signal } from "@preact/signals";
import { FlowProducer, Queue, QueueEvents, Worker } from "bullmq";
import Redis from "ioredis";
import { notice } from "./server.js";

/** @typedef {{ number: number, event: string, job: string, text: string }} Told */
/** @typedef {"plain" | "delayed" | "priority" | "failing" | "flow" | "slow script" | "many"} Kind */

const NAME = "demo";
/** Events that are listed; older ones go. */
const MOST_EVENTS = 200;
/** Milliseconds between two drawings of what was told. */
const DRAWN_EACH = 100;

/** What was told of jobs, the newest first. @type {import("@preact/signals").Signal<Told[]>} */
export const told = signal([]);
/** Jobs by state. @type {import("@preact/signals").Signal<Record<string, number>>} */
export const counts = signal({});
/** What the server has carried out. */
export const carriedOut = signal({ commands: 0, scripts: 0 });
/** Whether the worker takes no jobs. */
export const isPaused = signal(false);
/** Whether no more than two jobs a second are taken. */
export const isLimited = signal(false);

const connection = () => {
  const client = new Redis({ maxRetriesPerRequest: null, retryStrategy: () => 200 });
  client.on("error", () => {}); // it connects again, and the page says why
  return client;
};

/** @param {any} one */
const quiet = (one) => one.on("error", () => {});

/** @type {any} */
let queue;
/** @type {any} */
let worker;
/** @type {any} */
let flows;
/** @type {any} */
let client;
let number = 0;
/** @type {Told[]} */
let fresh = [];
let isDrawn = true;

/** @param {string} event @param {string} job @param {string} text */
function tell(event, job, text) {
  fresh.push({ number: ++number, event, job, text });
  if (fresh.length > MOST_EVENTS) fresh.shift();
  if (!isDrawn) return;
  isDrawn = false;
  setTimeout(async () => {
    told.value = [...fresh.reverse(), ...told.value].slice(0, MOST_EVENTS);
    fresh = [];
    isDrawn = true;
    await count();
  }, DRAWN_EACH);
}

/** Looks how many jobs there are, and what the server has done. */
async function count() {
  try {
    counts.value = await queue.getJobCounts();
    const info = await client.info("stats", "commandstats");
    const figure = (/** @type {RegExp} */ line) => Number(line.exec(info)?.[1] ?? 0);
    carriedOut.value = { commands: figure(/total_commands_processed:(\d+)/), scripts: figure(/cmdstat_evalsha:calls=(\d+)/) + figure(/cmdstat_eval:calls=(\d+)/) };
  } catch {
    // the server is gone, and the page says so
  }
}

const said = (/** @type {unknown} */ value) => (value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value));

/** What a job does: a little work, more than once where it is to fail. @param {any} job */
async function process(job) {
  const { milliseconds = 50, fails = 0 } = job.data;
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  if (job.attemptsMade < fails) throw new Error(`attempt ${job.attemptsMade + 1} failed`);
  const children = Object.values(await job.getChildrenValues());
  return children.length ? `after ${children.length} children` : "done";
}

function work() {
  worker = quiet(new Worker(NAME, process, { connection: connection(), concurrency: 5, ...(isLimited.value && { limiter: { max: 2, duration: 1000 } }) }));
}

/** Everything connects. */
export function begin() {
  queue = quiet(new Queue(NAME, { connection: connection(), defaultJobOptions: { removeOnComplete: 20, removeOnFail: 20 } }));
  flows = quiet(new FlowProducer({ connection: connection() }));
  client = connection();
  const listens = quiet(new QueueEvents(NAME, { connection: connection() }));
  for (const event of ["added", "waiting", "delayed", "active", "completed", "failed", "retries-exhausted", "waiting-children"]) {
    listens.on(event, (/** @type {any} */ { jobId, name, returnvalue, failedReason, delay }) => tell(event, jobId ?? "", name ?? said(returnvalue ?? failedReason) ?? (delay ? `until ${delay}` : "")));
  }
  work();
}

/** @type {Record<Kind, () => Promise<unknown>>} */
const ADDING = {
  plain: () => queue.add("plain", {}),
  delayed: () => queue.add("delayed", {}, { delay: 3000 }),
  priority: () => queue.addBulk([9, 1, 5].map((priority) => ({ name: `priority ${priority}`, data: { milliseconds: 300 }, opts: { priority } }))),
  failing: () => queue.add("fails twice", { fails: 2 }, { attempts: 3, backoff: { type: "exponential", delay: 500 } }),
  flow: () => flows.add({ name: "parent", queueName: NAME, children: [1, 2, 3].map((n) => ({ name: `child ${n}`, queueName: NAME, data: { milliseconds: 200 * n } })) }),
  many: () => queue.addBulk(Array.from({ length: 2000 }, (_, index) => ({ name: `one of many ${index + 1}`, data: { milliseconds: 0 } }))),
  "slow script": () => client.eval("while true do end", 0),
};

/** @param {Kind} kind */
export async function add(kind) {
  notice.value = "";
  try {
    await ADDING[kind]();
  } catch (error) {
    notice.value = error instanceof Error ? error.message : String(error);
  }
  await count();
}

/** The worker takes no more jobs once it has done those it took, or takes some again. */
export async function pause() {
  if (isPaused.value) worker.resume();
  else await worker.pause();
  isPaused.value = !isPaused.value;
}

/** No more than two jobs a second are taken, or as many as come. */
export async function limit() {
  isLimited.value = !isLimited.value;
  const before = worker;
  work();
  if (isPaused.value) await worker.pause();
  await before.close();
}

/** All jobs go, and what was told of them. */
export async function reset() {
  notice.value = "";
  await queue.obliterate({ force: true }).catch((/** @type {Error} */ error) => (notice.value = error.message));
  told.value = [];
  await count();
}
