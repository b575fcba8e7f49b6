// @ts-check
// A moment of a script that is debugged, whole: the engine tells only what it has not told before.

/**
 * @typedef {import("./contract").DebugMoment} DebugMoment
 * @typedef {Omit<DebugMoment, "changes" | "log" | "last_change"> & {
 *   changes: import("./contract").KeyChange[],
 *   log: import("./contract").LogLine[],
 *   last_change: import("./contract").LastChange,
 *   told: Map<number, import("./contract").CommandTrace>,
 * }} Moment a moment with all that it shows; `told` has every command of the recording that was told, by number;
 *   another recording has another
 */

/** @type {import("./contract").LastChange} */
const NOTHING = { command: 0, changes: [], count: 0 };

/**
 * What an answer and those before it tell together.
 * @param {DebugMoment} answer
 * @param {Moment | null} before the moment whose number was said to be known; null if none was
 * @returns {Moment}
 */
export function completed(answer, before) {
  const told = before?.told ?? new Map();
  for (const command of answer.commands) told.set(command.number, command);
  const commands = [];
  for (let number = answer.commands_omitted + 1; number <= answer.commands_issued; number++) {
    const command = told.get(number);
    if (command) commands.push(command);
  }
  return {
    ...answer,
    told,
    commands,
    changes: answer.changes.map((change, place) => change ?? /** @type {Moment} */ (before).changes[place]),
    log: answer.log ?? before?.log ?? [],
    last_change: answer.last_change ?? before?.last_change ?? NOTHING,
  };
}
