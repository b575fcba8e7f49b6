// @ts-check
// What is to be said of the files of `ferrous open` that are not as the page knew them: above everything, until it is settled.
import { takeFile, writeOver } from "../actions/disk_files.js";
import { diskFiles, stateOf } from "../disk_files.js";
import { keepAndWrite } from "../files.js";
import { shownText } from "../hidden.js";
import { html } from "../html.js";

export function DiskFiles() {
  return diskFiles.value?.files.map((file) => html`<${Told} key=${file.place} file=${file} />`);
}

/** @param {{ file: import("../disk_files.js").DiskFile }} props */
function Told({ file }) {
  const name = shownText(file.name);
  const state = stateOf(file);
  if (state === "both") {
    return html`<div class="banner error" role="status" aria-label=${`File ${name}`}>
      <span>${name} was changed by another program, and here too. Neither is written over the other until you say which is to stay; the other one goes into the history.</span>
      <button class="small" onClick=${() => takeFile(file)}>Take the file</button>
      <button class="small" onClick=${() => writeOver(file)}>Write what is here</button>
    </div>`;
  }
  if (state === "removed") {
    return html`<div class="banner error" role="status" aria-label=${`File ${name}`}>
      <span>${name} is not there any more. Its script is still here.</span>
      <button class="small" onClick=${keepAndWrite}>Write it again</button>
    </div>`;
  }
  if (state === "unreadable") {
    return html`<div class="banner error" role="status" aria-label=${`File ${name}`}><span>${name} was changed by another program: ${file.disk.problem}. Nothing is written to it.</span></div>`;
  }
  return null;
}
