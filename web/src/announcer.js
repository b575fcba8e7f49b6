// @ts-check
// Tells a screen reader in one sentence what came of a run.
import { html } from "./html.js";
import { lastRun } from "./state.js";

export function Announcer() {
  return html`<p class="visually-hidden" role="status" aria-label="Last run">${sentence()}</p>`;
}

/** Characters of a reply that are read out. */
const MOST_READ = 300;

function sentence() {
  const last = lastRun.value;
  if (!last?.ran.reply) return "";
  const { reply, trace, trace_omitted: omitted, changed, problem } = last.ran;
  if (reply.is_error) return `The script failed${problem?.line ? ` on line ${problem.line}` : ""}: ${problem?.message ?? reply.text}`;
  const first = reply.text.split("\n", 1)[0].slice(0, MOST_READ);
  return `Replied ${first}${first === reply.text ? "" : " and more"}. Commands: ${trace.length + omitted}, keys changed: ${changed.keys}.`;
}
