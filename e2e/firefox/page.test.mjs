// The page in Firefox:  node --test e2e/firefox/page.test.mjs  (FERROUS_SITE is the directory of the page, FIREFOX another browser)
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Workbench, executable, launch, serve, until } from "./firefox.mjs";

const SITE = process.env.FERROUS_SITE ?? "build/ferrous/site";
const skip = executable ? false : "there is no firefox-esr here (FIREFOX names another)";

let browser;
let server;
/** @type {Workbench} */
let workbench;

before(async () => {
  if (skip) return;
  server = await serve(SITE);
  browser = await launch();
  console.log(`in ${await browser.version()}`);
  workbench = new Workbench(await browser.newPage());
});

after(async () => {
  await browser?.close();
  await server?.stop().catch(() => {});
});

test("the page loads, and shows a recorded run before that", { skip }, async () => {
  await workbench.page.goto(server.address, { waitUntil: "domcontentloaded" });
  await workbench.see("region", "Recorded run", "(integer) 1");
  await workbench.ready();
  assert.equal(await workbench.page.evaluate(() => crossOriginIsolated), true);
});

test("what is typed runs", { skip }, async () => {
  await workbench.write("return redis.call('INCR', KEYS[1])");
  await workbench.run();
  await workbench.see("region", "Reply", "value is not an integer or out of range");
});

test("an endless loop is stopped, and the next run is unaffected", { skip }, async () => {
  await workbench.write("while true do redis.call('INCR', 'n') end");
  await workbench.page.evaluate(() => document.querySelectorAll("details").forEach((options) => (options.open = true)));
  await (await workbench.find("combobox", "Time limit")).select("null");
  await workbench.run();
  await workbench.press("button", "Stop");
  await until(() => workbench.page.evaluate(() => /Stopped( after|\.)/.test(document.body.innerText)), "that it was stopped");
  await workbench.ready();
  await workbench.write("return redis.call('INCR', 'n')");
  await workbench.run();
  await workbench.see("region", "Reply", "(integer) 1");
});

test("endless recursion ends with Lua's error", { skip }, async () => {
  await workbench.write("local function f() return 1 + f() end return f()");
  await workbench.run();
  await workbench.see("region", "Reply", "stack overflow");
});

test("a script is debugged, forwards and backwards", { skip }, async () => {
  await workbench.write("local a = 1\nlocal b = a + 1\nreturn b");
  await workbench.press("button", "Debug");
  const isAt = (/** @type {string} */ place) => workbench.see("region", "Next line", place);
  await isAt("Next: line 1");
  await workbench.press("button", "Step over");
  await isAt("Next: line 2");
  await workbench.press("button", "Step back");
  await isAt("Next: line 1");
  await workbench.press("button", "End");
});

test("a link carries the work to another tab", { skip }, async () => {
  await workbench.write("return 'from a link'");
  await workbench.press("button", "Share");
  const field = await workbench.find("textbox", "Link");
  const link = await until(() => field.evaluate((element) => element.value), "the link");
  await workbench.page.keyboard.press("Escape");
  const other = new Workbench(await browser.newPage());
  await other.open(link);
  await other.see("textbox", "Lua script", "from a link");
  await other.press("button", "Run");
  await other.see("region", "Reply", "from a link");
  await other.page.close();
});

test("the next visit restores Python from the image of its memory", { skip }, async () => {
  await workbench.page.bringToFront();
  await workbench.pressBeginning("engine ");
  await workbench.see("dialog", "Engine", "It is there for the next start.");
  await workbench.page.reload({ waitUntil: "domcontentloaded" });
  await workbench.ready();
  await workbench.write("return 'restored'");
  await workbench.run();
  await workbench.see("region", "Reply", "restored");
  await workbench.pressBeginning("engine ");
  await workbench.see("dialog", "Engine", "This Python was restored from it.");
  await workbench.page.keyboard.press("Escape");
});

test("without a network the page opens and runs", { skip }, async () => {
  await workbench.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await server.stop();
  await workbench.page.reload({ waitUntil: "domcontentloaded" });
  await workbench.ready();
  await workbench.write("return 'offline'");
  await workbench.run();
  await workbench.see("region", "Reply", "offline");
});
