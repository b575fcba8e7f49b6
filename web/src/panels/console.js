// @ts-check
// A console on the workbench's keyspace, in redis-cli's manners: history with the arrows, MULTI in the prompt.
import { useEffect, useRef } from "preact/hooks";
import { sendConsole } from "../actions.js";
import { html } from "../html.js";
import { consoleEntries, consolePrompt, phase } from "../state.js";

export function Console() {
  const end = useRef(/** @type {HTMLElement | null} */ (null));
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const place = useRef(0);
  const entries = consoleEntries.value;

  useEffect(() => end.current?.scrollIntoView({ block: "nearest" }), [entries]);

  /** @param {KeyboardEvent} event */
  async function key(event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    const lines = entries.map((entry) => entry.input);
    if (event.key === "Enter" && field.value.trim() && phase.value === "ready") {
      const line = field.value;
      field.value = "";
      place.current = 0;
      if (line.trim() === "clear") consoleEntries.value = [];
      else await sendConsole(line);
      input.current?.focus();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      place.current = Math.max(0, Math.min(lines.length, place.current + (event.key === "ArrowUp" ? 1 : -1)));
      field.value = place.current ? lines[lines.length - place.current] : "";
    }
  }

  return html`<div class="console" onClick=${() => getSelection()?.isCollapsed && input.current?.focus()}>
    <div role="log" aria-label="Console output" tabindex="0">
      ${entries.length === 0 && html`<p class="quiet">A connection to the same keyspace: type any Redis command. <code>clear</code> empties this list.</p>`}
      ${entries.map(
        (entry, index) => html`<div key=${index}><div class="asked"><span class="quiet">${entry.prompt}</span>${entry.input}</div>
          <pre class=${entry.isError ? "failed" : ""}>${entry.text}</pre></div>`,
      )}
    </div>
    <label class="ask" ref=${end}><span class="quiet">${consolePrompt}</span>
      <input ref=${input} aria-label="Redis command" spellcheck=${false} autocomplete="off" autocapitalize="off" onKeyDown=${key} /></label>
  </div>`;
}
