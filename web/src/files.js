// @ts-check
// Files a person chooses or drops on the page: saved work, an RDB file, or lines of commands. What a file is, its content
// tells, not its name. It is a stranger's: it is read with the limits and checks of a link.
import { load, loadRdb } from "./actions/keyspace.js";
import { openWork } from "./history.js";
import { LinkError, readWorkFile } from "./share.js";
import { banner } from "./state.js";

/** Bytes of a file; more would exhaust the memory of Python in the browser. */
const LARGEST_FILE = 32_000_000;

/** Opens a file, and says how that went. @param {File} file */
export async function openFile(file) {
  const problem = await open(file);
  if (problem) banner.value = { kind: "error", text: `${file.name} cannot be opened: ${problem}.` };
}

/** @param {File} file @returns {Promise<string>} "" or what is wrong with it */
async function open(file) {
  if (file.size > LARGEST_FILE) return "it is larger than 32 megabytes";
  const bytes = new Uint8Array(await file.arrayBuffer());
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 5));
  if (start === "REDIS") return reportImport(file.name, await loadRdb(bytes));
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return "it is neither text nor an RDB file";
  }
  return text.trimStart().startsWith("{") ? openWorkFile(file.name, text) : reportImport(file.name, await load(text, false));
}

/** @param {string} name @param {string} text */
function openWorkFile(name, text) {
  try {
    openWork(readWorkFile(text), "file");
    banner.value = { kind: "info", text: `This work came from ${name}. Read it, then press Run: it has not run yet.` };
    return "";
  } catch (error) {
    if (error instanceof LinkError) return error.message;
    throw error;
  }
}

/** @param {string} name @param {string} problem */
function reportImport(name, problem) {
  if (!problem) banner.value = { kind: "info", text: `${name} was imported into the keyspace. Undo takes it back.` };
  return problem;
}

/** A file dropped anywhere on the page is opened. */
export function acceptDrops() {
  addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
  addEventListener("drop", (event) => {
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    openFile(file);
  });
}
