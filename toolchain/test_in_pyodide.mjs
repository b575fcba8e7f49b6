// Runs the core suite inside Pyodide under Node, on the packed standard library:
//   node toolchain/test_in_pyodide.mjs <packed standard library> <site-packages> [pytest arguments]
import path from "node:path";
import { startPyodide } from "./pyodide.mjs";

const [, , standardLibrary, sitePackages, ...pytestArguments] = process.argv;
const python = await startPyodide(
  { "/project": ".", "/site": sitePackages },
  { stdLibURL: path.resolve(standardLibrary, "python_stdlib.zip"), env: { PYTHONPATH: "/project/toolchain:/project:/site" } },
);
process.exit(python.pyimport("core_suite").run(python.toPy(pytestArguments)));
