// @ts-check
// Links: `#v1=` + base64url(deflate(JSON)), `#v2=` for several scripts or a scenario, which earlier pages would lose. The fragment
// never leaves the browser. Work that is too large for a link goes into a file: JSON with the version in `ferrous`. Both are a
// stranger's text: they are read with limits, every field is checked, and nothing runs by itself.
import { fromBase64, toBase64 } from "./base64.js";
import { shownField, withoutHidden } from "./hidden.js";
import { MODES, isLibrary } from "./modes.js";
import { asScriptName, scriptOf } from "./scripts.js";
import { EMPTY_PRESET, EMPTY_TEST, EMPTY_WORK, calleeOf } from "./state.js";

/**
 * @typedef {import("./state.js").Work} Work
 * @typedef {import("./state.js").Test} Test
 * @typedef {import("./state.js").Preset} Preset
 */

/** Characters of a link; browsers and chats cut longer ones. */
export const LONGEST_LINK = 64_000;
/** Bytes a link may unpack to: a small link can hold gigabytes of nothing. */
export const LARGEST_WORK = 2_000_000;
const MOST_FIELDS = 1000;
/** Events of an exploration, at most (ferrous_vm/exploration/showing.py). */
const MOST_EVENTS = 100_000_000;
export const MOST_SCRIPTS = 100;

/** The version of what links and files hold: 1 as long as that is one script and no more. @param {Work} work */
const versionOf = (work) => (work.others.length || work.scenario ? NEWEST : 1);
const NEWEST = 2;

/** A link or a file that cannot be opened; the message is for the person who opened it. */
export class LinkError extends Error {}

/** @param {any} value */
function isNumberOfNodes(value) {
  return Number.isSafeInteger(value) && value >= 0 && value <= 1000;
}

/** @type {{ [name in keyof Work]: (value: any) => boolean }} */
const CHECKS = {
  name: (value) => typeof value === "string" && value.length <= 200,
  script: (value) => typeof value === "string",
  keys: isFields,
  argv: isFields,
  fixture: (value) => typeof value === "string",
  mode: (value) => MODES.includes(value),
  function: (value) => typeof value === "string" && value.length <= 200,
  protocol: (value) => value === 2 || value === 3,
  server: (value) => typeof value === "string" && /^[a-z]{1,20}-\d{1,3}(\.\d{1,3}){1,2}$/.test(value),
  fresh: (value) => typeof value === "boolean",
  clock: (value) => value === null || (Number.isFinite(value) && value >= 0 && value < 1e11),
  seed: (value) => value === null || Number.isSafeInteger(value),
  shuffle: (value) => typeof value === "boolean",
  cluster: isNumberOfNodes,
  node: isNumberOfNodes,
  engine: (value) => typeof value === "string" && /^(\d+(\.\d+){1,3}([a-z]+\d+)?)?$/.test(value),
  tests: (value) => Array.isArray(value) && value.length <= MOST_FIELDS,
  presets: (value) => Array.isArray(value) && value.length <= MOST_FIELDS,
  keyNames: isFields,
  argvNames: isFields,
  breakpoints: isBreakpoints,
  watches: isFields,
  scenario: (value) => typeof value === "string",
  budget: (value) => Number.isSafeInteger(value) && value >= 1 && value <= MOST_EVENTS,
  moment: (value) => Number.isSafeInteger(value) && value >= 0,
  scriptName: (value) => typeof value === "string" && value !== "" && asScriptName(value) === value,
  others: Array.isArray,
  place: (value) => Number.isSafeInteger(value) && value >= 0,
};

/** @type {{ [name in keyof Preset]: (value: any) => boolean }} */
const PRESET_CHECKS = {
  name: CHECKS.name,
  keys: isFields,
  argv: isFields,
  mode: CHECKS.mode,
  function: CHECKS.function,
  protocol: CHECKS.protocol,
  clock: CHECKS.clock,
  seed: CHECKS.seed,
};

