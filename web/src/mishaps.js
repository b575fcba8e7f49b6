// @ts-check
// Errors of the page itself, which nothing else caught: told in a sentence instead of silence.
import { EngineGone } from "./engine.js";
import { banner } from "./state.js";

/** @param {unknown} reason */
function tell(reason) {
  const what = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
  banner.value = {
    kind: "error",
    stays: true,
    text: `Something in this page went wrong (${what.slice(0, 300)}). Your work is kept in this browser; if the page behaves oddly, reload it.`,
    action: { title: "Reload", act: () => location.reload() },
  };
}

export function tellMishaps() {
  // Warnings of the browser, such as those of a ResizeObserver, come without an error.
  addEventListener("error", (event) => event.error && tell(event.error));
  // Whoever ends the engine says so.
  addEventListener("unhandledrejection", ({ reason }) => reason instanceof EngineGone || tell(reason));
}
