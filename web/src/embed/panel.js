// @ts-check
// What the face shows.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { html } from "../html.js";
import { linkTo } from "../share.js";
import { scriptEditor, showProblem } from "./editor.js";
import { generation, isRunning, notice, progress, ran, run, stop, work, write } from "./work.js";

export function Face() {
  const current = work.value;
  if (!current) return html`<p class="note" role="alert">${notice.value}</p>`;
  return html`<header>
      <h1>${current.name}</h1>
      ${isRunning.value
        ? html`<button class="button go stop" onClick=${stop}>Stop</button>`
        : html`<button class="button go" onClick=${run} aria-keyshortcuts="Control+Enter Meta+Enter">Run</button>`}
      <${WorkbenchLink} />
    </header>
    ${current.engine && current.engine !== SITE_LAYOUT.version && html`<p class="asked">It asks for engine ${current.engine}, which the workbench can fetch; here runs ${SITE_LAYOUT.version}.</p>`}
    <${Script} key=${generation.value} text=${current.script} />
    <${Inputs} />
    <${Result} />`;
}

/** The way to the workbench, with the script as it stands now. */
function WorkbenchLink() {
  const current = work.value;
  const [address, setAddress] = useState("./");
  useEffect(() => {
    if (current) linkTo(current).then((fragment) => setAddress(`./${fragment}`));
  }, [current]);
  return html`<a class="button" href=${address} target="_blank" rel="noopener">Open in the workbench</a>`;
}

/** @param {{ text: string }} props */
function Script({ text }) {
  const place = useRef(/** @type {HTMLDivElement | null} */ (null));
  const view = useRef(/** @type {import("@codemirror/view").EditorView | null} */ (null));
  useLayoutEffect(() => {
    view.current = scriptEditor(/** @type {HTMLDivElement} */ (place.current), text, write, run);
    return () => view.current?.destroy();
  }, []);
  const problem = ran.value?.outcome === "error" ? ran.value.problem : null;
  useEffect(() => {
    if (view.current) showProblem(view.current, problem);
  }, [problem]);
  return html`<div class="editor" ref=${place}></div>`;
}

/** What the script is called with. */
function Inputs() {
  const { keys, argv, fixture, mode, function: called } = /** @type {import("../state.js").Work} */ (work.value);
  const rows = useMemo(() => [["KEYS", keys], ["ARGV", argv]].filter(([, values]) => values.length > 0), [keys, argv]);
  const lines = fixture.trim();
  if (rows.length === 0 && !lines && mode === "EVAL") return null;
  return html`<dl class="inputs" aria-label="Inputs">
    ${mode !== "EVAL" && html`<dt>Command</dt><dd>${mode} ${called}</dd>`}
    ${rows.map(([name, values]) => html`<dt key=${name}>${name}</dt><dd>${/** @type {string[]} */ (values).map((value, index) => html`<code key=${index}>${value}</code> `)}</dd>`)}
    ${lines && html`<dt>Fixture</dt><dd><pre>${lines}</pre></dd>`}
  </dl>`;
}

function Result() {
  const { value } = ran;
  const reply = value?.reply;
  return html`<section class="result" aria-label="Reply" aria-live="polite" aria-busy=${isRunning.value}>
    ${progress.value && html`<label>${progress.value.doing} <progress max="1" value=${progress.value.fraction}></progress></label>`}
    ${notice.value && html`<p class="note">${notice.value}</p>`}
    ${reply && html`<pre class=${reply.is_error ? "is-error" : ""} tabindex="0">${reply.text}</pre>`}
    ${reply && html`<p class="quiet">${summary(/** @type {import("../contract").Ran} */ (value))}</p>`}
    ${!reply && !notice.value && !progress.value && !isRunning.value && html`<p class="quiet">Run shows the reply here.</p>`}
  </section>`;
}

/** @param {import("../contract").Ran} run */
function summary({ trace, trace_omitted: omitted, changed: { keys } }) {
  const count = (/** @type {number} */ number, /** @type {string} */ what) => `${number} ${what}${number === 1 ? "" : "s"}`;
  return `${count(trace.length + omitted, "command")}, ${keys === 0 ? "nothing changed" : `${count(keys, "key")} changed`}`;
}
