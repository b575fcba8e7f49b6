// @ts-check
// The dialog that is open. The first reply needs none: they are fetched when the page is at rest, or when one is opened.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { banner, dialog } from "../state.js";

const dialogs = signal(/** @type {typeof import("./all.js").DIALOGS | null} */ (null));

/** Fetches the dialogs, unless they are there. */
export async function loadDialogs() {
  dialogs.value ??= (await import("./all.js")).DIALOGS;
}

export function OpenDialog() {
  const name = dialog.value;
  useEffect(() => {
    if (name) loadDialogs().catch(tell);
  }, [name]);
  const Shown = name && dialogs.value?.[name];
  return Shown ? html`<${Shown} key=${name} />` : null;
}

function tell() {
  dialog.value = "";
  banner.value = { kind: "error", text: "This part of the page could not be fetched. Is there a network? Try again." };
}
