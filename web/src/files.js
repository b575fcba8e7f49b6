// @ts-check
// The work as files, opened and saved. A file a person chooses or drops on the page is a script, saved work, an RDB file, or
// lines of commands: what it holds tells, and a script's name. It is a stranger's: it is read with the limits and checks of a
// link. Nothing is lost by opening one, for what was there is in the history.
import { CANCELLED, load, loadRdb } from "./actions/keyspace.js";
import { recognise } from "./actions/questions.js";
import { NEW_WORK, openWork } from "./history.js";
import { shownText, withoutHidden } from "./hidden.js";
import { show } from "./layout.js";
import { isLibrary } from "./modes.js";
import { saveFile } from "./save_file.js";
import { unknownServer } from "./servers.js";
import { LARGEST_WORK, LinkError, readWorkFile, workFile } from "./share.js";
import { banner, leftTab, work } from "./state.js";

/** Bytes of a file; more would exhaust the memory of Python in the browser. */
const LARGEST_FILE = 32_000_000;

/** How the text of a scenario begins. */
const SCENARIO = "-- scenario:";
const SCRIPT_NAME = /\.lua$/i;

/** Work with a script and nothing else. @param {string} name @param {string} script */
export const workWith = (name, script) => ({ ...NEW_WORK, name, script, mode: isLibrary(script) ? /** @type {const} */ ("FCALL") : NEW_WORK.mode });

/** Work with a scenario and nothing else, by the name that its first line gives it. @param {string} scenario */
export const workWithScenario = (scenario) => ({ ...NEW_WORK, name: withoutHidden(scenario.slice(SCENARIO.length).split("\n", 1)[0]).trim().slice(0, 200) || NEW_WORK.name, scenario });

/** New work, and the cursor where it is written. */
export function beginWork() {
  openWork({ ...NEW_WORK }, "new");
  banner.value = null;
  show(leftTab, "script");
}

/** The field that asks the person. It is held: one that nothing holds may be collected before the answer comes. */
let chooser = document.createElement("input");

/** Lets the person choose files, and opens them. */
export function chooseFiles() {
  const field = (chooser = document.createElement("input"));
  field.type = "file";
  field.multiple = true;
  field.onchange = () => openFiles([...(field.files ?? [])]);
  chooser.click();
}

const fileName = (/** @type {string} */ ending) => (work.value.name.replace(/[^\p{L}\p{N}_-]+/gu, "-").replace(/^-|-$/g, "").slice(0, 80) || "script") + ending;
export const scriptFileName = () => fileName(".lua");
export const workFileName = () => fileName(".ferrous.json");

export const scenarioFileName = () => fileName(".scenario");

export const saveScript = () => saveFile(scriptFileName(), work.value.script);
export const saveWork = () => saveFile(workFileName(), workFile(work.value));

/** Opens files one after the other. @param {File[]} files */
export async function openFiles(files) {
  for (const file of files) await openFile(file);
}

/** Opens a file, and says how that went. @param {File} file */
export async function openFile(file) {
  const { problem, action } = await open(file);
  if (problem) banner.value = { kind: "error", text: `${shownText(file.name)} cannot be opened: ${problem}.`, action };
}

/** @typedef {{ problem: string, action?: { title: string, act: () => void } }} Opened "" or what is wrong with the file, and what to do then */

/** @param {File} file @returns {Promise<Opened>} */
async function open(file) {
  if (file.size > LARGEST_FILE) return { problem: "it is larger than 32 megabytes" };
  const content = await file.arrayBuffer().catch(() => null);
  if (content === null) return { problem: "the browser cannot read it; is it a folder?" };
  const bytes = new Uint8Array(content);
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 5));
  if (start === "REDIS") return reportImport(file.name, await loadRdb(bytes));
  const text = textOf(bytes);
  if (text === null) return { problem: SCRIPT_NAME.test(file.name) ? "it is not UTF-8, which the editor needs" : "it is neither text nor an RDB file" };
  if (SCRIPT_NAME.test(file.name) || text.startsWith("#!")) return openScript(file.name, text);
  if (text.trim() === "") return { problem: "it is empty" };
  if (text.startsWith(SCENARIO)) return openScenario(file.name, text);
  return text.trimStart().startsWith("{") ? openWorkFile(file.name, text) : importLines(file.name, bytes);
}

