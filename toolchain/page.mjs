// Builds the page:  node toolchain/page.mjs <runtime> <packed standard library> <packed wheels> <installer> <recorded run> <site> [--release]
// Bundles web/src with esbuild, and puts the runtime and the engine beside it under names that carry a hash of their
// content, so that a browser may keep them for ever. Everything in the site is referred to by relative addresses.
import { createHash } from "node:crypto";
import { cpSync, copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";
import { globals, nodeInPage } from "./node_in_page.mjs";
import { scriptLine, snippetOf } from "../web/src/embed/snippet.js";

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
const STYLUA = "stylua_lib_bg.wasm";
const formatter = place("formatter", [`node_modules/@johnnymorganz/stylua/${STYLUA}`]);
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

/** @param {string} name */
const readScript = (name) => readFileSync(`web/examples/${name}.lua`, "utf8");
/** An example: what is said about it, and the script beside it; other scripts of its work are those of other examples. @param {string} name */
function readExample(name) {
  const said = JSON.parse(readFileSync(`web/examples/${name}`, "utf8"));
  const beside = said.beside?.map((/** @type {{ script: string }} */ one) => ({ ...one, script: readScript(one.script) }));
  return { ...said, script: readScript(name.replace(/\.json$/, "")), beside };
}
const examples = readdirSync("web/examples").filter((name) => name.endsWith(".json")).sort();
/** A protocol of the catalogue of scenarios, by its number and name: broken, and mended. @param {string} name */
function readProtocol(name) {
  const [broken, mended] = ["broken", "mended"].map((kind) => readFileSync(`web/examples/scenarios/${name}.${kind}.scenario`, "utf8"));
  const said = (/** @type {string} */ word) => [...broken.matchAll(new RegExp(`^-- ${word}: (.*)$`, "gm"))].map(([, text]) => text).join(" ");
  return { title: said("scenario"), about: said("about"), source: said("source"), broken, mended };
}
const protocols = readdirSync("web/examples/scenarios").filter((name) => name.endsWith(".broken.scenario")).map((name) => name.replace(/\.broken\.scenario$/, "")).sort();
/** What the page imports of the examples, and the recorded run of the first; they stand in the order of their names. @type {Record<string, unknown>} */
const exampleModules = {
  "ferrous:first-example": { first: readExample(examples[0]), count: examples.length, protocolCount: protocols.length },
  "ferrous:recorded-run": JSON.parse(readFileSync(recording, "utf8")),
  "ferrous:examples": examples.map(readExample),
  "ferrous:protocols": protocols.map(readProtocol),
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
  define: { SITE_LAYOUT: JSON.stringify(layout), FORMATTER: JSON.stringify(`${formatter}/${STYLUA}`) },
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

// The face that other sites frame: it shares no file with the page, whose first bytes it must not change. It may know nothing
// of what the browser keeps: whoever frames it is a stranger.
const face = await esbuild.build({ ...options, outdir: path.join(site, "face"), entryPoints: { face: "web/src/embed/face.js", style: "web/style/embed.css", about: "web/style/embedding.css" } });
const KEEPING = /(?:storage|saving|desk|shelf|history|snapshots|keyspace_copy)\.js$|idb-keyval/;
const keeping = Object.keys(face.metafile.inputs).filter((name) => KEEPING.test(name) && !name.includes("@codemirror"));
if (keeping.length) throw new Error(`the face for other sites would have what reads this browser's storage: ${keeping}`);
results.push(face);

// The page with a queue, which shares no file with the others either: clients of Redis for Node, on the server in the worker.
const queue = await esbuild.build({
  ...options,
  outdir: path.join(site, "queue"),
  entryPoints: { queue: "web/src/queue/queue.js", style: "web/style/queue.css" },
  inject: globals,
  plugins: [nodeInPage],
});
results.push(queue);
writeFileSync(path.join(site, "queue", "LICENSES.txt"), licencesOf(Object.keys(queue.metafile.inputs)));
// The element that puts it there. Its address is written into other pages, so it has no hash, and it is a plain script.
await esbuild.build({ ...options, metafile: false, sourcemap: false, format: "iife", outdir: site, entryNames: "[name]", entryPoints: { "ferrous-script": "web/src/embed/ferrous_script.js" } });

/** The licences of the packages that files come from, as the packages have them. @param {string[]} files */
function licencesOf(files) {
  const folders = new Set(files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]).filter((folder) => folder !== undefined));
  return [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const text = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying)/i.test(file)).map((file) => readFileSync(`${folder}/${file}`, "utf8"));
    return [`${name} ${version}: ${license}`, ...text].join("\n\n");
  }).join("\n\n----\n\n");
}

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
  EMBED: outputOf("web/src/embed/face.js"),
  EMBED_STYLE: outputOf("web/style/embed.css"),
  QUEUE: outputOf("web/src/queue/queue.js"),
  QUEUE_STYLE: outputOf("web/style/queue.css"),
  EMBEDDING_STYLE: outputOf("web/style/embedding.css"),
};

/** An example as HTML for another page. @param {string} name */
function embedded(name) {
  const { title, fixture, keys, argv, function: called = "", protocol = 2, server, clock = null, seed = null, script } = readExample(`${name}.json`);
  return snippetOf({ name: title, script, keys, argv, fixture: fixture.join("\n"), mode: called ? "FCALL" : "EVAL", function: called, protocol, server, clock, seed });
}

/** What stands for a place in a document. @type {Record<string, (name: string) => string>} */
const PLACES = {
  EXAMPLE: embedded,
  SOURCE: (name) => `${embedded(name)}\n\n${scriptLine("https://ferrous.example/")}`.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
};

/** Writes a document into the site, with the names of this build. @param {string} document */
function writeDocument(document) {
  const text = readFileSync(`web/${document}`, "utf8").replace(/%([A-Z_]+)(?::([\w-]+))?%/g, (_, name, of) => (of ? PLACES[name](of) : names[name]));
  writeFileSync(path.join(site, document), text);
  return text;
}
const html = writeDocument("index.html");
writeDocument("embed.html");
writeDocument("embedding.html");
writeDocument("queue.html");
cpSync("web/static", site, { recursive: true });

// The service worker keeps every file of this build but the source maps, what few ask for, and what only other sites or pages show.
const files = readdirSync(site, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.endsWith(".map") && !/^(?:index|embed|embedding|queue)\.html$|^ferrous-script\.js$/.test(entry.name) && !entry.parentPath.endsWith("/face") && !entry.parentPath.endsWith("/queue") && !entry.parentPath.endsWith(installer) && !entry.parentPath.endsWith(formatter))
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
