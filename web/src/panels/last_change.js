// @ts-check
// Above the keys, while a script is debugged: what its last command changed of them.
import { html } from "../html.js";
import { counted, figure } from "../list.js";
import { debugged } from "../state.js";
import { LineLink } from "./line_link.js";

/** Keys that are named. */
const MOST = 5;

/** @param {{ choose: (change: import("../contract").KeyChange) => void }} props */
export function LastChange({ choose }) {
  const moment = debugged.value?.moment;
  if (moment?.outcome !== "open") return null;
  const { command: number, changes, count } = moment.last_change;
  const command = moment.commands.at(-1);
  if (number === 0 || !command) return html`<p class="note" role="status">Before the first command: the keyspace is as the script finds it.</p>`;
  const named = changes.slice(0, MOST);
  return html`<p class="note" role="status">The last command${command.line !== null && html`, <${LineLink} line=${command.line} label="line " />,`} was number ${figure(number)}, <code>${command.command}</code>.
    ${count === 0 ? " It changed nothing." : " It changed "}${named.map((change, index) => html`${index > 0 && ", "}${change.type_after === null ? html`<span class="mono">${change.key}</span>, which is gone` : html`<button key=${change.key} class="line-link mono" title="Show this key" onClick=${() => choose(change)}>${change.key}</button>`}`)}${count > named.length && ` and ${counted(count - named.length, "more key")}`}${count > 0 && "."}</p>`;
}
