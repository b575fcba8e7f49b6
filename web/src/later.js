// @ts-check
// Panels and dialogs that the first reply does not need: fetched when the page is at rest, or when one of them is shown.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Dialog } from "./dialogs/dialog.js";
import { html } from "./html.js";
import { banner, dialog } from "./state.js";

/** What is left of the page; null until it is there. */
export const rest = signal(/** @type {typeof import("./rest.js") | null} */ (null));

/** Fetches what is left of the page, unless it is there. */
export async function loadRest() {
  return (rest.value ??= await import("./rest.js"));
}

function tell() {
  dialog.value = "";
  banner.value = { kind: "error", text: "This part of the page could not be fetched. Is there a network? Reload the page to try again." };
}

/** Does what needs the rest of the page, once that is there. @param {(rest: typeof import("./rest.js")) => unknown} act */
export const withRest = (act) => loadRest().then(act, tell);

/** What is left of the page; null until it is there. @param {unknown} isShown whether something of it is shown */
function useRest(isShown) {
  useEffect(() => {
    if (isShown) loadRest().catch(tell);
  }, [isShown]);
  return rest.value;
}

/** A panel. @param {{ name: "Console" | "Debugger" | "DiskFiles" | "HeldCall" | "Keys" | "Keyspace" | "Live" | "ScenarioBar" | "Scripts" | "Steps" | "Tests" | "Trace" | "Value" } & Record<string, unknown>} props what else it is given goes to the panel */
export function LaterPanel({ name, ...props }) {
  const Shown = /** @type {any} */ (useRest(true)?.[name]);
  return Shown ? html`<${Shown} ...${props} />` : html`<p class="card note">Loading…</p>`;
}

/** The dialog that is open; while it is fetched, one that says so, which can be closed as any other. */
export function OpenDialog() {
  const name = dialog.value;
  const dialogs = useRest(name)?.DIALOGS;
  if (!name) return null;
  const Shown = dialogs?.[name];
  return Shown ? html`<${Shown} key=${name} />` : html`<${Dialog} key="fetched" id=${name} title="Loading…" />`;
}
