// @ts-check
// The files of `ferrous open`: opened as one work, written by Ctrl+S, and read again when another program changed one. What was
// changed on both sides is nobody's to decide but the person's, and the side that gives way goes into the history.
import { fromBase64 } from "../base64.js";
import { ABSENT, diskFiles, isOpenHere, isWritten, scriptOfFile, stateOf } from "../disk_files.js";
import { UNIX, bytesOf, textOf } from "../disk_text.js";
import { workWith } from "../files.js";
import { shownText, withoutHidden } from "../hidden.js";
import { NEW_WORK, keepVersion, openWork } from "../history.js";
import { keyNames } from "../key_names.js";
import { asScriptName, freeName, scriptOf, scriptsOf, withScripts } from "../scripts.js";
import { EMPTY_WORK, banner, edit, generation, work } from "../state.js";

/** @typedef {import("../disk_files.js").DiskFile} DiskFile */
/** @typedef {import("../disk_files.js").OnDisk} OnDisk */

const ADDRESS = "open/files";
/** Time after which is asked again what the files are. Milliseconds. */
const AGAIN = 1000;
/** Under which a tab remembers, over a reload, what it read. */
const REMEMBERED = "ferrous.disk";
const LONGEST_TITLE = 80;

const ENDED = "`ferrous open` does not answer any more: what is here stays in this browser";
const NOT_UTF8 = "it is not UTF-8, which the editor needs";

/** The tag of the files as they were read last. */
let tag = "";
let timer = 0;

/** @param {string} token @param {string} [place] @param {RequestInit} [options] */
const request = (token, place = "", options = {}) => fetch(ADDRESS + place, { cache: "no-store", ...options, headers: { ...options.headers, Authorization: `Bearer ${token}` } });

/** What the files are now; null where they are as they were. Throws where nobody answers, or somebody else. @param {string} token @returns {Promise<(OnDisk & { name: string })[] | null>} */
async function read(token) {
  const answer = await request(token, "", tag ? { headers: { "If-None-Match": tag } } : {});
  if (answer.status === 304) return null;
  if (!answer.ok) throw new Error((await answer.json()).problem);
  const files = await answer.json();
  tag = answer.headers.get("ETag") ?? "";
  return files.map((/** @type {any} */ { name, version, content, problem }) => {
    if (content === null) return { name, version, problem, text: null, form: version === ABSENT ? UNIX : null };
    const { text, form } = textOf(fromBase64(content));
    return { name, version, text, form, problem: text === null ? NOT_UTF8 : problem };
  });
}

/** Opens the files, or goes on with them as they were left. @param {string} token @param {boolean} wasReloaded */
export async function openDiskFiles(token, wasReloaded = false) {
  tag = "";
  try {
    const files = (await read(token)) ?? [];
    const left = wasReloaded ? remembered(token) : null;
    if (left?.length === files.length) goOn(token, files, left);
    else begin(token, files);
  } catch {
    banner.value = { kind: "error", stays: true, text: "The files of this address cannot be read: the `ferrous open` that told it has ended. What they were is in this browser, here or in the history." };
    return;
  }
  watch();
}

/** Opens the files anew, as they are on disk. */
export const readDiskFilesAgain = () => diskFiles.value && openDiskFiles(diskFiles.value.token);

