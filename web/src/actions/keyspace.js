// @ts-check
// The keyspace: browsed, imported, exported.
import * as state from "../state.js";
import { endDebugging } from "./debugging.js";
import { MOST_MEGABYTES, copy, engine, limits, takeIn, whileRunning } from "./session.js";

/** Carries out lines of commands, in UTF-8: an import. Answers "", or what failed. @param {Uint8Array<ArrayBuffer>} lines @param {boolean} fresh */
export const load = (lines, fresh) => loadWith({ type: "Load", lines, fresh });

/** Throws every key away; that can be undone. */
export const empty = () => load(new Uint8Array(), true);

/** The keyspace becomes what an RDB file holds. Answers "", or what is wrong with it. @param {Uint8Array<ArrayBuffer>} content */
export const loadRdb = (content) => loadWith({ type: "LoadRdb", content });

export const CANCELLED = "it was cancelled, and the keyspace is as it was before";
const STOPPED = {
  stop: CANCELLED,
  time: "its scripts ran for too long; the keyspace is as it was before",
  memory: `it took more than ${MOST_MEGABYTES} MB of memory; the keyspace is as it was before`,
};

/** Answers "", or what is wrong as the end of a sentence. @param {import("../contract").Load | import("../contract").LoadRdb} request */
async function loadWith(request) {
  if (state.phase.value !== "ready") return "the engine is not ready";
  await endDebugging();
  const loaded = await whileRunning(() => engine.ask(request, limits()));
  if (!loaded || loaded.interrupted) return STOPPED[loaded?.interrupted || "stop"];
  if (loaded.type === "Failure") return loaded.message.replace(/\.$/, "");
  takeIn(loaded.keyspace);
  if (!loaded.problem) return "";
  const { line, message } = loaded.problem;
  return line === null ? message : `line ${line}: ${message}`;
}

/** The keyspace as an RDB file, or the sentence that says why not. */
export async function saveRdb() {
  const file = await whileRunning(() => engine.ask({ type: "SaveRdb" }));
  if (!file) return "The file was not written: it was stopped.";
  return file.type === "Failure" ? file.message : file.content;
}

/** The keyspace as lines of commands, in UTF-8. */
export const exportLines = () => copy.lines();

/** The question to the browser of keys that is being answered, and the last one there was: who types asks faster than many keys are searched. @type {Promise<unknown>} */
let browsing = Promise.resolve();
/** @type {object | null} */
let lastQuestion = null;

/** Asks for a page of keys; null when something else was asked before this could be. @param {Omit<import("../contract").Browse, "type">} question */
export async function browse(question) {
  lastQuestion = question;
  await browsing;
  if (lastQuestion !== question) return null;
  const answer = engine.ask({ type: "Browse", ...question });
  browsing = answer.catch(() => null);
  return answer;
}

/** Asks for the content of a key. @param {Omit<import("../contract").Inspect, "type">} question */
export const inspect = (question) => engine.ask({ type: "Inspect", ...question });

/** What the bytes of a value may mean; nothing where nobody can tell. @param {Omit<import("../contract").Look, "type">} question */
export async function look(question) {
  const looked = await engine.ask({ type: "Look", ...question });
  return looked.type === "Looked" ? looked.forms : [];
}

/** Changes a key where it is seen. Answers "", or what is wrong. @param {Omit<import("../contract").EditKey, "type">} change */
export async function editKey(change) {
  if (state.phase.value !== "ready") return "The engine is busy.";
  await endDebugging();
  const edited = await engine.ask({ type: "EditKey", ...change });
  if (edited.type === "Failure") return edited.message;
  takeIn(edited.keyspace);
  return edited.problem;
}

/** Bytes of a fixture: it travels with the work, in links too. */
export const LONGEST_FIXTURE = 200_000;

/** The keyspace as it is becomes the fixture, which every run begins with. */
export async function useAsFixture() {
  const lines = await exportLines();
  const fixture = new TextDecoder().decode(lines.subarray(0, LONGEST_FIXTURE + 1)).trimEnd();
  if (lines.length > LONGEST_FIXTURE) {
    state.banner.value = { kind: "error", text: `The keyspace is too large for a fixture: its commands have ${lines.length.toLocaleString("en")} bytes, and ${LONGEST_FIXTURE.toLocaleString("en")} may be. Take a snapshot, or run on the keyspace as it is.` };
    return;
  }
  state.edit({ fixture, fresh: true });
  state.generation.value = {};
  state.leftTab.value = "fixture";
}
