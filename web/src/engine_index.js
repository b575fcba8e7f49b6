// @ts-check
// The address at which other versions of the engine are looked for, as a person writes it.

/** Where a site keeps other versions: a folder laid out as an index of Python packages (PEP 503). */
const OWN_INDEX = "simple/";

/** The address of an index as it was written; a folder ends in a slash. @param {string} written */
export const addressOf = (written) => new URL(written.trim().replace(/\/*$/, "/").replace(/^\/$/, OWN_INDEX), document.baseURI).href;

/** What is wrong with the address of an index; "" when nothing is. @param {string} written */
export function checkIndex(written) {
  let address;
  try {
    address = new URL(addressOf(written));
  } catch {
    return "This is no address.";
  }
  if (address.protocol === "https:" || address.origin === location.origin) return "";
  return "The page may fetch from its own site and from https:// only.";
}
