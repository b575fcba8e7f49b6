// @ts-check
// The debugger: a script between two of its steps, and the ways to another moment.
import { debug, endDebugging, goTo, pauseRecording, recordOn } from "../actions/debugging.js";
import { askOrigin } from "../actions/evaluating.js";
import { html } from "../html.js";
import { More, counted, figure } from "../list.js";
import { scriptNamed } from "../scripts.js";
import { debugged, looksInside, phase, recordsOn, work } from "../state.js";
import { Breakpoints } from "./breakpoints.js";
import { ChangeList } from "./changes.js";
import { CommandTable } from "./commands.js";
import { Globals, LookHere } from "./debug_globals.js";
import { Explanation } from "./explanation.js";
import { LogLines, linesOf } from "./log.js";
import { Inside } from "./inside.js";
import { Moves, place } from "./moves.js";
import { LongText } from "./long_text.js";
import { Variables } from "./lua_value.js";
import { AskOrigin, OriginCard } from "./origins.js";
import { AskProfile, Profile } from "./profile.js";
import { Settings } from "./settings.js";
import { Stack, hasCallers } from "./stack.js";
import { Timeline } from "./timeline.js";
import { Watches } from "./watches.js";

/** @typedef {import("../moments.js").Moment} DebugMoment */

/** Changed keys of which one may ask who wrote them. */
const KEYS_ASKED = 12;

/** Why no more was recorded, where it was not the end of the script. @type {Record<DebugMoment["ended"], string>} */
const ENDED = {
  script: "",
  moments: "a recording holds no more moments",
  time: "a recording may take no longer",
  memory: "what a recording keeps may take no more memory",
  interrupt: "you stopped it",
  pause: "that is recorded when a move leads there",
};

/** The same, where the page interrupted it. @type {Record<import("../worker/serving.js").Interruption, string>} */
const INTERRUPTED = { "": ENDED.interrupt, stop: ENDED.interrupt, time: ENDED.time, memory: ENDED.memory };

/** What is shown: a moment of the script, or what is inside it. */
function Views() {
  return html`<div class="segments" role="group" aria-label="View">
    <button aria-pressed=${!looksInside.value} onClick=${() => (looksInside.value = false)}>Moment</button>
    <button aria-pressed=${looksInside.value} title="Bytecode, tree and Python of the script" onClick=${() => (looksInside.value = true)}>Inside</button>
  </div>`;
}

/** Why what is shown beside the debugger is not what it shows. @param {import("../state.js").Work} recorded */
function whyElsewhere({ scriptName }) {
  if (scriptName !== work.value.scriptName && scriptNamed(work.value, scriptName)) return `This is a recording of the script ${scriptName}, and ${work.value.scriptName} is shown.`;
  return "The script has changed since it was recorded: press Debug again.";
}

