// Compresses a site in advance:  node toolchain/compress.mjs <site>
// Beside every file that gains by it lies a .br (brotli, the highest quality) and a .gz; a host that knows how sends
// those, and needs no processor for it.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const site = process.argv[2];
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

const files = readdirSync(site, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.startsWith(".") && !entry.name.startsWith("_"))
  .map((entry) => path.join(entry.parentPath, entry.name));
await Promise.all(
  files.flatMap((file) => {
    const content = readFileSync(file);
    return Object.entries(CODINGS).map(async ([suffix, compress]) => {
      const compressed = await compress(content);
      if (compressed.length < content.length * WORTHWHILE) writeFileSync(file + suffix, compressed);
    });
  }),
);
