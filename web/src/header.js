// @ts-check
// The bar at the top: name, Run and Stop, examples, sharing, theme.
import { debug, run, stop } from "./actions.js";
import { html } from "./html.js";
import { dialog, edit, phase, runWaits, work } from "./state.js";
import { changeSettings, settings } from "./storage.js";

const THEMES = /** @type {const} */ (["system", "light", "dark"]);
const isMac = navigator.platform.startsWith("Mac");

export function Header() {
  const running = phase.value === "running";
  const { theme } = settings.value;
  const nextTheme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  return html`<header class="bar">
    <span class="mark"><i></i><h1>Ferrous</h1></span>
    <input class="name" aria-label="Name" value=${work.value.name} spellcheck=${false} onInput=${(/** @type {any} */ e) => edit({ name: e.target.value.slice(0, 200) })} />
    ${running
      ? html`<button class="button stop" onClick=${stop}>Stop</button>`
      : html`<button class="button go" onClick=${() => run()} disabled=${phase.value === "failed"} aria-keyshortcuts="Control+Enter Meta+Enter">
          ${runWaits.value ? "Waiting…" : "Run"}<kbd>${isMac ? "⌘ ↵" : "Ctrl ↵"}</kbd></button>`}
    <button class="button" disabled=${phase.value !== "ready"} title="Step through the script, forwards and backwards" onClick=${debug}>Debug</button>
    <button class="button wide-only" disabled=${phase.value !== "ready"} title="Run, show what would change, and take it back" onClick=${() => run({ dry: true })}>Dry run</button>
    <span class="grow"></span>
    <span class="quiet wide-only">Redis 7.0.15</span>
    <button class="button" onClick=${() => (dialog.value = "examples")}>Examples</button>
    <button class="button" onClick=${() => (dialog.value = "export")}>Export</button>
    <button class="button" onClick=${() => (dialog.value = "share")}>Share</button>
    <button class="button icon" aria-label=${`Theme: ${theme}; change to ${nextTheme}`} title=${`Theme: ${theme}`} onClick=${() => changeSettings({ theme: nextTheme })}>◐</button>
  </header>`;
}
