// @ts-check
// What of the layout the script must know: whether the page is narrow, and how to go to a part of it.

/** The width at which the style sheets put everything into one column. */
export const narrow = matchMedia("(max-width: 760px)");

/** Scrolls a part of the page into sight, at once where motion is not wanted. @param {string} place */
export function goTo(place) {
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
  document.querySelector(place)?.scrollIntoView({ behavior, block: "start" });
}
