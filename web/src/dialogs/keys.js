// @ts-check
// The map of the keyboard.
import { html } from "../html.js";
import { keyNames } from "../key_names.js";
import { PLACES } from "../places.js";
import { SHORTCUTS } from "../shortcuts.js";
import { Dialog } from "./dialog.js";

export function KeysDialog() {
  const everywhere = SHORTCUTS.map(({ title, shortcuts }) => ({ title, keys: shortcuts.map(({ keys, what }) => [keys, what]) }));
  return html`<${Dialog} id="keys" title="Keyboard">
    <div class="key-map">
      ${[...everywhere, ...PLACES].map(
        ({ title, keys }) => html`<section key=${title} aria-label=${title}><h3>${title}</h3>
          <dl>${keys.map(([combination, what]) => html`<div key=${combination}><dt>${keyNames(combination).map((key) => html`<kbd key=${key}>${key}</kbd>`)}</dt><dd>${what}</dd></div>`)}</dl>
        </section>`,
      )}
    </div>
  </${Dialog}>`;
}
