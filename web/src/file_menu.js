// @ts-check
// The work as files: a new one, opened, saved, looked up. On a phone the menu has what else the bar has no room for.
import { run } from "./actions/running.js";
import { diskFiles } from "./disk_files.js";
import { beginWork, chooseFiles, keepAndWrite, saveScript, saveWork, scriptFileName, workFileName } from "./files.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { keyNames } from "./key_names.js";
import { isNarrow } from "./layout.js";
import { Menu } from "./menu.js";
import { dialog, phase } from "./state.js";
import { changeSettings, nextTheme, settings } from "./storage.js";

/** @param {string} title @param {() => unknown} act @param {string} keys */
const withKeys = (title, act, keys) => ({ title, act, hint: keyNames(keys).join(" "), keys: keys.replace("Mod", "Control") });

/** @returns {import("./menu.js").Item[]} */
const workItems = () => [
  withKeys("New", beginWork, "Alt+Shift+N"),
  withKeys("Open…", chooseFiles, "Mod+O"),
  "line",
  { title: "Save script as a file", act: saveScript, hint: scriptFileName() },
  { title: "Save work as a file", act: saveWork, hint: workFileName() },
  withKeys(diskFiles.value ? "Write the files, keep a version" : "Keep a version", keepAndWrite, "Mod+S"),
  withKeys("History…", () => (dialog.value = "history"), "Alt+Shift+H"),
];

/** @returns {import("./menu.js").Item[]} */
const phoneItems = () => [
  "line",
  { title: "Dry run", act: () => run({ dry: true }), disabled: phase.value !== "ready", hint: "changes nothing" },
  { title: "Engine…", act: () => (dialog.value = "engine") },
  { title: "Keyboard…", act: () => (dialog.value = "keys") },
  { title: `Theme: ${settings.value.theme}`, act: () => changeSettings({ theme: nextTheme() }) },
];

export function FileMenu() {
  return isNarrow.value
    ? html`<${Menu} label="Menu" class="icon-only" items=${[...workItems(), ...phoneItems()]}><${Icon} name="menu" /></${Menu}>`
    : html`<${Menu} label="File" items=${workItems()}>File</${Menu}>`;
}
