// @ts-check
// What is wrong in the text of a scenario, with its line; it goes there.
import { html } from "../html.js";
import { showScenarioLine } from "../state.js";

/** @param {{ problem: import("../contract").Problem }} props */
export function ScenarioProblem({ problem: { line, message } }) {
  return html`<p class="note error">${line !== null && html`<button class="line-link" title="Go to this line of the scenario" onClick=${() => showScenarioLine(line)}>line ${line}</button>: `}${message}</p>`;
}
