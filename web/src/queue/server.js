// @ts-check
// The server of this page, in its worker, and the way of Node's clients to it.
import { signal } from "@preact/signals";
import { Engine } from "../engine.js";
import { Connections } from "../connections/connections.js";
import { leadTo } from "../connections/node/net.js";
import { inWorker } from "../transport/worker.js";

/** At which a script is stopped: seconds, for each, and bytes beyond what Python has. @type {import("../worker/serving.js").Limits} */
const LIMITS = { seconds: 5, bytes: 512 * 1024 * 1024, each: true };
/** Time an interrupted script has to stop; then its worker is ended. Milliseconds. */
const STOP_GRACE = 1500;

/** How far Python has been loaded, and what is done; null when it is there. @type {import("@preact/signals").Signal<{ fraction: number, doing: string } | null>} */
export const progress = signal({ fraction: 0, doing: "Loading Python" });
/** What is said of the server, once there is something to say. */
export const notice = signal("");
/** Counts what has changed the keyspace. */
export const changes = signal(0);

const { worker = "" } = /** @type {HTMLScriptElement} */ (document.querySelector("script[data-worker]")).dataset;
let isReady = false;

export const engine = new Engine(inWorker({ own: worker, other: worker }), {
  progress: (fraction, doing) => (progress.value = { fraction, doing }),
  ready: () => {
    isReady = true;
    progress.value = null;
  },
  working: () => {},
  running: () => {},
  changed: () => {},
  dead: (message) => (isReady ? restart(`The server died (${message}).`) : (notice.value = `Python could not be loaded: ${message}`)),
});

/** @param {string} reason */
function restart(reason) {
  isReady = false;
  notice.value = `${reason} A new one is started, which is empty; the clients connect again.`;
  progress.value = { fraction: 0, doing: "Starting Python again" };
  engine.start();
  changes.value += 1;
}

const connections = new Connections(
  async (request) => {
    const answer = await engine.ask(request, LIMITS);
    if (answer.interrupted) notice.value = answer.interrupted === "time" ? `A script ran longer than ${LIMITS.seconds} s and was stopped.` : "The script was stopped.";
    return answer;
  },
  () => (changes.value += 1),
);

/** From now on there is a server, and clients find it. */
export function start() {
  leadTo(connections);
  engine.start();
}

/** Ends the script that runs; where that is not to be had, the server. */
export function stop() {
  if (!engine.interrupt(false)) return end();
  const timer = setTimeout(end, STOP_GRACE);
  engine.ask({ type: "Hello" }).catch(() => {}).then(() => clearTimeout(timer));
}

function end() {
  engine.end("the server was stopped");
  restart("The server was stopped.");
}
