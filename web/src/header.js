// @ts-check
// The bar at the top: the work and its name, Run and Stop, examples, sharing, theme. On a phone what runs the script stands
// at the bottom, and what is rarely needed in the menu.
import { useRef } from "preact/hooks";
import { debug } from "./actions/debugging.js";
import { run, stop } from "./actions/running.js";
import { FileMenu } from "./file_menu.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { goTo } from "./layout.js";
import { keyNames } from "./key_names.js";
import { SERVERS, SERVER_NAMES, isServer } from "./servers.js";
import { EMPTY_WORK, dialog, edit, phase, runWaits, work } from "./state.js";
import { changeSettings, nextTheme, settings } from "./storage.js";

export function Header() {
  const { theme } = settings.value;
  return html`<header class="bar">
    <span class="mark"><img src="icon.svg" alt="" width="18" height="18" /><h1>Ferrous</h1></span>
    <${FileMenu} />
    <${Name} />
    <${Actions} />
    <${Server} />
    <span class="grow"></span>
    <${Opener} id="examples" title="Examples" />
    <${Opener} id="export" title="Export" />
    <${Opener} id="share" title="Share" />
    <button class="button icon-only wide-only" aria-label=${`Theme: ${theme}; change to ${nextTheme()}`} title=${`Theme: ${theme}`} onClick=${() => changeSettings({ theme: nextTheme() })}><${Icon} name="theme" /></button>
    <button class="button icon-only wide-only" aria-label="Keyboard" title="Keyboard (?)" aria-haspopup="dialog" onClick=${() => (dialog.value = "keys")}><${Icon} name="keys" /></button>
  </header>`;
}

/** The name of the work, written in place: Enter leaves it, Escape brings the former one back. */
function Name() {
  const former = useRef("");
  const { name } = work.value;
  const rename = (/** @type {string} */ to) => edit({ name: to.slice(0, 200) });

  /** @param {KeyboardEvent} event */
  function key({ key, currentTarget }) {
    if (key === "Escape") rename(former.current);
    if (key === "Enter" || key === "Escape") /** @type {HTMLElement} */ (currentTarget).blur();
  }
  return html`<input class="name" aria-label="Name" title="The name of this work: click to rename it" value=${name} spellcheck=${false}
    onFocus=${() => (former.current = name)} onKeyDown=${key} onInput=${(/** @type {any} */ e) => rename(e.target.value)}
    onBlur=${() => work.value.name.trim() === "" && rename(EMPTY_WORK.name)} />`;
}

/** The server that everything runs on. */
function Server() {
  const { server } = work.value;
  return html`<select class="server" aria-label="Server" title="The server that the script, its tests and the console run on" value=${server} onChange=${(/** @type {any} */ event) => edit({ server: event.target.value })}>
    ${!isServer(server) && html`<option value=${server} disabled>${server}, not known here</option>`}
    ${SERVER_NAMES.map((name) => html`<option key=${name} value=${name}>${SERVERS[name]}</option>`)}
  </select>`;
}

/** @param {{ id: "examples" | "export" | "share", title: string }} props */
function Opener({ id, title }) {
  return html`<button class="button" title=${title} aria-haspopup="dialog" onClick=${() => (dialog.value = id)}><${Icon} name=${id} /><span class="word">${title}</span></button>`;
}

/** What is done with the script; and, on a phone, the ways to the parts of the page. */
function Actions() {
  const isReady = phase.value === "ready";
  return html`<div class="actions" role="group" aria-label="Script">
    ${phase.value === "running"
      ? html`<button class="button go stop" onClick=${stop}><${Icon} name="stop" />Stop<${Keys} of="Mod+." /></button>`
      : html`<button class="button go" onClick=${() => run()} disabled=${phase.value === "failed"} aria-keyshortcuts="Control+Enter Meta+Enter">
          <${Icon} name="run" />${runWaits.value ? "Waiting…" : "Run"}<${Keys} of="Mod+Enter" /></button>`}
    <button class="button" disabled=${!isReady} title="Step through the script, forwards and backwards" onClick=${debug}><${Icon} name="debug" />Debug</button>
    <button class="button wide-only" disabled=${!isReady} title="Run, show what would change, and take it back" onClick=${() => run({ dry: true })}><${Icon} name="dry" />Dry run</button>
    <${Jump} to=".left" icon="script" title="Script" />
    <${Jump} to=".call" icon="inputs" title="Inputs" />
    <${Jump} to=".right" icon="results" title="Results" />
  </div>`;
}

/** @param {{ of: string }} props */
const Keys = ({ of }) => html`<kbd class="wide-only" aria-hidden="true">${keyNames(of).join(" ")}</kbd>`;

/** @param {{ to: string, icon: "script" | "inputs" | "results", title: string }} props */
function Jump({ to, icon, title }) {
  return html`<button class="button jump" aria-label=${`Go to ${title.toLowerCase()}`} onClick=${() => goTo(to)}><${Icon} name=${icon} /><span>${title}</span></button>`;
}
