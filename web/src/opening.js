// @ts-check
// Files, opened. A file a person chooses or drops on the page is a script, saved work, an RDB file, or lines of commands: what it
// holds tells, and a script's name. It is a stranger's: it is read with the limits and checks of a link. Nothing is lost by
// opening one, for what was there is in the history.
import { CANCELLED, load, loadRdb } from "./actions/keyspace.js";
import { recognise } from "./actions/questions.js";
import { addScript } from "./actions/scripts.js";
import { workWith } from "./files.js";
import { shownText, withoutHidden } from "./hidden.js";
import { NEW_WORK, openWork } from "./history.js";
import { asScriptName, freeName, scriptNamed, scriptOf, withScripts } from "./scripts.js";
import { unknownServer } from "./servers.js";
import { LARGEST_WORK, LinkError, MOST_SCRIPTS, readWorkFile } from "./share.js";
import { EMPTY_WORK, banner, generation, leftTab, work } from "./state.js";

/** Bytes of a file; more would exhaust the memory of Python in the browser. */
const LARGEST_FILE = 32_000_000;

/** How the text of a scenario begins. */
const SCENARIO = "-- scenario:";
const SCRIPT_NAME = /\.lua$/i;

/** Characters of the name of a work that is made of the names of its scripts. */
const LONGEST_TITLE = 80;

const UNREADABLE = "the browser cannot read it; is it a folder?";
const NOT_UTF8 = "it is not UTF-8, which the editor needs";
const TOO_LARGE = "a script of more than two megabytes is too large for the editor";
const LINES_ENDED = " Its lines end as Unix ends them here, so its SHA1 is not that of the file.";

/** Work with a scenario and nothing else, by the name that its first line gives it. @param {string} scenario */
export const workWithScenario = (scenario) => ({ ...NEW_WORK, name: withoutHidden(scenario.slice(SCENARIO.length).split("\n", 1)[0]).trim().slice(0, 200) || NEW_WORK.name, scenario });

/** Opens files one after the other; several scripts among them become the scripts of one work. @param {File[]} files */
export async function openFiles(files) {
  const scripts = files.filter(({ name }) => SCRIPT_NAME.test(name));
  const together = scripts.length > 1 ? scripts : [];
  for (const file of files.filter((one) => !together.includes(one))) await openFile(file);
  if (together.length) await openTogether(together);
}

/** Opens scripts as one work. @param {File[]} files */
async function openTogether(files) {
  /** @type {{ name: string, text: string }[]} */
  const read = [];
  for (const file of files) {
    const { problem, text } = await readScript(file);
    if (problem) banner.value = { kind: "error", text: `${shownText(file.name)} cannot be opened: ${problem}.` };
    else read.push({ name: file.name, text });
  }
  const size = read.reduce((sum, { text }) => sum + text.length, 0);
  const problem = read.length > MOST_SCRIPTS ? `work holds at most ${MOST_SCRIPTS} scripts` : size > LARGEST_WORK ? "together they are larger than two megabytes" : "";
  if (problem) banner.value = { kind: "error", text: `These ${read.length} scripts cannot be opened: ${problem}.` };
  else if (read.length) openScripts(read, files.length - read.length);
}

/** The text of a file that is a script. @param {File} file */
async function readScript(file) {
  const content = file.size > LARGEST_WORK ? null : await file.arrayBuffer().catch(() => null);
  const text = content && textOf(new Uint8Array(content));
  const problem = file.size > LARGEST_WORK ? TOO_LARGE : content === null ? UNREADABLE : text === null ? NOT_UTF8 : "";
  return { problem, text: text ?? "" };
}

/** @param {{ name: string, text: string }[]} files @param {number} failed how many could not be read */
function openScripts(files, failed) {
  const scripts = files.reduce((all, { name, text }) => [...all, { ...scriptOf(workWith("", withUnixLines(text))), scriptName: freeName(nameOf(name), all) }], /** @type {import("./state.js").Script[]} */ ([]));
  const name = scripts.map(({ scriptName }) => scriptName).join(", ").slice(0, LONGEST_TITLE);
  openWork(withScripts({ ...NEW_WORK, name }, scripts, 0), "file");
  const told = banner.value && failed ? ` ${banner.value.text}` : "";
  banner.value = { kind: told ? "error" : "info", text: `${scripts.length} scripts were opened as one new work; what was here before is in the history.${files.some(({ text }) => text.includes("\r")) ? LINES_ENDED : ""}${told}` };
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
  if (content === null) return { problem: UNREADABLE };
  const bytes = new Uint8Array(content);
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 6));
  if (start.startsWith("REDIS") || start === "VALKEY") return reportImport(file.name, await loadRdb(bytes));
  const text = textOf(bytes);
  if (text === null) return { problem: SCRIPT_NAME.test(file.name) ? NOT_UTF8 : "it is neither text nor an RDB file" };
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

const withUnixLines = (/** @type {string} */ text) => text.replace(/\r\n?/g, "\n");

/** What a script is called that comes from a file. @param {string} file */
const nameOf = (file) => asScriptName(file.replace(SCRIPT_NAME, "")) || EMPTY_WORK.scriptName;

/** A script becomes new work, under the name of its file, or one more of the work that was there. @param {string} name @param {string} text @returns {Opened} */
function openScript(name, text) {
  if (text.length > LARGEST_WORK) return { problem: TOO_LARGE };
  const script = withUnixLines(text);
  const note = script === text ? "" : LINES_ENDED;
  const former = work.value;
  const opened = workWith(withoutHidden(name.replace(SCRIPT_NAME, "")).slice(0, 200), script);
  openWork(opened, "file");
  const began = generation.value;
  const add = () => {
    // What was written since goes along, where it is in the script of the file; all of it is in the history.
    const added = (generation.value === began && scriptNamed(work.value, opened.scriptName)) || scriptOf(opened);
    openWork(former, "file");
    addScript({ ...added, scriptName: nameOf(name) });
    banner.value = { kind: "info", text: `${shownText(name)} is a script of ${former.name} now.${note}` };
  };
  banner.value = { kind: "info", text: `${shownText(name)} was opened as new work; what was here before is in the history.${note}`, action: former.others.length + 1 < MOST_SCRIPTS ? { title: `Add it to ${former.name} instead`, act: add } : undefined };
  return { problem: "" };
}

/** A scenario becomes new work, under its title. @param {string} name @param {string} text @returns {Opened} */
function openScenario(name, text) {
  if (text.length > LARGEST_WORK) return { problem: "a scenario of more than two megabytes is too large for the editor" };
  openWork(workWithScenario(withUnixLines(text)), "file");
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
