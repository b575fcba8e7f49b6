// @ts-check
// The service worker: registered when Python is there, for what it fetches must not delay that. When a newer build lies
// ready beside the one in use, the page says so, and changes over when it is asked to.
import { banner } from "./state.js";

/** The word at which a waiting service worker takes the place of the one in use. */
const TAKE_OVER = "take over";

export async function keepUpToDate() {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  // Where it is refused, as in private windows of some browsers, the page works with a network only.
  const registration = await serviceWorker.register("service-worker.js").catch(() => null);
  // The page itself comes from the network when there is one: then it is the newest already.
  if (navigator.onLine) registration?.waiting?.postMessage(TAKE_OVER);
  registration?.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => installing.state === "installed" && registration.active && announce(installing));
  });
}

/** @param {ServiceWorker} ready */
function announce(ready) {
  const act = () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    ready.postMessage(TAKE_OVER);
  };
  banner.value = { kind: "info", stays: true, text: "A new version of Ferrous is ready. Your work is kept.", action: { title: "Reload", act } };
}
