// @ts-check
// Where the time of a script goes: a flame chart of its functions, the lines that cost most, commands and objects. The editor
// shows beside each line how often it was executed.
import { askProfile } from "../actions/evaluating.js";
import { html } from "../html.js";
import { counted, figure } from "../list.js";
import { phase, profile, showLine, work } from "../state.js";
import { LineLink } from "./line_link.js";
import { duration } from "./reply.js";

/**
 * @typedef {import("../contract").DebugProfileShown} DebugProfileShown
 * @typedef {import("../contract").FlameBar} FlameBar
 */

/** Lines that are listed, those first that cost most. */
const MOST_LINES = 12;
/** Pixels of a bar of the flame chart. */
const BAR = 22;
/** Share of the width from which on a bar has a name. */
const NARROWEST = 0.002;

/** @param {{ ofRun?: boolean }} props `ofRun`: of the run that is shown, whatever is debugged */
export const AskProfile = ({ ofRun = false }) => html`<button class="small" disabled=${phase.value !== "ready"} title="How often each line is executed, by whom, and how long it takes: the script is run twice more to find out, from where the run began, and all it does is taken back" onClick=${() => askProfile(ofRun)}>Where does the time go?</button>`;

export function Profile() {
  if (!profile.value) return null;
  const { shown, script } = profile.value;
  const commands = shown.lines.reduce((sum, line) => sum + line.commands, 0);
  return html`<section class="card" aria-label="Where the time goes">
    <h2><span role="status">${counted(shown.instructions, "instruction")}, ${counted(commands, "command")}, ${duration(shown.milliseconds)}</span><span class="grow"></span><button class="small" onClick=${() => (profile.value = null)}>Close</button></h2>
    ${shown.note && html`<p class="note">${shown.note}</p>`}
    ${script !== work.value.script && html`<p class="note">The script that is shown is another one: the lines are those of the one that ran.</p>`}
    <p class="pad quiet">Times are those of one run by this engine's machine, the clock read where a line begins. A server takes other times.</p>
    <${Flame} bars=${shown.flame} all=${shown.instructions} />
    <${Unexecuted} shown=${shown} />
    <${Functions} shown=${shown} />
    <${Lines} shown=${shown} />
    <p class="pad quiet">${shown.commands.map(({ name, count, milliseconds }) => `${name} ×${figure(count)}, ${duration(milliseconds)}`).join(" · ")}</p>
    <p class="pad quiet">Made: ${shown.objects.filter(({ made }) => made > 0).map(({ kind, made }) => counted(made, kind)).join(", ") || "nothing"}. Alive at the end, the libraries among them: ${shown.objects.map(({ kind, live }) => counted(live, kind)).join(", ")}.</p>
  </section>`;
}

/** @param {{ bars: FlameBar[], all: number }} props */
function Flame({ bars, all }) {
  const drawn = bars.filter(({ total }) => total / all >= NARROWEST);
  const depth = Math.max(0, ...drawn.map((bar) => bar.depth)) + 1;
  return html`<ol class="flame" aria-label="Flame chart" style=${{ height: `${depth * BAR}px` }}>
    ${drawn.map((bar, index) => {
      const about = `${bar.function}${bar.line ? `, line ${bar.line}` : ""}: ${counted(bar.total, "instruction")} of ${figure(all)}, ${counted(bar.calls, "call")}, ${duration(bar.milliseconds)}`;
      const style = { left: `${(bar.start / all) * 100}%`, width: `${(bar.total / all) * 100}%`, top: `${bar.depth * BAR}px` };
      return html`<li key=${index} style=${style}><button title=${about} aria-label=${about} onClick=${() => showLine(bar.line || 1)}>${bar.function}</button></li>`;
    })}
  </ol>`;
}

/** @param {{ shown: DebugProfileShown }} props */
function Unexecuted({ shown }) {
  const never = shown.lines.filter(({ count }) => count === 0).map(({ line }) => line);
  const oneWay = shown.lines.filter(({ branches }) => branches.some(([on, jumped]) => on + jumped > 0 && on * jumped === 0)).map(({ line }) => line);
  return html`${never.length > 0 && html`<p class="pad">Never executed: ${links(never)}</p>`}
    ${oneWay.length > 0 && html`<p class="pad">A condition always went the same way: ${links(oneWay)}</p>`}`;
}

/** @param {number[]} lines */
const links = (lines) => lines.slice(0, 40).map((line, index) => html`${index > 0 && ", "}<${LineLink} line=${line} label="line " />`);

/** @param {{ shown: DebugProfileShown }} props */
function Functions({ shown }) {
  return html`<table aria-label="Functions"><thead><tr><th>Function</th><th class="number">Calls</th><th class="number">Own</th><th class="number">With called</th><th class="number">Commands</th><th class="number">Own time</th><th class="number">With called</th></tr></thead>
    <tbody>${shown.functions.slice(0, MOST_LINES).map((one, index) => html`<tr key=${index}><td class="mono">${one.function}${one.line > 0 && html` <${LineLink} line=${one.line} label="line " />`}</td><td class="number">${figure(one.calls)}</td><td class="number">${figure(one.own)}</td><td class="number">${figure(one.total)}</td><td class="number">${figure(one.commands)}</td><td class="number">${duration(one.milliseconds)}</td><td class="number">${duration(one.total_milliseconds)}</td></tr>`)}</tbody></table>`;
}

/** @param {{ shown: DebugProfileShown }} props */
function Lines({ shown }) {
  const most = [...shown.lines].sort((one, other) => other.milliseconds - one.milliseconds || other.instructions - one.instructions).slice(0, MOST_LINES);
  const lines = profile.value?.script.split("\n") ?? [];
  return html`<table aria-label="Lines"><thead><tr><th>Line</th><th class="number">Times</th><th class="number">Instructions</th><th class="number">Commands</th><th class="number">Made</th><th class="number">Time</th></tr></thead>
    <tbody>${most.filter(({ count }) => count > 0).map((one) => html`<tr key=${one.line}><td class="mono"><${LineLink} line=${one.line} /> ${(lines[one.line - 1] ?? "").trim()}</td><td class="number">${figure(one.count)}</td><td class="number">${figure(one.instructions)}</td><td class="number">${figure(one.commands)}</td><td class="number">${figure(one.made)}</td><td class="number">${duration(one.milliseconds)}</td></tr>`)}</tbody></table>`;
}
