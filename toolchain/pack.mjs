// Packs the standard library, or the wheels in a directory, with the Python they are made for:
//   node toolchain/pack.mjs stdlib <tools> <out>     writes out/python_stdlib.zip, byte-compiled
//   node toolchain/pack.mjs wheels <tools> <out>     byte-compiles out/*.whl and writes out/pyodide-lock.json
// release-stdlib and release-wheels do the same for a release: smaller, see shrink.py.
import { startPyodide } from "./pyodide.mjs";

const [, , what, tools, out] = process.argv;
const python = await startPyodide(
  { "/tools": tools, "/out": out, "/npm": "node_modules/pyodide", "/toolchain": "toolchain", "/examples": "web/examples" },
  { env: { PYTHONPATH: "/toolchain", SOURCE_DATE_EPOCH: "315532800" } },
  false,
);
python.pyimport("pack").pack(what);
