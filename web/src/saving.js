// @ts-check
// The work as it stands is saved on this tab's desk (desk.js), a moment after every change and when the page is left. What
// happens to a desk happens to the keyspace on it too (keyspace_saving.js).
import { effect, signal, untracked } from "@preact/signals";
import { attendDesk, beginDesk, desk, findDesk, takenDesks } from "./desk.js";
import { keepVersion } from "./history.js";
import { abandonKeyspace, readKeyspace, saveKeyspace, saveSoon, startSavingKeyspace } from "./keyspace_saving.js";
import { readWork } from "./share.js";
import { scriptsOf, withScripts } from "./scripts.js";
import { edit, generation, replaceWork, work } from "./state.js";
import { forget, namesOf, read, write } from "./storage.js";

/** Time after the last change at which the work is saved. Milliseconds. */
const DELAY = 300;
/** The name of the first desk's work; a dot and the desk's name follow for others. */
const WORK = "ferrous.work";

/** "no room" and "impossible" say why it is not saved. */
export const saving = signal(/** @type {"saved" | "pending" | "no room" | "impossible"} */ ("saved"));

const nameOf = (/** @type {string} */ id) => (id ? `${WORK}.${id}` : WORK);

/** The work on a desk, or null. @param {string} [id] */
function savedWork(id = desk.value.id) {
  try {
    return readWork(read(nameOf(id)));
  } catch {
    return null;
  }
}

/** The work that lies on this tab's desk, once it has one; null for none. */
export async function findWork() {
  await findDesk((id) => read(nameOf(id)) !== null);
  return savedWork();
}

/** Whether the page was loaded again with the link that the saved work came from: then it goes on where it was left. */
export function wasReloaded() {
  const [entry] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  return desk.value.isOwn && entry?.type !== "navigate" && read(nameOf(desk.value.id))?.link === location.hash;
}

/** The work that is shown and lies on the desk, or is on its way there. @type {import("./state.js").Work} */
let shown = work.value;
/** Which generation of the page's work it is. */
let shownGeneration = generation.value;
let timer = 0;

/** @param {import("./state.js").Work} current */
function show(current) {
  shown = current;
  shownGeneration = generation.value;
}

function save() {
  clearTimeout(timer);
  if (saving.value === "saved" || !desk.value.isOwn) return;
  saving.value = write(nameOf(desk.value.id), { ...work.value, link: location.hash });
}

/** A work as text, whichever of its scripts is shown: to look at another one changes nothing. @param {import("./state.js").Work} of */
const contentOf = (of) => JSON.stringify(withScripts(of, scriptsOf(of), 0));

/** Shows what lies on the desk, where that is something else. */
function readDesk() {
  const saved = savedWork();
  if (!saved || contentOf(saved) === contentOf(work.value)) return;
  shown = saved;
  replaceWork(saved);
  show(saved);
}

/**
 * What a tab without a desk changes becomes work of its own: a copy, unless it is other work altogether.
 * @param {import("./state.js").Work} changed
 */
function goOnAlone(changed) {
  const isCopy = generation.value === shownGeneration && changed.name === shown.name;
  beginDesk();
  saveSoon();
  return isCopy ? { ...changed, name: `${changed.name} (copy)`.slice(0, 200) } : changed;
}

/** The other tab's work goes on here as a copy too. */
export function copyWork() {
  edit({});
}

/** @param {import("./state.js").Work} current */
function takeChange(current) {
  if (!desk.value.isOwn && current.place !== shown.place && contentOf(current) === contentOf(shown)) return show(current);
  show(desk.value.isOwn ? current : goOnAlone(current));
  work.value = shown;
  clearTimeout(timer);
  saving.value = "pending";
  timer = setTimeout(save, DELAY);
}

/** From now on changes are saved. What is shown now lies on the desk, or is an example. */
export function startSaving() {
  show(work.value);
  effect(() => {
    const current = work.value;
    if (current !== shown) untracked(() => takeChange(current));
  });
  startSavingKeyspace();
  attendDesk({
    putDown: async () => (save(), saveKeyspace()),
    pickUp: async () => (readDesk(), readKeyspace()),
  });
  addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", () => (document.hidden ? save() : desk.value.isOwn || readDesk()));
  addEventListener("storage", ({ key }) => key === nameOf(desk.value.id) && !desk.value.isOwn && !document.hidden && readDesk());
}

/** Desks of tabs that were closed are cleared: their work goes into the history. */
export async function clearDesks() {
  if (!navigator.locks) return;
  const left = namesOf(WORK).filter((name) => name !== WORK);
  const taken = (await takenDesks()).map(nameOf);
  for (const name of left.filter((one) => !taken.includes(one))) {
    const id = name.slice(WORK.length + 1);
    const abandoned = savedWork(id);
    if (abandoned && (await keepVersion(abandoned, "tab"))) return;
    await abandonKeyspace(id, abandoned?.name ?? "work");
    forget(name);
  }
}
