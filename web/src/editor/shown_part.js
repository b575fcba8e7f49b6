// @ts-check
// How wide the gutters and the part of the text beside them are: sentences below a long line stay in that part.
import { ViewPlugin } from "@codemirror/view";

export const shownPart = ViewPlugin.define((view) => {
  const measure = {
    key: "shown part",
    read: () => {
      const gutters = view.scrollDOM.querySelector(".cm-gutters")?.getBoundingClientRect().width ?? 0;
      return { gutters, shown: view.scrollDOM.clientWidth - gutters };
    },
    write: (/** @type {Record<string, number>} */ widths) => {
      for (const [name, width] of Object.entries(widths)) view.scrollDOM.style.setProperty(`--${name}`, `${width}px`);
    },
  };
  view.requestMeasure(measure);
  return { update: ({ geometryChanged }) => void (geometryChanged && view.requestMeasure(measure)) };
});
