// @ts-check
// The files that `ferrous open` named (ferrous_vm/command_line/named_files.py), as the page knows them: each is a script of the
// work that was opened of them. They are read and written by actions/disk_files.js.
import { signal } from "@preact/signals";
import { scriptNamed } from "./scripts.js";
import { generation, work } from "./state.js";

/**
 * What a file is: `version` stands for its bytes, `text` is what the editor has of them, null where it has none: then the file is
 * not there, or `problem` says why. `form` is how the text is written, null where no form gives those bytes.
 * @typedef {{ version: string, text: string | null, form: import("./disk_text.js").Form | null, problem: string }} OnDisk
 *
 * `base` is what was read or written last, `disk` what the file is now: the two are one until another program changes it.
 * @typedef {{ place: number, name: string, scriptName: string, base: OnDisk, disk: OnDisk }} DiskFile
 *
 * "both": it was changed there and here; "elsewhere": its script is in other work, or was deleted.
 * @typedef {"written" | "changed" | "both" | "removed" | "unreadable" | "elsewhere"} FileState
 */

/** The version of a file that is not there. */
export const ABSENT = "absent";

/**
 * The files; null where none were named. `of` is the generation of the work that was opened of them, `isThere` whether
 * `ferrous open` still answers, `wasRead` whether one was read again since something was written.
 * @type {import("@preact/signals").Signal<{ token: string, files: DiskFile[], of: {}, isThere: boolean, wasRead: boolean } | null>}
 */
export const diskFiles = signal(null);

/** The token of an address of `ferrous open`; "" where it is another. @param {string} fragment */
export const tokenOf = (fragment) => /^#open=([\w-]+)$/.exec(fragment)?.[1] ?? "";

/** Whether the work is that of the files. */
export const isOpenHere = () => diskFiles.value?.of === generation.value;

/** The script of a file; undefined where it is not here. @param {DiskFile} file */
export const scriptOfFile = (file) => (isOpenHere() ? scriptNamed(work.value, file.scriptName) : undefined);

/** @param {DiskFile} file @returns {FileState} */
export function stateOf(file) {
  const script = scriptOfFile(file)?.script;
  if (script === undefined) return "elsewhere";
  if (file.disk.version === file.base.version) return script === (file.base.text ?? "") ? "written" : "changed";
  if (file.disk.version === ABSENT) return "removed";
  return file.disk.text === null ? "unreadable" : "both";
}

/** @param {FileState} state */
export const isWritten = (state) => state === "written" || state === "elsewhere";

/** A script of the work has another name: its file is the same. @param {string} former @param {string} name */
export function followName(former, name) {
  const { value } = diskFiles;
  if (value && isOpenHere()) diskFiles.value = { ...value, files: value.files.map((file) => (file.scriptName === former ? { ...file, scriptName: name } : file)) };
}
