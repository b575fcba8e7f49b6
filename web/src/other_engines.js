// @ts-check
// Which engine runs: the one of this site, a version the work asks for, or a wheel the person chose.
import { addressOf } from "./engine_index.js";
import { ownEngine, work } from "./state.js";
import { settings } from "./storage.js";

/** @typedef {import("./worker/other_engine.js").OtherEngine} OtherEngine */

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

/** @param {string} name of a file */
export const isEngineWheel = (name) => /^ferrous_vm-[\w.!+]+-py3-none-any\.whl$/.test(name);
