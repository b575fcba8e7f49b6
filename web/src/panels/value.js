// @ts-check
// One value looked at closely, in the form chosen: JSON, MessagePack, text or bytes in hex. The engine says which there are.
import { useEffect, useState } from "preact/hooks";
import { look } from "../actions/keyspace.js";
import { Copy } from "../copy.js";
import { Viewer } from "../editor/viewer.js";
import { html } from "../html.js";
import { counted } from "../list.js";

/** @typedef {import("../contract").ValueForm} ValueForm */

/** @param {{ question: Omit<import("../contract").Look, "type">, about?: unknown, label: string }} props it is asked again when it is `about` something else */
export function Value({ question, about, label }) {
  const [forms, setForms] = useState(/** @type {ValueForm[] | null} */ (null));
  const [chosen, setChosen] = useState("");
  useEffect(() => {
    let current = true;
    look(question).then((found) => current && setForms(found), () => {});
    return () => void (current = false);
  }, [JSON.stringify(question), about]);
  if (!forms) return html`<p class="note">…</p>`;
  const form = forms.find(({ name }) => name === chosen) ?? forms[0];
  if (!form) return html`<p class="note">There is nothing to look at.</p>`;
  return html`<div class="value" role="group" aria-label=${label}>
    <div class="value-forms">
      <span class="segments" role="group" aria-label="Form of the value">
        ${forms.map(({ name }) => html`<button key=${name} aria-pressed=${name === form.name} onClick=${() => setChosen(name)}>${name}</button>`)}
      </span>
      <span class="grow"></span><${Copy} text=${form.text} what=${`the ${form.name}`} />
    </div>
    <${Viewer} text=${form.text} label=${`${label} as ${form.name}`} isStructure=${form.name === "JSON" || form.name === "MessagePack"} />
    ${form.omitted > 0 && html`<p class="note">${counted(form.omitted, form.name === "Hex" ? "more byte is" : "more character is", form.name === "Hex" ? "more bytes are" : "more characters are")} not shown.</p>`}
  </div>`;
}
