// Firefox, driven by WebDriver BiDi, and the page in it as a person sees it: found by role and name, typed with keys.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

/** Milliseconds to wait for what is to be seen: loading Python on a busy machine takes some of them. */
const PATIENCE = 60_000;
const PAUSE = 100;
const PYTHON = process.env.PYTHON ?? ".venv/bin/python";

/** The Firefox that is driven: the one FIREFOX names, or Debian's; undefined where there is none. */
export const executable = [process.env.FIREFOX, "/usr/bin/firefox-esr"].find((path) => path && existsSync(path));

/** The built page behind its own server. @param {string} directory */
export async function serve(directory) {
  const server = spawn(PYTHON, ["-m", "ferrous_vm", "serve", "--directory", directory], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: server.stdout }), "line");
  return {
    address: /http:\S+/.exec(line)[0],
    async stop() {
      server.kill();
      await once(server, "exit");
    },
  };
}

export const launch = () => puppeteer.launch({ browser: "firefox", executablePath: executable, headless: true, protocolTimeout: PATIENCE });

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until `look` answers something that is true. @template T @param {() => Promise<T>} look @param {string} what @returns {Promise<T>} */
export async function until(look, what) {
  const end = Date.now() + PATIENCE;
  for (let last; ; ) {
    try {
      last = await look();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`not seen in ${PATIENCE / 1000} s: ${what}; last: ${last}`);
    await pause(PAUSE);
  }
}

/** One open page. */
export class Workbench {
  /** @param {import("puppeteer-core").Page} page */
  constructor(page) {
    this.page = page;
  }

  /** What has a role and a name; the editors are in shadow trees, which BiDi does not look into. @param {string} role @param {string} name */
  async find(role, name) {
    const seen = `::-p-aria([name="${name}"][role="${role}"])`;
    const inShadow = `>>> [role="${role}"][aria-label="${name}"]`;
    return until(async () => (await this.page.$(seen)) ?? (await this.page.$(inShadow)), `${role} ${name}`);
  }

  /** @param {string} role @param {string} name */
  async press(role, name) {
    await (await this.find(role, name)).click();
  }

  /** @param {string} role @param {string} name */
  async textOf(role, name) {
    return (await this.find(role, name)).evaluate((element) => element.innerText);
  }

  /** @param {string} role @param {string} name @param {string | RegExp} expected */
  see(role, name, expected) {
    return until(async () => {
      const text = await this.textOf(role, name);
      return typeof expected === "string" ? text.includes(expected) : expected.test(text);
    }, `${expected} in ${role} ${name}`);
  }

  /** Presses a button whose name begins so. @param {string} beginning */
  async pressBeginning(beginning) {
    const named = async () => {
      for (const button of await this.page.$$("::-p-aria([role=\"button\"])")) if ((await button.evaluate((element) => element.innerText)).startsWith(beginning)) return button;
    };
    await (await until(named, `a button ${beginning}`)).click();
  }

  ready() {
    return until(() => this.page.$eval("footer", (footer) => footer.innerText.includes("ready")), "the engine ready");
  }

  /** @param {string} address */
  async open(address) {
    await this.page.goto(address, { waitUntil: "domcontentloaded" });
    await this.ready();
  }

  /** Types a script in place of what stands in the editor, key by key. @param {string} script */
  async write(script) {
    await this.press("textbox", "Lua script");
    await this.page.keyboard.down("Control");
    await this.page.keyboard.press("a");
    await this.page.keyboard.up("Control");
    await this.page.keyboard.press("Delete");
    await this.page.keyboard.type(script, { delay: 15 });
  }

  async run() {
    await this.page.keyboard.down("Control");
    await this.page.keyboard.press("Enter");
    await this.page.keyboard.up("Control");
  }
}
