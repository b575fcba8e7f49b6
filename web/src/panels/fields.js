// @ts-check
// KEYS and ARGV: one row each, one field an argument. A field in double quotes is read with redis-cli's escapes.
import { useRef } from "preact/hooks";
import { html } from "../html.js";
import { edit, work } from "../state.js";

/** @param {{ name: "KEYS" | "ARGV", of: "keys" | "argv", note: any }} props */
export function Fields({ name, of, note }) {
  const row = useRef(/** @type {HTMLElement | null} */ (null));
  const values = work.value[of];

  /** @param {string[]} next @param {number} [focus] which field to go to */
  function change(next, focus) {
    edit({ [of]: next });
    if (focus !== undefined) requestAnimationFrame(() => row.current?.querySelectorAll("input")[focus]?.focus());
  }

  /** @param {KeyboardEvent} event @param {number} index */
  function key(event, index) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      change(values.toSpliced(index + 1, 0, ""), index + 1);
    } else if (event.key === "Backspace" && input.value === "") {
      event.preventDefault();
      change(values.toSpliced(index, 1), Math.max(0, index - 1));
    }
  }

  return html`<span class="row-label" id=${`label-${of}`}>${name}</span>
    <div class="fields" role="group" aria-labelledby=${`label-${of}`} ref=${row}>
      ${values.map(
        (value, index) => html`<span class="field" key=${index}>
          <em aria-hidden="true">${index + 1}</em>
          <input
            aria-label=${`${name}[${index + 1}]`}
            value=${value}
            size=${Math.min(40, Math.max(2, value.length))}
            spellcheck=${false}
            autocomplete="off"
            title='Text stands for itself; in "double quotes" redis-cli’s escapes are read: "\\x00\\n"'
            onInput=${(/** @type {any} */ event) => change(values.with(index, event.target.value))}
            onKeyDown=${(/** @type {KeyboardEvent} */ event) => key(event, index)}
          />
          <button class="remove" aria-label=${`Remove ${name}[${index + 1}]`} onClick=${() => change(values.toSpliced(index, 1))}>×</button>
        </span>`,
      )}
      <button class="add" aria-label=${`Add to ${name}`} onClick=${() => change([...values, ""], values.length)}>+</button>
    </div>
    <span class="quiet note">${note}</span>`;
}
