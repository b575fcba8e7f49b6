// @ts-check
// What the script wrote with redis.log during the last run.
import { html } from "../html.js";
import { lastRun } from "../state.js";
import { LineLink } from "./line_link.js";

const LEVELS = ["debug", "verbose", "notice", "warning"];

export function Log() {
  const log = lastRun.value?.ran.log ?? [];
  if (log.length === 0) {
    return html`<div class="stack"><p class="quiet pad">What the script writes with <code>redis.log(redis.LOG_NOTICE, …)</code> appears here. redis.log is not part of the reply.</p></div>`;
  }
  return html`<div class="stack"><section class="card" aria-label="Log lines"><table>
    <thead><tr><th>level</th><th>line</th><th>message</th></tr></thead>
    <tbody>
      ${log.map(
        (entry, index) => html`<tr key=${index} class=${entry.level === 3 ? "failed" : ""}>
          <td><span class="tag">${LEVELS[entry.level]}</span></td><td><${LineLink} line=${entry.line} /></td><td class="mono pre">${entry.message}</td>
        </tr>`,
      )}
    </tbody>
  </table></section></div>`;
}
