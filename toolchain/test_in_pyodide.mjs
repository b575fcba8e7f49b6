// Runs the core suite inside Pyodide under Node, on the packed standard library:
//   node toolchain/test_in_pyodide.mjs [--release=<directory>] <runtime> <packed standard library> <site-packages> [pytest arguments]
// With --release the engine is that of a release, and finds only what the release keeps of the standard library.
import path from "node:path";
import { parseArgs } from "node:util";
import { startPyodide } from "./pyodide.mjs";

const { values, positionals } = parseArgs({ options: { release: { type: "string" } }, allowPositionals: true });
const [runtime, standardLibrary, sitePackages, ...pytestArguments] = positionals;
const release = values.release && { "/release": values.release };
const python = await startPyodide(
  { "/project": ".", "/site": sitePackages, ...release },
  { indexURL: `${path.resolve(runtime)}/`, stdLibURL: path.resolve(standardLibrary, "python_stdlib.zip"), env: { PYTHONPATH: "/project/toolchain:/project:/site" } },
);
process.exit(python.pyimport("core_suite").run(python.toPy(pytestArguments), release ? "/release" : ""));
