// @ts-check
import { Engine } from "./engine.js";

const worker = /** @type {HTMLScriptElement} */ (document.querySelector("script[data-worker]")).dataset.worker ?? "";
const place = /** @type {HTMLElement} */ (document.querySelector("#workbench"));
const engine = new Engine(worker, {
  progress: (fraction, doing) => (place.textContent = `${doing} ${Math.round(fraction * 100)} %`),
  ready: async () => (place.textContent = JSON.stringify(await engine.ask({ type: "Hello" }))),
  dead: (message) => (place.textContent = message),
});
engine.start();