/** @type {{ [name in keyof Test]: (value: any) => boolean }} */
const TEST_CHECKS = {
  name: CHECKS.name,
  keys: isFields,
  argv: isFields,
  mode: CHECKS.mode,
  function: CHECKS.function,
  protocol: CHECKS.protocol,
  fixture: CHECKS.fixture,
  clock: CHECKS.clock,
  seed: CHECKS.seed,
  reply: (value) => typeof value === "string",
  keyspace: (value) => value === null || typeof value === "string",
};

/** What of a stranger's text stands outside the editors, which show every character: how it is shown. @type {Record<string, (value: any) => any>} */
const SHOWN = {
  name: withoutHidden,
  function: withoutHidden,
  keys: (fields) => fields.map(shownField),
  argv: (fields) => fields.map(shownField),
  keyNames: (names) => names.map(withoutHidden),
  argvNames: (names) => names.map(withoutHidden),
  breakpoints: shownBreakpoints,
  watches: (expressions) => expressions.map(withoutHidden),
};

/** @param {any} value */
function isBreakpoints(value) {
  const isList = (/** @type {any} */ list, /** @type {(item: any) => boolean} */ isItem) =>
    Array.isArray(list) && list.length <= MOST_FIELDS && list.every((item) => typeof item === "object" && item !== null && isItem(item));
  const isLine = (/** @type {any} */ line) => Number.isSafeInteger(line) && line >= -1;
  const areTexts = (/** @type {any[]} */ ...texts) => texts.every((text) => typeof text === "string");
  return (
    typeof value === "object" &&
    value !== null &&
    isList(value.lines, (one) => isLine(one.line) && one.line > 0 && isLine(one.hits) && areTexts(one.condition, one.log)) &&
    isList(value.keys, (one) => areTexts(one.key) && ["read", "written", "expired", "touched"].includes(one.on)) &&
    isList(value.changes, (one) => areTexts(one.expression) && isLine(one.function)) &&
    ["none", "uncaught", "all"].includes(value.errors)
  );
}

/** @param {any} value what `isBreakpoints` has found good @returns {import("./state.js").Breakpoints} */
function shownBreakpoints({ lines, keys, changes, errors }) {
  return {
    lines: lines.map((/** @type {any} */ { line, condition, hits, log }) => ({ line, condition: withoutHidden(condition), hits, log: withoutHidden(log) })),
    keys: keys.map((/** @type {any} */ { key, on }) => ({ key: withoutHidden(key), on })),
    changes: changes.map((/** @type {any} */ one) => ({ expression: withoutHidden(one.expression), function: one.function })),
    errors,
  };
}

/** @param {any} value */
function isFields(value) {
  return Array.isArray(value) && value.length <= MOST_FIELDS && value.every((item) => typeof item === "string");
}

/** The work in a parsed JSON value; fields it lacks are as in a new one. Throws LinkError. @param {any} value @returns {Work} */
export function readWork(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new LinkError("it holds no workbench");
  if (typeof value.script !== "string") throw new LinkError("it holds no script");
  const work = readScript(value, EMPTY_WORK, "");
  if (work.others.length >= MOST_SCRIPTS) throw new LinkError(`it holds ${work.others.length + 1} scripts, and work has at most ${MOST_SCRIPTS}`);
  const others = work.others.map((other, index) => readScript(other, EMPTY_SCRIPT, `others[${index + 1}].`));
  const names = new Set();
  for (const { scriptName } of [work, ...others]) {
    if (names.has(scriptName)) throw new LinkError(`two of its scripts have the name ${scriptName}`);
    names.add(scriptName);
  }
  return { ...work, others, place: Math.min(work.place, others.length) };
}

export const EMPTY_SCRIPT = scriptOf(EMPTY_WORK);

/** A script, or the work it lies open in. @template {import("./state.js").Script} T @param {any} value @param {T} empty @param {string} place @returns {T} */
function readScript(value, empty, place) {
  const script = readFields(value, empty, /** @type {any} */ (CHECKS), place);
  if (value.script === undefined) throw new LinkError(`its "${place}script" is not there`);
  if (value.mode === undefined && isLibrary(script.script)) script.mode = "FCALL";
  const test = { ...EMPTY_TEST, ...calleeOf(script) };
  return {
    ...script,
    tests: script.tests.map((one, index) => readFields(one, test, TEST_CHECKS, `${place}tests[${index + 1}].`)),
    presets: script.presets.map((preset, index) => readFields(preset, EMPTY_PRESET, PRESET_CHECKS, `${place}presets[${index + 1}].`)),
  };
}

