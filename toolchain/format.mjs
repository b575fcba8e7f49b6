// Says which Lua files are not as the page's editor would format them:  node toolchain/format.mjs [--write] <file>...
// With --write they are formatted.
import { readFileSync, writeFileSync } from "node:fs";
import { load } from "../web/src/editor/stylua.js";

const writes = process.argv.includes("--write");
const files = process.argv.slice(2).filter((word) => word !== "--write");
const formatted = await load(readFileSync(new URL("../node_modules/@johnnymorganz/stylua/stylua_lib_bg.wasm", import.meta.url)));
for (const file of files) {
  const text = readFileSync(file, "utf8");
  const clean = formatted(text);
  if (clean === text) continue;
  if (writes) writeFileSync(file, clean);
  else {
    console.log(file);
    process.exitCode = 1;
  }
}
