// Stands in for jest: runs the tests one after the other when the file has been read, and prints each name and verdict.
import { isDeepStrictEqual } from "node:util";

const [tests, hooks] = [[], {}];
const hook = (name) => (act) => (hooks[name] = act);

export const beforeAll = hook("beforeAll");
export const afterEach = hook("afterEach");
export const afterAll = hook("afterAll");
export const test = (name, act) => tests.push({ name, act });
test.skip = (name) => tests.push({ name, act: null });

class Near {
  constructor(value, digits) {
    this.value = value;
    this.distance = 10 ** -digits / 2;
  }
}

/** What was found, with a number that is near enough replaced by what it should be near to. */
function settled(found, expected) {
  if (expected instanceof Near) return Math.abs(found - expected.value) < expected.distance ? expected : found;
  if (found === null || typeof found !== "object" || typeof expected !== "object") return found;
  return Array.isArray(found) ? found : Object.fromEntries(Object.entries(found).map(([key, value]) => [key, settled(value, expected?.[key])]));
}

const show = (value) => JSON.stringify(value);

export function expect(found) {
  return {
    toEqual(expected) {
      if (!isDeepStrictEqual(settled(found, expected), expected)) throw new Error(`${show(found)} is not ${show(expected)}`);
    },
    rejects: {
      async toMatchObject({ message }) {
        const error = await found.then(() => new Error("nothing was thrown"), (thrown) => thrown);
        if (error.message !== message) throw new Error(`${error.message} is not ${message}`);
      },
    },
  };
}
expect.closeTo = (value, digits) => new Near(value, digits);

setImmediate(async () => {
  await hooks.beforeAll();
  for (const { name, act } of tests) {
    let verdict = act ? "passed" : "skipped";
    await act?.().catch((error) => (verdict = error.message));
    if (act) await hooks.afterEach();
    console.log(JSON.stringify([name, verdict]));
  }
  await hooks.afterAll();
});
