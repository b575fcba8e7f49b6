// An esbuild plugin: programs for Node, as Redis clients, in a bundle for the page. What they import of Node is the page's own
// where it leads to the server in the worker (web/src/connections/node), and else one of the packages that are made for this.
import { builtinModules } from "node:module";
import path from "node:path";

const OWN = path.resolve("web/src/connections/node");
const own = (/** @type {string} */ name) => path.join(OWN, `${name}.js`);

/** Node's modules that are the page's own. */
const FILES = /** @type {Record<string, string>} */ ({
  buffer: own("buffer"),
  net: own("net"),
  tls: own("tls"),
  fs: own("fs"),
  "fs/promises": own("fs"),
  crypto: own("crypto"),
  process: own("process"),
});

/** Those that are packages; all others are in `REST`. */
const PACKAGES = /** @type {Record<string, string>} */ ({ events: "events/", stream: "readable-stream", string_decoder: "string_decoder/" });
const REST = "@jspm/core/nodelibs/";

/** What clients load only if it is installed, and is not. */
const OPTIONAL = /^(?:pg|redis|bullmq-otel|@opentelemetry\/api|@node-rs\/xxhash)$/;

/** What esbuild is to put in the place of what programs for Node take for granted. */
export const globals = [own("globals")];

/** @type {import("esbuild").Plugin} */
export const nodeInPage = {
  name: "node in the page",
  setup(build) {
    build.onResolve({ filter: /^(?:node:)?[\w/]+$/ }, ({ path: asked, kind, pluginData, importer }) => {
      const name = asked.replace(/^node:/, "").replace(/\/$/, "");
      if (pluginData === nodeInPage || !builtinModules.includes(name)) return undefined;
      if (FILES[name] && importer !== FILES[name]) return { path: FILES[name] };
      return build.resolve(PACKAGES[name] ?? (FILES[name] ? asked : `${REST}${name}`), { kind, resolveDir: process.cwd(), pluginData: nodeInPage });
    });
    build.onResolve({ filter: OPTIONAL }, ({ path: asked }) => ({ path: asked, external: true }));
    // Packing that would compile functions from text, which the page's policy forbids.
    build.onResolve({ filter: /^msgpackr$/ }, ({ kind }) => build.resolve("msgpackr/index-no-eval", { kind, resolveDir: process.cwd() }));
  },
};
