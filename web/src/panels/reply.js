// @ts-check
// The reply of the last run, in the form chosen: as redis-cli prints it, as bytes on the wire, value by value, or as
// client libraries return it.
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { moreReply } from "../actions/questions.js";
import { Copy } from "../copy.js";
import { html } from "../html.js";
import { LaterPanel, rest } from "../later.js";
import { List, More, counted, figure } from "../list.js";
import { everyServer, isStale, lastRun, notice, phase, progress, runWaits, sheet, standing, work } from "../state.js";
import { Changes } from "./changes.js";
import { Clients } from "./clients.js";
import { Accesses } from "./commands.js";
import { ConversionLog, ResultLosses } from "./conversions.js";
import { Explanation } from "./explanation.js";
import { LongText } from "./long_text.js";
import { Running } from "./running.js";
import { Segments } from "./segments.js";
import { Stack, hasCallers } from "./stack.js";
import { Stopped } from "./stopped.js";
import { Welcome } from "./welcome.js";

/** @typedef {import("../contract").ReplyView} ReplyView */

const WHOLE_REPLY = { of: "reply", place: 0 };
const form = signal("cli");
const FORMS = [
  { id: "cli", title: "redis-cli" },
  { id: "resp", title: "RESP" },
  { id: "tree", title: "Tree" },
  { id: "json", title: "JSON" },
  { id: "clients", title: "Clients" },
];

export function Reply() {
  const last = lastRun.value;
  const hasRun = last !== null && last.ran.outcome !== "fixture";
  return html`<div class="sub">
      <${Segments} label="Form of the reply" options=${FORMS} chosen=${form} />
      <span class="grow"></span>
      ${phase.value === "running" && html`<${Running} />`}
      ${phase.value !== "running" && last?.ran.reply && html`<span>${last.sheet === sheet.value ? "" : `of ${last.work.scriptName} · `}${isStale.value && last.sheet === sheet.value ? `${last.work.script === work.value.script ? "server" : "script"} changed since · ` : ""}${standing.value === "undone" ? "taken back · " : ""}${last.dry ? "dry run · " : ""}${duration(last.ran.milliseconds)} · ${figure(last.ran.reply.bytes)} bytes</span>`}
    </div>
    <div class=${phase.value === "running" ? "stack is-old" : "stack"}>
      ${!last && !notice.value && !everyServer.value && ["loading", "ready"].includes(phase.value) && html`<${Welcome} />`}
      <${Waiting} />
      ${notice.value && html`<p class=${`card note ${notice.value.kind}`} role="status">${notice.value.text}</p>`}
      ${last?.ran.outcome === "fixture" && html`<p class="card note error" role="status">The fixture failed on line ${last.ran.problem?.line}, so the script did not run: ${last.ran.problem?.message}</p>`}
      ${last?.ran.reply && html`<${ReplyCard} reply=${last.ran.reply} conversions=${last.ran.conversions} />`}
      ${last?.ran.outcome === "interrupted" && html`<${Stopped} last=${last} />`}
      ${last?.ran.reply && html`<${Explanation} ran=${last.ran} />`}
      ${last && hasCallers(last.ran.stack) && html`<${Stack} stack=${last.ran.stack} script=${last.work.script} error=${last.ran.reply?.text ?? last.stopped} />`}
      ${hasRun && html`<${Changes} ran=${last.ran} dry=${last.dry} />`}
      ${hasRun && html`<${Accesses} ran=${last.ran} />`}
      ${hasRun && html`<${ConversionLog} conversions=${last.ran.conversions} />`}
      ${(hasRun || everyServer.value) && rest.value && html`<${rest.value.EveryServer} />`}
    </div>`;
}

function Waiting() {
  if (phase.value !== "loading") return null;
  const { fraction, doing } = progress.value;
  return html`<div class="card loading-card">
    <label for="load-progress">${doing}${runWaits.value ? "; your script runs as soon as it is there" : ""}</label>
    <progress id="load-progress" max="1" value=${fraction}></progress>
  </div>`;
}

