// @ts-check
// A few choices side by side, one of them pressed.
import { html } from "../html.js";

/** @param {{ label: string, options: { id: string, title: string }[], chosen: import("@preact/signals").Signal<string> }} props */
export function Segments({ label, options, chosen }) {
  return html`<span class="segments" role="group" aria-label=${label}>
    ${options.map(
      ({ id, title }) =>
        html`<button key=${id} aria-pressed=${chosen.value === id} onClick=${() => (chosen.value = id)}>${title}</button>`,
    )}
  </span>`;
}
