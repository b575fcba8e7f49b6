// @ts-check
// The engine: which one runs, and another in its place: a version out of an index, or a wheel of the person's own.
import { useState } from "preact/hooks";
import { useOwnEngine } from "../actions/session.js";
import { checkIndex } from "../engine_index.js";
import { html } from "../html.js";
import { keepPython } from "../image_making.js";
import { isEngineWheel } from "../other_engines.js";
import { dialog, engineVersion, memoryImage, ownEngine, work } from "../state.js";
import { changeSettings, settings } from "../storage.js";
import { Dialog } from "./dialog.js";

/** What has become of the image of Python's memory. @type {Record<import("../state.js").MemoryImage, string>} */
const IMAGE = {
  none: "It is taken when a script has run.",
  "being made": "It is being taken.",
  made: "It is there for the next start.",
  restored: "This Python was restored from it.",
  refused: "This browser could not use one.",
  native: "This Python needs none: it runs on this machine, beside the browser.",
  scarce: "None is taken here: memory or storage is short, or data is to be saved.",
};

export function EngineDialog() {
  const [problem, setProblem] = useState("");
  const [index, setIndex] = useState(settings.value.engineIndex);
  const { engine } = work.value;
  const own = ownEngine.value;

  /** @param {any} event */
  async function choose({ target }) {
    const [file] = target.files;
    target.value = "";
    if (!file) return;
    if (!isEngineWheel(file.name)) return setProblem(`${file.name} is no wheel of ferrous-vm for every platform.`);
    dialog.value = "";
    ownEngine.value = { name: file.name, content: await file.arrayBuffer() };
  }

  /** @param {any} event */
  function look({ target }) {
    const wrong = checkIndex(target.value);
    setProblem(wrong);
    if (!wrong) changeSettings({ engineIndex: target.value.trim() });
  }

  function goBack() {
    dialog.value = "";
    useOwnEngine();
  }

  return html`<${Dialog} id="engine" title="Engine">
    <p>${engineVersion.value ? `Engine ${engineVersion.value} runs here` : "No engine is running"}${own ? `, from ${own.name}` : engine && engine !== SITE_LAYOUT.version ? ", because this work asks for it" : ""}. This site has ${SITE_LAYOUT.version}.</p>
    <p>Work may ask for another version, and a link carries that: see Share. It is fetched from an index of Python packages, which you choose here; no link can.</p>
    <label>Index of engines: an address at https://, or a folder of this site
      <input class="link mono" aria-label="Index of engines" placeholder="simple/" spellcheck=${false} value=${index} onInput=${(/** @type {any} */ { target }) => setIndex(target.value)} onChange=${look} /></label>
    <p class="quiet">A wheel of your own runs until you leave the page. Take engines only from whom you trust: they see what you give this page to run, and may send it elsewhere. Nothing of them stays when you leave it.</p>
    <label><input type="checkbox" checked=${settings.value.keepsPython} onChange=${(/** @type {any} */ { target }) => keepPython(target.checked)} /> Keep an image of Python’s memory in this browser, some 20 MB, so that it starts at once</label>
    <p class="quiet" role="status">${settings.value.keepsPython ? IMAGE[memoryImage.value] : "None is kept."} Nothing of yours is in it: it is taken of a Python that has seen none of it.</p>
    ${problem && html`<p class="note error" role="alert">${problem}</p>`}
    <footer><label class="button">Use a wheel<input type="file" accept=".whl" class="visually-hidden" aria-label="Use a wheel" onChange=${choose} /></label>
      <span class="grow"></span>
      ${(own || engine) && html`<button class="button go" onClick=${goBack}>Use engine ${SITE_LAYOUT.version}</button>`}</footer>
  </${Dialog}>`;
}
