// @ts-check
// What bundled programs and their streams want of Node's `process`. Turns are the browser's own microtasks: a timer takes four
// milliseconds, and a second where the tab is not seen.

const process = {
  /** @param {(...words: any[]) => void} act @param {any[]} words */
  nextTick: (act, ...words) => queueMicrotask(() => act(...words)),
  /** @type {Record<string, string>} */
  env: {},
  argv: [],
  browser: true,
  pid: 1,
  platform: "browser",
  version: "v20.0.0",
  versions: { node: "20.0.0" },
  cwd: () => "/",
  /** @param {unknown} warning */
  emitWarning: (warning) => console.warn(warning),
  on: () => process,
  once: () => process,
  off: () => process,
};

export const { nextTick, env } = process;
export default process;
