// @ts-check
// The gallery of examples, with search.
import { useState } from "preact/hooks";
import { examples, workOf } from "../examples.js";
import { openWork } from "../history.js";
import { html } from "../html.js";
import { dialog } from "../state.js";
import { Dialog } from "./dialog.js";

export function ExamplesDialog() {
  const [search, setSearch] = useState("");
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = examples.filter(({ title, about, tags, script }) => {
    const text = [title, about, ...tags, script].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
  /** @param {import("../examples.js").Example} example */
  function open(example) {
    openWork(workOf(example), "example");
    history.replaceState(null, "", location.pathname + location.search);
    dialog.value = "";
  }
  return html`<${Dialog} id="examples" title="Examples">
    <input type="search" class="search" aria-label="Search examples" placeholder="Search ${examples.length} examples: lock, queue, zset…" value=${search} onInput=${(/** @type {any} */ e) => setSearch(e.target.value)} />
    <ul class="gallery">
      ${found.map(
        (example) => html`<li key=${example.title}><button onClick=${() => open(example)}>
          <b>${example.title}</b> ${example.tags.map((tag) => html`<span class="tag" key=${tag}>${tag}</span>`)}
          <span class="about">${example.about}</span></button></li>`,
      )}
    </ul>
    ${found.length === 0 && html`<p class="quiet pad">No example matches.</p>`}
  </${Dialog}>`;
}
