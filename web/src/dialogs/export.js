// @ts-check
// Export: the call of the script for a shell or a client library, as the bridge writes it.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { exportCall } from "../actions/questions.js";
import { html } from "../html.js";
import { saveFile } from "../save_file.js";
import { dialog, phase, work } from "../state.js";
import { Dialog } from "./dialog.js";

/** @typedef {import("../contract").Exported} Exported */

const chosen = signal("");

export function ExportDialog() {
  const [exported, setExported] = useState(/** @type {Exported | string} */ (""));
  const [copied, setCopied] = useState("");
  const isOpen = dialog.value === "export";
  const ready = phase.value === "ready";
  useEffect(() => {
    if (!isOpen) return;
    setCopied("");
    setExported(ready ? "" : "Python is not there yet.");
    if (ready) exportCall().then(setExported, () => {});
  }, [isOpen, ready]);

  if (typeof exported === "string") return html`<${Dialog} id="export" title="Export"><p class="quiet">${exported}</p></${Dialog}>`;
  const snippet = exported.snippets.find(({ form }) => form === chosen.value) ?? exported.snippets[0];

  async function copy() {
    try {
      await navigator.clipboard.writeText(snippet.text);
      setCopied("Copied.");
    } catch {
      setCopied("The browser did not allow copying: select the text and copy it yourself.");
    }
  }

  return html`<${Dialog} id="export" title="Export">
    <label>As <select aria-label="Form" value=${snippet.form} onChange=${(/** @type {any} */ event) => (chosen.value = event.target.value)}>
      ${exported.snippets.map(({ form, title }) => html`<option key=${form} value=${form}>${title}</option>`)}
    </select></label>
    <p class="quiet">${work.value.others.length > 0 && `Of the script ${work.value.scriptName}: each of this work is exported while it is shown. `}${snippet.note}</p>
    ${snippet.text && html`<pre class="snippet" tabindex="0" aria-label="Snippet" role="region">${snippet.text}</pre>`}
    <footer><span role="status">${copied}</span><span class="grow"></span>
      ${snippet.form === "file" && snippet.text && html`<button class="button" onClick=${() => saveFile(exported.file_name, work.value.script)}>Save ${exported.file_name}</button>`}
      ${snippet.file_name && html`<button class="button" onClick=${() => saveFile(snippet.file_name, snippet.text)}>Save ${snippet.file_name}</button>`}
      <button class="button go" disabled=${!snippet.text} onClick=${copy}>Copy</button></footer>
  </${Dialog}>`;
}
