// @ts-check
// The keyspace: browsed, imported, exported.
import { fromBase64, toBase64 } from "../base64.js";
import * as state from "../state.js";
import { endDebugging } from "./debugging.js";
import { copy, engine, takeIn } from "./session.js";

/** Carries out lines of commands: an import. Answers "", or what failed. @param {string} lines @param {boolean} fresh */
export const load = (lines, fresh) => loadWith({ type: "Load", lines, fresh });

/** The keyspace becomes what an RDB file holds. Answers "", or what is wrong with it. @param {Uint8Array} file */
export const loadRdb = (file) => loadWith({ type: "LoadRdb", content: toBase64(file) });

/** @param {import("../contract").Load | import("../contract").LoadRdb} request */
async function loadWith(request) {
  if (state.phase.value !== "ready") return "the engine is not ready";
  await endDebugging();
  const loaded = await engine.ask(request);
  if (loaded.type === "Failure") return loaded.message;
  takeIn(loaded.keyspace);
  if (!loaded.problem) return "";
  const { line, message } = loaded.problem;
  return line === null ? message : `line ${line}: ${message}`;
}

/** The keyspace as an RDB file, or the sentence that says why not. */
export async function saveRdb() {
  const file = await engine.ask({ type: "SaveRdb" });
  return file.type === "Failure" ? file.message : fromBase64(file.content);
}

/** The keyspace as lines of commands. */
export const exportLines = () => copy.lines();

/** Asks for a page of keys. @param {Omit<import("../contract").Browse, "type">} question */
export const browse = (question) => engine.ask({ type: "Browse", ...question });

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

/** Characters of a fixture: it travels with the work, in links too. */
const LONGEST_FIXTURE = 200_000;

/** The keyspace as it is becomes the fixture, which every run begins with. */
export function useAsFixture() {
  const fixture = exportLines();
  if (fixture.length > LONGEST_FIXTURE) {
    state.banner.value = { kind: "error", text: `The keyspace is too large for a fixture: its commands have ${fixture.length.toLocaleString("en")} characters, and ${LONGEST_FIXTURE.toLocaleString("en")} may be. Take a snapshot, or run on the keyspace as it is.` };
    return;
  }
  state.edit({ fixture, fresh: true });
  state.generation.value += 1;
  state.leftTab.value = "fixture";
}
