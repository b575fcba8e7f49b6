// Makes Pyodide's runtime small:  node toolchain/shrink_runtime.mjs <out>
// Pyodide is built so that libraries may be linked to it while it runs: all 8,560 functions and variables of its WebAssembly
// are exported, its script names each of them twice, and when it starts it enters each into tables for the linker. A page
// that links nothing needs some 270. What nothing else in the script names is no longer exported; code that only exports
// reached goes (binaryen finds it); and in the script the lists of names are cut to those that are left.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import binaryen from "binaryen";

const [, , out] = process.argv;
const npm = "node_modules/pyodide";
const LOADER = "pyodide.mjs";
const SCRIPT = "pyodide.asm.mjs";
const BINARY = "pyodide.asm.wasm";
/** What of ours uses the runtime's functions by name. */
const OURS = "web/src/worker/stack.js";

const NAME = /[A-Za-z_$][\w$]*/g;
/** @param {string} text */
const namesIn = (text) => new Set(text.match(NAME));

// The lists of names in the script. There must be one of each; another Pyodide may write them otherwise, and then this fails.
const ASSIGNMENTS = /(?<=function assignWasmExports\(wasmExports\)\{)[^{}]*(?=\})/;
const IMPORTS = /(?<=var wasmImports=\{)[^{}]*(?=\})/;
const DECLARED = /(?<=var )[\w$,]{20000,}(?=;)/;
/** A function of the script, made known as a property of the module. */
const PROPERTY = /Module\["([\w$]+)"\]=[\w$]+;/g;
/** An export that is made to answer numbers without a sign. */
const UNSIGNED = /wasmExports\["([\w$]+)"\]=makeWrapper_\w+\(wasmExports\["\1"\]\);/g;

/** The script with one of its lists cut. @param {string} script @param {RegExp} list @param {string} separator @param {(item: string) => unknown} keep */
function cut(script, list, separator, keep) {
  if (script.match(new RegExp(list, "g"))?.length !== 1) throw new Error(`${SCRIPT} is not as expected: ${list}`);
  return script.replace(list, (items) => items.split(separator).filter(keep).join(separator));
}

/** The binary without the exports that `isNamed` does not know, and without what only those reached. @param {Buffer} binary @param {(name: string) => boolean} isNamed */
function shrinkBinary(binary, isNamed) {
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(binary)).map(({ name }) => name);
  const module = binaryen.readBinary(binary);
  for (const name of exported) if (!isNamed(name)) module.removeExport(name);
  module.runPasses(["remove-unused-module-elements"]);
  return Buffer.from(module.emitBinary());
}

/** The script for a binary that exports and imports less. @param {string} script @param {WebAssembly.Module} binary @param {string} users what else names the runtime's properties */
function shrinkScript(script, binary, users) {
  const exported = new Set(WebAssembly.Module.exports(binary).map(({ name }) => name));
  const imported = new Set(WebAssembly.Module.imports(binary).map(({ name }) => name));
  const exportOf = (/** @type {string} */ assignment) => /wasmExports\["([^"]+)"\]/.exec(assignment)?.[1] ?? "";
  let small = cut(script, ASSIGNMENTS, ";", (assignment) => exported.has(exportOf(assignment)));
  small = small.replace(UNSIGNED, (wrapping, name) => (exported.has(name) ? wrapping : ""));
  small = cut(small, IMPORTS, ",", (item) => imported.has(item.split(":")[0]));
  const used = new Set([...(small.replace(PROPERTY, "") + users).matchAll(/(?:\.|\[")([\w$]+)/g)].map(([, name]) => name));
  small = small.replace(PROPERTY, (property, name) => (used.has(name) ? property : ""));
  const left = namesIn(small.replace(DECLARED, ""));
  return cut(small, DECLARED, ",", (name) => left.has(name));
}

const script = readFileSync(path.join(npm, SCRIPT), "utf8");
const users = readFileSync(path.join(npm, LOADER), "utf8") + readFileSync(OURS, "utf8");
const elsewhere = namesIn(script.replace(ASSIGNMENTS, "").replace(IMPORTS, "").replace(DECLARED, "").replace(PROPERTY, "") + users);
const binary = shrinkBinary(readFileSync(path.join(npm, BINARY)), (name) => elsewhere.has(name) || elsewhere.has(`_${name}`));

mkdirSync(out, { recursive: true });
writeFileSync(path.join(out, BINARY), binary);
writeFileSync(path.join(out, SCRIPT), shrinkScript(script, new WebAssembly.Module(binary), users));
copyFileSync(path.join(npm, LOADER), path.join(out, LOADER));
