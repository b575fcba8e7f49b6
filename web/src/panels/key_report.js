// @ts-check
// Where the keys of the last run come from, names that lie in one slot, and what kinds of servers say to them.
import { askKeyReport } from "../actions/questions.js";
import { html } from "../html.js";
import { List, More, counted, figure } from "../list.js";
import { keyReport, lastRun } from "../state.js";
import { LineLink } from "./line_link.js";

/**
 * @typedef {import("../contract").KeyReportShown} KeyReportShown
 * @typedef {import("../contract").KeySource} KeySource
 */

/** What is said of a source besides its name. @type {Record<KeySource["kind"], (text: string) => string>} */
const STORIES = {
  KEYS: (text) => text,
  ARGV: (text) => text,
  literal: () => "a literal",
  stored: (text) => `the reply of ${text}`,
  time: () => "TIME",
  decoded: (text) => `what ${text} read`,
  made: (text) => text,
};

const VERDICTS = { accepts: "tag", "may refuse": "tag warn", refuses: "tag bad" };

/** Below the keys that were used. */
export function KeySources() {
  const last = lastRun.value;
  const report = keyReport.value;
  const answer = report && report.ran === last?.ran ? report.answer : null;
  if (!answer) {
    return html`<p class="pad"><button class="small" title="The script is run once more to find out, and all it does is taken back" onClick=${askKeyReport}>Where do the keys come from?</button></p>`;
  }
  if (answer.type === "Failure") return html`<p class="note" role="status">${answer.message}</p>`;
  return html`<${Report} shown=${answer} />`;
}

const TITLES = html`<span role="columnheader">key</span><span role="columnheader">made of</span><span role="columnheader">used by</span><span role="columnheader" class="number">slot</span>`;

/** @param {{ shown: KeyReportShown }} props */
function Report({ shown }) {
  const left = shown.all - shown.keys.length;
  return html`<section aria-label="Keys and slots">
    <p class="note" role="status">${counted(shown.all, "key")}, ${shown.undeclared ? `${figure(shown.undeclared)} not` : "all"} in KEYS, in ${counted(shown.slots, "slot")}.${shown.note && ` ${shown.note}`}</p>
    <${List} role="table" label="Where keys come from" name="key-sources" count=${shown.keys.length} columns=${TITLES} about=${shown} draw=${(/** @type {number} */ index) => cells(shown.keys[index])} />
    ${left > 0 && html`<${More} text=${`${counted(left, "more key")} ${left === 1 ? "is" : "are"} not listed.`} />`}
    <${Proposal} shown=${shown} />
    <${Verdicts} shown=${shown} />
  </section>`;
}

/** @param {import("../contract").KeyOrigin} one */
function cells({ key, declared, sources, commands, line, slot, tag }) {
  return html`<span role="cell" class="mono">${key}${!declared && html` <span class="tag warn">not in KEYS</span>`}</span>
    <span role="cell">${sources.map(({ kind, text, line: where }, index) => html`${index > 0 && ", "}<span class=${kind === "literal" ? "" : "mono"}>${STORIES[kind](text)}</span>${where !== null && where !== line && html` (<${LineLink} line=${where} label="line " />)`}`)}</span>
    <span role="cell">${commands.length ? html`${commands.join(", ")}${line !== null && html` on <${LineLink} line=${line} label="line " />`}` : html`<span class="quiet">not used</span>`}</span>
    <span role="cell" class="number" title=${tag === null ? undefined : `hash tag ${tag}`}>${slot}</span>`;
}

const NAMES = html`<span role="columnheader">key</span><span role="columnheader">in one slot as</span>`;

/** @param {{ shown: KeyReportShown }} props */
function Proposal({ shown: { proposal } }) {
  if (proposal.length === 0) return null;
  const draw = (/** @type {number} */ index) => html`<span role="cell" class="mono">${proposal[index].before}</span><span role="cell" class="mono">${proposal[index].after}</span>`;
  return html`<p class="note">A hash tag, the part in braces, decides the slot. With these names all keys lie in one:</p>
    <${List} role="table" label="Names in one slot" name="key-names" count=${proposal.length} columns=${NAMES} draw=${draw} />`;
}

/** @param {{ shown: KeyReportShown }} props */
function Verdicts({ shown: { verdicts } }) {
  return html`<ul class="verdicts" aria-label="What servers say">
    ${verdicts.map(({ target, verdict, reason, source }) => html`<li key=${target}><b>${target}</b> <span class=${VERDICTS[verdict]}>${verdict}</span> ${reason} <a href=${source} target="_blank" rel="noopener noreferrer" aria-label=${`Source of what ${target} says`}>source</a></li>`)}
  </ul>`;
}
