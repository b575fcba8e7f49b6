// Builds the page:  node toolchain/page.mjs <runtime> <packed standard library> <packed wheels> <installer> <recorded run> <site> [--release]
// Bundles web/src with esbuild, and puts the runtime and the engine beside it under names that carry a hash of their
// content, so that a browser may keep them for ever. Everything in the site is referred to by relative addresses.
import { createHash } from "node:crypto";
import { cpSync, copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";

const [, , smallRuntime, standardLibrary, wheels, installing, recording, finished, release] = process.argv;
// Built beside the finished site and put in its place at the end: a build that is stopped leaves the old one.
const site = `${finished}.new`;
const npm = "node_modules/pyodide";
const RUNTIME_FILES = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"];

/** Twelve hexadecimal digits that stand for the content of `files`. @param {string[]} files */
function hashOf(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(path.basename(file)).update(readFileSync(file));
  return hash.digest("hex").slice(0, 12);
}

/** Copies `files` into a directory of the site. @param {string} prefix @param {string[]} files @returns {string} its name */
function place(prefix, files) {
  const directory = `${prefix}-${hashOf(files)}`;
  mkdirSync(path.join(site, directory), { recursive: true });
  for (const file of files) copyFileSync(file, path.join(site, directory, path.basename(file)));
  return directory;
}

/** @param {string[]} files @param {string} directory */
const sizes = (files, directory) =>
  Object.fromEntries(files.map((file) => [`${directory}/${path.basename(file)}`, statSync(file).size]));

rmSync(site, { recursive: true, force: true });
mkdirSync(site, { recursive: true });

const runtimeFiles = [...RUNTIME_FILES.map((name) => `${smallRuntime}/${name}`), `${standardLibrary}/python_stdlib.zip`];
const engineFiles = readdirSync(wheels).map((name) => `${wheels}/${name}`);
const runtime = place("runtime", runtimeFiles);
const engine = place("engine", engineFiles);
// What fetches another version of the engine: loaded only then, with the whole runtime and standard library.
const installerWheels = readdirSync(installing);
const installer = place("installer", [...installerWheels.map((name) => `${installing}/${name}`), ...[...RUNTIME_FILES, "python_stdlib.zip"].map((name) => `${npm}/${name}`)]);
const version = engineFiles.map((file) => /\/ferrous_vm-([^-]+)-/.exec(file)?.[1]).find(Boolean);
const later = engineFiles.filter((file) => file.endsWith("/later.zip"));
const wheelFiles = engineFiles.filter((file) => file.endsWith(".whl"));
// What a Python's memory depends on: what is in it, and what loads it.
const workerSources = readdirSync("web/src/worker").sort().map((name) => `web/src/worker/${name}`);
const layout = {
  version,
  installer,
  installerWheels,
  runtime,
  engine,
  wheels: Object.keys(sizes(wheelFiles, engine)),
  later: Object.keys(sizes(later, engine))[0],
  image: hashOf([...runtimeFiles, ...engineFiles, ...workerSources]),
  sizes: { ...sizes(runtimeFiles, runtime), ...sizes(engineFiles.filter((file) => !later.includes(file)), engine) },
};

/** An example: what is said about it, and the script beside it. @param {string} name */
const readExample = (name) => ({
  ...JSON.parse(readFileSync(`web/examples/${name}`, "utf8")),
  script: readFileSync(`web/examples/${name.replace(/\.json$/, ".lua")}`, "utf8"),
});
const examples = readdirSync("web/examples").filter((name) => name.endsWith(".json")).sort();
/** What the page imports of the examples, and the recorded run of the first; they stand in the order of their names. @type {Record<string, unknown>} */
const exampleModules = {
  "ferrous:first-example": { first: readExample(examples[0]), count: examples.length },
  "ferrous:recorded-run": JSON.parse(readFileSync(recording, "utf8")),
  "ferrous:examples": examples.map(readExample),
};
/** @type {esbuild.Plugin} */
const examplesPlugin = {
  name: "examples",
  setup(build) {
    build.onResolve({ filter: /^ferrous:/ }, ({ path }) => ({ path, namespace: "ferrous" }));
    build.onLoad({ filter: /.*/, namespace: "ferrous" }, ({ path }) => ({ contents: JSON.stringify(exampleModules[path]), loader: "json" }));
  },
};

/** @type {esbuild.BuildOptions & { metafile: true }} */
const options = {
  outdir: path.join(site, "assets"),
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  sourcemap: release ? false : "linked",
  metafile: true,
  legalComments: "linked",
  define: { SITE_LAYOUT: JSON.stringify(layout) },
  plugins: [examplesPlugin],
  logLevel: "warning",
};
const results = [
  await esbuild.build({ ...options, entryPoints: { start: "web/src/start.js", worker: "web/src/worker/worker.js", keeper: "web/src/worker/keeper.js", image_maker: "web/src/worker/image_maker.js", style: "web/style/main.css" } }),
  // In a folder of its own: static hosts tell by it that another policy is to be sent (ferrous_vm/static_server.py).
  await esbuild.build({ ...options, outdir: path.join(site, "other-engine"), entryPoints: ["web/src/worker/other_engine.js"] }),
  // What the page imports later, the examples, is a file of its own. The worker shares none with it: it must not wait for one.
  await esbuild.build({ ...options, entryPoints: { app: "web/src/main.js" }, splitting: true }),
];

/** The file that was written for an entry point. @param {string} entry */
function outputOf(entry) {
  const outputs = results.flatMap(({ metafile }) => Object.entries(metafile.outputs));
  const found = outputs.find(([, output]) => output.entryPoint === entry);
  if (!found) throw new Error(`esbuild wrote nothing for ${entry}`);
  return path.relative(site, found[0]);
}

/** The files a script of the page imports before it runs: the browser would find them when it has that. @param {string} output */
function importedBy(output) {
  const found = results.flatMap(({ metafile }) => Object.entries(metafile.outputs)).find(([name]) => path.relative(site, name) === output);
  return (found?.[1].imports ?? []).filter(({ kind }) => kind === "import-statement").map((imported) => path.relative(site, imported.path));
}

const app = outputOf("web/src/main.js");
const names = {
  START: outputOf("web/src/start.js"),
  APP: app,
  CHUNKS: importedBy(app).map((name) => `<link rel="modulepreload" href="${name}">\n`).join(""),
  WORKER: outputOf("web/src/worker/worker.js"),
  KEEPER: outputOf("web/src/worker/keeper.js"),
  MAKER: outputOf("web/src/worker/image_maker.js"),
  OTHER: outputOf("web/src/worker/other_engine.js"),
  STYLE: outputOf("web/style/main.css"),
  RUNTIME: runtime,
};
const html = readFileSync("web/index.html", "utf8").replace(/%([A-Z]+)%/g, (_, name) => names[name]);
writeFileSync(path.join(site, "index.html"), html);
cpSync("web/static", site, { recursive: true });

// The service worker keeps every file of this build but the source maps.
const files = readdirSync(site, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.endsWith(".map") && entry.name !== "index.html" && !entry.parentPath.endsWith(installer))
  .map((entry) => path.relative(site, path.join(entry.parentPath, entry.name)))
  .sort();
const build = createHash("sha256").update(html).update(files.join()).digest("hex").slice(0, 12);
await esbuild.build({
  entryPoints: ["web/src/service_worker.js"],
  outfile: path.join(site, "service-worker.js"),
  bundle: true,
  minify: true,
  target: "es2022",
  define: { BUILD: JSON.stringify({ version: build, files: ["./", ...files] }) },
  logLevel: "warning",
});

rmSync(finished, { recursive: true, force: true });
renameSync(site, finished);
