// @ts-check
// Which engine runs: the one of this site, a version the work asks for, or a wheel the person chose.
import { ownEngine, work } from "./state.js";
import { settings } from "./storage.js";

/** @typedef {import("./worker/other_engine.js").OtherEngine} OtherEngine */

/** Where a site keeps other versions: a folder laid out as an index of Python packages (PEP 503). */
const OWN_INDEX = "simple/";

/** The engine to run instead of the one of this site; null for that. @returns {OtherEngine | null} */
export function wantedEngine() {
  if (ownEngine.value) return ownEngine.value;
  const version = work.value.engine;
  return version && version !== SITE_LAYOUT.version ? { version, index: addressOf(settings.value.engineIndex) } : null;
}

/** @param {OtherEngine | null} one @param {OtherEngine | null} other */
export function areSame(one, other) {
  if (one === other) return true;
  return one !== null && other !== null && "version" in one && "version" in other && one.version === other.version && one.index === other.index;
}

/** The address of an index as it was written; a folder ends in a slash. @param {string} written */
const addressOf = (written) => new URL(written.trim().replace(/\/*$/, "/").replace(/^\/$/, OWN_INDEX), document.baseURI).href;

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

/** @param {string} name of a file */
export const isEngineWheel = (name) => /^ferrous_vm-[\w.!+]+-py3-none-any\.whl$/.test(name);
