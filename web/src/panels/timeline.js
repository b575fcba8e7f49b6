// @ts-check
// The timeline of a script that is debugged: a slider of its moments, and what happens when, a lane for each kind.
import { useEffect, useRef, useState } from "preact/hooks";
import { goToMoment, goToTick } from "../actions/debugging.js";
import { FEWEST, askTimeline, showPart, shownPart, zoom } from "../actions/timeline.js";
import { html } from "../html.js";
import { counted, figure } from "../list.js";
import { breakpointsThere, chosenKey, searches, timeline } from "../state.js";
import { useGestures } from "./timeline_gestures.js";

/**
 * @typedef {import("../moments.js").Moment} Moment
 * @typedef {import("../contract").DebugLane} Lane
 * @typedef {import("../contract").DebugTimelineShown} Shown
 */

/** How lanes are called, and each thing that they show. @type {Record<Lane["name"], [string, string]>} */
const CALLED = {
  commands: ["Commands", "command"],
  errors: ["Errors", "error"],
  log: ["Log lines", "log line"],
  breakpoints: ["Breakpoints", "breakpoint hit"],
  writes: ["Writes", "write"],
};

/** The width of a bar with the gap after it, in pixels, and how much of it is the bar. */
const BAR = 3;
const FILLED = 0.7;
/** How high the bar of one tick is; the highest is 1. */
const LOWEST = 0.4;

/** @param {{ moment: Moment }} props */
export function Timeline({ moment }) {
  const { first, last } = shownPart(moment);
  const here = moment.moment;
  const isWhole = first === 1 && last === moment.last;
  const slider = useRef(/** @type {HTMLElement | null} */ (null));
  const [buckets, setBuckets] = useState(0);
  const gestures = useGestures(moment, (lane, near) => goToTick(/** @type {Lane["name"]} */ (lane), { near: Math.max(near, 1), key: shown?.key }));
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setBuckets(Math.max(1, Math.floor(contentRect.width / BAR))));
    if (slider.current) observer.observe(slider.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (here < first || here > last) showPart(moment, here - (last - first) / 2, last - first + 1);
  }, [here]);
  useEffect(() => {
    if (buckets) askTimeline(moment, buckets);
  }, [moment.told, moment.last, first, last, buckets, chosenKey.value, breakpointsThere()]);
  const shown = timeline.value?.of === moment.told ? timeline.value.shown : null;
  useEffect(() => {
    if (buckets && !shown?.lanes.every((lane) => lane.is_whole)) askTimeline(moment, buckets);
  }, [searches.value]);
  const showAll = () => showPart(moment, 1, moment.last);
  const closer = () => zoom(moment, 0.5, here);
  const further = () => zoom(moment, 2, here);

  /** @param {any} event */
  function press(event) {
    const act = { "+": closer, "=": closer, "-": further, "0": showAll }[/** @type {string} */ (event.key)];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select")) return;
    event.preventDefault();
    act();
  }

  return html`<div class="sub timeline" role="group" aria-label="Timeline" onKeyDown=${press} ...${gestures}>
    <div class="lane">
      <span class="lane-name">moment ${here} of ${moment.last}</span>
      <button class="small" aria-label="Zoom in" title="Show fewer moments (+, or the wheel over a lane)" disabled=${last - first < FEWEST} onClick=${closer}>+</button>
      <button class="small" aria-label="Zoom out" title="Show more moments (-)" disabled=${isWhole} onClick=${further}>−</button>
      <input type="range" aria-label="Moment" ref=${slider} min=${first} max=${last} value=${here} aria-valuetext=${`moment ${here}`} onInput=${(/** @type {any} */ event) => goToMoment(Number(event.target.value))} />
    </div>
    ${shown?.lanes.map((lane) => lane.count > 0 && html`<${LaneRow} key=${lane.name} lane=${lane} shown=${shown} first=${first} last=${last} here=${here} />`)}
    ${!isWhole && html`<div class="lane shown-part"><span class="lane-name"><button class="small" title="All of the recording (0)" onClick=${showAll}>Show all</button></span><span role="status">moments ${figure(first)} to ${figure(last)}</span></div>`}
  </div>`;
}

/** @param {{ lane: Lane, shown: Shown, first: number, last: number, here: number }} props */
function LaneRow({ lane: { name, count, counts, is_whole: isWhole }, shown, first, last, here }) {
  const [title, one] = CALLED[name];
  const key = name === "writes" ? shown.key : "";
  const of = key ? ` of ${key}` : "";
  const go = (/** @type {boolean} */ backwards) => goToTick(name, { key, backwards });
  const inSight = counts.reduce((sum, ticks) => sum + ticks, 0);
  return html`<div class="lane" role="group" aria-label=${`${title}${of}: ${figure(count)}`}>
    <span class="lane-name">${name === "writes" ? html`<${KeyChoice} shown=${shown} />` : title} <span class="count" title=${isWhole ? "" : "Not all places could be looked at"}>${figure(count)}${isWhole ? "" : "+"}</span></span>
    <button class="small" aria-label=${`Last ${one}${of}`} title=${`To the last ${one}${of} before this moment`} onClick=${() => go(true)}>‹</button>
    <button class="small" aria-label=${`Next ${one}${of}`} title=${`To the next ${one}${of} after this moment`} onClick=${() => go(false)}>›</button>
    <div class=${`track ${name}`} data-lane=${name} role="img" aria-label=${`${counted(inSight, one)}${of} between moments ${figure(shown.first)} and ${figure(shown.last)}`} title="Press to go there; the wheel zooms, dragging moves">
      <svg aria-hidden="true" viewBox=${`${first - shown.first} 0 ${last - first + 1} 1`} preserveAspectRatio="none"><path d=${bars(counts, shown.last - shown.first + 1)} /></svg>
      <span class="here" hidden=${here < first || here > last} style=${`left: ${((here - first + 0.5) / (last - first + 1)) * 100}%`}></span>
    </div>
  </div>`;
}

/** A bar for each bucket in which something happens, the higher the more. @param {number[]} counts @param {number} span moments that they count */
function bars(counts, span) {
  const wide = span / counts.length;
  const most = Math.log(Math.max(2, ...counts));
  return counts.map((count, bucket) => (count ? `M${bucket * wide} 1V${(1 - LOWEST - (1 - LOWEST) * (Math.log(count) / most)).toFixed(3)}H${(bucket + FILLED) * wide}V1Z` : "")).join("");
}

/** Whose writes are shown. @param {{ shown: Shown }} props */
function KeyChoice({ shown: { keys, key } }) {
  const all = keys.includes(key) ? keys : [key, ...keys];
  return html`<label>Writes of <select class="mono" aria-label="Key whose writes are shown" value=${key} onChange=${(/** @type {any} */ event) => (chosenKey.value = event.target.value)}>
    ${all.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
  </select></label>`;
}
