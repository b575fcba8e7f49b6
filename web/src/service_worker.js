// @ts-check
// The service worker: after the first visit the page works without a network, and it can be installed. It keeps the
// files of one build; names with a hash never change, so those are taken from the cache without asking. It also adds
// the headers that isolate the page, where a static host cannot send them: then Stop interrupts at once.

/** The global scope; its types and those of the page exclude each other. @type {any} */
const scope = self;
const CACHE = `ferrous-${BUILD.version}`;
const ISOLATION = {
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** A response with the headers in it. One that has them stays as it is, and with it the code the browser keeps for it. @param {Response} response */
function isolated(response) {
  if (Object.entries(ISOLATION).every(([name, value]) => response.headers.get(name) === value)) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

async function keepFiles() {
  const cache = await caches.open(CACHE);
  const kept = new Set((await cache.keys()).map(({ url }) => url));
  const missing = BUILD.files.map((file) => new URL(file, scope.registration.scope).href).filter((url) => !kept.has(url));
  await cache.addAll(missing);
}

async function dropOldBuilds() {
  for (const name of await caches.keys()) if (name.startsWith("ferrous-") && name !== CACHE) await caches.delete(name);
  await scope.clients.claim();
}

/** The page itself: the newest there is, or the one that was kept. @param {Request} request */
async function page(request) {
  try {
    return isolated(await fetch(request));
  } catch {
    // The face for other sites, the page about it, and the one with a queue need a network.
    if (/\/(?:embed\w*|queue)(?:\.html)?$/.test(new URL(request.url).pathname)) return Response.error();
    const kept = await caches.match(new URL("./", scope.registration.scope).href);
    return kept ? isolated(kept) : Response.error();
  }
}

/** @param {Request} request */
async function file(request) {
  const response = (await caches.match(request, { ignoreSearch: true })) ?? (await fetch(request));
  return /\.js$/.test(new URL(request.url).pathname) ? isolated(response) : response;
}

scope.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(keepFiles()));
// A newer build waits until the page asks for it: the one in use keeps its files until then.
scope.addEventListener("message", (/** @type {any} */ event) => event.data === "take over" && scope.skipWaiting());
scope.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(dropOldBuilds()));
scope.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(scope.registration.scope)) return;
  event.respondWith(request.mode === "navigate" ? page(request) : file(request));
});
