// @ts-check
// The work as files: new, chosen or dropped to be opened (opening.js), saved.
import { diskFiles } from "./disk_files.js";
import { NEW_WORK, keepWork, openWork } from "./history.js";
import { withRest } from "./later.js";
import { show } from "./layout.js";
import { isLibrary } from "./modes.js";
import { saveFile } from "./save_file.js";
import { workFile } from "./share.js";
import { banner, leftTab, work } from "./state.js";

/** Work with a script and nothing else. @param {string} name @param {string} script */
export const workWith = (name, script) => ({ ...NEW_WORK, name, script, mode: isLibrary(script) ? /** @type {const} */ ("FCALL") : NEW_WORK.mode });

/** New work, and the cursor where it is written. */
export function beginWork() {
  openWork({ ...NEW_WORK }, "new");
  banner.value = null;
  show(leftTab, "script");
}

/** @param {FileList | null | undefined} list */
function open(list) {
  const files = [...(list ?? [])];
  withRest(({ openFiles }) => openFiles(files));
}

/** The field that asks the person. It is held: one that nothing holds may be collected before the answer comes. */
let chooser = document.createElement("input");

/** Lets the person choose files, and opens them. */
export function chooseFiles() {
  const field = (chooser = document.createElement("input"));
  field.type = "file";
  field.multiple = true;
  field.onchange = () => open(field.files);
  chooser.click();
}

/** @param {string} name @param {string} ending */
const fileName = (name, ending) => (name.replace(/[^\p{L}\p{N}_-]+/gu, "-").replace(/^-|-$/g, "").slice(0, 80) || "script") + ending;
/** Of several scripts each has a name; the only one has that of the work. */
export const scriptFileName = () => fileName(work.value.others.length ? work.value.scriptName : work.value.name, ".lua");
export const workFileName = () => fileName(work.value.name, ".ferrous.json");
export const scenarioFileName = () => fileName(work.value.name, ".scenario");

export const saveScript = () => saveFile(scriptFileName(), work.value.script);
export const saveWork = () => saveFile(workFileName(), workFile(work.value));

/** Keeps a version of the work, and writes the files of `ferrous open`. */
export function keepAndWrite() {
  keepWork();
  if (diskFiles.value) withRest(({ writeDiskFiles }) => writeDiskFiles());
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
      open(event.dataTransfer?.files);
    },
    true,
  );
}
