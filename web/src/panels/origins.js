// @ts-check
// Who wrote this: the writes of a key, a variable or a field, and the way of a value back to where it was made. Each place
// can be gone to.
import { goToMoment } from "../actions/debugging.js";
import { askOrigin } from "../actions/evaluating.js";
import { html } from "../html.js";
import { counted } from "../list.js";
import { origin } from "../state.js";
import { LineLink } from "./line_link.js";

/**
 * @typedef {import("../contract").OriginWrite} OriginWrite
 * @typedef {import("../contract").OriginLink} OriginLink
 */

/** @type {Record<OriginWrite["when"], string>} */
const WHEN = { last: "last write before now: ", next: "next: ", "": "" };

/** A button that asks. @param {{ of: import("../contract").DebugOrigin["of"], title: string, name?: string, database?: number }} props */
export function AskOrigin({ title, ...what }) {
  return html`<button class="small" title="The script is run once more to find out; nothing of that stays" onClick=${() => askOrigin(what)}>${title}</button>`;
}

export function OriginCard() {
  const { value } = origin;
  if (!value) return null;
  const { title, problem, note, writes, writes_total: total, links } = value;
  return html`<section class="card" aria-label="Who wrote this">
    <h2><span role="status">Who wrote ${title}</span><span class="grow"></span><button class="small" onClick=${() => (origin.value = null)}>Close</button></h2>
    ${problem && html`<p class="pad">${problem}</p>`}
    ${note && html`<p class="note">${note}</p>`}
    ${writes.length > 0 && html`<p class="quiet variables-label">${counted(total, "write")}${total > writes.length ? `, the nearest ${writes.length}` : ""}</p>
      <ol class="origins" aria-label="Writes">${writes.map((write) => html`<${Write} key=${write.moment} write=${write} />`)}</ol>`}
    ${links.length > 0 && html`<p class="quiet variables-label">Where the value comes from</p>
      <ol class="origins" aria-label="Where the value comes from">${links.map((link, index) => html`<${Link} key=${index} link=${link} />`)}</ol>`}
  </section>`;
}

/** @param {{ write: OriginWrite }} props */
function Write({ write: { moment, when, text, command, stack } }) {
  const callers = stack.slice(1).map(({ function: name, line }) => `${name}, line ${line}`);
  return html`<li>
    ${when && html`<span class="when">${WHEN[when]}</span>`}<span class="mono">${text}</span>
    ${stack[0] && html` in <${LineLink} line=${stack[0].line} label="line " />`}
    ${command && html` by <span class="mono">${command}</span>`}
    ${callers.length > 0 && html`<span class="quiet"> called from ${callers.join(", from ")}</span>`} <${Go} moment=${moment} />
  </li>`;
}

/** @param {{ link: OriginLink }} props */
function Link({ link: { moment, line, text, is_end: isEnd } }) {
  return html`<li class=${isEnd ? "when" : ""}>${line !== null && html`<${LineLink} line=${line} label="line " />: `}${text} <${Go} moment=${moment} /></li>`;
}

/** @param {{ moment: number }} props */
const Go = ({ moment }) => html`<button class="small" aria-label=${`Go to moment ${moment}`} title=${`Go to moment ${moment}`} onClick=${() => goToMoment(moment)}>Go there</button>`;
