// @ts-check
// An image of Python's memory, taken when Python has imported the engine, and put back into another, which then need not
// start. This is the only file that uses what Pyodide keeps to itself: the options `_makeSnapshot` and `_loadSnapshot`, where
// they are kept, `makeMemorySnapshot`, and that the runtime is compiled by `WebAssembly.instantiateStreaming`.
// tests/toolchain/test_memory_image.py tells when there is another Pyodide than the one it was tried with.

export const TRIED_WITH = "314.0.7";

/** What loadPyodide is told, so that an image can be taken of what it makes. */
export const FOR_AN_IMAGE = { _makeSnapshot: true };

/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65_536;
/** Where an image says how long the head is that stands before the memory, in words of 32 bits. */
const HEAD_LENGTH = 1;

/** @param {any} python @returns {Uint8Array} */
export const takeImage = (python) => python.makeMemorySnapshot();

/**
 * Loads Python with the memory of an image, whose bytes need only be there when `filled` is kept: they come while the runtime
 * is compiled. That memory may have grown, and a runtime begins with what it was compiled with. Rejects as `filled` does.
 * @param {{ image: Uint8Array, filled: Promise<void> }} read @param {(options: {}) => Promise<any>} load with more options for loadPyodide
 */
export async function loadWithImage({ image, filled }, load) {
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (...given) => {
    const made = await instantiateStreaming.apply(WebAssembly, given);
    await filled.catch(() => new Promise(() => {})); // what is not filled goes no further
    const memory = /** @type {WebAssembly.Memory} */ (made.instance.exports.memory);
    const missing = image.length - new Uint32Array(image.buffer)[HEAD_LENGTH] - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return made;
  };
  try {
    const [python] = await Promise.all([load({ _loadSnapshot: image }), filled]);
    delete python._api.config._loadSnapshot; // or the image would be in memory twice for as long as Python lives
    return python;
  } finally {
    WebAssembly.instantiateStreaming = instantiateStreaming;
  }
}
