// @ts-check
// A key that is not there yet: its name, its type, and its first element.
import { useState } from "preact/hooks";
import { editKey } from "../actions/keyspace.js";
import { html } from "../html.js";
import { EditForm } from "./edit_form.js";
import { ELEMENT } from "./key_content.js";

/** @param {{ database: number, name: string, close: () => void, choose: (name: string) => void }} props `name` is what it begins with */
export function NewKey({ database, name, close, choose }) {
  const [kind, setKind] = useState("string");

  /** @param {{ key: string }} values */
  async function create({ key, ...values }) {
    if (key === "") return "A key needs a name here.";
    const problem = await editKey({ database, key, how: "create", kind, ...values });
    if (!problem) choose(key);
    return problem;
  }

  return html`<section class="card" aria-label="New key">
    <${EditForm} key=${kind} title="Create" fields=${[{ name: "key", label: "Key", value: name }, ...ELEMENT[kind]]} send=${create} close=${close}>
      <label>Type <select value=${kind} onChange=${(/** @type {any} */ event) => setKind(event.target.value)}>
        ${Object.keys(ELEMENT).map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
      </select></label>
    </${EditForm}>
  </section>`;
}
