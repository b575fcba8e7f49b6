// @ts-check
// A modal dialog: the browser's own, so that focus, Escape and the rest of the page behave.
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { dialog } from "../state.js";

/** @param {{ id: string, title: string, children: any }} props */
export function Dialog({ id, title, children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const isOpen = dialog.value === id;
  useEffect(() => {
    if (isOpen) element.current?.showModal();
  }, [isOpen]);
  if (!isOpen) return null;
  const close = () => (dialog.value = "");
  return html`<dialog ref=${element} aria-labelledby=${`${id}-title`} onClose=${close} onClick=${(/** @type {any} */ e) => e.target === element.current && close()}>
    <header><h2 id=${`${id}-title`}>${title}</h2><span class="grow"></span><button class="plain" aria-label="Close" onClick=${close}><${Icon} name="close" /></button></header>
    ${children}
  </dialog>`;
}
