// @ts-check
// The reply as client libraries return it.
import { useEffect } from "preact/hooks";
import { askClients } from "../actions/questions.js";
import { Copy } from "../copy.js";
import { html } from "../html.js";
import { clientViews, lastRun, phase } from "../state.js";

export function Clients() {
  const ran = lastRun.value?.ran;
  useEffect(() => void askClients(), [ran, phase.value]);
  if (clientViews.value?.ran !== ran) return html`<p class="quiet pad">Asking…</p>`;
  return html`<dl class="clients">
    ${clientViews.value?.views.map(
      ({ client, call, text, raises, notes }) => html`<div key=${client}>
        <dt>${client} <code>${call}</code>${raises && html` <span class="tag warn">raises</span>`}</dt>
        <dd><div class="copied"><pre tabindex="0" aria-label=${`Value in ${client}`} role="region" class=${raises ? "raised" : ""}>${text}</pre><${Copy} text=${text} what=${`the value in ${client}`} /></div>
          ${notes.map((note) => html`<p class="note" key=${note}>${note}</p>`)}</dd>
      </div>`,
    )}
  </dl>`;
}
