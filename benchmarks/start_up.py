"""Navigation to first reply, beside a bare page that loads Pyodide as shipped and evaluates 1+1.

    python benchmarks/start_up.py build/ferrous/site

Both pages are served by the same server, uncompressed, from this machine; medians of five. *Cold* is a new browser
profile, *warm* the same address again in the same one. The first reply is that of the first example, asked for at once.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from ferrous_vm.static_server import StaticServer

ROUNDS = 5
BARE_PAGE = '<!doctype html><title>bare</title><script type="module" src="bare.js"></script><p id="reply"></p>'
BARE_SCRIPT = (
    'new Worker("worker.js", {type: "module"}).onmessage = '
    '({data}) => (document.querySelector("#reply").textContent = data);'
)
BARE_WORKER = """import { loadPyodide } from "./pyodide.mjs";
const python = await loadPyodide();
self.postMessage("reply " + python.runPython("1+1"));
"""


def bare_site(directory: Path) -> None:
    """Pyodide as its npm package ships it, and the least page around it."""
    for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"):
        shutil.copy(Path("node_modules/pyodide") / name, directory / name)
    (directory / "index.html").write_text(BARE_PAGE)
    (directory / "bare.js").write_text(BARE_SCRIPT)
    (directory / "worker.js").write_text(BARE_WORKER)


def first_reply_of_ferrous(page: Page, address: str) -> float:
    """Milliseconds until the first example has answered."""
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.get_by_role("button", name="Run", exact=False).first.click()
    page.get_by_role("region", name="Reply", exact=True).wait_for()
    return (time.perf_counter() - start) * 1000


def first_reply_of_bare(page: Page, address: str) -> float:
    """Milliseconds until 1+1 is known."""
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.get_by_text("reply 2").wait_for()
    return (time.perf_counter() - start) * 1000


def measure(browser: Browser, site: Path, first_reply: object) -> tuple[float, float]:
    """Medians, cold and warm."""
    cold: list[float] = []
    warm: list[float] = []
    with StaticServer(site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for _ in range(ROUNDS):
            context: BrowserContext = browser.new_context()
            cold.append(first_reply(context.new_page(), server.address))  # type: ignore[operator]
            warm.append(first_reply(context.new_page(), server.address))  # type: ignore[operator]
            context.close()
        server.shutdown()
    return statistics.median(cold), statistics.median(warm)


def main(site: Path) -> None:
    """Measure both pages and print them side by side."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as directory:
        bare_site(Path(directory))
        arguments = ["--disable-gpu", "--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        bare = measure(browser, Path(directory), first_reply_of_bare)
        ferrous = measure(browser, site, first_reply_of_ferrous)
        browser.close()
    print(f"{'':14}{'cold ms':>10}{'warm ms':>10}")
    print(f"{'bare Pyodide':14}{bare[0]:10.0f}{bare[1]:10.0f}")
    print(f"{'Ferrous':14}{ferrous[0]:10.0f}{ferrous[1]:10.0f}")
    print(f"{'ratio':14}{ferrous[0] / bare[0]:10.2f}{ferrous[1] / bare[1]:10.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
