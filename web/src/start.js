// @ts-check
// Starts the worker before the page's bundle is read: Python loads while the page is drawn.
// Where old_browser.js has found something missing, there is nothing to start; nor where the engine runs beside the browser.
import { isBesideServer } from "./live_address.js";

if (document.documentElement.dataset.missing === undefined && !isBesideServer) {
  const script = /** @type {HTMLScriptElement} */ (document.querySelector("script[data-worker]"));
  globalThis.firstWorker = new Worker(script.dataset.worker ?? "", { type: "module", name: "Ferrous engine" });
}
