// @ts-check
// The border between two parts of the page: dragged, or moved with the arrows; double click and Enter put it back. Where
// it stands is a setting, the share in per cent of the part before it, and remembered.
import { html } from "./html.js";
import { DEFAULTS, SHARES, changeSettings, settings } from "./storage.js";

const STEP = 2;

/** @typedef {"split" | "editorShare" | "keysShare"} Share the settings that are such a share; null: as the content needs */

/** @param {{ of: Share, label: string, isVertical?: boolean }} props whether the border is a vertical line */
export function Splitter({ of, label, isVertical = false }) {
  const share = settings.value[of];
  const move = (/** @type {number | null} */ to) => changeSettings({ [of]: to === null ? null : Math.max(SHARES.least, Math.min(SHARES.most, to)) });
  const reset = () => changeSettings({ [of]: DEFAULTS[of] });

  /** Where a point is between the ends of the two parts, in per cent. @param {HTMLElement} handle @param {{ clientX: number, clientY: number }} point */
  function shareAt(handle, { clientX, clientY }) {
    const first = /** @type {Element} */ (handle.previousElementSibling).getBoundingClientRect();
    const last = /** @type {Element} */ (handle.nextElementSibling).getBoundingClientRect();
    const [at, start, end] = isVertical ? [clientX, first.left, last.right] : [clientY, first.top, last.bottom];
    return ((at - start) / (end - start)) * 100;
  }
  /** @param {PointerEvent} event */
  function drag(event) {
    const handle = /** @type {HTMLElement} */ (event.currentTarget);
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = (moved) => move(shareAt(handle, moved));
    handle.onlostpointercapture = () => (handle.onpointermove = null);
  }
  /** @param {KeyboardEvent} event */
  function key(event) {
    const handle = /** @type {HTMLElement} */ (event.currentTarget);
    const { left, top } = handle.getBoundingClientRect();
    const now = share ?? shareAt(handle, { clientX: left, clientY: top });
    const [less, more] = isVertical ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const to = { Home: SHARES.least, End: SHARES.most, [less]: now - STEP, [more]: now + STEP }[event.key];
    if (event.key === "Enter") reset();
    else if (to !== undefined) move(to);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return html`<div
    class=${isVertical ? "splitter vertical" : "splitter"}
    role="separator"
    tabindex="0"
    aria-label=${label}
    title="Drag, or move with the arrows; double click puts it back"
    aria-orientation=${isVertical ? "vertical" : "horizontal"}
    aria-valuemin=${SHARES.least}
    aria-valuemax=${SHARES.most}
    aria-valuenow=${Math.round(share ?? 50)}
    aria-valuetext=${share === null ? "as the content needs" : `${Math.round(share)} %`}
    onPointerDown=${drag}
    onDblClick=${reset}
    onKeyDown=${key}
  ></div>`;
}

/**
 * What a grid with such a border needs to know: the heights of the parts before and behind it, as custom properties. None
 * while the content decides.
 * @param {Share} of @param {string} before @param {string} behind @returns {Record<string, string>}
 */
export function shareOfHeight(of, before, behind) {
  const share = settings.value[of];
  return share === null ? {} : { [before]: `minmax(0, ${share}fr)`, [behind]: `minmax(0, ${100 - share}fr)` };
}
