// @ts-check
// <ferrous-script>: a script in any page. What stands in it is read as it is, without this; with it, it has colours, and a
// button that puts the face of Ferrous in its place. Of the face it hears how high it is, and tells it nothing.
import { partsOf } from "./highlight.js";

const site = new URL(".", /** @type {HTMLScriptElement} */ (document.currentScript).src);

const STYLE = `:host{display:block;margin:1em 0;color-scheme:light dark}
figure{margin:0;border:1px solid light-dark(#e2ded6,#34323a);border-radius:9px;overflow:hidden;background:light-dark(#fff,#1e1d22);color:light-dark(#23211d,#e9e6df)}
pre{margin:0;padding:10px 14px;overflow:auto;font:13px/1.55 ui-monospace,Menlo,Consolas,monospace;tab-size:2}
pre:focus-visible{outline:2px solid light-dark(#a63d0a,#f08a4b);outline-offset:-2px}
.comment{color:light-dark(#746e62,#99927f);font-style:italic}.string{color:light-dark(#2f6d3a,#9fd6a3)}.keyword{color:light-dark(#8a2f6b,#e29ac6)}
figcaption{display:flex;flex-wrap:wrap;gap:6px 12px;align-items:center;padding:7px 10px;border-top:1px solid light-dark(#e2ded6,#34323a);font:14px/1.4 system-ui,sans-serif}
figcaption span{flex:1}
button{font:inherit;font-weight:600;min-height:44px;padding:4px 14px;border:0;border-radius:7px;cursor:pointer;background:light-dark(#a63d0a,#f08a4b);color:light-dark(#fff,#201006)}
button:focus-visible,a:focus-visible{outline:2px solid currentcolor;outline-offset:2px}
a{color:light-dark(#1d5fa8,#8ab8f0)}
::slotted(iframe){display:block;width:100%;border:0;color-scheme:light dark}`;

/** Pixels a face may be high. */
const LOWEST = 120;
const HIGHEST = 3000;

/** @param {string} name @param {Record<string, any>} [properties] @param {(Node | string)[]} children */
function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** A list of words, or of anything as JSON. @param {string} text @returns {string[]} */
const words = (text) => (text.trim().startsWith("[") ? JSON.parse(text) : text.split(/\s+/).filter(Boolean));

/** How the attributes become fields of the work. @type {Record<string, (text: string) => unknown>} */
const FIELDS = { name: String, keys: words, argv: words, fixture: String, mode: String, function: String, protocol: Number, server: String, clock: Number, seed: Number };

class FerrousScript extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const script = (this.textContent ?? "").replace(/^\s*\n/, "").trimEnd() + "\n";
    const name = this.getAttribute("name") ?? "Redis Lua script";
    const code = element("code", {}, ...partsOf(script).map(([kind, text]) => (kind ? element("span", { className: kind }, text) : text)));
    const link = element("a", { href: site, target: "_blank", rel: "noopener", textContent: "Open in Ferrous" });
    const button = element("button", { onclick: () => this.#become(figure, name), textContent: "Run it here" });
    const pre = element("pre", { tabIndex: 0, role: "region", ariaLabel: name }, code);
    const figure = element("figure", {}, pre, element("figcaption", {}, element("span", {}, name), link, button));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(figure);
    this.fragment = this.#fragment(script);
    this.fragment.then(
      (fragment) => (link.href = site + fragment),
      (error) => button.replaceWith(`The attributes of this script cannot be read: ${error.message}`),
    );
  }

  /** What carries the work in an address, as web/src/share.js reads it. @param {string} script */
  async #fragment(script) {
    const fields = Object.entries(FIELDS).filter(([name]) => this.hasAttribute(name));
    const work = { script, ...Object.fromEntries(fields.map(([name, read]) => [name, read(this.getAttribute(name) ?? "")])) };
    const deflated = new Blob([JSON.stringify(work)]).stream().pipeThrough(new CompressionStream("deflate"));
    const bytes = new Uint8Array(await new Response(deflated).arrayBuffer());
    const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    return `#v1=${text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
  }

  /** @param {HTMLElement} figure @param {string} name */
  async #become(figure, name) {
    const frame = element("iframe", { src: `${site}embed.html${await this.fragment}`, title: `${name}, in Ferrous` });
    frame.style.height = `${figure.offsetHeight + LOWEST}px`;
    addEventListener("message", ({ source, origin, data }) => {
      if (source !== frame.contentWindow || origin !== site.origin || data?.ferrous !== "height") return;
      if (data.height >= LOWEST && data.height <= HIGHEST) frame.style.height = `${data.height}px`;
    });
    // Not in the shadow tree: the faces of a page find each other among its frames.
    this.replaceChildren(frame);
    figure.replaceWith(element("slot"));
    frame.focus();
  }
}

customElements.get("ferrous-script") ?? customElements.define("ferrous-script", FerrousScript);
