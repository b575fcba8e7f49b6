// @ts-check
// An image of Python's memory, taken when Python has imported the engine, and put back into another, which then need not
// start. This is the only file that uses what Pyodide keeps to itself: the options `_makeSnapshot` and `_loadSnapshot`, where
// they are kept, `makeMemorySnapshot`, what it fetches, and that the runtime is compiled and begun by
// `WebAssembly.instantiateStreaming`.
// tests/toolchain/test_memory_image.py tells when there is another Pyodide than the one it was tried with.

export const TRIED_WITH = "314.0.7";

/** What loadPyodide is told, so that an image can be taken of what it makes. */
export const FOR_AN_IMAGE = { _makeSnapshot: true };

/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65_536;
/** Where an image says how long the head is that stands before the memory, in words of 32 bits. */
const HEAD_LENGTH = 1;

/** What loadPyodide fetches: the runtime, and Python's library, which it puts into an image's file system as an empty file. */
const BINARY = "/pyodide.asm.wasm";
const LIBRARY = "/python_stdlib.zip";

/** @param {any} python @returns {Uint8Array} */
export const takeImage = (python) => python.makeMemorySnapshot();

/**
 * Loads Python, as it starts or with the memory of an image. The bytes of that need only be there when `filled` is kept: they
 * come while the runtime is compiled. The memory may have grown, and a runtime begins with what it was compiled with. Rejects
 * as `filled` does.
 * @param {(options: {}) => Promise<any>} load with more options for loadPyodide
 * @param {WebAssembly.Module | null} compiled the runtime, where another worker has compiled it
 * @param {{ image: Uint8Array, filled: Promise<void> } | null} [read]
 * @returns {Promise<{ python: any, compiled: WebAssembly.Module | null }>}
 */
export async function loadRuntime(load, compiled, read = null) {
  const { instantiateStreaming } = WebAssembly;
  /** @type {(error: unknown) => void} */
  let fail = () => {};
  /** @type {Promise<never>} */
  const failed = new Promise((_, reject) => (fail = reject)); // Pyodide would wait for ever
  WebAssembly.instantiateStreaming = async (response, imports) => {
    const made = await instantiate(response, imports).catch((error) => (fail(error), new Promise(() => {})));
    compiled = made.module;
    if (read) {
      await read.filled.catch(() => new Promise(() => {})); // what is not filled goes no further
      const memory = /** @type {WebAssembly.Memory} */ (made.instance.exports.memory);
      const missing = read.image.length - new Uint32Array(read.image.buffer)[HEAD_LENGTH] - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    }
    return made;
  };
  /** @param {Response | PromiseLike<Response>} response @param {WebAssembly.Imports} [imports] */
  const instantiate = async (response, imports) =>
    compiled ? { module: compiled, instance: await WebAssembly.instantiate(compiled, imports) } : instantiateStreaming(response, imports);
  // What is here already is not fetched: the runtime as it was compiled, and the library that was imported.
  const { fetch } = self;
  const isHere = (/** @type {string} */ url) => (compiled && url.endsWith(BINARY)) || (read && url.endsWith(LIBRARY));
  self.fetch = async (input, init) => (isHere(String(input)) ? new Response() : fetch(input, init));

  try {
    const loading = Promise.all([load(read ? { _loadSnapshot: read.image } : {}), read?.filled]);
    const [python] = await Promise.race([loading, failed]);
    delete python._api.config._loadSnapshot; // or the image would be in memory twice for as long as Python lives
    return { python, compiled };
  } finally {
    Object.assign(WebAssembly, { instantiateStreaming });
    self.fetch = fetch;
  }
}