export function Debugger() {
  const open = debugged.value;
  if (looksInside.value) return html`${open?.moment.outcome === "open" ? html`<${Moves} moment=${open.moment} source=${sourceOf(open)} /><${Timeline} moment=${open.moment} />` : null}<div class="stack"><div><${Views} /></div><${Inside} /></div>`;
  if (!open) return html`<div class="stack"><p class="quiet pad">Debug records the script, from its beginning to its end or as far as it comes in the time it has. Then you can step through it, forwards and backwards: variables, call stack and keyspace are those of the moment you look at. F9 sets a breakpoint on a line of the script, as a click beside its number does.</p>
    ${work.value.moment > 0 && html`<p class="note" role="status">This work leads to moment ${figure(work.value.moment)} of the script: Debug records it, and goes there.</p>`}
    <p class="pad"><button class="small" disabled=${phase.value !== "ready"} onClick=${debug}>Debug the script</button> <${AskProfile} /> <${Views} /></p>
    <${Profile} />
    <${Breakpoints} about=${null} /></div>`;
  const { moment, interrupted } = open;
  if (moment.outcome !== "open") return html`<div class="stack"><p class="note error" role="status">${moment.outcome === "fixture" ? "The fixture failed" : "There is nothing to debug"}${moment.problem?.line ? `, line ${moment.problem.line}` : ""}: ${moment.problem?.message}</p></div>`;
  const isKept = moment.finished && !open.whose && !moment.again;
  const source = sourceOf(open);
  return html`<${Moves} moment=${moment} source=${source} /><${Timeline} moment=${moment} />
    <div class="stack">
      <section class="card" aria-label="Next line"><h2><span role="status">${place(moment)}</span><span class="grow"></span>
        <${AskProfile} /> <${Views} />
        <button class="small" title=${isKept ? "What the script did is kept" : "What the script did is taken back"} onClick=${endDebugging}>${isKept ? "End and keep" : "End"}</button></h2>
        ${open.whose && html`<p class="note">This is the call of ${open.whose}, on a keyspace of its own: what it does is not kept.</p>`}
        ${moment.again && html`<p class="note">This is the run that was seen, once more, from where it began: what it does here is taken back when this ends.</p>`}
        ${moment.note && html`<p class="note">${moment.note}</p>`}
        ${open.work.script !== work.value.script && html`<p class="note">${whyElsewhere(open.work)}</p>`}
        ${source && html`<p class="pad mono">${source}</p>`}
        ${moment.reply && html`<div class=${moment.reply.is_error ? "failed" : ""}><${LongText} text=${moment.reply.text} label="Reply" /></div>
          <p class="pad">${moment.problem ? html`<${AskOrigin} of="error" title="Where does what failed come from?" />` : html`<${AskOrigin} of="reply" title="Where does the reply come from?" />`}</p>`}
        ${moment.ended !== "script" && html`<p class="note">The script goes on after moment ${moment.last}: ${moment.ended === "interrupt" ? INTERRUPTED[interrupted] : recordsOn.value && moment.ended === "pause" ? "the rest is being recorded" : ENDED[moment.ended]}.${moment.ended === "pause" && html` <button class="small" onClick=${recordsOn.value ? pauseRecording : recordOn}>${recordsOn.value ? "Pause recording" : "Record the rest"}</button>`}</p>`}
        <p class="note" role="status" aria-label="Why it stopped" hidden=${!moment.stopped}>${moment.stopped}</p>
      </section>
      <${Breakpoints} about=${open.work} />
      <${Explanation} ran=${moment} lead=${goTo} />
      ${hasCallers(moment.stack) && html`<${Stack} stack=${moment.stack} script=${open.work.script} />`}
      <${Settings} />
      <${OriginCard} />
      <${Profile} />
      <${Watches} moment=${moment} />
      <${CallStack} moment=${moment} />
      <${Globals} moment=${moment} />
      <section class="card" aria-label="Commands so far"><h2>Commands so far <span class="count">${moment.commands.length + moment.commands_omitted} of ${moment.commands_total}</span></h2>
        ${moment.commands.length > 0 && html`<${CommandTable} commands=${moment.commands} lead=${goTo} />`}
      </section>
      ${moment.log.length > 0 && html`<section class="card" aria-label="Log so far"><h2>Log so far <span class="count">${figure(linesOf(moment))}</span></h2><${LogLines} log=${moment.log} lead=${goTo} follows /></section>`}
      <section class="card" aria-label="Changed so far"><h2>Changed so far <span class="count">${counted(moment.changed.keys, "key")}</span></h2>
        ${moment.changes.length > 0 && html`<p class="pad keys-asked">Who wrote ${moment.changes.slice(0, KEYS_ASKED).map((change) => html`<${AskOrigin} key=${change.key} of="key" name=${change.key} database=${change.database} title=${`${change.key}?`} />`)}</p>`}
        ${moment.changes.length > 0 && html`<${ChangeList} label="Keys changed so far" changes=${moment.changes} now=${moment.now} last=${moment.last_change} ask=${askElement} />`}
        ${moment.changed.keys > moment.changes.length && html`<${More} text=${`${counted(moment.changed.keys - moment.changes.length, "more key")} changed.`} />`}
      </section>
    </div>`;
}

/** Asks who wrote an element of a key. @type {import("./changes.js").Ask} */
const askElement = ({ key: name, database }, element) => void askOrigin({ of: "key", name, database, element });

/** The line that comes next, as it stands in the script. @param {NonNullable<typeof debugged.value>} open */
function sourceOf({ moment: { line }, work: { script } }) {
  return line === null ? "" : (script.split("\n")[line - 1] ?? "").trim();
}

/** @param {{ moment: DebugMoment }} props */
function CallStack({ moment }) {
  if (moment.frames.length === 0) return null;
  return html`<section class="card" aria-label="Call stack">
    <h2>Call stack <span class="count">${moment.depth}</span></h2>
    ${moment.frames.map(
      (frame, level) => html`<details key=${moment.depth - level} open=${level === 0}>
        <summary class="pad"><span class="mono">${frame.function}</span>${frame.line !== null && html`<span class="quiet"> line ${frame.line}</span>`} ${moment.frames.length > 1 && html`<${LookHere} level=${level} name=${frame.function} />`}</summary>
        <${Variables} label="Locals" variables=${frame.locals} about=${moment} level=${level} />
        ${frame.upvalues.length > 0 && html`<${Variables} label="Upvalues" variables=${frame.upvalues} about=${moment} level=${level} />`}
        ${frame.varargs.length > 0 && html`<${Variables} label="Extra arguments (...)" variables=${frame.varargs} about=${moment} />`}
      </details>`,
    )}
    ${moment.depth > moment.frames.length && html`<p class="quiet pad">${moment.depth - moment.frames.length} more levels.</p>`}
  </section>`;
}
