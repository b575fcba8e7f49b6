// @ts-check
// What stands where the reply will be: what this page is, until it is closed, and what the opened example does.
import { run } from "../actions/running.js";
import { exampleCount, examples } from "../examples.js";
import { beginWork } from "../files.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { keyNames } from "../key_names.js";
import { dialog, work } from "../state.js";
import { changeSettings, settings } from "../storage.js";
import { RecordedRun } from "./recorded.js";

export function Welcome() {
  const { name, script } = work.value;
  const example = examples.value.find((one) => one.title === name && one.script === script);
  return html`${!settings.value.welcomed && html`<${Explanation} />`}
    <${RecordedRun} />
    ${example && html`<section class="card" aria-label="Example">
      <h2>${example.title}<span class="grow"></span>${example.tags.map((tag) => html`<span class="tag" key=${tag}>${tag}</span>`)}</h2>
      <p class="pad about">${example.about}</p>
      <p class="pad quiet">${exampleCount} examples come with the page, each with a fixture and tests.
        ${" "}<button class="small" aria-haspopup="dialog" onClick=${() => (dialog.value = "examples")}>See them all</button></p>
    </section>`}
    <p class="welcome">${keyNames("Mod+Enter").map((key) => html`<kbd key=${key}>${key}</kbd> `)} runs the script. Its reply, what it changed and every command it issued appear here.</p>`;
}

function Explanation() {
  return html`<section class="card" aria-label="What this page is">
    <h2>Redis Lua scripts, in your browser<span class="grow"></span>
      <button class="plain" aria-label="Close the explanation" onClick=${() => changeSettings({ welcomed: true })}><${Icon} name="close" /></button></h2>
    <div class="pad about">
      <p>A script runs here on a Redis 7.0.15 of its own, in this page: no server, nothing to install, and nothing you write leaves it.</p>
      <ul>
        <li><b>Fixture</b> fills the keyspace before each run; <b>KEYS</b> and <b>ARGV</b> are what the script is called with.</li>
        <li>A run shows the reply, every key it changed, and every command with its line. It can be taken back.</li>
        <li><b>Debug</b> steps through the script, forwards and backwards. <b>Share</b> puts everything into a link.</li>
      </ul>
      <p><button class="button go" onClick=${() => run()}><${Icon} name="run" />Try it: run this script</button>
        ${" "}<button class="button" onClick=${beginWork}>Begin your own</button></p>
    </div>
  </section>`;
}
