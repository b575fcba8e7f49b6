// @ts-check
// The whole page: header, two columns of tabs, footer, and the dialogs above them.
import { useEffect, useMemo } from "preact/hooks";
import { Announcer } from "./announcer.js";
import { desk, takeOver } from "./desk.js";
import { diskFiles } from "./disk_files.js";
import { Editor } from "./editor/editor.js";
import { stopping } from "./editor/stopping.js";
import { ending } from "./ending.js";
import { Footer } from "./footer.js";
import { Header } from "./header.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { keyNames } from "./key_names.js";
import { LaterPanel, OpenDialog, withRest } from "./later.js";
import { goTo, narrow } from "./layout.js";
import { isBesideServer } from "./live_address.js";
import { Offer } from "./offer.js";
import { Call } from "./panels/call.js";
import { Log, linesOf } from "./panels/log.js";
import { Reply, duration } from "./panels/reply.js";
import { lineOf } from "./panels/stack.js";
import { TabPanel, Tabs } from "./panels/tabs.js";
import { copyWork } from "./saving.js";
import { Splitter, shareOfHeight } from "./splitter.js";
import * as state from "./state.js";
import { settings, toggleWrapping } from "./storage.js";
import { Working } from "./working.js";

export function Workbench() {
  const last = state.lastRun.value;
  useEffect(() => {
    if (last && narrow.matches) goTo(".right");
  }, [last]);
  return html`<${Header} />
    <div class="banners">${state.heldCall.value && html`<${LaterPanel} name="HeldCall" />`}<${OtherTab} /><${Banner} />${diskFiles.value && html`<${LaterPanel} name="DiskFiles" />`}</div>
    <main style=${{ "--split": `${settings.value.split}%` }}>
      <${Left} />
      <${Splitter} of="split" label="Width of the columns" isVertical />
      <${Right} />
    </main>
    <${Footer} />
    <${Announcer} />
    ${!state.dialog.value && html`<${Working} />`}
    <${OpenDialog} />`;
}

/** Told as long as another tab has the desk of this one. */
function OtherTab() {
  if (desk.value.isOwn) return null;
  return html`<div class="banner info" role="status" aria-label="Another tab">
    <span>This work is open in another tab, and saved from there. What you change here goes on as a copy.</span>
    <button class="small" onClick=${takeOver}>Take it over</button>
    <button class="small" onClick=${copyWork}>Work on a copy</button>
  </div>`;
}

function Banner() {
  const { value } = state.banner;
  if (!value) return null;
  return html`<div class=${`banner ${value.kind}`} role="alert">
    <span>${value.text}</span>
    ${value.action && html`<button class="small" onClick=${value.action.act}>${value.action.title}</button>`}
    <button class="plain" aria-label="Close" onClick=${() => (state.banner.value = null)}><${Icon} name="close" /></button>
  </div>`;
}

