// @ts-check
// The examples of web/examples, as the build bundled them.
import bundled from "ferrous:examples";
import { EMPTY_WORK } from "./state.js";

/**
 * @typedef {{ title: string, about: string, tags: string[], script: string, keys: string[], argv: string[], fixture: string[],
 *   clock?: number | null, protocol?: 2 | 3,
 *   tests: { name: string, keys?: string[], argv?: string[], fixture?: string[], reply: string }[] }} Example
 */

/** @type {Example[]} */
export const examples = bundled;

/** An example as work. @param {Example} example @returns {import("./state.js").Work} */
export function workOf({ title, script, keys, argv, fixture, clock = null, protocol = 2, tests }) {
  const asText = (/** @type {string[]} */ lines) => lines.join("\n");
  return {
    ...EMPTY_WORK,
    name: title,
    script,
    keys,
    argv,
    fixture: asText(fixture),
    clock,
    protocol,
    tests: tests.map((test) => ({
      name: test.name,
      keys: test.keys ?? keys,
      argv: test.argv ?? argv,
      fixture: asText(test.fixture ?? fixture),
      reply: test.reply,
      changes: null,
    })),
  };
}
