// @ts-check
// What a scenario draws over its steps: a chart for each of its lines `-- chart:`, and the same as a table.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { html } from "../html.js";
import { counted, figure, List } from "../list.js";
import { scenarioMoment } from "../state.js";
import { settings } from "../storage.js";
import { ScenarioProblem } from "./scenario_problem.js";

/**
 * @typedef {import("../contract").ScenarioRan} ScenarioRan
 * @typedef {ScenarioRan["charts"][number]} Chart
 * @typedef {ReturnType<typeof import("./chart_lines.js").drawChart>} Drawn
 */

/** Whether the colours of the system are dark. */
const DARK = matchMedia("(prefers-color-scheme: dark)");

/** `of`: whose they are, where they are not those of the scenario in the editor. @param {{ ran: ScenarioRan, of: string }} props */
export function Charts({ ran, of }) {
  const { charts, moments, first_moment: first } = ran;
  const hasTime = moments[moments.length - 1] > moments[0];
  const [axis, setAxis] = useState("time");
  const byTime = axis === "time" && hasTime;
  const at = byTime ? moments : moments.map((_, index) => first + index);
  return html`<section class="charts" aria-label=${`Charts${of}`}>
    <h3>Charts <span class="grow"></span>
      ${hasTime && html`<label class="quiet">over <select aria-label="Charts over" value=${axis} onChange=${(/** @type {any} */ event) => setAxis(event.target.value)}>
        <option value="time">time, ms</option><option value="steps">steps</option></select></label>`}</h3>
    ${charts.map((chart) => html`<${OneChart} key=${chart.line} chart=${chart} at=${at} ran=${ran} isHere=${of === ""} />`)}
    <${Values} ran=${ran} of=${of} />
  </section>`;
}

/** A number of a chart, or what stands where there is none. @param {number | null | undefined} value */
function said(value) {
  if (value === null || value === undefined) return "none";
  const size = Math.abs(value);
  return size >= 1e15 || (size > 0 && size < 1e-6) ? String(value) : value.toLocaleString("en", { maximumFractionDigits: 6 });
}

/** `isHere`: its line is one of the editor's. @param {{ chart: Chart, at: number[], ran: ScenarioRan, isHere: boolean }} props */
function OneChart({ chart: { expression, line, values, problem }, at, ran, isHere }) {
  const host = useRef(/** @type {HTMLElement | null} */ (null));
  const [drawn, setDrawn] = useState(/** @type {Drawn | null} */ (null));
  const [failed, setFailed] = useState(false);
  const moment = scenarioMoment.value?.ran === ran ? scenarioMoment.value.steps - ran.first_moment : at.length - 1;
  const range = useMemo(() => rangeOf(values), [values]);
  const theme = settings.value.theme;
  useEffect(() => {
    let isOver = false;
    let made = /** @type {Drawn | null} */ (null);
    import("./chart_lines.js").then(
      ({ drawChart }) => {
        if (isOver || !host.current) return;
        made = drawChart(host.current, at, values);
        setDrawn(made);
      },
      () => setFailed(true),
    );
    return () => {
      isOver = true;
      made?.remove();
      setDrawn(null);
    };
  }, [values, at === ran.moments]);
  useEffect(() => drawn?.mark(moment), [drawn, moment]);
  useEffect(() => {
    drawn?.redraw();
    const redraw = () => drawn?.redraw();
    DARK.addEventListener("change", redraw);
    return () => DARK.removeEventListener("change", redraw);
  }, [drawn, theme]);
  return html`<figure aria-label=${expression}>
    <figcaption><span class="mono">${expression}</span> <b>${said(values[moment])}</b>${range && range.least < range.most && html` <span class="quiet">of ${said(range.least)} to ${said(range.most)}</span>`}</figcaption>
    ${problem && html`<${ScenarioProblem} problem=${{ line: isHere ? line : null, message: problem }} />`}
    ${failed ? html`<p class="note">The drawing could not be fetched. Is there a network? The values are below.</p>` : range && html`<div class="plot" aria-hidden="true" ref=${host}></div>`}
  </figure>`;
}

/** Between which numbers a chart goes; null where it has none. @param {(number | null)[]} values */
function rangeOf(values) {
  const numbers = values.filter((value) => value !== null);
  if (numbers.length === 0) return null;
  return { least: numbers.reduce((one, other) => Math.min(one, other)), most: numbers.reduce((one, other) => Math.max(one, other)) };
}

/** The numbers of all charts, a row for each moment; nothing of it is made before it is opened. @param {{ ran: ScenarioRan, of: string }} props */
function Values({ ran: { charts, moments, steps, omitted, first_moment: first }, of }) {
  const [isOpen, setOpen] = useState(false);
  const titles = html`<span role="columnheader">step</span><span role="columnheader">ms</span><span role="columnheader">what happened</span>${charts.map(({ expression, line }) => html`<span key=${line} role="columnheader" class="mono">${expression}</span>`)}`;
  const draw = (/** @type {number} */ index) => {
    const step = first + index;
    const happened = step === 0 ? "the beginning" : (steps[step - 1 - omitted]?.sentence ?? "");
    return html`<span role="cell">${figure(step)}</span><span role="cell">${figure(moments[index])}</span><span role="cell" class="mono">${happened}</span>${charts.map(({ values, line }) => html`<span key=${line} role="cell">${said(values[index])}</span>`)}`;
  };
  return html`<details style=${{ "--columns": `9ch 11ch minmax(16ch, 2fr) repeat(${charts.length}, minmax(12ch, 1fr))` }} onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}>
    <summary class="pad">Values <span class="quiet">${counted(moments.length, "moment")} as a table</span></summary>
    ${isOpen && html`<${List} role="table" label=${`Values${of}`} name="values" count=${moments.length} columns=${titles} about=${moments} draw=${draw} />`}
  </details>`;
}
