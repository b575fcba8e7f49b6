// @ts-check
// The gallery of examples: search, one topic at a time, and a look at the script before it is opened.
import { computed } from "@preact/signals";
import { useState } from "preact/hooks";
import { exampleCount, examples, protocolCount, protocols, workOf } from "../examples.js";
import { openWork } from "../history.js";
import { html } from "../html.js";
import { workWithScenario } from "../opening.js";
import { dialog } from "../state.js";
import { Dialog } from "./dialog.js";

/**
 * What is listed: an example, or a protocol of the catalogue, with the work that it opens; `mended` that of a protocol that holds.
 * @typedef {{ title: string, about: string, tags: string[], script: string, facts: string, told: string, source: string, work: () => import("../state.js").Work, mended: (() => import("../state.js").Work) | null }} Entry
 */

/** @param {import("../examples.js").Example} example @returns {Entry} */
function entryOf(example) {
  const { title, about, tags, script, keys, argv, tests, beside = [] } = example;
  const facts = [keys.length && `KEYS ${keys.join(" ")}`, argv.length && `ARGV ${argv.join(" ")}`].filter(Boolean).join(" · ");
  return { title, about, tags, script, facts, told: `${beside.length ? `${1 + beside.length} scripts, ` : ""}${[example, ...beside].flatMap((one) => one.tests ?? []).length} tests`, source: "", work: () => workOf(example), mended: null };
}

/** @param {import("../examples.js").Protocol} protocol @returns {Entry} */
const entryOfProtocol = ({ title, about, source, broken, mended }) => ({ title, about, tags: ["protocol"], script: broken, facts: "", told: "every order is tried", source, work: () => workWithScenario(broken), mended: () => workWithScenario(mended) });

const entries = computed(() => [...examples.value.map(entryOf), ...protocols.value.map(entryOfProtocol)]);

/** Topics that say what data a script works on; the others say what it is for, and come first. */
const TYPES = new Set(["string", "hash", "list", "set", "sorted set", "stream"]);

/** The topics of two examples at least, the commonest first. */
const topics = computed(() => {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const tag of entries.value.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1).sort(([tag, one], [otherTag, other]) => Number(TYPES.has(tag)) - Number(TYPES.has(otherTag)) || other - one);
});

/** @param {Entry} entry @param {string[]} words */
function matches({ title, about, tags, script }, words) {
  const text = [title, about, ...tags, script].join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}

export function ExamplesDialog() {
  const [search, setSearch] = useState("");
  const [topic, setTopic] = useState("");
  const [looked, lookAt] = useState(entries.value[0]);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.value.filter((example) => (topic === "" || example.tags.includes(topic)) && matches(example, words));
  const preview = found.includes(looked) ? looked : found[0];
  return html`<${Dialog} id="examples" title="Examples">
    <div class="gallery-head">
      <input type="search" class="search" aria-label="Search examples" placeholder="Search ${exampleCount} examples, ${protocolCount} protocols: lock, queue, zset…" value=${search} onInput=${(/** @type {any} */ e) => setSearch(e.target.value)} />
      <div class="topics" role="group" aria-label="Topics">
        ${topics.value.map(([tag, count]) => html`<button key=${tag} class="small" aria-pressed=${topic === tag} onClick=${() => setTopic(topic === tag ? "" : tag)}>${tag}<span class="count">${count}</span></button>`)}
      </div>
      <p class="visually-hidden" role="status">${found.length === 1 ? "1 example" : `${found.length} examples`}</p>
    </div>
    <div class="gallery">
      <ul>
        ${found.map(
          (example) => html`<li key=${example.title}><button class=${example === preview ? "looked-at" : ""} onClick=${() => open(example.work)} onMouseEnter=${() => lookAt(example)} onFocus=${() => lookAt(example)}>
            <b>${example.title}</b> ${example.tags.map((tag) => html`<span class="tag" key=${tag}>${tag}</span>`)}
            <span class="about">${example.about}</span></button>
            ${example.mended && html`<span class="variants"><button class="small" aria-label=${`Open ${example.title}, broken`} onClick=${() => open(example.work)}>Broken</button> <button class="small" aria-label=${`Open ${example.title}, mended`} onClick=${() => example.mended && open(example.mended)}>Mended</button></span>`}</li>`,
        )}
      </ul>
      ${preview && html`<${Preview} entry=${preview} />`}
    </div>
    ${found.length === 0 && html`<p class="quiet pad">No example matches.</p>`}
  </${Dialog}>`;
}

/** @param {{ entry: Entry }} props */
function Preview({ entry: { title, script, facts, told, source } }) {
  return html`<section class="preview wide-only" aria-label="Script of the example">
    <h3>${title}<span class="grow"></span><span class="quiet">${told}</span></h3>
    ${source && html`<p class="quiet">Source: <a href=${source} target="_blank" rel="noopener">${source}</a></p>`}
    <pre tabindex="0">${script}</pre>
    ${facts && html`<p class="quiet mono">${facts}</p>`}
  </section>`;
}

/** @param {() => import("../state.js").Work} work */
function open(work) {
  openWork(work(), "example");
  history.replaceState(null, "", location.pathname + location.search);
  dialog.value = "";
}
