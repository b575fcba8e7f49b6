// @ts-check
// What becomes of a script: the machine's bytecode with the instruction that comes next and the registers, the tree, and the
// Python that Run runs. Pointing at a line marks the line of the script it comes from, and the other way round.
import { useEffect, useRef, useState } from "preact/hooks";
import { askInside, askRegisters } from "../actions/evaluating.js";
import { html } from "../html.js";
import { isNarrow } from "../layout.js";
import { counted } from "../list.js";
import { debugged, lookedAt, phase, pointedLine, work } from "../state.js";
import { LineLink } from "./line_link.js";
import { Variables } from "./lua_value.js";

/**
 * @typedef {import("../contract").InsideShown} InsideShown
 * @typedef {import("../contract").InsideLine} InsideLine
 * @typedef {import("../contract").DebugRegistersShown} DebugRegistersShown
 */

/** Milliseconds after the last change of the script. */
const PAUSE = 400;

/** What is marked here, once something is: of the script's line that is pointed at, or the instruction that comes next. */
const MARKED = { pointed: "li.pointed, details:not([open]) > .pointed", current: "li.current" };

/** Brings the first of what is marked into sight, unless some of it is, or nobody looks here: a phone's page scrolls as a whole. @param {HTMLElement | null} place @param {string} marked */
function bringIntoSight(place, marked) {
  const shown = [...(place?.querySelectorAll(marked) ?? [])].filter((one) => one.getClientRects().length > 0);
  const isInSight = (/** @type {Element} */ one) => {
    const { left, top, height } = one.getBoundingClientRect();
    return place?.contains(document.elementFromPoint(left + 1, top + height / 2)) ?? false;
  };
  if (shown.length === 0 || shown.some(isInSight)) return;
  const { top, bottom } = /** @type {Element} */ (shown[0].closest("section")).getBoundingClientRect();
  if (!isNarrow.value || (top < innerHeight / 2 && bottom > 0)) shown[0].scrollIntoView({ block: "center" });
}

export function Inside() {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const [shown, setShown] = useState(/** @type {InsideShown | null} */ (null));
  const [registers, setRegisters] = useState(/** @type {DebugRegistersShown | null} */ (null));
  const { script } = work.value;
  const ready = phase.value === "ready";
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => ready && askInside().then((answer) => isCurrent && setShown(answer)), shown ? PAUSE : 0);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [script, ready]);
  const open = debugged.value?.work.script === script ? debugged.value : null;
  useEffect(() => {
    let isCurrent = true;
    if (open) askRegisters().then((answer) => isCurrent && setRegisters(answer));
    else setRegisters(null);
    return () => void (isCurrent = false);
  }, [open, lookedAt.value]);
  const pointed = pointedLine.value;
  useEffect(() => {
    if (pointed && !pointed.isInside) bringIntoSight(place.current, MARKED.pointed);
  }, [pointed]);
  useEffect(() => {
    if (registers) bringIntoSight(place.current, MARKED.current);
  }, [registers]);
  if (!shown) return html`<p class="card note">Looking inside…</p>`;
  const { functions, tree, python, problem, omitted } = shown;
  const current = registers && registers.function >= 0 ? registers : null;
  return html`<div class="inside" ref=${place}>
    ${problem && html`<p class="note">${problem}</p>`}
    ${omitted > 0 && html`<p class="note">${counted(omitted, "more line")} left out.</p>`}
    ${current && html`<section class="card" aria-label="Registers"><h2>Registers <span class="count">${current.registers.length}</span></h2><${Variables} label="Registers" variables=${current.registers} about=${open} /></section>`}
    ${functions.length > 0 && html`<section class="card" aria-label="Bytecode"><h2>Bytecode <span class="quiet">of the machine, which debugs</span></h2>
      ${functions.map(({ title, instructions }, number) => html`<details key=${number} open=${!current || current.function === number}><${Title} of=${title} lines=${instructions} />
        <${Listing} label=${title} lines=${instructions} current=${current?.function === number ? current.pc : -1} /></details>`)}</section>`}
    ${python.length > 0 && html`<section class="card" aria-label="Python"><h2>Python <span class="quiet">of the translator, which runs</span></h2><${Listing} label="Python of the script" lines=${python} /></section>`}
    ${tree.length > 0 && html`<section class="card" aria-label="Tree"><h2>Tree</h2><${Listing} label="Tree of the script" lines=${tree} /></section>`}</div>`;
}

/** Where its lines are folded away it is marked in their place. @param {{ of: string, lines: InsideLine[] }} props */
function Title({ of: title, lines }) {
  const isPointed = lines.some(({ line }) => line !== null && line === pointedLine.value?.line);
  return html`<summary class=${`pad${isPointed ? " pointed" : ""}`} aria-current=${isPointed ? "location" : undefined}>${title}</summary>`;
}

/** @param {{ label: string, lines: InsideLine[], current?: number }} props */
function Listing({ label, lines, current = -1 }) {
  return html`<ol class="listing" aria-label=${label} onMouseLeave=${() => (pointedLine.value = null)}>
    ${lines.map((line, index) => html`<${Line} key=${index} line=${line} isCurrent=${index === current} />`)}
  </ol>`;
}

/** @param {{ line: InsideLine, isCurrent: boolean }} props */
function Line({ line: { line, depth, text }, isCurrent }) {
  const isPointed = line !== null && pointedLine.value?.line === line;
  return html`<li class=${`${isCurrent ? "current" : ""}${isPointed ? " pointed" : ""}`} aria-current=${isCurrent ? "step" : isPointed ? "location" : undefined} onMouseEnter=${() => (pointedLine.value = line === null ? null : { line, isInside: true })}>
    <span class="place">${line !== null && html`<${LineLink} line=${line} />`}</span><span style=${{ paddingLeft: `${depth * 2}ch` }}>${text}</span>
  </li>`;
}
