// @ts-check
// Where the image of Python's memory (memory_image.js) is kept: a file of this site in the browser's own file system. It is
// named by a hash of the runtime, the engine and what loads them, so that no other build meets it. Blocks of nothing but
// zeros, two fifths of the memory, are left out. It is not compressed: to inflate it takes longer than to read all of it.

/** The folder of the site. Several may share an origin, and a file system. @param {URL} root of the site */
async function folderOf(root) {
  const all = await navigator.storage.getDirectory();
  return all.getDirectoryHandle(`ferrous ${encodeURIComponent(root.pathname)}`, { create: true });
}

/** Bytes of a block. */
const BLOCK = 4096;
const WORDS = BLOCK / Uint32Array.BYTES_PER_ELEMENT;
/** Words before the list of runs: a checksum of all that follows, the words of the image, the number of runs. */
const HEAD = 3;
/** Words an image may have: a quarter of a gigabyte. */
const LARGEST = 2 ** 26;
/** Words of a run of blocks in the list: where it begins, in blocks, and how many there are. */
const RUN = 2;

/** @param {Uint32Array} words */
function checksumOf(words) {
  let sum = 1;
  for (let index = 1; index < words.length; index++) sum = Math.imul((sum << 5) | (sum >>> 27), 0x9e3779b1) ^ words[index];
  return sum >>> 0;
}

/** The runs of blocks that hold anything. @param {Uint32Array} image @returns {[start: number, count: number][]} */
function runsOf(image) {
  /** @type {[number, number][]} */
  const runs = [];
  for (let block = 0; block * WORDS < image.length; block++) {
    if (image.subarray(block * WORDS, (block + 1) * WORDS).every((word) => word === 0)) continue;
    const last = runs.at(-1);
    if (last && last[0] + last[1] === block) last[1] += 1;
    else runs.push([block, 1]);
  }
  return runs;
}

/** An image as it is kept. @param {Uint32Array} image */
export function pack(image) {
  const runs = runsOf(image);
  const parts = runs.map(([start, count]) => image.subarray(start * WORDS, (start + count) * WORDS));
  const packed = new Uint32Array(HEAD + runs.length * RUN + parts.reduce((sum, { length }) => sum + length, 0));
  packed.set([0, image.length, runs.length, ...runs.flat()]);
  let at = HEAD + runs.length * RUN;
  for (const part of parts) {
    packed.set(part, at);
    at += part.length;
  }
  packed[0] = checksumOf(packed);
  return packed;
}

/** The bytes are not those that were kept, or are no longer there. */
export class Damaged extends Error {}

/** Puts an image together that was packed. Throws Damaged. @param {Uint32Array} packed @param {Uint32Array} image of the length that `packed` tells, empty */
export function unpack(packed, image) {
  const [checksum, length, count] = packed;
  if (packed.length < HEAD || length !== image.length || checksum !== checksumOf(packed)) throw new Damaged("the image is damaged");
  let at = HEAD + count * RUN;
  for (let index = HEAD; index < HEAD + count * RUN; index += RUN) {
    const start = packed[index] * WORDS;
    const words = Math.min(packed[index + 1] * WORDS, length - start);
    image.set(packed.subarray(at, at + words), start);
    at += words;
  }
}

/** @typedef {{ handle: FileSystemFileHandle, file: File }} Kept */

/** The file of the image, or null where none is kept; an empty one was never written to its end. @param {URL} root @returns {Promise<Kept | null>} */
export async function findImage(root) {
  try {
    const handle = await (await folderOf(root)).getFileHandle(SITE_LAYOUT.image);
    const file = await handle.getFile();
    return file.size ? { handle, file } : null;
  } catch {
    return null;
  }
}

/** All bytes: at once by a handle, which a worker may have; where that is refused, as for a second tab, as of any file. @param {Kept} kept */
async function bytesOf({ handle, file }) {
  try {
    // TypeScript does not know the mode.
    const access = await /** @type {any} */ (handle).createSyncAccessHandle({ mode: "read-only" });
    try {
      const bytes = new ArrayBuffer(access.getSize());
      access.read(bytes, { at: 0 });
      return bytes;
    } finally {
      access.close();
    }
  } catch {
    return file.arrayBuffer();
  }
}

/** Bytes as words. Throws Damaged where they are none. @param {ArrayBuffer} bytes */
function wordsOf(bytes) {
  if (bytes.byteLength % Uint32Array.BYTES_PER_ELEMENT) throw new Damaged("the image is damaged");
  return new Uint32Array(bytes);
}

/**
 * The image in a file: its room at once, its bytes when `filled` is kept, for they take as long as it takes to compile the
 * runtime. Both reject with Damaged.
 * @param {Kept} kept @returns {Promise<{ image: Uint8Array, filled: Promise<void> }>}
 */
export async function readImage(kept) {
  const [, length] = wordsOf(await kept.file.slice(0, HEAD * Uint32Array.BYTES_PER_ELEMENT).arrayBuffer());
  if (!(length > 0 && length <= LARGEST)) throw new Damaged("the image is damaged");
  const image = new Uint32Array(length);
  const bytes = bytesOf(kept).catch((error) => {
    throw new Damaged(String(error));
  });
  const filled = bytes.then((all) => unpack(wordsOf(all), image));
  filled.catch(() => {}); // whoever needs it is told
  return { image: new Uint8Array(image.buffer), filled };
}

/** Keeps an image, and none of another build. @param {URL} root @param {Uint8Array} image */
export async function keepImage(root, image) {
  const folder = await folderOf(root);
  // What is written is another file until all of it is there.
  const writable = await (await folder.getFileHandle(SITE_LAYOUT.image, { create: true })).createWritable();
  await writable.write(pack(new Uint32Array(image.buffer, image.byteOffset, image.length / Uint32Array.BYTES_PER_ELEMENT)));
  await writable.close();
  // What another tab writes at this moment cannot be removed.
  for await (const name of folder.keys()) if (name !== SITE_LAYOUT.image) await folder.removeEntry(name).catch(() => {});
}

/** Forgets every image of this site; where there is no such file system, there are none. @param {URL} root */
export async function forgetImages(root) {
  const folder = await folderOf(root).catch(() => null);
  if (folder) for await (const name of folder.keys()) await folder.removeEntry(name).catch(() => {});
}
