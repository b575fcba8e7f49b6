// @ts-check
// A page of its own: a queue of BullMQ on the server in the worker. Nothing of it is loaded with the workbench.
import { html, render } from "../html.js";
import { begin } from "./jobs.js";
import { Demonstration } from "./panel.js";
import { start } from "./server.js";

if (document.documentElement.dataset.missing === undefined) {
  start();
  begin();
  const place = /** @type {HTMLElement} */ (document.querySelector("#workbench"));
  place.textContent = "";
  render(html`<${Demonstration} />`, place);
}
