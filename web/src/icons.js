// @ts-check
// The page's icons: drawn with one stroke on a field of 16 × 16, in the colour of the text beside them.
import { html } from "./html.js";

/** @type {Record<string, string>} */
const PATHS = {
  run: "M5 3.2v9.6L12.6 8z",
  stop: "M4 4h8v8H4z",
  debug: "M3 3v10M6.5 4.500v7L12 8z",
  dry: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6.200a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.600z",
  examples: "M8 4.200C6.5 3 4.5 2.7 2 2.700v9.600c2.5 0 4.5.3 6 1.5 1.5-1.2 3.5-1.5 6-1.500V2.700c-2.5 0-4.5.3-6 1.500zm0 0v9.6",
  export: "M5.5 4.5 2 8l3.5 3.500M10.5 4.5 14 8l-3.5 3.5",
  share: "M6.5 9.5 9.5 6.500M7 4.500l1.4-1.400a2.9 2.9 0 0 1 4.5 4.500L11.5 9M9 11.500l-1.4 1.400a2.9 2.9 0 0 1-4.5-4.500L4.5 7",
  theme: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zm0 0v12M8 5l4-1.500M8 8h6M8 11l4 1.5",
  keys: "M1.5 4h13v8.500h-13zM4 6.700h.01M6.7 6.700h.01M9.3 6.700h.01M12 6.700h.01M5 9.800h6",
  menu: "M2.5 4.500h11M2.5 8h11M2.5 11.500h11",
  copy: "M5.5 5.500h8v8h-8zM10.5 5.500v-3h-8v8h3",
  close: "M4 4l8 8M12 4l-8 8",
  add: "M8 3v10M3 8h10",
  inputs: "M2 4.500h12M2 8h8M2 11.500h5",
  script: "M4 2h5.500L12 4.500V14H4zM6 7h4M6 10h4",
  wrap: "M2 4h12M2 8h9.500a2.250 2.250 0 0 1 0 4.500H8M9.8 10.700 8 12.500l1.8 1.800M2 12.500h3",
  format: "M2 3.500h12M5 6.500h9M5 9.500h9M2 12.500h12",
  results: "M2 3h12v10H2zM2 6.500h12",
};

/** @param {{ name: keyof typeof PATHS }} props */
export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
