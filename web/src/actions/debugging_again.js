// @ts-check
// A page that is loaded again has lost what was debugged in it. It is remembered for as long as the tab is there: so the page can
// say what is gone, and record the script again, to the same moment.
import { effect } from "@preact/signals";
import { desk } from "../desk.js";
import { figure } from "../list.js";
import { readWork } from "../share.js";
import * as state from "../state.js";
import { debugRecordedAs } from "./debugging.js";

/** Under which a tab remembers it. */
const REMEMBERED = "ferrous.debugged";

/** Remembers what is debugged when the page is left. */
export function rememberDebugged() {
  addEventListener("pagehide", () => {
    try {
      sessionStorage.removeItem(REMEMBERED);
      const left = leaving();
      if (left) sessionStorage.setItem(REMEMBERED, JSON.stringify(left));
    } catch {
      // Then nothing is offered.
    }
  });
}

/** What leads to the moment that is shown, as a link would: with the clock and the seed of its recording. `why` none can, where that is so. */
function leaving() {
  const open = state.debugged.value;
  if (open?.moment.outcome !== "open") return null;
  const { work, whose, settings } = open;
  const { moment, now, seed, again } = open.moment;
  const why = settings.length ? "What was set in it is gone." : again && !work.fresh ? "The keyspace that this run began with is gone." : "";
  return { work: { ...work, others: [], place: 0, moment, clock: work.clock ?? now / 1000, seed }, whose, why };
}

/** Says that what was debugged before the page was loaded again is not any more, and offers it. */
export function offerDebugged() {
  const left = remembered();
  if (!left) return;
  const { work, whose, why } = left;
  const text = `The page was loaded again while ${whose || "the script"} was debugged, at moment ${figure(work.moment)}: that has ended, and the keyspace is as it was before it.`;
  const isThere = state.work.value.script === work.script;
  const act = () => {
    if (state.banner.value === told) state.banner.value = null;
    whenReady(() => debugRecordedAs(work, whose));
  };
  /** @type {typeof state.banner.value} */
  const told = { kind: "info", stays: true, text: why ? `${text} ${why}` : text, ...(isThere && !why && { action: { title: "Debug to that moment", act } }) };
  state.banner.value = told;
}

function remembered() {
  const [entry] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  try {
    const text = sessionStorage.getItem(REMEMBERED);
    sessionStorage.removeItem(REMEMBERED);
    if (text === null || entry?.type === "navigate" || !desk.value.isOwn) return null;
    const { work, whose, why } = JSON.parse(text);
    return { work: readWork(work), whose: String(whose), why: String(why) };
  } catch {
    return null;
  }
}

/** @param {() => void} act */
function whenReady(act) {
  const stop = effect(() => {
    if (state.phase.value !== "ready") return;
    queueMicrotask(() => {
      stop();
      act();
    });
  });
}
