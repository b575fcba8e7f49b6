// @ts-check
// A modal dialog: the browser's own, so that focus, Escape and the rest of the page behave. It opens when it is drawn and
// closes with the key that asks for it, so that no key falls between: the browser tells of a closing later.
import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { dialog } from "../state.js";
import { Working } from "../working.js";

/** @param {{ id: string, title: string, children: any }} props */
export function Dialog({ id, title, children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const isOpen = dialog.value === id;
  useLayoutEffect(() => {
    if (isOpen && !element.current?.open) element.current?.showModal();
  });
  // Another takes its place, or none: the focus goes back first.
  useLayoutEffect(() => {
    const shown = element.current;
    return () => shown?.close();
  }, [isOpen]);
  if (!isOpen) return null;

  function close() {
    element.current?.close();
    dialog.value = "";
  }

  /** Escape, or a phone's way back. @param {Event} event */
  function cancel(event) {
    // A field for files says so too when nobody chose one.
    if (event.target !== element.current) return;
    event.preventDefault();
    close();
  }

  /** The browser has closed it without asking. It may have been opened again since. @param {{ currentTarget: HTMLDialogElement }} event */
  function closed({ currentTarget }) {
    if (currentTarget.isConnected && !currentTarget.open && dialog.value === id) dialog.value = "";
  }

  return html`<dialog ref=${element} aria-labelledby=${`${id}-title`} onCancel=${cancel} onClose=${closed} onClick=${(/** @type {any} */ e) => e.target === element.current && close()}>
    <header><h2 id=${`${id}-title`}>${title}</h2><span class="grow"></span><button class="plain" aria-label="Close" onClick=${close}><${Icon} name="close" /></button></header>
    ${children}
    <${Working} />
  </dialog>`;
}
