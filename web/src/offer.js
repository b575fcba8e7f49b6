// @ts-check
// What the page offers to make of what was pasted. It stands above the editor until it is taken or declined.
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { offer } from "./state.js";

export function Offer() {
  if (!offer.value) return null;
  const { text, choices } = offer.value;
  const take = (/** @type {() => void} */ act) => {
    offer.value = null;
    act();
  };
  return html`<div class="offer" role="status" aria-label="Offer">
    <span>${text}</span>
    ${choices.map(({ title, act }) => html`<button key=${title} class="small" onClick=${() => take(act)}>${title}</button>`)}
    <button class="plain" aria-label="Leave it as it is" onClick=${() => (offer.value = null)}><${Icon} name="close" /></button>
  </div>`;
}
