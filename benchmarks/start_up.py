"""Navigation to first reply, beside a bare page that loads Pyodide as shipped and evaluates 1+1.

    python -m benchmarks.start_up build/release/site

Both sites are compressed in advance and served by the same server on this machine; the pages take turns, medians of
ROUNDS rounds. *Cold* is a new browser profile, *warm* the same address again in the same one, after the service worker
of the first visit has come to rest. The first reply is that of the first example, asked for at once. Bytes are what the
server has written by then, headers included. The bare site is kept in build/bare, for compressing it takes longest.
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

from playwright.sync_api import Browser, Page, sync_playwright

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


def one_round(browser: Browser, server: CountingServer, first_reply: FirstReply) -> tuple[float, float, int]:
    """Milliseconds cold and warm, and the bytes of the cold visit."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    server.sent = 0
    times = []
    sent = 0
    for _ in range(2):
        page = context.new_page()
        start = time.perf_counter()
        page.goto(server.address, wait_until="commit")
        first_reply(page)
        times.append((time.perf_counter() - start) * 1000)
        sent = sent or server.sent
        page.evaluate(SETTLED)
        page.close()
    context.close()
    return times[0], times[1], sent


def main(site: Path) -> None:
    """Measure both pages in turns and print them side by side."""
    make_bare_site(BARE_SITE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.arguments())
        with CountingServer(BARE_SITE) as bare_server, CountingServer(site) as server:
            for each in (bare_server, server):
                threading.Thread(target=each.serve_forever, daemon=True).start()
            rounds = [
                (one_round(browser, bare_server, ask_bare), one_round(browser, server, ask_ferrous))
                for _ in range(ROUNDS)
            ]
        browser.close()
    bare, ferrous = (
        [statistics.median(column) for column in zip(*side, strict=True)] for side in zip(*rounds, strict=True)
    )
    print(f"{'':14}{'cold ms':>10}{'warm ms':>10}{'bytes':>12}")
    print(f"{'bare Pyodide':14}{bare[0]:10.0f}{bare[1]:10.0f}{bare[2]:12,.0f}")
    print(f"{'Ferrous':14}{ferrous[0]:10.0f}{ferrous[1]:10.0f}{ferrous[2]:12,.0f}")
    print(
        f"{'ratio':14}"
        + "".join(
            f"{ours / theirs:{width}.2f}" for ours, theirs, width in zip(ferrous, bare, (10, 10, 12), strict=True)
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
