// @ts-check
// A console on the workbench's keyspace, in redis-cli's manners: history with the arrows, the arguments still to be typed
// behind the cursor, Tab to complete a name, Ctrl+L to clear, Ctrl+C to give up a line or to stop reading messages.
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { complete, reconnectConsole, sendConsole } from "../actions/console.js";
import { Copy } from "../copy.js";
import { html } from "../html.js";
import { List } from "../list.js";
import { consoleEntries, consolePrompt, phase, typedAhead } from "../state.js";
import { consoleHistory, rememberLine } from "../storage.js";
import { piecesOf as partsOf } from "./long_text.js";

/** What is being typed; it survives a look at another tab. */
const line = signal("");

/**
 * A piece of what the console shows: a line that was entered, a part of what was printed for it, or a note.
 * @typedef {{ name: "asked" | "printed" | "failed" | "aside" | "waiting", prompt: string, text: string }} Piece
 */

/** The pieces of each entry, once they were made. @type {WeakMap<import("../state.js").ConsoleEntry, Piece[]>} */
const pieces = new WeakMap();

/** @param {import("../state.js").ConsoleEntry} entry @returns {Piece[]} */
function piecesOf(entry) {
  const known = pieces.get(entry);
  if (known) return known;
  const { prompt, input, text, isError, note } = entry;
  const made = /** @type {Piece[]} */ ([]);
  if (input) made.push({ name: "asked", prompt, text: input });
  const name = isError ? "failed" : "printed";
  if (text) for (const part of partsOf(text)) made.push({ name, prompt: "", text: part });
  if (note) made.push({ name: "aside", prompt: "", text: note });
  pieces.set(entry, made);
  return made;
}

export function Console() {
  const end = useRef(/** @type {HTMLElement | null} */ (null));
  const entries = consoleEntries.value;
  const ahead = typedAhead.value;
  const reading = consolePrompt.value === "";
  const wasReading = useRef(reading);
  const shown = useMemo(() => [...entries.flatMap(piecesOf), ...ahead.map((text) => ({ name: "waiting", prompt: "", text }))], [entries, ahead]);
  useLayoutEffect(() => {
    if (wasReading.current && !reading) end.current?.querySelector("input")?.focus();
    wasReading.current = reading;
  }, [reading]);

  /** A click beside the text goes to the line, one that selects text does not. @param {MouseEvent} event */
  function click({ currentTarget }) {
    const field = /** @type {HTMLElement} */ (currentTarget).querySelector("input");
    if (getSelection()?.isCollapsed) field?.focus();
  }

  const draw = (/** @type {number} */ index) => {
    const { prompt, text } = shown[index];
    return html`${prompt && html`<span class="quiet">${prompt}</span>`}${text}`;
  };
  const transcript = () => entries.map(({ prompt, input, text }) => [input && prompt + input, text].filter(Boolean).join("\n")).join("\n");
  return html`<div class="console copied" onClick=${click}>
    ${shown.length === 0 && html`<p class="quiet">A connection to the same keyspace: type any Redis command. Tab completes, the arrows bring earlier lines back, <code>help</code> explains, <code>clear</code> empties this list.</p>`}
    <div role="log" aria-label="Console output" aria-live="off">
      <${List} label="Lines and replies" name="console-list" count=${shown.length} height=${21} follows nameOf=${(/** @type {number} */ index) => shown[index].name} draw=${draw} />
    </div>
    <${Latest} entry=${entries.at(-1)} />
    ${entries.length > 0 && html`<${Copy} text=${transcript} what="what the console shows" />`}
    <div ref=${end}>${reading ? html`<${Reading} />` : html`<${Line} />`}</div>
  </div>`;
}

/** Characters of a reply that are read out. */
const MOST_READ = 500;

/** What a screen reader is told: the list is drawn anew whenever it is scrolled. @param {{ entry: import("../state.js").ConsoleEntry | undefined }} props */
const Latest = ({ entry }) => html`<p class="visually-hidden" role="status" aria-label="Latest reply">${entry && `${entry.text.slice(0, MOST_READ)} ${entry.note}`}</p>`;