function Left() {
  const lines = state.work.value.fixture.split("\n").filter((line) => line.trim() !== "" && !/^\s*(#|--)/.test(line)).length;
  const hasOthers = state.work.value.others.length > 0;
  const tabs = [
    { id: "script", title: "Script", count: state.diagnosticCount.value, changed: true },
    { id: "fixture", title: "Fixture", count: lines },
    { id: "tests", title: "Tests", count: testCount(), changed: state.verdicts.value.includes("failed") },
    { id: "scenario", title: "Scenario" },
  ];
  return html`<section class="column left" aria-label="Script" style=${shareOfHeight("editorShare", "--editor-row", "--call-row")}>
    <div class="heads">${hasOthers && html`<div class="scripts"><${LaterPanel} name="Scripts" /></div>`}
    <div class="tab-row"><${Tabs} label="Script and fixture" tabs=${tabs} chosen=${state.leftTab} />${state.leftTab.value === "script" && html`<${FormatButton} />`}${state.leftTab.value !== "tests" && html`<${WrapSwitch} />`}${!hasOthers && state.leftTab.value === "script" && html`<${AddButton} />`}</div></div>
    <${TabPanel} id="script" chosen=${state.leftTab} class="code"><${Offer} /><${ScriptEditor} /></${TabPanel}>
    <${TabPanel} id="fixture" chosen=${state.leftTab} class="code"><${Offer} /><${FixtureEditor} /></${TabPanel}>
    <${TabPanel} id="tests" chosen=${state.leftTab}><${LaterPanel} name="Tests" /></${TabPanel}>
    <${TabPanel} id="scenario" chosen=${state.leftTab} class="code"><${LaterPanel} name="ScenarioBar" /><${ScenarioEditor} /></${TabPanel}>
    ${state.leftTab.value !== "scenario" && html`<${Splitter} of="editorShare" label="Height of the editor" /><${Call} />`}
  </section>`;
}

function FormatButton() {
  return html`<button class="plain" aria-label="Format" title=${`Format the script, by the conventions of StyLua (${keyNames("Alt+Shift+P").join(" ")})`} onClick=${() => withRest(({ formatScript }) => formatScript())}>
    <${Icon} name="format" /><span class="word">Format</span></button>`;
}

function AddButton() {
  return html`<button class="plain" aria-label="Add a script" title="Add a script to this work" onClick=${() => withRest(({ beginScript }) => beginScript())}><${Icon} name="add" /></button>`;
}

/** Where the page is narrow, lines are wrapped in any case. */
function WrapSwitch() {
  return html`<button class="plain wide-only" aria-pressed=${settings.value.wraps} title=${`Wrap long lines (${keyNames("Alt+Shift+W").join(" ")})`} onClick=${toggleWrapping}>
    <${Icon} name="wrap" /><span class="word">Wrap</span></button>`;
}

function testCount() {
  const verdicts = state.verdicts.value;
  if (verdicts.length === 0 || verdicts.includes("not run")) return verdicts.length;
  const failed = verdicts.filter((verdict) => verdict === "failed").length;
  return failed ? `${failed} ✗` : `${verdicts.length} ✓`;
}

function ScriptEditor() {
  const last = state.lastRun.value?.sheet === state.sheet.value ? state.lastRun.value : null;
  const open = state.debugged.value?.work.scriptName === state.work.value.scriptName ? state.debugged.value : null;
  return html`<${Editor}
    label="Lua script"
    language="lua"
    text=${state.work.value.script}
    sheet=${state.sheet.value}
    problems=${useMemo(() => marksOf(open, last), [open, last?.ran])}
    shownLine=${state.shownLine.value}
    onLineShown=${() => (state.shownLine.value = null)}
    extensions=${stopping}
    onChange=${(/** @type {string} */ script) => state.edit({ script })}
  />`;
}

/**
 * What is marked in the script that is shown: an error, where it is debugged or was run last, or where that was stopped.
 * @param {typeof state.debugged.value} open @param {typeof state.lastRun.value} last @returns {import("./contract").Problem[]}
 */
function marksOf(open, last) {
  if (open) return open.moment.problem && open.moment.outcome !== "fixture" ? [open.moment.problem] : NONE;
  if (last?.ran.outcome === "error" && last.ran.problem) return [last.ran.problem];
  if (last?.ran.outcome !== "interrupted") return NONE;
  return [{ line: lineOf(last.ran.stack), message: `Stopped here after ${duration(last.ran.milliseconds)}` }];
}

function FixtureEditor() {
  const last = state.lastRun.value;
  const problem = last?.ran.outcome === "fixture" ? last.ran.problem : null;
  return html`<${Editor}
    label="Fixture: redis-cli commands that fill the keyspace before the script runs"
    language="commands"
    text=${state.work.value.fixture}
    sheet=${state.generation.value}
    problems=${useMemo(() => (problem ? [problem] : NONE), [problem])}
    onChange=${(/** @type {string} */ fixture) => state.edit({ fixture })}
  />`;
}

function ScenarioEditor() {
  const explored = state.exploration.value;
  const run = state.scenarioRun.value;
  const told = [
    { asked: explored?.asked, problem: explored?.answer?.problem },
    { asked: run?.asked, problem: run?.ran.problem },
  ];
  const problem = told.find((one) => one.problem && one.asked?.scenario === state.work.value.scenario)?.problem ?? null;
  return html`<${Editor}
    label="Scenario: several clients over time"
    language="scenario"
    text=${state.work.value.scenario}
    sheet=${state.scenarioSheet.value}
    problems=${useMemo(() => (problem ? [problem] : NONE), [problem])}
    shownLine=${state.scenarioLine.value}
    onLineShown=${() => (state.scenarioLine.value = null)}
    onChange=${(/** @type {string} */ scenario) => state.edit({ scenario })}
  />`;
}

/** One empty list: an editor shows its problems, and goes to the first, when it is given others. @type {never[]} */
const NONE = [];

/** A number for a tab, which has no room: 950, 12k, 1.2M. */
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** @param {number} number */
const short = (number) => number && (number < 10_000 ? number : SHORT.format(number));

/** Whether there is a scenario to speak of. */
const hasSteps = () => state.work.value.scenario !== "" || state.leftTab.value === "scenario" || state.rightTab.value === "steps" || state.scenarioRun.value !== null;

function Right() {
  const ran = state.lastRun.value?.ran;
  const changes = state.standing.value === "stands" ? (ran?.changed.keys ?? 0) : 0;
  const told = state.debugged.value?.moment ?? ran;
  const steps = state.scenarioRun.value?.ran;
  const tabs = [
    { id: "reply", title: "Reply", isBad: ending.value?.isBad },
    { id: "trace", title: "Trace", count: short(ran ? ran.trace.length + ran.trace_omitted : 0) },
    { id: "keys", title: "Keys", count: short(ran?.access_counts.keys ?? 0), changed: (ran?.access_counts.undeclared ?? 0) > 0 },
    { id: "keyspace", title: "Keyspace", count: changes ? `±${short(changes)}` : short(state.keyCount.value), changed: changes > 0 },
    { id: "log", title: "Log", count: short(linesOf(told)), changed: told?.log.some(({ level }) => level === 3) },
    { id: "console", title: "Console" },
    { id: "debug", title: "Debug", count: state.debugged.value?.moment.moment, changed: true },
    ...(isBesideServer ? [{ id: "live", title: "Live", count: short(state.live.value.all.length) }] : []),
    ...(hasSteps() ? [{ id: "steps", title: "Steps", count: short(steps ? steps.omitted + steps.steps.length : 0), isBad: state.exploration.value?.answer?.verdict === "broken" || (steps?.failed ?? 0) > 0 }] : []),
  ];
  return html`<section class="column right" aria-label="Results">
    <${Tabs} label="Results" tabs=${tabs} chosen=${state.rightTab} />
    <${TabPanel} id="reply" chosen=${state.rightTab}><${Reply} /></${TabPanel}>
    <${TabPanel} id="trace" chosen=${state.rightTab}><${LaterPanel} name="Trace" /></${TabPanel}>
    <${TabPanel} id="keys" chosen=${state.rightTab}><${LaterPanel} name="Keys" /></${TabPanel}>
    <${TabPanel} id="keyspace" chosen=${state.rightTab}><${LaterPanel} name="Keyspace" /></${TabPanel}>
    <${TabPanel} id="log" chosen=${state.rightTab}><${Log} /></${TabPanel}>
    <${TabPanel} id="console" chosen=${state.rightTab}><${LaterPanel} name="Console" /></${TabPanel}>
    <${TabPanel} id="debug" chosen=${state.rightTab}><${LaterPanel} name="Debugger" /></${TabPanel}>
    <${TabPanel} id="live" chosen=${state.rightTab}><${LaterPanel} name="Live" /></${TabPanel}>
    <${TabPanel} id="steps" chosen=${state.rightTab}><${LaterPanel} name="Steps" /></${TabPanel}>
  </section>`;
}
