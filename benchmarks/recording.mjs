// recording.py inside Pyodide under Node, on the engine of this directory:  node benchmarks/recording.mjs [script ...]
import { startPyodide } from "../toolchain/pyodide.mjs";

const python = await startPyodide(
  { "/project": ".", "/site": "build/ferrous/pyodide-tests" },
  { env: { PYTHONPATH: "/project:/site" } },
);
const names = JSON.stringify(process.argv.slice(2));
python.runPython(`import sys; sys.setrecursionlimit(200_000)\nfrom benchmarks import recording\nrecording.main(${names})`);
