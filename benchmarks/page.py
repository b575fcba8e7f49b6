"""The page under load: from a keystroke to the linter's findings, and the keyspace browser with 10,000 keys.

    python -m benchmarks.page build/release/site

Diagnostics: at the end of a script, and in a function of a longer one, a digit is typed that deserves a
warning, and taken away again. Told are the times from the keystroke to the frame in which the underline is there, or
gone, and of the question to the worker within them, medians of twenty.

Scrolling: the list is scrolled from top to bottom in a hundred steps, a frame each; what is told is how many frames a
second that was, and how many rows the page holds at once.
"""

from __future__ import annotations

import statistics
import sys
import threading
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from e2e import chromium
from e2e.workbench import Workbench
from ferrous_vm.static_server import StaticServer

LINES = 100
"""Lines of one function."""
FUNCTIONS = 20
"""Functions of the longer script."""
KEYSTROKES = 20
KEYS = 10_000
PATIENCE = 120_000
"""Milliseconds to wait for the page on a busy machine."""

WATCH_LINT = """
let typed = 0;
addEventListener("keydown", (event) => (typed = event.timeStamp), true);
window.watchUnderlines = () => {
  window.watched?.disconnect();
  window.shownTimes = [];
  const editor = document.querySelector("#panel-script .editor").shadowRoot;
  let isUnderlined = false;
  window.watched = new MutationObserver(() => {
    if (isUnderlined === Boolean(editor.querySelector(".cm-lintRange"))) return;
    isUnderlined = !isUnderlined;
    requestAnimationFrame(() => window.shownTimes.push(performance.now() - typed));
  });
  window.watched.observe(editor, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
};
const Plain = Worker;
const asked = new Map();
window.lintTimes = [];
window.lastAnswer = 0;
window.Worker = class extends Plain {
  constructor(...values) {
    super(...values);
    this.addEventListener("message", ({ data }) => {
      if (data.type !== "answer" || !asked.has(data.id)) return;
      window.lastAnswer = performance.now();
      window.lintTimes.push(window.lastAnswer - asked.get(data.id));
    });
  }
  postMessage(data, ...rest) {
    if (data.request?.includes('"Lint"')) asked.set(data.id, performance.now());
    super.postMessage(data, ...rest);
  }
};
"""
SCROLL = """async () => {
  const box = document.querySelector('[role="listbox"][aria-label="Keys"]');
  let most = 0;
  const start = performance.now();
  for (let step = 0; step <= 100; step++) {
    box.scrollTop = (box.scrollHeight * step) / 100;
    await new Promise(requestAnimationFrame);
    most = Math.max(most, box.querySelectorAll("*").length);
  }
  return { frames: 101 / ((performance.now() - start) / 1000), most };
}"""


def lines_of(count: int, indent: str = "") -> str:
    """Lines that read keys into variables, and as many that write them back."""
    read = (f"{indent}local value{line} = redis.call('GET', KEYS[1]) or {line}" for line in range(count // 2))
    written = (f"{indent}redis.call('SET', KEYS[1], value{line})" for line in range(count // 2))
    return "\n".join((*read, *written))


def functions_of(count: int, lines: int) -> str:
    """Functions that nobody calls, of so many lines each."""
    return "\n".join(f"local function part{number}()\n{lines_of(lines, '  ')}\nend" for number in range(count))


def lint_times(page: Page, workbench: Workbench, above: str, below: str) -> tuple[list[float], list[float]]:
    """Milliseconds from each keystroke between two texts to what it shows, and from each question to its answer."""
    workbench.script(above + below, keys=["k"])
    workbench.wait_until_ready()
    page.evaluate("watchUnderlines()")
    page.get_by_role("textbox", name="Lua script").press("ControlOrMeta+End")
    for _ in range(below.count("\n")):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    page.wait_for_function("() => lintTimes.length && performance.now() - lastAnswer > 1000")
    for stroke in range(KEYSTROKES):
        page.keyboard.press("Backspace" if stroke % 2 else "5")
        page.wait_for_function("count => shownTimes.length === count", arg=stroke + 1)
    shown: list[float] = page.evaluate("shownTimes")
    answered: list[float] = page.evaluate("lintTimes")
    return shown, answered[-KEYSTROKES:]


def main(site: Path) -> None:
    """Print both."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright, StaticServer(site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.arguments())
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.add_init_script(WATCH_LINT)
        workbench = Workbench(page)
        workbench.open(server.address)
        flat = lines_of(2 * LINES)
        before, behind = functions_of(FUNCTIONS - 1, LINES), functions_of(1, LINES)
        scripts = {
            2 * LINES: (flat + "\nreturn 1.", ""),
            FUNCTIONS * LINES: (
                before + "\nlocal function part(value)\nreturn value",
                "\nend\n" + behind + "\nreturn part(1)",
            ),
        }
        for lines, (above, below) in scripts.items():
            for what, times in zip(("shown", "answered"), lint_times(page, workbench, above, below), strict=True):
                middle, slowest = statistics.median(times), max(times)
                print(f"diagnostics of {lines} lines {what}: {middle:.0f} ms (slowest {slowest:.0f})")
        workbench.script(f"for i = 1, {KEYS} do redis.call('SET', 'key:' .. i, i) end return {KEYS}")
        workbench.run()
        workbench.reply.get_by_text(str(KEYS)).wait_for()
        workbench.tab("Keyspace")
        page.get_by_text("key:1", exact=True).first.wait_for()
        print(f"{KEYS} keys scrolled: {page.evaluate(SCROLL)}")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
