// @ts-check
// The examples of web/examples: the first is in the page's bundle, the others come when Python is there.
import { signal } from "@preact/signals";
import { count, first, protocolCount } from "ferrous:first-example";
import { DEFAULT_SERVER } from "./servers.js";
import { scriptOf } from "./scripts.js";
import { EMPTY_WORK } from "./state.js";

/**
 * An example with a `function` is a library, of which that is called.
 * @typedef {{ title: string, about: string, tags: string[], script: string, keys: string[], argv: string[], fixture: string[],
 *   clock?: number | null, seed?: number | null, protocol?: 2 | 3, server?: string, function?: string, tests: ExampleTest[],
 *   scriptName?: string, beside?: Partial<Example>[], scenario?: string[] }} Example
 * Scripts that lie `beside` it in the work are as it is where they say nothing else. The lines of a `scenario` may call them all.
 *
 * What a test leaves out is as in the example.
 * @typedef {{ name: string, keys?: string[], argv?: string[], function?: string, fixture?: string[], clock?: number | null,
 *   seed?: number | null, reply: string, keyspace?: string[] }} ExampleTest
 */

/** Those that are here. */
export const examples = signal(/** @type {Example[]} */ ([first]));
/** How many there will be, of them and of protocols. */
export const exampleCount = count;
export { protocolCount };

/**
 * A protocol of several clients, as a scenario in which it is broken, and one in which it is mended.
 * @typedef {{ title: string, about: string, source: string, broken: string, mended: string }} Protocol
 */

/** The catalogue of protocols; those that are here. */
export const protocols = signal(/** @type {Protocol[]} */ ([]));

/** Brings the others; without a network there is the first. */
export async function loadExamples() {
  const bundled = await import("ferrous:examples").catch(() => null);
  if (bundled) examples.value = bundled.default;
  const catalogue = await import("ferrous:protocols").catch(() => null);
  if (catalogue) protocols.value = catalogue.default;
}

/** An example as work. @param {Example} example @returns {import("./state.js").Work} */
export function workOf(example) {
  const { title, script, keys, argv, fixture, clock = null, seed = null, protocol = 2, server = DEFAULT_SERVER, function: called = "", tests } = example;
  const { scriptName = EMPTY_WORK.scriptName, beside = [], scenario = [] } = example;
  const asText = (/** @type {string[]} */ lines) => lines.join("\n");
  return {
    ...EMPTY_WORK,
    name: title,
    script,
    keys,
    argv,
    fixture: asText(fixture),
    clock,
    seed,
    protocol,
    server,
    mode: called ? "FCALL" : "EVAL",
    function: called,
    tests: tests.map((test) => ({
      name: test.name,
      keys: test.keys ?? keys,
      argv: test.argv ?? argv,
      mode: called ? "FCALL" : "EVAL",
      function: test.function ?? called,
      protocol,
      fixture: asText(test.fixture ?? fixture),
      clock: test.clock === undefined ? clock : test.clock,
      seed: test.seed === undefined ? seed : test.seed,
      reply: test.reply,
      keyspace: test.keyspace ? asText(test.keyspace) : null,
    })),
    scriptName,
    others: beside.map((other) => scriptOf(workOf({ ...example, ...other, beside: [] }))),
    scenario: asText(scenario),
  };
}
