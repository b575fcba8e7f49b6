/** Where the build put the runtime and the engine (toolchain/page.mjs); addresses are relative to the site's root. */
declare const SITE_LAYOUT: { version: string; installer: string; installerWheels: string[]; runtime: string; engine: string; wheels: string[]; later: string; image: string; sizes: Record<string, number> };

/** Where the build put StyLua. */
declare const FORMATTER: string;

/** The worker that start.js has begun before the page's bundle was there; the first engine takes it. */
declare var firstWorker: Worker | undefined;

/** The engine of the face in this window, which other faces of the same page use too (embed/shared_engine.js). */
declare var ferrousEngine: any;

/** Programs for Node, in a page (toolchain/node_in_page.mjs): nothing here is told of their types. */
declare module "buffer/";
declare module "readable-stream";

/** What the service worker keeps (toolchain/page.mjs). */
declare const BUILD: { version: string; files: string[] };

declare module "ferrous:first-example" {
  export const first: import("./examples").Example;
  export const count: number;
  export const protocolCount: number;
}

declare module "ferrous:recorded-run" {
  const ran: import("./recorded").Recorded;
  export default ran;
}

declare module "ferrous:protocols" {
  const protocols: import("./examples").Protocol[];
  export default protocols;
}

declare module "ferrous:examples" {
  const examples: import("./examples").Example[];
  export default examples;
}
