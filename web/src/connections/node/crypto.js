// @ts-check
// What clients want of Node's `crypto`: the names of scripts, which are SHA-1 and cannot wait for a promise, and chance.
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { Buffer } from "buffer/";

/** @type {Record<string, { create: () => { update: (bytes: Uint8Array) => void, digest: () => Uint8Array } }>} */
const HASHES = { sha1, sha256 };

/** @param {string} name */
export function createHash(name) {
  const hash = HASHES[name.toLowerCase()]?.create();
  if (!hash) throw new Error(`Digest method not supported: ${name}`);
  return {
    /** @param {string | Uint8Array} data @param {string} [encoding] */
    update(data, encoding) {
      hash.update(typeof data === "string" ? Buffer.from(data, encoding) : data);
      return this;
    },
    /** @param {string} [encoding] */
    digest(encoding) {
      const bytes = Buffer.from(hash.digest());
      return encoding ? bytes.toString(encoding) : bytes;
    },
  };
}

/** @param {number} size */
export const randomBytes = (size) => Buffer.from(crypto.getRandomValues(new Uint8Array(size)));

export const randomUUID = () => crypto.randomUUID();

export default { createHash, randomBytes, randomUUID };
