// @ts-check
// The small face of the page, which other sites may frame: one script, Run, its reply, and the way to the workbench. Its work
// is in its address and nowhere else: it reads and writes nothing that this browser keeps, and the build holds it to that
// (toolchain/page.mjs). Nothing runs but what its person presses; messages of the page around it are not heard.
import { effect } from "@preact/signals";
import { html, render } from "../html.js";
import { LinkError, readLink } from "../share.js";
import { Face } from "./panel.js";
import { tellHeight } from "./height.js";
import { show, refuse } from "./work.js";

async function openAddress() {
  try {
    const work = await readLink(location.hash);
    if (work) show(work);
    else refuse("there is no script in its address");
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    refuse(error.message);
  }
}

if (document.documentElement.dataset.missing === undefined) {
  const place = /** @type {HTMLElement} */ (document.querySelector("#workbench"));
  openAddress().then(() => {
    place.textContent = "";
    render(html`<${Face} />`, place);
    tellHeight(place);
  });
  addEventListener("hashchange", openAddress);
}
