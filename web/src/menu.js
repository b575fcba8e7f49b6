// @ts-check
// A menu behind a button: opened by a press or an arrow key, walked with the arrows, left with Escape or a press elsewhere.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";

/** @typedef {{ title: string, act: () => unknown, hint?: string, keys?: string, disabled?: boolean } | "line"} Item `keys` are a shortcut's, as aria writes them. */

/** @param {{ label: string, items: Item[], class?: string, children: any }} props children are what the button shows */
export function Menu({ label, items, class: name = "", children }) {
  const [isOpen, setOpen] = useState(false);
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const entries = () => /** @type {HTMLElement[]} */ ([...(place.current?.querySelectorAll('[role="menuitem"]:not(:disabled)') ?? [])]);
  const button = () => /** @type {HTMLElement | null} */ (place.current?.querySelector("button") ?? null);

  useLayoutEffect(() => {
    if (!isOpen) return;
    entries()[0]?.focus();
    const leave = (/** @type {Event} */ event) => place.current?.contains(/** @type {Node} */ (event.target)) || setOpen(false);
    addEventListener("pointerdown", leave, true);
    return () => removeEventListener("pointerdown", leave, true);
  }, [isOpen]);

  function close() {
    setOpen(false);
    button()?.focus();
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.key === "Tab") return setOpen(false);
    if (!isOpen && event.key !== "ArrowDown") return;
    const all = entries();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const isLetter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== " ";
    /** @type {Record<string, () => unknown>} */
    const moves = {
      ArrowDown: () => (isOpen ? all[(at + 1) % all.length].focus() : setOpen(true)),
      ArrowUp: () => all.at(at - 1)?.focus(),
      Home: () => all[0].focus(),
      End: () => all.at(-1)?.focus(),
      Escape: close,
    };
    const starting = [...all.slice(at + 1), ...all].find((one) => isLetter && one.textContent?.toLowerCase().startsWith(event.key.toLowerCase()));
    const move = moves[event.key] ?? (starting && (() => starting.focus()));
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  }

  return html`<span class="menu-place" ref=${place} onKeyDown=${key}>
    <button class=${`button ${name}`} aria-label=${label} aria-haspopup="menu" aria-expanded=${isOpen} onClick=${() => setOpen(!isOpen)}>${children}</button>
    ${isOpen && html`<div class="menu" role="menu" aria-label=${label}>
      ${items.map((item, index) =>
        item === "line"
          ? html`<div key=${index} role="separator"></div>`
          : html`<button key=${index} role="menuitem" tabindex="-1" disabled=${item.disabled} aria-keyshortcuts=${item.keys} onClick=${() => (close(), item.act())}>
              <span>${item.title}</span>${item.hint && html`<span class="quiet" aria-hidden="true">${item.hint}</span>`}</button>`,
      )}
    </div>`}
  </span>`;
}
