// @ts-check
// Sharing: a link that carries the whole work. It goes into the address bar too, so that copying that works as well. A
// file carries the same, of any size. Both may ask for the engine that is here now, so that they do the same in years.
import { useEffect, useState } from "preact/hooks";
import { LONGEST_FIXTURE } from "../actions/keyspace.js";
import { copy } from "../actions/session.js";
import { Copy } from "../copy.js";
import { scriptLine, snippetOf } from "../embed/snippet.js";
import { saveWork } from "../files.js";
import { html } from "../html.js";
import { figure } from "../list.js";
import { LONGEST_LINK, linkTo } from "../share.js";
import { callOf, debugged, dialog, edit, work } from "../state.js";
import { Dialog } from "./dialog.js";

/** @typedef {{ place: Partial<import("../state.js").Work>, isCarried: boolean, why?: undefined } | { why: string, place?: undefined }} Way */

/**
 * What of the work leads to the moment that is shown, and whether the keyspace of the recording's beginning is carried for that;
 * or why no link can. Null while nothing is debugged.
 * @param {typeof debugged.value} open @returns {Promise<Way | null>}
 */
async function wayTo(open) {
  if (open?.moment.outcome !== "open") return null;
  if (open.work.script !== work.value.script) return { why: "The script has changed since it was recorded: press Debug again for a link to a moment." };
  if (open.settings.length > 0) return { why: `No link leads to moment ${figure(open.moment.moment)}: something was set in the recording, which a link cannot carry. Take that back first.` };
  const { fixture, fresh, shuffle, cluster, node } = open.work;
  const place = { ...callOf(open.work), fixture, fresh: true, shuffle, cluster, node, moment: open.moment.moment, clock: open.work.clock ?? open.moment.now / 1000, seed: open.moment.seed };
  if (fresh) return { place, isCarried: false };
  if (open.moment.again) return { why: `No link leads to moment ${figure(open.moment.moment)}: the keyspace that this run began with is gone. Undo the run, and press Debug.` };
  const lines = await copy.lines(); // until the session ends, as it was before it
  if (lines.length > LONGEST_FIXTURE) return { why: `No link leads to moment ${figure(open.moment.moment)}: the script began with the keyspace as it was, whose commands have ${figure(lines.length)} bytes, and a link carries ${figure(LONGEST_FIXTURE)} as the fixture. Debug on a fresh keyspace with a fixture.` };
  return { place: { ...place, fixture: new TextDecoder().decode(lines).trimEnd() }, isCarried: lines.length > 0 };
}

export function ShareDialog() {
  const [link, setLink] = useState("");
  const [copied, setCopied] = useState("");
  const [withMoment, setWithMoment] = useState(true);
  const isOpen = dialog.value === "share";

  const [way, setWay] = useState(/** @type {Way | null} */ (null));
  const open = debugged.value;
  useEffect(() => void wayTo(open).then(setWay), [open, work.value.script]);
  const there = way?.place;
  const current = withMoment && there ? { ...work.value, ...there } : work.value;
  useEffect(() => {
    if (!isOpen) return;
    setCopied("");
    linkTo(current).then((fragment) => {
      const address = location.href.split("#")[0] + fragment;
      setLink(address);
      if (address.length <= LONGEST_LINK) history.replaceState(null, "", fragment);
    });
  }, [isOpen, work.value, withMoment && there]);

  async function copyLink() {
    try {
      await navigator.clipboard.writeText(link);
      setCopied("Copied.");
    } catch {
      setCopied("The browser did not allow copying: select the link and copy it yourself.");
    }
  }

  const here = current.engine || SITE_LAYOUT.version;
  const tooLong = link.length > LONGEST_LINK;

  return html`<${Dialog} id="share" title="Share">
    <p>The link holds ${work.value.others.length ? `all ${work.value.others.length + 1} scripts, their` : "the script,"} KEYS, ARGV, the fixture, the tests, the scenario, the breakpoints and the options. Whoever opens it sees them and decides whether to run; nothing is sent anywhere.</p>
    ${tooLong
      ? html`<p class="note error">This work is too large for a link (${link.length} characters, ${LONGEST_LINK} at most). Save it as a file instead.</p>`
      : html`<label>Link <input class="link mono" readonly aria-label="Link" value=${link} onFocus=${(/** @type {any} */ e) => e.target.select()} /></label>`}
    <p class="size"><meter aria-label="Size of the link" min="0" max=${LONGEST_LINK} high=${LONGEST_LINK * 0.5} value=${Math.min(link.length, LONGEST_LINK)}></meter> ${link.length} characters</p>
    ${there && html`<label><input type="checkbox" checked=${withMoment} onChange=${(/** @type {any} */ e) => setWithMoment(e.target.checked)} /> Lead to moment ${there.moment}, where the debugger stands; ${way?.isCarried ? "clock, seed and, as the fixture, the keyspace that the script began with" : "clock and seed"} are written in, so that it is the same there</label>`}
    ${way?.why && html`<p class="note" role="status">${way.why}</p>`}
    <label><input type="checkbox" checked=${current.engine !== ""} onChange=${(/** @type {any} */ e) => edit({ engine: e.target.checked ? here : "" })} /> Ask for engine ${here}, also where a later one is</label>
    <details><summary>Put it into another page</summary><${Snippet} /></details>
    <p class="quiet">Other engines are looked for where <button class="plain" onClick=${() => (dialog.value = "engine")}>Engine</button> says.</p>
    <footer><button class=${tooLong ? "button go" : "button"} onClick=${saveWork}>Save as file</button>
      <span role="status">${copied}</span><span class="grow"></span><button class="button go" disabled=${tooLong || !link} onClick=${copyLink}>Copy link</button></footer>
  </${Dialog}>`;
}

/** The work as HTML for another page, where it can be read and run. */
function Snippet() {
  const site = new URL("./", location.href);
  const text = `${snippetOf(work.value)}\n${scriptLine(site.href)}\n`;
  return html`<div class="copied"><pre class="snippet" tabindex="0" aria-label="HTML for another page">${text}</pre><${Copy} text=${text} what="the HTML" /></div>
    <p class="quiet">The script is read there as it stands, and runs in place when its reader asks for that. <a href="embedding.html" target="_blank" rel="noopener">How it works</a></p>`;
}
