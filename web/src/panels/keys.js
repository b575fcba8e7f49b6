// @ts-check
// The keys of the last run, each once: what was done to it, what it was made of, its slot, and what kinds of servers say; and
// those that the script names, without running it.
import { useEffect, useMemo } from "preact/hooks";
import { askKeyReport, askScriptKeys } from "../actions/questions.js";
import { html } from "../html.js";
import { List, More, counted, figure, useFilter } from "../list.js";
import { keyReport, lastRun, phase, scriptKeys, work } from "../state.js";
import { Names } from "./commands.js";
import { LineLink } from "./line_link.js";

/**
 * @typedef {import("../contract").Ran} Ran
 * @typedef {import("../contract").KeyAccess} KeyAccess
 * @typedef {import("../contract").KeyOrigin} KeyOrigin
 * @typedef {import("../contract").KeyReportShown} KeyReportShown
 */

export function Keys() {
  const last = lastRun.value;
  return html`<div class="stack">
    ${last ? html`<${KeysOfRun} last=${last} />` : html`<p class="quiet pad">Run the script: every key it touches is listed here.</p>`}
    <${KeysOfScript} />
  </div>`;
}

// The keys of the last run

/** @param {{ last: NonNullable<typeof lastRun.value> }} props */
function KeysOfRun({ last: { ran, work: ranWork } }) {
  const { found, field } = useFilter("Filter keys", ran.accesses, ({ key }) => key);
  const report = keyReport.value?.ran === ran ? keyReport.value.answer : null;
  const shown = report?.type === "KeyReportShown" ? report : null;
  const origins = useMemo(() => new Map(shown?.keys.map((one) => [one.key, one])), [shown]);
  const { keys, undeclared, slots } = ran.access_counts;
  const left = keys - ran.accesses.length;
  const draw = (/** @type {number} */ index) => cells(found[index], shown && origins.get(found[index].key));
  return html`<section class="card" aria-label="Keys of the run">
    <h2>Keys of the run <span class="count">${figure(keys)}</span><span class="grow"></span>${field}</h2>
    <p class="quiet pad" role="status">${counted(keys, "key")}, ${undeclared ? `${figure(undeclared)} not` : "all"} in KEYS, in ${counted(slots, "slot")}.${shown?.note ? ` ${shown.note}` : ""}${shown && ranWork.cluster ? " Followed on a server alone: a node of a cluster ends the script at the first key of another." : ""}</p>
    <${SlotWarning} accesses=${ran.accesses} counts=${ran.access_counts} />
    <${List} role="table" label="Keys and how they were used" name=${shown ? "accesses with-sources" : "accesses"} count=${found.length} columns=${shown ? TITLES_WITH_SOURCES : TITLES} about=${shown} draw=${draw} />
    ${left > 0 && html`<${More} text=${`${counted(left, "more key")} ${left === 1 ? "is" : "are"} not listed.`} />`}
    ${report?.type === "Failure" && html`<p class="note" role="status">${report.message}</p>`}
    ${shown ? html`<${Others} shown=${shown} origins=${origins} accesses=${ran.accesses} /><${Proposal} shown=${shown} /><${Verdicts} shown=${shown} />`
      : html`<p class="pad"><button class="small" disabled=${phase.value !== "ready"} title="The script is run once more to find out, from where the run began, and all it does is taken back" onClick=${askKeyReport}>Where do the keys come from?</button></p>`}
  </section>`;
}

const TITLES = html`<span role="columnheader">key</span><span role="columnheader">declared</span><span role="columnheader">used</span><span role="columnheader" class="number">slot</span>`;
const TITLES_WITH_SOURCES = html`<span role="columnheader">key</span><span role="columnheader">declared</span><span role="columnheader">made of</span><span role="columnheader">used</span><span role="columnheader" class="number">slot</span>`;

/** `origin`: where it comes from; undefined where nothing is known of that, null where nobody has asked. @param {KeyAccess} access @param {KeyOrigin | null | undefined} origin */
function cells(access, origin) {
  return html`<span role="cell" class="mono">${access.key}</span>
    <span role="cell">${access.declared ? "in KEYS" : html`<span class="tag warn">no</span>`}</span>
    ${origin !== null && html`<span role="cell">${origin?.sources.length ? origin.sources.map((source, index) => sourceCell(source, index, origin.line)) : html`<span class="quiet">not known</span>`}</span>`}
    <span role="cell">${useText(access)}${origin?.line != null && html` <span class="quiet">${origin.commands.join(", ")} on <${LineLink} line=${origin.line} label="line " /></span>`}</span>
    <span role="cell" class="number" title=${origin?.tag != null ? `hash tag ${origin.tag}` : undefined}>${access.slot}</span>`;
}

/** What is said of a source. @type {Record<import("../contract").KeySource["kind"], (name: any) => any>} */
const STORIES = {
  KEYS: (name) => name,
  ARGV: (name) => name,
  literal: () => "a literal",
  stored: (name) => html`the reply of ${name}`,
  time: () => "TIME",
  decoded: (name) => html`what ${name} read`,
  made: (name) => name,
};

/** @param {import("../contract").KeySource} source @param {number} index @param {number | null} line that of the key itself */
function sourceCell({ kind, text, line: where }, index, line) {
  return html`${index > 0 && ", "}${STORIES[kind](html`<span class="mono">${text}</span>`)}${where !== null && where !== line && html` (<${LineLink} line=${where} label="line " />)`}`;
}

/** @param {KeyAccess} access */
function useText({ reads, writes, failures }) {
  const parts = [reads && `read ×${reads}`, writes && `written ×${writes}`, failures && `failed ×${failures}`].filter(Boolean);
  return parts.length ? parts.join(", ") : html`<span class="quiet">not touched</span>`;
}

