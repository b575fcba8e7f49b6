// @ts-check
// What a run shows, seen before one was made: the one that was recorded of the first example.
import { html } from "../html.js";
import { recorded } from "../recorded.js";
import { ChangeList } from "./changes.js";
import { CommandTable, RecordedTag } from "./commands.js";

/** Its reply, what it changed and its commands, marked as recorded. */
export function RecordedRun() {
  const ran = recorded.value;
  if (!ran?.reply) return null;
  return html`<section class="card recorded" aria-label="Recorded run">
    <h2>What a run shows<span class="grow"></span><${RecordedTag} /></h2>
    <h3>Reply</h3>
    <pre tabindex="0">${ran.reply.text}</pre>
    <h3>What changed</h3>
    <${ChangeList} label="Recorded changes" changes=${ran.changes} now=${ran.now} />
    <h3>Commands</h3>
    <${CommandTable} commands=${ran.trace} lead=${null} />
  </section>`;
}