/** What stands in the place of the line while messages are read. */
function Reading() {
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useLayoutEffect(() => button.current?.focus(), []);
  const key = (/** @type {KeyboardEvent} */ event) => event.key === "c" && event.ctrlKey && reconnectConsole();
  return html`<p class="ask"><span class="quiet">What a script publishes is shown here. </span>
    <button class="small" ref=${button} disabled=${phase.value !== "ready"} onKeyDown=${key} onClick=${reconnectConsole}>Stop reading <kbd>Ctrl C</kbd></button></p>`;
}

function Line() {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** How many lines back in the history, and what was being typed before. */
  const place = useRef({ back: 0, draft: "" });
  /** The completions Tab goes through: that of the moment, and the line they began with, which comes last. */
  const cycle = useRef(/** @type {{ lines: string[], at: number } | null} */ (null));
  const [completed, setCompleted] = useState({ line: "", lines: /** @type {string[]} */ ([]), hint: "" });
  const typed = line.value;
  const ready = phase.value === "ready";

  useEffect(() => {
    if (!ready || typed === "") return;
    let current = true;
    complete(typed).then((answer) => current && answer && setCompleted({ line: typed, ...answer }));
    return () => void (current = false);
  }, [typed, ready]);
  useLayoutEffect(() => field.current?.setSelectionRange(typed.length, typed.length), [place.current.back, cycle.current?.at]);

  const current = completed.line === typed && typed !== "" ? completed : null;
  const hint = current?.hint ?? "";

  /** @type {Record<string, (event: KeyboardEvent) => boolean | void>} Each answers false for a key the browser keeps. */
  const KEYS = {
    Enter: () => enter(),
    ArrowUp: () => recall(1),
    ArrowDown: () => recall(-1),
    Tab: ({ shiftKey }) => !shiftKey && next(),
    Escape: () => restore(),
    "Ctrl l": () => void (consoleEntries.value = []),
    "Ctrl c": () => giveUp(),
  };

  /** @param {KeyboardEvent} event */
  function key(event) {
    const name = event.ctrlKey ? `Ctrl ${event.key.toLowerCase()}` : event.key;
    if (name !== "Tab" && name !== "Escape" && name !== "Shift") cycle.current = null;
    if (KEYS[name] && KEYS[name](event) !== false) event.preventDefault();
  }

  /** What comes without keys, as a paste does, is no longer what Tab began with. @param {any} event */
  function input(event) {
    cycle.current = null;
    line.value = event.target.value;
  }

  function enter() {
    const entered = typed;
    line.value = "";
    place.current = { back: 0, draft: "" };
    if (entered.trim() === "") return;
    rememberLine(entered);
    sendConsole(entered);
    field.current?.focus();
  }

  /** @param {number} step */
  function recall(step) {
    const history = consoleHistory.value;
    const { back, draft } = place.current;
    const next = Math.max(0, Math.min(history.length, back + step));
    place.current = { back: next, draft: back === 0 ? typed : draft };
    line.value = next ? history[history.length - next] : place.current.draft;
  }

  /** The next completion; false when there is none: then Tab goes to the next control. */
  function next() {
    if (cycle.current) return goOn(cycle.current);
    if (current) return current.lines.length > 0 && goOn({ lines: [...current.lines, typed], at: -1 });
    if (!ready || typed === "") return false;
    complete(typed).then((answer) => answer?.lines.length && line.value === typed && goOn({ lines: [...answer.lines, typed], at: -1 }));
  }

  /** @param {{ lines: string[], at: number }} from */
  function goOn({ lines, at }) {
    cycle.current = { lines, at: (at + 1) % lines.length };
    line.value = lines[cycle.current.at];
    return true;
  }

  /** What was typed before Tab. */
  function restore() {
    if (!cycle.current) return false;
    line.value = cycle.current.lines.at(-1) ?? "";
    cycle.current = null;
  }

  function giveUp() {
    if (field.current && field.current.selectionStart !== field.current.selectionEnd) return false;
    line.value = "";
    typedAhead.value = [];
    place.current = { back: 0, draft: "" };
  }

  return html`<label class="ask"><span class="quiet">${consolePrompt}</span>
    <span class="typing">
      <span class="hint" aria-hidden="true"><span>${typed}</span>${hint}</span>
      <input ref=${field} aria-label="Redis command" aria-describedby="console-hint" spellcheck=${false} autocomplete="off" autocapitalize="off" value=${line}
        onInput=${input} onKeyDown=${key} />
    </span>
    <span id="console-hint" class="visually-hidden">${hint}</span></label>`;
}