/** What a cluster would say. @param {{ accesses: KeyAccess[], counts: Ran["access_counts"] }} props */
function SlotWarning({ accesses, counts }) {
  const declared = new Set(accesses.filter((access) => access.declared).map(({ slot }) => slot));
  if (counts.declared_slots > 1) {
    return html`<p class="note">KEYS lie in ${figure(counts.declared_slots)} hash slots: a cluster refuses the call with CROSSSLOT. A common {tag} in their names puts them into one.</p>`;
  }
  const elsewhere = accesses.filter((access) => !access.declared && !declared.has(access.slot));
  const all = counts.elsewhere; // those that are not listed too
  if (all === 0) return null;
  const [it, them] = all === 1 ? ["another node", "it"] : ["other nodes", "them"];
  return html`<p class="note">A cluster may keep <${Names} accesses=${elsewhere} all=${all} /> on ${it}, where the script fails when it comes to ${them}. Declare ${them} in KEYS, with a {tag} in common.</p>`;
}

/** Keys that only the run that was followed touched. @param {{ shown: KeyReportShown, origins: Map<string, KeyOrigin>, accesses: KeyAccess[] }} props */
function Others({ shown, origins, accesses }) {
  const known = new Set(accesses.map(({ key }) => key));
  const others = [...origins.values()].filter(({ key }) => !known.has(key));
  if (others.length === 0 || shown.all > shown.keys.length) return null;
  return html`<p class="note">Run once more, the script went on to <${Names} accesses=${others} />.</p>`;
}

const NAMES = html`<span role="columnheader">key</span><span role="columnheader">in one slot as</span>`;

/** @param {{ shown: KeyReportShown }} props */
function Proposal({ shown: { proposal } }) {
  if (proposal.length === 0) return null;
  const draw = (/** @type {number} */ index) => html`<span role="cell" class="mono">${proposal[index].before}</span><span role="cell" class="mono">${proposal[index].after}</span>`;
  return html`<p class="note">A hash tag, the part in braces, decides the slot. With these names all keys lie in one:</p>
    <${List} role="table" label="Names in one slot" name="key-names" count=${proposal.length} columns=${NAMES} draw=${draw} />`;
}

const VERDICTS = { accepts: "tag", "may refuse": "tag warn", refuses: "tag bad" };

/** @param {{ shown: KeyReportShown }} props */
function Verdicts({ shown: { verdicts } }) {
  return html`<ul class="verdicts" aria-label="What servers say">
    ${verdicts.map(({ target, verdict, reason, source }) => html`<li key=${target}><b>${target}</b> <span class=${VERDICTS[verdict]}>${verdict}</span> ${reason} <a href=${source} target="_blank" rel="noopener noreferrer" aria-label=${`Source of what ${target} says`}>source</a></li>`)}
  </ul>`;
}

// The keys that the script names

/** Milliseconds after a key was pressed until the script is looked at. */
const PAUSE = 400;

function KeysOfScript() {
  const { script } = work.value;
  const isReady = phase.value === "ready";
  const known = scriptKeys.value;
  useEffect(() => {
    if (!isReady || known?.script === script) return;
    const timer = setTimeout(() => askScriptKeys(script), known ? PAUSE : 0);
    return () => clearTimeout(timer);
  }, [script, isReady, known]);
  if (!known) return null;
  const { answer } = known;
  if (answer.type === "Failure" || answer.problem) {
    return html`<section class="card" aria-label="Keys of the script"><h2>Keys of the script</h2><p class="note" role="status">${answer.type === "Failure" ? answer.message : `It does not compile: ${answer.problem}`}</p></section>`;
  }
  const { keys, all, undeclared } = answer;
  return html`<section class="card" aria-label="Keys of the script" aria-busy=${known.script !== script}>
    <h2>Keys of the script <span class="count">${figure(all)}</span></h2>
    <p class="quiet pad">Without running it: ${counted(all, "key")}, as the script writes ${all === 1 ? "it" : "them"}, ${figure(undeclared)} not in KEYS.</p>
    ${all > 0 && html`<${List} role="table" label="Keys that the script names" name="script-keys" count=${keys.length} columns=${SCRIPT_TITLES} about=${answer} draw=${(/** @type {number} */ index) => scriptCells(keys[index])} />`}
    ${all > keys.length && html`<${More} text=${`${counted(all - keys.length, "more key")} not listed.`} />`}
  </section>`;
}

const SCRIPT_TITLES = html`<span role="columnheader">written as</span><span role="columnheader">declared</span><span role="columnheader">made of</span><span role="columnheader">used</span><span role="columnheader" class="number">slot</span>`;
const DECLARED = { yes: "in KEYS", no: html`<span class="tag warn">no</span>`, unknown: html`<span class="quiet">not known</span>` };
/** @type {Record<string, string>} */
const MADE_OF = { literal: "a literal", stored: "a reply", time: "TIME", decoded: "packed data", made: "a number it counts", unknown: "what is not known" };

/** @param {import("../contract").ScriptKey} one */
function scriptCells({ text, means, declared, sources, slot, commands, lines }) {
  return html`<span role="cell" class="mono">${text}${means && html` <span class="quiet">= ${means}</span>`}</span>
    <span role="cell">${DECLARED[declared]}</span>
    <span role="cell">${sources.map((source) => MADE_OF[source] ?? source).join(", ")}</span>
    <span role="cell">${commands.join(", ")} on ${lines.map((line, index) => html`${index > 0 && ", "}<${LineLink} line=${line} label=${index === 0 ? "line " : ""} />`)}</span>
    <span role="cell" class="number">${slot ?? html`<span class="quiet">any</span>`}</span>`;
}
