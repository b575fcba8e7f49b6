// @ts-check
// A message to a process and its bytes, as one: the length of its JSON text in UTF-8, the text, and of each part its length and
// the part; lengths have four bytes, the highest first (ferrous_vm/live/messages.py).

const LENGTH = 4;

/** @param {object} message @param {ArrayBuffer[]} parts @returns {Uint8Array<ArrayBuffer>} */
export function pack(message, parts) {
  const pieces = [new TextEncoder().encode(JSON.stringify(message)), ...parts.map((part) => new Uint8Array(part))];
  const packed = new Uint8Array(pieces.reduce((size, piece) => size + LENGTH + piece.length, 0));
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const piece of pieces) {
    view.setUint32(at, piece.length);
    packed.set(piece, at + LENGTH);
    at += LENGTH + piece.length;
  }
  return packed;
}

/** @param {ArrayBuffer} packed @returns {[any, ...ArrayBuffer[]]} */
export function unpack(packed) {
  const view = new DataView(packed);
  const pieces = [];
  for (let at = 0; at < packed.byteLength; ) {
    const end = at + LENGTH + view.getUint32(at);
    pieces.push(packed.slice(at + LENGTH, end));
    at = end;
  }
  const [text, ...parts] = pieces;
  return [JSON.parse(new TextDecoder().decode(text)), ...parts];
}
