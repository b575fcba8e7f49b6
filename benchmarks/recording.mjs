// recording.py inside Pyodide under Node, on the engine of this directory:  node benchmarks/recording.mjs
import { startPyodide } from "../toolchain/pyodide.mjs";

const python = await startPyodide(
  { "/project": ".", "/site": "build/ferrous/pyodide-tests" },
  { env: { PYTHONPATH: "/project:/site" } },
);
python.runPython("import sys; sys.setrecursionlimit(200_000)\nfrom benchmarks import recording\nrecording.main([])");