/** @param {Uint8Array} bytes */
function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** A script becomes new work, under the name of its file. @param {string} name @param {string} text @returns {Opened} */
function openScript(name, text) {
  if (text.length > LARGEST_WORK) return { problem: "a script of more than two megabytes is too large for the editor" };
  const script = text.replace(/\r\n?/g, "\n");
  openWork(workWith(withoutHidden(name.replace(SCRIPT_NAME, "")).slice(0, 200), script), "file");
  const note = script === text ? "" : " Its lines end as Unix ends them here, so its SHA1 is not that of the file.";
  banner.value = { kind: "info", text: `${shownText(name)} was opened as new work; what was here before is in the history.${note}` };
  return { problem: "" };
}

/** A scenario becomes new work, under its title. @param {string} name @param {string} text @returns {Opened} */
function openScenario(name, text) {
  if (text.length > LARGEST_WORK) return { problem: "a scenario of more than two megabytes is too large for the editor" };
  openWork(workWithScenario(text.replace(/\r\n?/g, "\n")), "file");
  banner.value = { kind: "info", text: `${shownText(name)} was opened as new work; what was here before is in the history. Nothing of it has run yet.` };
  return { problem: "" };
}

/** @param {string} name @param {string} text @returns {Opened} */
function openWorkFile(name, text) {
  try {
    const read = readWorkFile(text);
    openWork(read, "file");
    banner.value = { kind: "info", text: `This work came from ${shownText(name)}. Read it, then press Run: it has not run yet.${unknownServer(read)}` };
    return { problem: "" };
  } catch (error) {
    if (error instanceof LinkError) return { problem: error.message };
    throw error;
  }
}

/** @param {string} name @param {Uint8Array<ArrayBuffer>} bytes UTF-8 */
async function importLines(name, bytes) {
  const content = textOf(bytes) ?? "";
  const recognised = content.length > LARGEST_WORK ? null : await recognise(content);
  const text = recognised?.fixture || content;
  const problem = await load(text === content ? bytes : new TextEncoder().encode(text), false);
  if (problem === CANCELLED) return { problem };
  if (problem) return { problem, action: { title: "Open it as a script", act: () => openScript(name, content) } };
  const asFixture = () => {
    openWork({ ...work.value, fixture: text }, "fixture");
    banner.value = null;
    leftTab.value = "fixture";
  };
  const opened = reportImport(name, "", { title: "Make it the fixture", act: asFixture });
  if (recognised && banner.value) banner.value = { ...banner.value, text: `${banner.value.text} ${recognised.about}` };
  return opened;
}

/** @param {string} name @param {string} problem @param {Opened["action"]} [action] @returns {Opened} */
function reportImport(name, problem, action) {
  if (!problem) banner.value = { kind: "info", text: `${shownText(name)} was imported into the keyspace. Undo takes it back.`, action };
  return { problem };
}

/** Files dropped anywhere on the page are opened; the editor, which would insert their text, does not hear of them. */
export function acceptDrops() {
  const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
  const mark = (/** @type {boolean} */ isOver) => document.documentElement.toggleAttribute("data-drop", isOver);
  addEventListener("dragover", (event) => hasFiles(event) && (event.preventDefault(), mark(true)));
  addEventListener("dragleave", (event) => event.relatedTarget === null && mark(false));
  addEventListener(
    "drop",
    (event) => {
      mark(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      openFiles([...(event.dataTransfer?.files ?? [])]);
    },
    true,
  );
}