/** @param {{ reply: ReplyView, conversions: import("../contract").Conversion[] }} props */
function ReplyCard({ reply, conversions }) {
  const forms = /** @type {Record<string, any>} */ ({ cli: CliText, resp: RespBytes, tree: Tree, json: Structure, clients: Clients });
  return html`<section class=${reply.is_error ? "card is-error" : "card"} aria-label="Reply">
    <${forms[form.value]} reply=${reply} />
    <${ResultLosses} conversions=${conversions} />
  </section>`;
}

/** @param {{ reply: ReplyView }} props */
const Structure = ({ reply }) => html`<${LaterPanel} name="Value" question=${WHOLE_REPLY} about=${reply} label="Reply" />`;

/** @param {{ reply: ReplyView }} props */
function CliText({ reply }) {
  return html`<div class="copied"><${LongText} text=${reply.text} label="Reply as redis-cli prints it" /><${Copy} text=${reply.text} what=${reply.text_left ? "the beginning of the reply" : "the reply"} /></div>
    ${reply.text_left && html`<${More} text=${`Cut here: ${reply.text_left}.`} />`}`;
}

/** @param {{ reply: ReplyView }} props */
function RespBytes({ reply }) {
  const { nodes, rest } = useNodes(reply);
  const draw = (/** @type {number} */ index) => html`<span role="cell" class="mono" style=${{ paddingLeft: `${11 + nodes[index].depth * 14}px` }}>${nodes[index].resp}</span><span role="cell" class="quiet">${meaning(nodes[index])}</span>`;
  return html`<${List} role="table" label="Reply in RESP" name="resp" count=${nodes.length} about=${reply} columns=${RESP_TITLES} draw=${draw} />${rest}`;
}

const RESP_TITLES = html`<span role="columnheader">bytes on the wire</span><span role="columnheader">value</span>`;

/** The values that are here, and the way to the rest. @param {ReplyView} reply */
function useNodes(reply) {
  const [held, setHeld] = useState({ reply, nodes: reply.nodes, omitted: reply.omitted });
  const { nodes, omitted } = held.reply === reply ? held : { nodes: reply.nodes, omitted: reply.omitted };

  async function show() {
    const part = await moreReply(nodes.length);
    if (part?.nodes.length) setHeld({ reply, nodes: [...nodes, ...part.nodes], omitted: part.omitted });
  }
  return { nodes, rest: omitted > 0 && html`<${More} text=${`${counted(omitted, "more element")} ${omitted === 1 ? "is" : "are"} not shown.`} show=${show} />` };
}

/** What the protocol calls a kind of value, where that is another word. */
const KINDS = /** @type {Record<string, string>} */ ({ status: "simple string", bulk: "bulk string", verbatim: "verbatim string", nil: "null" });

/** @param {import("../contract").ReplyNode} node */
function meaning({ kind, count }) {
  if (["array", "set", "push"].includes(kind)) return `${kind} of ${count}`;
  return kind === "map" ? `map of ${count} ${count === 1 ? "pair" : "pairs"}` : (KINDS[kind] ?? kind);
}

/** @param {{ reply: ReplyView }} props */
function Tree({ reply }) {
  const { nodes, rest } = useNodes(reply);
  const draw = (/** @type {number} */ index) => html`<div class="leaf" style=${{ paddingLeft: `${11 + nodes[index].depth * 18}px` }}>
        ${nodes[index].label && html`<span class="quiet">${nodes[index].label}</span>`}
        <span class="mono">${nodes[index].text || ""}</span><span class="tag">${meaning(nodes[index])}</span>
      </div>`;
  return html`<${List} label="Values of the reply" name="tree" count=${nodes.length} about=${reply} draw=${draw} />${rest}`;
}

/** @param {number} milliseconds */
export function duration(milliseconds) {
  if (milliseconds < 10) return `${milliseconds.toFixed(2)} ms`;
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}
