// Compresses a site in advance:  node toolchain/compress.mjs <site> <kept>
// Beside every file that gains by it lies a .br (brotli, the highest quality) and a .gz; a host that knows how sends
// those, and needs no processor for it. In the directory <kept> stays what was compressed, by the hash of its content:
// Pyodide takes most of the time, and is the same in every build.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const [, , site, kept] = process.argv;
const WINDOW_BITS = 24;
/** A file that does not shrink by a twentieth is sent as it is. */
const WORTHWHILE = 0.95;

/** @param {Buffer} content */
const brotli = (content) =>
  promisify(brotliCompress)(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });

/** @type {Record<string, (content: Buffer) => Promise<Buffer>>} */
const CODINGS = { ".br": brotli, ".gz": (content) => promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }) };

/** What `content` is in a coding, taken from what is kept where it is there. @param {Buffer} content @param {string} suffix */
async function compressed(content, suffix) {
  const place = path.join(kept, createHash("sha256").update(content).digest("hex") + suffix);
  if (!existsSync(place)) {
    writeFileSync(`${place}.new`, await CODINGS[suffix](content));
    renameSync(`${place}.new`, place);
  }
  return readFileSync(place);
}

mkdirSync(kept, { recursive: true });
const files = readdirSync(site, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !/^[._]|\.(br|gz)$/.test(entry.name))
  .map((entry) => path.join(entry.parentPath, entry.name));
await Promise.all(
  files.flatMap((file) => {
    const content = readFileSync(file);
    return Object.keys(CODINGS).map(async (suffix) => {
      const smaller = await compressed(content, suffix);
      if (smaller.length < content.length * WORTHWHILE) writeFileSync(file + suffix, smaller);
    });
  }),
);
