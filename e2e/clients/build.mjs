// node build.mjs <output>: in_page.js with all that it imports, as one file.
import * as esbuild from "esbuild";
import { globals, nodeInPage } from "../../toolchain/node_in_page.mjs";

await esbuild.build({ entryPoints: ["e2e/clients/in_page.js"], outfile: process.argv[2], bundle: true, format: "esm", target: "es2022", inject: globals, plugins: [nodeInPage], logLevel: "warning" });
