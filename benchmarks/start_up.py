"""Navigation to first reply, beside a bare page that loads Pyodide as shipped and evaluates 1+1.

    python -m benchmarks.start_up build/release/site

Both sites are compressed in advance and served by the same server on this machine; the pages take turns, medians of
ROUNDS rounds. *Cold* is a new browser profile, *warm* the same address again in the same one, after the service worker
of the first visit has come to rest, and Ferrous has taken its image of Python's memory. The first reply is that of the
first example, asked for at once. *Restart* is from the death of that page's worker until the next one is ready. Bytes
are what the server has written by the first reply, headers included. The longest task of the page's thread is that of
the time in which the image was taken. The bare site is kept in build/bare, for compressing it takes longest.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from e2e import chromium
from ferrous_vm.static_server import StaticHandler, StaticServer

ROUNDS = 3
PATIENCE = 120_000
"""Milliseconds one visit may take: the machine may be busy."""
BARE_SITE = Path("build/bare")
SETTLED = """() => navigator.serviceWorker.getRegistration()
  .then((found) => found && navigator.serviceWorker.ready.then(() => true))"""
BARE_PAGE = '<!doctype html><title>bare</title><script type="module" src="bare.js"></script><p id="reply"></p>'
BARE_SCRIPT = (
    'new Worker("worker.js", {type: "module"}).onmessage = '
    '({data}) => (document.querySelector("#reply").textContent = data);'
)
BARE_WORKER = """import { loadPyodide } from "./pyodide.mjs";
const python = await loadPyodide();
self.postMessage("reply " + python.runPython("1+1"));
"""
OBSERVE_TASKS = """() => {
    window.longest = 0;
    const note = (list) => { for (const { duration } of list.getEntries()) longest = Math.max(longest, duration); };
    new PerformanceObserver(note).observe({ type: "longtask" });
}"""
UNTIL_IMAGE_IS_KEPT = """async () => {
    const isKept = async () => {
        for await (const folder of (await navigator.storage.getDirectory()).values())
            for await (const [name, file] of folder.entries())
                if (!name.endsWith(".crswap") && (await file.getFile()).size) return true;
    };
    while (!(await isKept())) await new Promise((resolve) => setTimeout(resolve, 250));
}"""
OBSERVE_RESTART = """() => {
    const footer = document.querySelector("footer");
    let died = 0;
    window.restarted = new Promise((resolve) => new MutationObserver(() => {
        const isReady = footer.textContent.includes("ready");
        if (!isReady) died ||= performance.now();
        else if (died) resolve(performance.now() - died);
    }).observe(footer, { subtree: true, childList: true, characterData: true }));
}"""
FirstReply = Callable[[Page], None]


class CountingServer(StaticServer):
    """Knows how many bytes it has sent."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.sent = 0
        self.RequestHandlerClass = partial(CountingHandler, directory=str(directory))  # type: ignore[assignment]


class CountingHandler(StaticHandler):
    """Tells its server of every byte."""

    def setup(self) -> None:
        super().setup()
        write: Any = self.wfile.write

        def counted(data: bytes) -> Any:
            self.server.sent += len(data)  # type: ignore[attr-defined]
            return write(data)

        self.wfile.write = counted  # type: ignore[method-assign]


def make_bare_site(directory: Path) -> None:
    """Pyodide as its npm package ships it, and the least page around it."""
    manifest = Path("node_modules/pyodide/package.json").read_bytes()
    made = directory / "package.json"
    if made.exists() and made.read_bytes() == manifest:
        return
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"):
        shutil.copy(Path("node_modules/pyodide") / name, directory / name)
    (directory / "index.html").write_text(BARE_PAGE)
    (directory / "bare.js").write_text(BARE_SCRIPT)
    (directory / "worker.js").write_text(BARE_WORKER)
    subprocess.run(["node", "toolchain/compress.mjs", str(directory), "build/compressed"], check=True)
    made.write_bytes(manifest)


def ask_ferrous(page: Page) -> None:
    """Until the first example has answered."""
    page.get_by_role("button", name="Run", exact=False).first.click()
    page.get_by_role("region", name="Reply", exact=True).wait_for()


def ask_bare(page: Page) -> None:
    """Until 1+1 is known."""
    page.get_by_text("reply 2").wait_for()


def first_visit(context: BrowserContext, server: CountingServer, first_reply: FirstReply) -> tuple[Page, float, int]:
    """The page, milliseconds to its first reply, and the bytes sent by then."""
    page = context.new_page()
    sent = server.sent
    start = time.perf_counter()
    page.goto(server.address, wait_until="commit")
    first_reply(page)
    return page, (time.perf_counter() - start) * 1000, server.sent - sent


def bare_round(browser: Browser, server: CountingServer) -> tuple[float, ...]:
    """Milliseconds cold and warm, and the bytes of the cold visit."""
    with browser.new_context() as context:
        context.set_default_timeout(PATIENCE)
        page, cold, sent = first_visit(context, server, ask_bare)
        page.close()
        _, warm, _ = first_visit(context, server, ask_bare)
    return cold, warm, sent


def ferrous_round(browser: Browser, server: CountingServer) -> tuple[float, ...]:
    """Milliseconds cold and warm, bytes of the cold visit, milliseconds of a restart and of the page's longest task."""
    with browser.new_context() as context:
        context.set_default_timeout(PATIENCE)
        page, cold, sent = first_visit(context, server, ask_ferrous)
        page.evaluate(SETTLED)
        page.evaluate(OBSERVE_TASKS)
        page.evaluate(UNTIL_IMAGE_IS_KEPT)
        longest = page.evaluate("longest")
        page.close()
        page, warm, _ = first_visit(context, server, ask_ferrous)
        engine = next(worker for worker in page.workers if "/worker-" in worker.url)
        page.evaluate(OBSERVE_RESTART)
        engine.evaluate("setTimeout(() => { throw new Error('as if Python had died') })")
        restart = page.evaluate("restarted")
    return cold, warm, sent, restart, longest


def main(site: Path) -> None:
    """Measure both pages in turns and print them side by side."""
    make_bare_site(BARE_SITE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.arguments())
        with CountingServer(BARE_SITE) as bare_server, CountingServer(site) as server:
            for each in (bare_server, server):
                threading.Thread(target=each.serve_forever, daemon=True).start()
            rounds = [(bare_round(browser, bare_server), ferrous_round(browser, server)) for _ in range(ROUNDS)]
        browser.close()
    bare, ferrous = (
        [statistics.median(column) for column in zip(*side, strict=True)] for side in zip(*rounds, strict=True)
    )
    print(f"{'':14}{'cold ms':>10}{'warm ms':>10}{'bytes':>12}")
    print(f"{'bare Pyodide':14}{bare[0]:10.0f}{bare[1]:10.0f}{bare[2]:12,.0f}")
    print(f"{'Ferrous':14}{ferrous[0]:10.0f}{ferrous[1]:10.0f}{ferrous[2]:12,.0f}")
    ratios = [ours / theirs for ours, theirs in zip(ferrous, bare, strict=False)]
    print(f"{'ratio':14}{ratios[0]:10.2f}{ratios[1]:10.2f}{ratios[2]:12.2f}")
    print(f"restart: {ferrous[3]:.0f} ms, {ferrous[3] / ferrous[0]:.2f} of the cold start")
    print(f"longest task of the page while the image is taken: {ferrous[4]:.0f} ms (0: none of 50 and more)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