/** @param {string} token @param {(OnDisk & { name: string })[]} read */
function begin(token, read) {
  /** @type {DiskFile[]} */
  const files = [];
  /** @type {import("../state.js").Script[]} */
  let scripts = [];
  read.forEach(({ name, ...disk }, place) => {
    if (disk.problem) return;
    const wanted = asScriptName(name.replace(/\.lua$/i, "")) || EMPTY_WORK.scriptName;
    const scriptName = freeName(wanted, scripts);
    scripts = [...scripts, { ...scriptOf(workWith("", disk.text ?? "")), scriptName }];
    files.push({ place, name, scriptName, base: disk, disk });
  });
  const problems = read.filter(({ problem }) => problem).map(({ name, problem }) => `${shownText(name)} cannot be opened: ${problem}. It is not touched.`);
  if (files.length === 0) {
    banner.value = { kind: "error", stays: true, text: problems.join(" ") };
    return;
  }
  const name = withoutHidden(files.map((file) => file.name).join(", ")).slice(0, LONGEST_TITLE);
  openWork(withInputs({ ...NEW_WORK, name }, scripts), "file");
  remember(token, files);
  banner.value = { kind: problems.length ? "error" : "info", stays: problems.length > 0, text: [told(files), ...files.flatMap(notesOf), ...problems].join(" ") };
}

/** The work of these scripts; where the one that is here has the same names, KEYS, fixture and tests stay. @param {import("../state.js").Work} opened @param {import("../state.js").Script[]} scripts */
function withInputs(opened, scripts) {
  const here = scriptsOf(work.value);
  const isSame = work.value.name === opened.name && here.length === scripts.length && here.every(({ scriptName }, place) => scriptName === scripts[place].scriptName);
  if (!isSame) return withScripts(opened, scripts, 0);
  return withScripts(work.value, here.map((script, place) => ({ ...script, script: scripts[place].script })), work.value.place);
}

/** @param {DiskFile[]} files */
function told(files) {
  const keys = keyNames("Mod+S").join("+");
  if (files.length > 1) return `${files.length} files are open here as one work: ${keys} writes those that were changed. What was here before is in the history.`;
  const isThere = files[0].disk.version !== ABSENT;
  return `${shownText(files[0].name)} is open here${isThere ? "" : ", and not there yet"}: ${keys} writes it. What was here before is in the history.`;
}

/** What is not as it looks. @param {DiskFile} file */
function notesOf({ name, disk }) {
  const notes = [];
  if (disk.form?.ending === "\r\n") notes.push(`The lines of ${shownText(name)} end with CR LF, and are written so; here they end as Unix ends them, so the SHA1 is not that of the file.`);
  if (disk.form?.mark) notes.push(`${shownText(name)} begins with a byte order mark, at which a server would refuse it: it stays in the file, and is left out here.`);
  return notes;
}

/** The page was loaded again: the work lies on the desk, and what was read last is remembered. @param {string} token @param {(OnDisk & { name: string })[]} read @param {DiskFile[]} left */
function goOn(token, read, left) {
  remember(token, left);
  take(read);
}

/** @param {string} token @param {DiskFile[]} files @param {boolean} [wasRead] */
function remember(token, files, wasRead = false) {
  diskFiles.value = { token, files, of: generation.value, isThere: true, wasRead };
}

/** What this tab was left with; null where that is not known. @param {string} token @returns {DiskFile[] | null} */
function remembered(token) {
  try {
    const left = JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "null");
    return left?.token === token ? left.files : null;
  } catch {
    return null;
  }
}

/** Before the page is left: what was read is remembered, and the person asked where something was not written. @param {BeforeUnloadEvent} event */
function leave(event) {
  const { value } = diskFiles;
  if (!value || !isOpenHere()) return;
  try {
    sessionStorage.setItem(REMEMBERED, JSON.stringify({ token: value.token, files: value.files }));
  } catch {
    // Then a reload opens the files anew, and what was here is in the history.
  }
  if (value.files.some((file) => !isWritten(stateOf(file)))) event.preventDefault();
}

/** From now on what the files are is asked again and again, while the page is seen. */
function watch() {
  addEventListener("beforeunload", leave);
  document.addEventListener("visibilitychange", look);
  later();
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(look, AGAIN);
}

async function look() {
  clearTimeout(timer);
  const { value } = diskFiles;
  if (!value || document.hidden) return;
  try {
    const files = await read(value.token);
    if (files) take(files);
    if (diskFiles.value && !diskFiles.value.isThere) diskFiles.value = { ...diskFiles.value, isThere: true };
  } catch {
    if (diskFiles.value) diskFiles.value = { ...diskFiles.value, isThere: false };
  }
  later();
}

