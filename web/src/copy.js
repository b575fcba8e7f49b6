// @ts-check
// A button that copies a text, and says whether the browser let it.
import { useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** Time a button says that it has copied. Milliseconds. */
const SAID = 2000;

/** @param {{ text: string | (() => string), what: string, name?: string }} props `what` is copied, for those who do not see the place; `name` a class */
export function Copy({ text, what, name = "small" }) {
  const [said, setSaid] = useState("");

  async function copy() {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
      setSaid("Copied");
      setTimeout(() => setSaid(""), SAID);
    } catch {
      setSaid("The browser forbids it: select the text");
    }
  }

  return html`<button class=${name} aria-label=${`Copy ${what}`} title=${`Copy ${what}`} onClick=${copy}>${said || html`<${Icon} name="copy" />`}</button>`;
}
