// @ts-check
// The commands that call a script, and whether a script is a function library, which only FCALL takes.

/** @type {import("./state.js").Mode[]} */
export const MODES = ["EVAL", "EVAL_RO", "EVALSHA", "FCALL", "FCALL_RO"];

/** @param {string} script */
export const isLibrary = (script) => /^#!\S*[ \t]+(?:.*[ \t])?name=/i.test(script);

/** @param {string} mode */
export const callsFunction = (mode) => mode === "FCALL" || mode === "FCALL_RO";