/** What the files are now: a script that was not changed here follows its file. @param {OnDisk[]} read by the place of the file */
function take(read) {
  const { value } = diskFiles;
  if (!value) return;
  let wasRead = value.wasRead;
  const files = value.files.map((file) => {
    const disk = read[file.place];
    if (disk.version === file.disk.version && disk.problem === file.disk.problem) return file;
    const script = scriptOfFile(file)?.script;
    if (disk.text === null || script === undefined || (script !== file.base.text && script !== disk.text)) return { ...file, disk };
    if (script !== disk.text) writeScript(file, disk.text);
    wasRead = true;
    return { ...file, base: disk, disk };
  });
  diskFiles.value = { ...value, files, wasRead };
}

/** The script of a file becomes this text. @param {DiskFile} file @param {string} text */
function writeScript({ scriptName }, text) {
  if (work.value.scriptName === scriptName) edit({ script: text });
  else edit({ others: work.value.others.map((script) => (script.scriptName === scriptName ? { ...script, script: text } : script)) });
}

/** @param {DiskFile} file @param {Partial<DiskFile>} change */
function change(file, change) {
  const { value } = diskFiles;
  if (value) diskFiles.value = { ...value, files: value.files.map((one) => (one.place === file.place ? { ...one, ...change } : one)) };
}

/** Writes the files whose scripts were changed here, but none that was changed on both sides. */
export async function writeDiskFiles() {
  for (const file of diskFiles.value?.files ?? []) if (["changed", "removed"].includes(stateOf(file))) await write(file);
}

/** @param {DiskFile} file */
async function write(file) {
  const { value } = diskFiles;
  const script = scriptOfFile(file)?.script;
  if (!value || script === undefined) return;
  const form = file.base.form;
  if (!form) {
    const act = () => {
      banner.value = null;
      change(file, { base: { ...file.base, form: UNIX } });
      writeDiskFiles();
    };
    banner.value = { kind: "error", stays: true, text: `${shownText(file.name)} was not written: its lines end in more than one way, and the editor has one.`, action: { title: "Write it with Unix line ends", act } };
    return;
  }
  const problem = await put(value.token, file, script, form);
  if (problem) banner.value = { kind: "error", stays: true, text: `${shownText(file.name)} was not written: ${problem}.` };
}

/** Puts a text into a file; answers "", or why it was not possible. @param {string} token @param {DiskFile} file @param {string} text @param {import("../disk_text.js").Form} form */
async function put(token, file, text, form) {
  const answer = await request(token, `/${file.place}`, { method: "PUT", body: bytesOf(text, form), headers: { "If-Match": file.disk.version } }).catch(() => null);
  const { version = "", problem = ENDED } = answer ? await answer.json().catch(() => ({})) : {};
  if (!answer?.ok) {
    if (answer?.status === 412) look();
    return problem;
  }
  const disk = { version, text, form, problem: "" };
  change(file, { base: disk, disk });
  if (diskFiles.value) diskFiles.value = { ...diskFiles.value, wasRead: false };
  return "";
}

/** Of two sides the file's is taken; what is here goes into the history. @param {DiskFile} file */
export async function takeFile(file) {
  keepVersion(work.value, "file");
  writeScript(file, file.disk.text ?? "");
  change(file, { base: file.disk });
}

/** Of two sides what is here is written; what the file was goes into the history. @param {DiskFile} file */
export async function writeOver(file) {
  const problem = await keepVersion(workWith(file.name, file.disk.text ?? ""), "file");
  if (problem) {
    banner.value = { kind: "error", text: `${shownText(file.name)} was not written: what it is could not be kept in the history: ${problem}.` };
    return;
  }
  const base = file.disk;
  change(file, { base });
  await write({ ...file, base });
}
