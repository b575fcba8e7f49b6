// @ts-check
// All that the face tells the page around it: how high it is, whenever that changes.

/** @param {HTMLElement} place */
export function tellHeight(place) {
  if (window.parent === window) return;
  let told = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(place.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    window.parent.postMessage({ ferrous: "height", height }, "*");
  }).observe(place);
}