/**
 * The fields of `value` that `empty` has; those it lacks are as there.
 * @template {object} T
 * @param {any} value @param {T} empty @param {{ [name in keyof T]: (value: any) => boolean }} checks @param {string} place @returns {T}
 */
function readFields(value, empty, checks, place) {
  if (typeof value !== "object" || value === null) throw new LinkError(`its "${place.slice(0, -1)}" is not what it should be`);
  const read = { ...empty };
  for (const name of /** @type {(keyof T & string)[]} */ (Object.keys(empty))) {
    if (!Object.hasOwn(value, name)) continue;
    if (!checks[name](value[name])) throw new LinkError(`its "${place}${name}" is not what it should be`);
    const shown = SHOWN[name];
    read[name] = shown ? shown(value[name]) : value[name];
  }
  return read;
}

/** The fields of `value` that are not as in `usual`. @param {any} value @param {any} usual */
function differing(value, usual) {
  return Object.fromEntries(Object.entries(value).filter(([name, field]) => JSON.stringify(field) !== JSON.stringify(usual[name])));
}

/** What a link or a file holds of a script: what is not as in a new one, and of a test how it is called where the script is called otherwise. @param {import("./state.js").Script} script */
function packedScript(script) {
  const tests = script.tests.map((test) => differing(test, calleeOf(script)));
  return { script: script.script, ...differing({ ...script, tests }, EMPTY_WORK) };
}

/** What a link or a file holds. @param {Work} work */
const packed = (work) => packedScript(/** @type {Work} */ ({ ...work, others: work.others.map(packedScript) }));

/** The content of a file with `work`. @param {Work} work */
export const workFile = (work) => JSON.stringify({ ferrous: versionOf(work), ...packed(work) }, null, 1) + "\n";

/** The work in a file. Throws LinkError. @param {string} text */
export function readWorkFile(text) {
  if (text.length > LARGEST_WORK) throw new LinkError("it is larger than two megabytes");
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LinkError("it is no JSON");
  }
  if (!Number.isInteger(value?.ferrous)) throw new LinkError("it holds no work of Ferrous");
  if (value.ferrous > NEWEST) throw new LinkError(`it was made by a newer Ferrous (version ${value.ferrous} of the file)`);
  return readWork(value);
}

/** The fragment that carries `work`; what is as in a new one is left out. @param {Work} work */
export async function linkTo(work) {
  const text = new TextEncoder().encode(JSON.stringify(packed(work)));
  const deflated = await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer();
  return `#v${versionOf(work)}=` + toBase64(new Uint8Array(deflated)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The work a fragment carries, or null when it is no link. Throws LinkError. @param {string} fragment */
export async function readLink(fragment) {
  if (fragment === "" || fragment === "#") return null;
  const [prefix, version] = /^#v(\d+)=/.exec(fragment) ?? [];
  if (prefix === undefined) throw new LinkError("it is no link of Ferrous");
  if (!(Number(version) >= 1 && Number(version) <= NEWEST)) throw new LinkError(`it was made by a newer Ferrous (version ${version} of the link)`);
  const text = await inflate(unpackBase64(fragment.slice(prefix.length)));
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LinkError("what it holds is damaged");
  }
  return readWork(value);
}

/** @param {string} text */
function unpackBase64(text) {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) throw new LinkError("it is cut off or has characters that do not belong there");
  try {
    return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    throw new LinkError("it is cut off");
  }
}

/** @param {Uint8Array<ArrayBuffer>} packed */
async function inflate(packed) {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      size += value.length;
      if (size > LARGEST_WORK) {
        await reader.cancel();
        throw new LinkError("it unpacks to more than two megabytes");
      }
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    if (error instanceof LinkError) throw error;
    throw new LinkError("what it holds is damaged");
  }
}
