// @ts-check
// The border between the columns: drag it, or move it with the arrows. It is remembered.
import { html } from "./html.js";
import { changeSettings, settings } from "./storage.js";

const LEAST = 20;
const MOST = 80;

/** @param {number} split */
const move = (split) => changeSettings({ split: Math.max(LEAST, Math.min(MOST, split)) });

export function Splitter() {
  /** @param {PointerEvent} event */
  function drag(event) {
    const handle = /** @type {HTMLElement} */ (event.currentTarget);
    const bounds = /** @type {HTMLElement} */ (handle.parentElement).getBoundingClientRect();
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = ({ clientX }) => move(((clientX - bounds.left) / bounds.width) * 100);
    handle.onpointerup = () => (handle.onpointermove = null);
  }
  /** @param {KeyboardEvent} event */
  function key(event) {
    const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
    if (step) move(settings.value.split + step);
  }
  return html`<div
    class="splitter"
    role="separator"
    tabindex="0"
    aria-label="Width of the columns"
    aria-orientation="vertical"
    aria-valuemin=${LEAST}
    aria-valuemax=${MOST}
    aria-valuenow=${Math.round(settings.value.split)}
    onPointerDown=${drag}
    onKeyDown=${key}
  ></div>`;
}
