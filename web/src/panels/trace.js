// @ts-check
// Every Redis command the script issued.
import { useMemo, useState } from "preact/hooks";
import { Copy } from "../copy.js";
import { html } from "../html.js";
import { FilterField, List, counted, figure } from "../list.js";
import { recorded } from "../recorded.js";
import { lastRun } from "../state.js";
import { CommandTable, RecordedTag } from "./commands.js";
import { Cost } from "./cost.js";
import { AskProfile, Profile } from "./profile.js";
import { LineLink } from "./line_link.js";
import { duration } from "./reply.js";

/**
 * @typedef {import("../contract").Ran} Ran
 * @typedef {import("../contract").CommandTrace} CommandTrace
 */

export function Trace() {
  const ran = lastRun.value?.ran;
  if (recorded.value) return html`<div class="stack"><${RecordedCommands} ran=${recorded.value} /></div>`;
  if (!ran || ran.trace.length === 0) {
    return html`<div class="stack"><p class="quiet pad">${ran ? "The script issued no Redis command" + (ran.outcome === "interrupted" ? " before it was stopped." : ".") : "Run the script: every Redis command it issues is listed here."}</p>${ran && html`<${Time} ran=${ran} />`}<${Cost} /></div>`;
  }
  return html`<div class="stack">
    <${Swallowed} ran=${ran} />
    <${Commands} key=${ran.sha1} ran=${ran} />
    <${Time} ran=${ran} />
    <${Cost} />
  </div>`;
}

/** Where its time went is found out when somebody asks: the run itself is not watched for it. @param {{ ran: Ran }} props */
function Time({ ran }) {
  return html`<section class="card" aria-label="Time"><h2>It took ${duration(ran.milliseconds)}<span class="grow"></span><${AskProfile} ofRun /></h2>
    <p class="pad quiet">How often each line is executed, branches never taken, time and commands of lines and functions. The run is made once more for it, from where it began, and what that does is taken back.</p></section>
    <${Profile} />`;
}

/** Those of the recorded run. @param {{ ran: import("../recorded").Recorded }} props */
function RecordedCommands({ ran }) {
  return html`<section class="card recorded" aria-label="Recorded commands">
    <h2>Commands <span class="count">${figure(ran.trace.length)}</span><span class="grow"></span><${RecordedTag} /></h2>
    <${CommandTable} commands=${ran.trace} lead=${null} />
  </section>`;
}

/** @typedef {{ command: string, line: string, key: string }} Sought each empty for any */

/** All commands: counted by command and line, which chooses those that are listed. @param {{ ran: Ran }} props */
function Commands({ ran }) {
  const [sought, setSought] = useState(/** @type {Sought} */ ({ command: "", line: "", key: "" }));
  const all = ran.trace.length + ran.trace_omitted;
  const isSought = Object.values(sought).some(Boolean);
  const found = useMemo(() => (isSought ? ran.trace.filter((command) => fits(command, sought)) : ran.trace), [ran, sought]);
  const choose = (/** @type {Partial<Sought>} */ part) => setSought({ ...sought, ...part });
  const names = [...new Set(ran.command_counts.map(({ command }) => command))].sort();
  const lines = [...new Set(ran.command_counts.map(({ line }) => line))].filter((line) => line !== null).sort((one, other) => one - other);
  const meant = ran.command_counts.filter(({ command, line }) => (!sought.command || command === sought.command) && (!sought.line || String(line) === sought.line));
  return html`<section class="card" aria-label="Commands">
    <h2>Commands <span class="count">${figure(all)}</span><span class="grow"></span>
      ${all > FEW && html`<select aria-label="Command" value=${sought.command} onChange=${(/** @type {any} */ event) => choose({ command: event.target.value })}>
        <option value="">all commands</option>${names.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
      </select>
      <select aria-label="Line" value=${sought.line} onChange=${(/** @type {any} */ event) => choose({ line: event.target.value })}>
        <option value="">all lines</option>${lines.map((line) => html`<option key=${line} value=${String(line)}>line ${line}</option>`)}
      </select>
      <${FilterField} label="Key or text of commands" text=${sought.key} change=${(/** @type {string} */ key) => choose({ key })} found=${isSought ? found.length : null} />`}
      <${Copy} text=${() => found.map(({ command }) => command).join("\n")} what="the commands that are listed" />
    </h2>
    ${all > FEW && html`<${Counts} counts=${ran.command_counts} choose=${choose} />`}
    ${ran.trace_omitted > 0 && html`<p class="note">Listed are the first, the last and what failed: ${figure(ran.trace.length)} of ${counted(all, "command")}${isSought ? `, of which ${figure(meant.reduce((sum, { calls }) => sum + calls, 0))} are of this kind` : ""}.</p>`}
    <${CommandTable} commands=${found} whole hasGaps=${!isSought} about=${sought} />
  </section>`;
}

/** Commands from which on there is something to choose. */
const FEW = 20;

/** @param {CommandTrace} command @param {Sought} sought */
function fits({ command, line, keys }, sought) {
  const text = sought.key.trim().toLowerCase();
  const name = sought.command.toLowerCase();
  return (
    (!sought.line || String(line) === sought.line) &&
    (!name || command.toLowerCase() === name || command.toLowerCase().startsWith(`${name} `)) &&
    (!text || command.toLowerCase().includes(text) || keys.some((key) => key.toLowerCase().includes(text)))
  );
}

const COUNT_TITLES = html`<span role="columnheader">line</span><span role="columnheader">command</span><span role="columnheader" class="number">calls</span><span role="columnheader" class="number">errors</span><span role="columnheader" class="number">time</span>`;

/** How often each line issued which command. @param {{ counts: import("../contract").CommandCount[], choose: (sought: Partial<Sought>) => void }} props */
function Counts({ counts, choose }) {
  const sorted = useMemo(() => [...counts].sort((one, other) => other.calls - one.calls), [counts]);
  const draw = (/** @type {number} */ index) => {
    const { command, line, calls, errors, milliseconds } = sorted[index];
    return html`<span role="cell"><${LineLink} line=${line} /></span>
      <span role="cell" class="mono"><button class="plain" title="List these" onClick=${() => choose({ command, line: line === null ? "" : String(line) })}>${command}</button></span>
      <span role="cell" class="number">${figure(calls)}</span><span role="cell" class="number">${errors ? figure(errors) : ""}</span><span role="cell" class="number quiet">${duration(milliseconds)}</span>`;
  };
  return html`<details open=${counts.length <= MOST_OPEN}><summary class="pad quiet">By line and command</summary>
    <${List} role="table" label="Commands by line" name="counts" count=${sorted.length} columns=${COUNT_TITLES} draw=${draw}
      nameOf=${(/** @type {number} */ index) => (sorted[index].errors ? "failed" : "")} /></details>`;
}

/** Counts that are shown without being asked for. */
const MOST_OPEN = 8;

/** Errors the script went on after. @param {{ ran: Ran }} props */
function Swallowed({ ran }) {
  const swallowed = ran.trace.filter(({ is_swallowed }) => is_swallowed).length;
  if (swallowed === 0) return null;
  return html`<p class="card note" role="status">${swallowed === 1 ? "One error did" : `${swallowed} errors did`} not end the script, and the reply does not tell of it: redis.pcall and pcall return errors as values. Test for <code>reply.err</code>.</p>`;
}
