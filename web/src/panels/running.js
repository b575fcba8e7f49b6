// @ts-check
// What is known of a script while it runs: for how long, what it has issued, and the memory Python has.
import { useEffect, useReducer } from "preact/hooks";
import { html } from "../html.js";
import { counted, figure } from "../list.js";
import { figures, runningSince } from "../state.js";

/** Milliseconds between two looks at the clock. */
const BEAT = 200;
const MEGABYTE = 1024 * 1024;

/** Seconds since the page became busy, a number that goes on. */
export function Elapsed() {
  const [, beat] = useReducer((/** @type {number} */ beats) => beats + 1, 0);
  useEffect(() => {
    const timer = setInterval(beat, BEAT, undefined);
    return () => clearInterval(timer);
  }, []);
  return html`${secondsSince().toFixed(1)} s`;
}

export const secondsSince = () => (performance.now() - runningSince.value) / 1000;

/** Its figures, beside one another. */
export function Running() {
  const known = figures.value;
  return html`<span role="group" aria-label="Under way">Running… <${Elapsed} />${known && html` · ${counted(known.commands, "command")} · ${figure(Math.round(known.bytes / MEGABYTE))} MB`}</span>`;
}
