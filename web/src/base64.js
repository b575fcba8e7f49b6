// @ts-check
// Bytes as base64 text, both ways.

/** @param {Uint8Array} bytes */
export function toBase64(bytes) {
  let binary = "";
  // A call takes only so many arguments.
  for (let start = 0; start < bytes.length; start += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(binary);
}

/** Throws DOMException for text that is none. @param {string} text */
export const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
