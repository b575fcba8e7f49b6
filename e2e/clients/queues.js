// What BullMQ does: the same in a page and on a real server. Ids and times are left out of what is compared.

/** Works on a queue until `done(events)`; answers the events of its jobs, in their order. */
async function watch({ Queue, Worker, QueueEvents, Redis }, where, name, { process, options = {}, add, done }) {
  const connection = () => new Redis({ ...where, maxRetriesPerRequest: null });
  const queue = new Queue(name, { connection: connection() });
  await queue.obliterate({ force: true });
  const told = new QueueEvents(name, { connection: connection(), lastEventId: "0-0" });
  await told.waitUntilReady();
  const events = [];
  const names = new Map();
  for (const event of ["added", "waiting", "delayed", "active", "progress", "completed", "failed", "retries-exhausted", "drained"]) {
    told.on(event, ({ jobId, name: job, returnvalue, failedReason, data }) => {
      if (job) names.set(jobId, job);
      events.push([event, names.get(jobId), returnvalue ?? failedReason ?? data].filter((word) => word !== undefined && word !== ""));
    });
  }
  await add(queue);
  const worker = new Worker(name, process, { connection: connection(), ...options });
  while (!done(events)) await new Promise((resolve) => setTimeout(resolve, 20));
  const counts = await queue.getJobCounts();
  await Promise.all([worker.close(), told.close(), queue.close()]);
  return { events: events.filter(([event]) => event !== "drained"), counts };
}

const completed = (count) => (events) => events.filter(([event]) => event === "completed").length === count;

/** All of it on a server. @param {any} packages BullMQ's classes and ioredis @param where host and port */
export async function queues(packages, where) {
  const on = (name, work) => watch(packages, where, name, work);
  const order = [];
  const came = {
    plain: await on("plain", {
      process: async (job) => {
        await job.updateProgress(50);
        return { twice: job.data.n * 2 };
      },
      add: (queue) => queue.addBulk([1, 2, 3].map((n) => ({ name: `job ${n}`, data: { n } }))),
      done: completed(3),
    }),
    priorities: await on("priorities", {
      process: async (job) => job.name,
      add: async (queue) => {
        for (const priority of [5, 1, 3]) await queue.add(`priority ${priority}`, {}, { priority });
        await queue.add("first of all", {});
      },
      done: completed(4),
    }),
    delayed: await on("delayed", {
      process: async (job) => job.name,
      add: async (queue) => {
        await queue.add("late", {}, { delay: 600 });
        await queue.add("soon", {}, { delay: 200 });
        await queue.add("now", {});
      },
      done: completed(3),
    }),
    retries: await on("retries", {
      process: async (job) => {
        if (job.attemptsMade < 2) throw new Error(`not yet ${job.attemptsMade}`);
        return "at last";
      },
      add: (queue) => queue.add("fails twice", {}, { attempts: 3, backoff: { type: "exponential", delay: 50 } }),
      done: completed(1),
    }),
    failing: await on("failing", {
      process: async () => {
        throw new Error("never");
      },
      add: (queue) => queue.add("fails", {}, { attempts: 2 }),
      done: (events) => events.some(([event]) => event === "retries-exhausted") && events.some(([event]) => event === "failed"),
    }),
    limited: await on("limited", {
      process: async (job) => void order.push(job.name),
      options: { limiter: { max: 2, duration: 300 } },
      add: (queue) => queue.addBulk([1, 2, 3, 4, 5].map((n) => ({ name: `limited ${n}`, data: {} }))),
      done: completed(5),
    }),
    order,
    repeated: await on("repeated", {
      process: async (job) => job.name,
      add: (queue) => queue.upsertJobScheduler("every", { every: 100, limit: 3 }, { name: "again" }),
      done: completed(3),
    }),
  };
  came.flow = await flow(packages, where);
  return came;
}

/** A parent that waits for its children. */
async function flow({ FlowProducer, Queue, Worker, QueueEvents, Redis }, where) {
  const connection = () => new Redis({ ...where, maxRetriesPerRequest: null });
  const queue = new Queue("flow", { connection: connection() });
  await queue.obliterate({ force: true });
  const told = new QueueEvents("flow", { connection: connection() });
  await told.waitUntilReady();
  const order = [];
  const worker = new Worker(
    "flow",
    async (job) => {
      order.push(job.name);
      const children = Object.values(await job.getChildrenValues());
      return children.length ? children.reduce((sum, n) => sum + n, 0) : job.data.n;
    },
    { connection: connection() },
  );
  const producer = new FlowProducer({ connection: connection() });
  const children = [1, 2, 3].map((n) => ({ name: `child ${n}`, queueName: "flow", data: { n } }));
  const { job } = await producer.add({ name: "parent", queueName: "flow", children });
  const sum = await job.waitUntilFinished(told);
  await Promise.all([worker.close(), told.close(), queue.close(), producer.close()]);
  return { order, sum };
}
