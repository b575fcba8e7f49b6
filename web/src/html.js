// @ts-check
// Rendering: Preact components written as templates. Preact and its signals were chosen over hand-made DOM code because
// a panel is then a function of the state, and a signal that changes redraws only the panels that read it.
import htm from "htm";
import { h, render } from "preact";

export const html = /** @type {(strings: TemplateStringsArray, ...values: any[]) => any} */ (htm.bind(h));
export { render };
