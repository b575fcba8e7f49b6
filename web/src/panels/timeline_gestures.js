// @ts-check
// What wheel, mouse and fingers do on the lanes of the timeline: zoom, move, and press.
import { useRef } from "preact/hooks";
import { shownPart, showPart, zoom } from "../actions/timeline.js";

/** What the wheel zooms by for each pixel. */
const WHEEL = 0.002;
/** Pixels that a line of the wheel has. */
const LINE = 16;
/** A pointer that has moved so far drags. Pixels. */
const DRAGS = 6;

/**
 * @typedef {import("../actions/timeline.js").Recording} Recording
 * @typedef {{ pointers: Map<number, number>, track: HTMLElement, first: number, span: number, places: number[], drags: boolean }} Gesture
 *   what began on a track with fingers, or the mouse, at `places`, while a part was shown; where each is now
 */

/** The handlers of an element that holds tracks. @param {Recording} recording @param {(lane: string, moment: number) => void} press */
export function useGestures(recording, press) {
  const gesture = useRef(/** @type {Gesture | null} */ (null));

  /** @param {any} event */
  const trackOf = (event) => /** @type {HTMLElement | null} */ (event.target.closest("[data-lane]"));

  /** How far right a place is, from 0 to 1. @param {HTMLElement} track @param {number} x */
  function share(track, x) {
    const { left, width } = track.getBoundingClientRect();
    return Math.min(Math.max((x - left) / Math.max(width, 1), 0), 1);
  }

  /** Notes where everything is now. @param {HTMLElement} track @param {Map<number, number>} pointers @param {boolean} drags */
  function begin(track, pointers, drags) {
    const { first, last } = shownPart(recording);
    gesture.current = { pointers, track, first, span: last - first + 1, places: [...pointers.values()], drags };
  }

  return {
    /** @param {any} event */
    onWheel(event) {
      const track = trackOf(event);
      if (!track) return;
      event.preventDefault();
      const { first, last } = shownPart(recording);
      const span = last - first + 1;
      const unit = event.deltaMode === 1 ? LINE : 1;
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : 0;
      if (sideways) showPart(recording, first + (sideways * unit * span) / track.clientWidth, span);
      else zoom(recording, Math.exp(event.deltaY * unit * WHEEL * (event.ctrlKey ? 5 : 1)), first + share(track, event.clientX) * span);
    },
    /** @param {any} event */
    onPointerDown(event) {
      const track = trackOf(event);
      if (!track || event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      begin(track, new Map(gesture.current?.pointers).set(event.pointerId, event.clientX), Boolean(gesture.current));
    },
    /** @param {any} event */
    onPointerMove(event) {
      const { current } = gesture;
      if (!current?.pointers.has(event.pointerId)) return;
      current.pointers.set(event.pointerId, event.clientX);
      const { track, first, span, places } = current;
      const [one, other] = [...current.pointers.values()];
      if (places.length < 2) {
        current.drags ||= Math.abs(one - places[0]) >= DRAGS;
        if (current.drags && span < recording.last) showPart(recording, first - ((one - places[0]) * span) / track.clientWidth, span);
        return;
      }
      const [before, beforeOther] = places;
      const factor = Math.max(Math.abs(before - beforeOther), 1) / Math.max(Math.abs(one - other), 1);
      const held = first + share(track, (before + beforeOther) / 2) * span;
      showPart(recording, held - share(track, (one + other) / 2) * span * factor, span * factor);
    },
    /** @param {any} event */
    onPointerUp(event) {
      const { current } = gesture;
      if (!current?.pointers.delete(event.pointerId)) return;
      const { track, first, span, drags } = current;
      if (current.pointers.size) return begin(track, current.pointers, true);
      gesture.current = null;
      if (!drags) press(track.dataset.lane ?? "", Math.floor(first + share(track, event.clientX) * span));
    },
    /** @param {any} event */
    onPointerCancel(event) {
      gesture.current?.pointers.delete(event.pointerId);
      if (!gesture.current?.pointers.size) gesture.current = null;
    },
  };
}
