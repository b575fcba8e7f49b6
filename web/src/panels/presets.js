// @ts-check
// Inputs under names: one press takes them, and they go with the work.
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { chosenPreset, edit, work } from "../state.js";

/** @typedef {import("../state.js").Preset} Preset */

/** The name that is being written, and what it is for. */
const naming = signal(/** @type {{ what: "add" | "rename", name: string } | null} */ (null));

/** What a preset keeps of the work. @param {import("../state.js").Work} work @returns {Omit<Preset, "name">} */
function inputsOf({ keys, argv, mode, function: called, protocol, clock, seed }) {
  return { keys, argv, mode, function: called, protocol, clock, seed };
}

/** @param {Preset} preset */
const isAsSaved = ({ name: _, ...inputs }) => JSON.stringify(inputs) === JSON.stringify(inputsOf(work.value));

/** @param {number} index */
function take(index) {
  const { name: _, ...inputs } = work.value.presets[index];
  edit(inputs);
  chosenPreset.value = index;
  naming.value = null;
}

function update() {
  const { presets } = work.value;
  const index = chosenPreset.value;
  edit({ presets: presets.with(index, { name: presets[index].name, ...inputsOf(work.value) }) });
}

function remove() {
  edit({ presets: work.value.presets.toSpliced(chosenPreset.value, 1) });
  chosenPreset.value = -1;
}

function finishNaming() {
  const { presets } = work.value;
  const { what, name } = /** @type {{ what: string, name: string }} */ (naming.value);
  naming.value = null;
  if (name.trim() === "") return;
  if (what === "rename") {
    edit({ presets: presets.with(chosenPreset.value, { ...presets[chosenPreset.value], name: name.trim() }) });
  } else {
    edit({ presets: [...presets, { name: name.trim(), ...inputsOf(work.value) }] });
    chosenPreset.value = presets.length;
  }
}

export function Presets() {
  const { presets } = work.value;
  const chosen = presets[chosenPreset.value];
  return html`<span class="row-label" id="label-presets">Presets</span>
    <div class="fields wide" role="group" aria-labelledby="label-presets">
      ${presets.map(
        (preset, index) => html`<button key=${index} class="preset" aria-pressed=${preset === chosen} onClick=${() => take(index)}>
          ${preset.name}${preset === chosen && !isAsSaved(preset) ? html`<em> edited</em>` : ""}
        </button>`,
      )}
      ${naming.value
        ? html`<${NameField} />`
        : html`<button class="add" aria-label="Save these inputs as a preset" onClick=${() => (naming.value = { what: "add", name: "" })}>${presets.length ? "+" : "Save these inputs"}</button>`}
      ${chosen && !naming.value && html`<span class="preset-acts">
        ${!isAsSaved(chosen) && html`<button class="small" onClick=${update}>Update</button>`}
        <button class="small" onClick=${() => (naming.value = { what: "rename", name: chosen.name })}>Rename</button>
        <button class="small" onClick=${remove}>Delete</button>
      </span>`}
    </div>`;
}

function NameField() {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => field.current?.focus(), []);
  const { what, name } = /** @type {{ what: "add" | "rename", name: string }} */ (naming.value);
  return html`<span class="field"><input
    ref=${field}
    aria-label="Name of the preset"
    placeholder="name"
    maxlength="200"
    value=${name}
    onInput=${(/** @type {any} */ event) => (naming.value = { what, name: event.target.value })}
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) finishNaming();
      if (event.key === "Escape") naming.value = null;
    }}
    onBlur=${() => naming.value && finishNaming()}
  /></span>`;
}
