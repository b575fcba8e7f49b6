// @ts-check
// An image of Python's memory, taken when Python has imported the engine, and put back into another, which then need not
// start. This is the only file that uses what Pyodide keeps to itself: the options `_makeSnapshot` and `_loadSnapshot`,
// `makeMemorySnapshot`, and that its runtime is compiled by `WebAssembly.instantiateStreaming`. tests/toolchain/test_memory_image.py
// tells when there is another Pyodide than the one it was tried with.

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
 * Loads Python with the memory of an image, which may still be on its way. That memory may have grown, and a runtime begins
 * with what it was compiled with.
 * @template T @param {Promise<Uint8Array>} image @param {(options: {}) => Promise<T>} load with more options for loadPyodide
 */
export async function loadWithImage(image, load) {
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (...given) => {
    const [made, { buffer, byteOffset, length }] = await Promise.all([instantiateStreaming.apply(WebAssembly, given), image]);
    const memory = /** @type {WebAssembly.Memory} */ (made.instance.exports.memory);
    const missing = length - new Uint32Array(buffer, byteOffset)[HEAD_LENGTH] - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return made;
  };
  try {
    return await load({ _loadSnapshot: image });
  } finally {
    WebAssembly.instantiateStreaming = instantiateStreaming;
  }
}
