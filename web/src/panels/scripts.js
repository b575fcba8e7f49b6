// @ts-check
// The scripts of the work as tabs, above what belongs to the one that is shown: its text, its tests, its call.
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { beginScript, deleteScript, duplicateScript, moveScript, renameScript, scriptNames, showScript } from "../actions/scripts.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { keyNames } from "../key_names.js";
import { focusFirst } from "../layout.js";
import { Menu } from "../menu.js";
import { work } from "../state.js";

/** Whether the name of the script that is shown is being written. */
const isNaming = signal(false);

export function Scripts() {
  const { place, scriptName } = work.value;
  const names = scriptNames();
  const row = useRef(/** @type {HTMLElement | null} */ (null));
  const shown = () => /** @type {HTMLElement | null | undefined} */ (row.current?.querySelector("[aria-selected=true]"));
  useLayoutEffect(() => shown()?.scrollIntoView({ block: "nearest", inline: "nearest" }), [place, names.length]);

  /** @param {() => unknown} act */
  const andStay = (act) => {
    act();
    queueMicrotask(() => (shown() ? shown()?.focus() : focusFirst(".left")));
  };

  /** @param {KeyboardEvent} event */
  function key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    /** @type {Record<string, () => unknown>} */
    const keys = { Home: () => showScript(0), End: () => showScript(names.length - 1), Delete: deleteScript, F2: () => (isNaming.value = true) };
    const act = step ? () => (event.altKey ? moveScript(place + step) : showScript((place + step + names.length) % names.length)) : keys[event.key];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "F2") act();
    else andStay(act);
  }

  const items = [
    { title: "Rename", act: () => (isNaming.value = true), hint: "F2" },
    { title: "Duplicate", act: () => andStay(duplicateScript) },
    { title: "Move left", act: () => andStay(() => moveScript(place - 1)), disabled: place === 0, hint: keyNames("Alt+←").join(" ") },
    { title: "Move right", act: () => andStay(() => moveScript(place + 1)), disabled: place === names.length - 1, hint: keyNames("Alt+→").join(" ") },
    /** @type {const} */ ("line"),
    { title: "Delete", act: () => andStay(deleteScript), hint: "Del" },
  ];
  return html`<div class="tab-row" ref=${row}>
    <div class="tabs" role="tablist" aria-label="Scripts of this work" onKeyDown=${key}>
      ${names.map((name, index) => html`<button key=${name} role="tab" aria-selected=${index === place} tabindex=${index === place ? 0 : -1}
        title=${index === place ? "Double-click to rename" : undefined} onClick=${() => showScript(index)} onDblClick=${() => (isNaming.value = true)}>${name}</button>`)}
    </div>
    ${isNaming.value && html`<${NameField} key=${scriptName} leave=${() => andStay(() => (isNaming.value = false))} />`}
    <button class="plain" aria-label="Add a script" title="Add a script to this work" onClick=${beginScript}><${Icon} name="add" /></button>
    <${Menu} label=${`Script ${scriptName}`} class="icon-only small" items=${items}><${Icon} name="menu" /></${Menu}>
  </div>`;
}

/** Enter and a press elsewhere take the name, Escape leaves the former one. @param {{ leave: () => void }} props */
function NameField({ leave }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const former = useRef(work.value.scriptName);
  useLayoutEffect(() => (field.current?.focus(), field.current?.select()), []);
  return html`<input class="script-name" ref=${field} aria-label="Name of the script" defaultValue=${former.current} maxlength="60" spellcheck=${false}
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
      event.stopPropagation();
      if (event.key === "Escape") leave();
      if (event.key === "Enter") (renameScript(/** @type {HTMLInputElement} */ (event.currentTarget).value), leave());
    }}
    onBlur=${(/** @type {any} */ event) => isNaming.value && former.current === work.value.scriptName && (renameScript(event.target.value), (isNaming.value = false))} />`;
}
