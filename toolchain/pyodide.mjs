// Starts Pyodide under Node with directories of this machine mounted, for packing and for tests.
import path from "node:path";
import { protectStack } from "../web/src/worker/stack.js";

/**
 * @param {Record<string, string>} mounts  where in Pyodide -> which directory here
 * @param {{indexURL?: string, stdLibURL?: string, env?: Record<string, string>}} [options] `indexURL` is the directory of a runtime other than Pyodide's own
 * @param {boolean} [asInBrowser]  with the stack that the page gives Python; its compiler wants more for deeply nested sources
 */
export async function startPyodide(mounts, { env = {}, ...options } = {}, asInBrowser = true) {
  const { loadPyodide } = await import(options.indexURL ? `${options.indexURL}pyodide.mjs` : "pyodide");
  const python = await loadPyodide({
    lockFileURL: path.resolve("node_modules/pyodide/pyodide-lock.json"),
    ...options,
    env: { HOME: "/tmp", PYTHONDONTWRITEBYTECODE: "1", ...env },
    fsInit: async (FS) => {
      for (const [at, root] of Object.entries(mounts)) {
        FS.mkdirTree(at);
        FS.mount(FS.filesystems.NODEFS, { root: path.resolve(root) }, at);
      }
    },
  });
  if (asInBrowser) protectStack(python);
  const isatty = process.stdout.isTTY ?? false;
  python.setStdout({ write: (bytes) => (process.stdout.write(bytes), bytes.length), isatty });
  python.setStderr({ write: (bytes) => (process.stderr.write(bytes), bytes.length), isatty });
  return python;
}
