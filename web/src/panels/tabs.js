// @ts-check
// A row of tabs, as the ARIA Authoring Practices describe it: arrows move, one tab is in the focus order.
import { html } from "../html.js";

/**
 * @typedef {{ id: string, title: string, count?: number | string, changed?: boolean, isBad?: boolean }} Tab
 * `isBad`: something went wrong there.
 * @param {{ label: string, tabs: Tab[], chosen: import("@preact/signals").Signal<string> }} props
 */
export function Tabs({ label, tabs, chosen }) {
  /** @param {KeyboardEvent} event */
  function move(event) {
    const steps = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1 });
    const step = steps[event.key];
    if (!step) return;
    const at = tabs.findIndex(({ id }) => id === chosen.value);
    chosen.value = tabs[(at + step + tabs.length) % tabs.length].id;
    const list = /** @type {HTMLElement} */ (event.currentTarget);
    queueMicrotask(() => /** @type {HTMLElement | null} */ (list.querySelector("[aria-selected=true]"))?.focus());
  }
  return html`<div class="tabs" role="tablist" aria-label=${label} onKeyDown=${move}>
    ${tabs.map(
      ({ id, title, count, changed, isBad }) => html`<button
        key=${id}
        role="tab"
        id=${`tab-${id}`}
        aria-selected=${chosen.value === id}
        aria-controls=${`panel-${id}`}
        tabindex=${chosen.value === id ? 0 : -1}
        onClick=${() => (chosen.value = id)}
      >
        ${title}${count ? html` <span class=${changed ? "count changed" : "count"}>${count}</span>` : ""}${isBad && html` <span class="count bad" role="img" aria-label="failed">✗</span>`}
      </button>`,
    )}
  </div>`;
}

/** The panel a tab shows; only the chosen one is drawn. @param {{ id: string, chosen: import("@preact/signals").Signal<string>, class?: string, children: any }} props */
export function TabPanel({ id, chosen, class: name = "", children }) {
  if (chosen.value !== id) return null;
  return html`<div class=${`panel ${name}`} role="tabpanel" id=${`panel-${id}`} aria-labelledby=${`tab-${id}`}>${children}</div>`;
}
