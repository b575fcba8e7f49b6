// @ts-check
// A console on the workbench's keyspace, in redis-cli's manners: history with the arrows, the arguments still to be typed
// behind the cursor, Tab to complete a name, Ctrl+L to clear, Ctrl+C to give up a line or to stop reading messages.
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { complete, reconnectConsole, sendConsole } from "../actions/console.js";
import { html } from "../html.js";
import { consoleEntries, consolePrompt, phase, typedAhead } from "../state.js";
import { consoleHistory, rememberLine } from "../storage.js";

/** What is being typed; it survives a look at another tab. */
const line = signal("");

export function Console() {
  const end = useRef(/** @type {HTMLElement | null} */ (null));
  const entries = consoleEntries.value;
  const reading = consolePrompt.value === "";
  const wasReading = useRef(reading);
  useEffect(() => end.current?.scrollIntoView({ block: "nearest" }), [entries]);
  useEffect(() => {
    if (wasReading.current && !reading) end.current?.querySelector("input")?.focus();
    wasReading.current = reading;
  }, [reading]);

  /** A click beside the text goes to the line, one that selects text does not. @param {MouseEvent} event */
  function click({ currentTarget }) {
    const field = /** @type {HTMLElement} */ (currentTarget).querySelector("input");
    if (getSelection()?.isCollapsed) field?.focus();
  }

  return html`<div class="console" onClick=${click}>
    <div role="log" aria-label="Console output" tabindex="0">
      ${entries.length === 0 && html`<p class="quiet">A connection to the same keyspace: type any Redis command. Tab completes, the arrows bring earlier lines back, <code>help</code> explains, <code>clear</code> empties this list.</p>`}
      ${entries.map((entry, index) => html`<${Entry} key=${index} entry=${entry} />`)}
      ${typedAhead.value.map((input) => html`<div class="asked quiet">${input}</div>`)}
    </div>
    <div ref=${end}>${reading ? html`<${Reading} />` : html`<${Line} />`}</div>
  </div>`;
}

/** @param {{ entry: import("../state.js").ConsoleEntry }} props */
function Entry({ entry: { prompt, input, text, isError, note } }) {
  return html`<div>
    ${input && html`<div class="asked"><span class="quiet">${prompt}</span>${input}</div>`}
    ${text && html`<pre class=${isError ? "failed" : ""}>${text}</pre>`}
    ${note && html`<p class="aside">${note}</p>`}
  </div>`;
}

/** What stands in the place of the line while messages are read. */
function Reading() {
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useEffect(() => button.current?.focus(), []);
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
        onInput=${(/** @type {any} */ event) => (line.value = event.target.value)} onKeyDown=${key} />
    </span>
    <span id="console-hint" class="visually-hidden">${hint}</span></label>`;
}
