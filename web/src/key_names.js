// @ts-check
// Keys in the words and signs of the person's keyboard.

export const isMac = navigator.platform.startsWith("Mac");

const MAC_SYMBOLS = /** @type {Record<string, string>} */ ({ Mod: "⌘", Alt: "⌥", Shift: "⇧", Enter: "↵" });
const OTHER_NAMES = /** @type {Record<string, string>} */ ({ Mod: "Ctrl", Enter: "↵" });

/** Keys as a person reads them, one by one. @param {string} keys */
export function keyNames(keys) {
  const names = isMac ? MAC_SYMBOLS : OTHER_NAMES;
  return keys.split("+").map((key) => names[key] ?? { ArrowDown: "↓", Escape: "Esc" }[key] ?? key);
}
