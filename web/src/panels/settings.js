// @ts-check
// What was set in the script that is debugged, beside what it replied before.
import { takeBackSetting } from "../actions/evaluating.js";
import { html } from "../html.js";
import { wasSet } from "../state.js";
import { LongText } from "./long_text.js";

export function Settings() {
  const { value } = wasSet;
  if (!value || (!value.problem && value.settings.length === 0)) return null;
  const { problem, settings, before, now } = value;
  return html`<section class="card" aria-label="What was set">
    <h2><span role="status">${problem ? "Nothing was set" : `Set: ${settings.join(", ")}`}</span><span class="grow"></span>
      ${!problem && html`<button class="small" onClick=${takeBackSetting}>Take back</button>`}
      <button class="small" onClick=${() => (wasSet.value = null)}>Close</button></h2>
    ${problem && html`<p class="note">${problem}</p>`}
    ${!problem && html`<p class="quiet variables-label">${before === now ? "The script replies as before" : "Reply before"}</p><${LongText} text=${before || "none within the recording"} label="Reply before" />
      ${before !== now && html`<p class="quiet variables-label">Reply now</p><${LongText} text=${now || "none within the recording"} label="Reply now" />`}`}
  </section>`;
}
