// @ts-check
// What of the layout the script must know: whether the page is narrow, and how to go to a part of it.
import { signal } from "@preact/signals";
import { loadRest } from "./later.js";

/** The width at which the style sheets put everything into one column. */
export const narrow = matchMedia("(max-width: 760px)");
export const isNarrow = signal(narrow.matches);
narrow.addEventListener("change", () => (isNarrow.value = narrow.matches));

/** What is typed into a field is taken when it is left: so it is, before what it belongs to goes. */
export function leaveField() {
  const field = document.activeElement;
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.blur();
}

/** Shows a tab and puts the focus into it. @param {import("@preact/signals").Signal<string>} tabs @param {string} id */
export function show(tabs, id) {
  leaveField();
  tabs.value = id;
  const tab = () => document.getElementById(`tab-${id}`);
  // Behind the drawing, which waits for this turn to end, and before the next key.
  const focus = () => queueMicrotask(() => focusFirst(`#panel-${id}`) || tab()?.focus());
  focus();
  // What is still being fetched has nothing yet to put the focus into.
  loadRest().then(() => tabs.value === id && document.activeElement === tab() && focus(), () => {});
}

/** Focuses the editor of a place, or its first field, or the button that adds one. @param {string} place */
export function focusFirst(place) {
  const found = document.querySelector(place);
  const editor = found?.querySelector(".editor")?.shadowRoot?.querySelector(".cm-content");
  const field = editor ?? found?.querySelector('input:not([type="file"], [type="checkbox"]), .add');
  /** @type {HTMLElement | undefined} */ (field)?.focus();
  return Boolean(field);
}

/** Scrolls a part of the page into sight, at once where motion is not wanted. @param {string} place */
export function goTo(place) {
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
  document.querySelector(place)?.scrollIntoView({ behavior, block: "start" });
}
