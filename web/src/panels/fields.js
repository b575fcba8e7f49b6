// @ts-check
// KEYS and ARGV: one row each, one field an argument. A field in double quotes is read with redis-cli's escapes. A field has
// the name the script gives it, or the person; it is moved by its number, with the mouse or with Alt and an arrow.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.js";
import { edit, inputs, work } from "../state.js";

/** As many fields as a link carries. */
const MOST_FIELDS = 1000;
/** Inputs that the script names and the call lacks, of which so many are shown. */
const MOST_MISSING = 6;
/** How far the mouse goes before a press is a drag. CSS pixels. */
const DRAG = 5;
const WORD = /"(?:\\.|[^"\\])*"|'((?:\\.|[^'\\])*)'|\S+/g;

/** @typedef {{ text: string, title: string, act: () => void }} Proposal what may be done with what was pasted, or is wrong */

/** The field that stands for a text with line ends. @param {string} text */
const asOneField = (text) => `"${text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t")}"`;

/** @param {string} text */
const wordsOf = (text) => [...text.matchAll(WORD)].map(([word, inner]) => inner ?? word);

/** @param {{ name: "KEYS" | "ARGV", of: "keys" | "argv", note: any }} props */
export function Fields({ name, of, note }) {
  const row = useRef(/** @type {HTMLElement | null} */ (null));
  /** The field that gets the focus when it is drawn. */
  const wanted = useRef(-1);
  const [proposal, propose] = useState(/** @type {Proposal | null} */ (null));
  const [naming, setNaming] = useState(-1);
  const [dragged, setDragged] = useState(-1);
  const values = work.value[of];
  const namesField = of === "keys" ? "keyNames" : "argvNames";
  const given = work.value[namesField];
  const described = inputs.value?.[of] ?? [];
  const nameOf = (/** @type {number} */ index) => given[index] || described[index]?.name || "";

  /** @param {string[]} next @param {number} [focus] which field to go to */
  function change(next, focus) {
    edit({ [of]: next.slice(0, MOST_FIELDS) });
    propose(null);
    if (focus !== undefined) wanted.current = focus;
  }

  // As soon as the fields are drawn: what is typed next is for the one that was added.
  useLayoutEffect(() => {
    if (wanted.current < 0) return;
    /** @type {HTMLElement | undefined} */ (row.current?.querySelectorAll("input.value")[wanted.current])?.focus();
    wanted.current = -1;
  });

  /** What a button does that adds fields, the last of them `index` behind those that are there: who types on it begins that one. @param {number} index */
  function adding(index) {
    const add = (/** @type {string} */ text) => change([...values, ...Array(index).fill(""), text], values.length + index);
    const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
      if (event.key.length !== 1 || event.key === " " || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      event.preventDefault();
      add(event.key);
    };
    return { onClick: () => add(""), onKeyDown };
  }

  /** @param {number} from @param {number} to */
  function move(from, to) {
    if (to < 0 || to >= values.length || to === from) return false;
    change(values.toSpliced(from, 1).toSpliced(to, 0, values[from]));
    return true;
  }

  /** @param {KeyboardEvent} event @param {number} index */
  function key(event, index) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.altKey && step) {
      event.preventDefault();
      if (move(index, index + step)) change(work.value[of], index + step);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      change(values.toSpliced(index + 1, 0, ""), index + 1);
    } else if (event.key === "Backspace" && input.value === "") {
      event.preventDefault();
      change(values.toSpliced(index, 1), Math.max(0, index - 1));
    }
  }

  /** Lines become fields; words may. @param {ClipboardEvent} event @param {number} index */
  function paste(event, index) {
    const text = (event.clipboardData?.getData("text/plain") ?? "").replace(/\r\n?/g, "\n");
    const lines = text.replace(/\n$/, "").split("\n");
    const { value, selectionStart, selectionEnd } = /** @type {HTMLInputElement} */ (event.target);
    const [before, after] = [value.slice(0, selectionStart ?? 0), value.slice(selectionEnd ?? 0)];
    if (lines.length > 1) {
      event.preventDefault();
      const asFields = values.toSpliced(index, 1, before + lines[0], ...lines.slice(1, -1), lines[lines.length - 1] + after);
      const asOne = values.with(index, asOneField(before + text + after));
      change(asFields, index + lines.length - 1);
      propose({ text: `${lines.length} lines became ${lines.length} fields.`, title: "Make them one value", act: () => change(asOne, index) });
      return;
    }
    const words = wordsOf(text);
    if (words.length < 2 || before + after !== "") return;
    event.preventDefault();
    change(values.with(index, lines[0]), index);
    propose({ text: `This is one value of ${words.length} words.`, title: `Make them ${words.length} fields`, act: () => change(values.toSpliced(index, 1, ...words), index + words.length - 1) });
  }

  /** A drag by the number moves the field; a press names it. @param {PointerEvent} event @param {number} index */
  function press(event, index) {
    if (event.button !== 0) return;
    const handle = /** @type {HTMLElement} */ (event.currentTarget);
    let at = index;
    let isDrag = false;
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = ({ clientX, clientY }) => {
      isDrag ||= Math.hypot(clientX - event.clientX, clientY - event.clientY) > DRAG;
      if (!isDrag) return;
      const fields = [...(row.current?.querySelectorAll(".field") ?? [])];
      const over = fields.findIndex((field) => {
        const { left, right, top, bottom } = field.getBoundingClientRect();
        return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
      });
      if (over >= 0 && over !== at) {
        const all = work.value[of];
        edit({ [of]: all.toSpliced(at, 1).toSpliced(over, 0, all[at]) });
        at = over;
      }
      setDragged(at);
    };
    handle.onlostpointercapture = () => {
      handle.onpointermove = handle.onlostpointercapture = null;
      setDragged(-1);
      if (!isDrag) setNaming(index);
    };
  }

  /** @param {number} index @param {string} to */
  function rename(index, to) {
    setNaming(-1);
    const names = Array.from({ length: Math.max(given.length, index + 1) }, (_, at) => given[at] ?? "").with(index, to.trim().slice(0, 80));
    edit({ [namesField]: names.slice(0, names.findLastIndex(Boolean) + 1) });
  }

  const wrong = values.findIndex((value, index) => described[index]?.problem && inputs.value?.asked[of][index] === value);
  const told = wrong < 0 ? proposal : {
    text: `${name}[${wrong + 1}]: ${described[wrong].problem}`,
    title: `Write ${described[wrong].literal}`,
    act: () => change(values.with(wrong, described[wrong].literal), wrong),
  };
  const missing = described.slice(values.length, values.length + MOST_MISSING);

  return html`<span class="row-label" id=${`label-${of}`}>${name}</span>
    <div class="fields" role="group" aria-labelledby=${`label-${of}`} ref=${row}>
      ${values.map(
        (value, index) => html`<span class=${`field${index === dragged ? " dragged" : ""}${index === wrong ? " wrong" : ""}`} key=${index}>
          ${naming === index
            ? html`<${NameField} label=${`Name of ${name}[${index + 1}]`} name=${nameOf(index)} onDone=${(/** @type {string} */ to) => rename(index, to)} />`
            : html`<button class="handle" aria-label=${`Name ${name}[${index + 1}]: ${index + 1} ${nameOf(index)}`.trim()} title=${`${nameOf(index) ? `${nameOf(index)}\n` : ""}Press to name it, drag to move it; Alt and ↑ or ↓ move it too`}
                onPointerDown=${(/** @type {PointerEvent} */ event) => press(event, index)}
                onKeyDown=${(/** @type {KeyboardEvent} */ event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), setNaming(index))}
                ><em>${index + 1}</em>${nameOf(index) && html` <span class="about">${nameOf(index)}</span>`}</button>`}
          <input
            class="value"
            aria-label=${`${name}[${index + 1}]${nameOf(index) && ` ${nameOf(index)}`}`}
            aria-invalid=${index === wrong}
            value=${value}
            size=${Math.min(40, Math.max(2, value.length))}
            spellcheck=${false}
            autocomplete="off"
            title='Text stands for itself; in "double quotes" redis-cli’s escapes are read: "\\x00\\n"'
            onInput=${(/** @type {any} */ event) => change(values.with(index, event.target.value))}
            onPaste=${(/** @type {ClipboardEvent} */ event) => paste(event, index)}
            onKeyDown=${(/** @type {KeyboardEvent} */ event) => key(event, index)}
          />
          <button class="remove" aria-label=${`Remove ${name}[${index + 1}]`} onClick=${() => change(values.toSpliced(index, 1))}>×</button>
        </span>`,
      )}
      ${missing.map(
        (input, index) => html`<button key=${index} class="add missing" aria-label=${`Add ${name}[${values.length + index + 1}] ${input.name}: + ${values.length + index + 1} ${input.name}`.trim()} title="The script names it, and the call does not pass it"
          ...${adding(index)}>+ ${values.length + index + 1} ${input.name}</button>`,
      )}
      <button class="add" aria-label=${`Add to ${name}`} ...${adding(0)}>+</button>
      ${told && html`<p class=${`proposal${wrong < 0 ? "" : " error"}`} role="status">${told.text} <button class="small" onClick=${told.act}>${told.title}</button></p>`}
    </div>
    <span class="quiet note">${note}</span>`;
}

/** @param {{ label: string, name: string, onDone: (name: string) => void }} props */
function NameField({ label, name, onDone }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [text, setText] = useState(name);
  const isOver = useRef(false);
  useLayoutEffect(() => field.current?.select(), []);
  const done = (/** @type {string} */ to) => {
    if (isOver.current) return;
    isOver.current = true;
    onDone(to);
  };
  return html`<input class="naming" ref=${field} aria-label=${label} placeholder="name" maxlength="80" value=${text}
    onInput=${(/** @type {any} */ event) => setText(event.target.value)}
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter") done(text);
      if (event.key === "Escape") done(name);
    }}
    onBlur=${() => done(text)} />`;
}
