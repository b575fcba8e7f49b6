// @ts-check
// An error in plain words, beside its reply: what happened, where, and what to do.
import { debugAt } from "../actions/debugging.js";
import { html } from "../html.js";
import { LineLink } from "./line_link.js";

/** @param {{ ran: Pick<import("../contract").Ran, "problem" | "explanation">, lead?: typeof debugAt }} props `lead` goes to the error */
export function Explanation({ ran, lead = debugAt }) {
  if (!ran.explanation) return null;
  const { what, advice } = ran.explanation;
  return html`<section class="card explanation" aria-label="What this error means">
    <p>${ran.problem?.line && html`<${LineLink} line=${ran.problem.line} label="line " />${" "}`}${what}</p>
    <p class="advice">${advice}</p>
    <p><button class="small" onClick=${() => lead("error")}>Debug where it is raised</button></p>
  </section>`;
}
