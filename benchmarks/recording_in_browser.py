"""How fast a script is recorded on the page, and how long a way is in it, in Chromium.

    python -m benchmarks.recording_in_browser build/ferrous/site [script ...]

The scripts are those of `benchmarks.recording`, which measures Python alone. Here the page's worker is asked, as Debug
and the timeline do. Told are seconds of processor time of the page's process until it has answered: to the first stop,
with all of the recording, of two million moments at most, and milliseconds to any of the first 200,000 moments, mean
and worst. Then a move with 4,000 changed keys.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
from pathlib import Path
from random import Random
from typing import Any, Final

from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.recording import JUMPS, KEYS, MANY_KEYS, MOST, SCRIPTS
from e2e import chromium
from e2e.workbench import Workbench
from ferrous_vm.static_server import StaticServer

STEPS: Final = 2_000_000
SHOWN_AFTER: Final = 1
"""Seconds after which the page wants to see the first stop (web/src/actions/debugging.js)."""
PATIENCE: Final = 600_000
"""Milliseconds to wait for the page on a busy machine."""
FIRST_NUMBER: Final = 10**9
"""Of the requests that are asked beside those of the page."""

WATCH_WORKER: Final = """
const Plain = Worker;
window.Worker = class extends Plain {
  constructor(...values) {
    super(...values);
    window.asked ??= this;
    this.addEventListener("message", (event) => {
      if (event.data.type !== "answer" || event.data.id < FIRST_NUMBER) return;
      event.stopImmediatePropagation();
      window.answered(event.data.response);
    });
  }
};
""".replace("FIRST_NUMBER", str(FIRST_NUMBER))

ASK: Final = """([id, request]) => new Promise((resolve) => {
  window.answered = resolve;
  window.asked.postMessage({ id, request, content: null, limits: { seconds: null, bytes: null } });
})"""


class Asking:
    """Asks the worker of a page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._number = FIRST_NUMBER

    def __call__(self, **request: Any) -> tuple[Any, float]:
        """The answer, and seconds of processor time until it was there."""
        self._number += 1
        before = processor_seconds()
        answer = self._page.evaluate(ASK, [self._number, json.dumps(request)])
        return json.loads(answer), processor_seconds() - before


def processor_seconds() -> float:
    """What the threads of the pages' processes have used: those that come from this one."""
    parents: dict[str, str] = {}
    pages: list[Path] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parents[process.name] = (process / "stat").read_text().rpartition(")")[2].split()[1]
            if b"--type=renderer" in (process / "cmdline").read_bytes():
                pages.append(process)
        except OSError:  # it has ended meanwhile
            continue
    return sum(_used(page) for page in pages if _is_ours(page.name, parents)) / 1e9


def _is_ours(process: str, parents: dict[str, str]) -> bool:
    while process in parents and process != str(os.getpid()):
        process = parents[process]
    return process == str(os.getpid())


def _used(process: Path) -> int:
    return sum(int((task / "schedstat").read_text().split()[0]) for task in (process / "task").iterdir())


def measure(ask: Asking, name: str) -> None:
    """A line of the table."""
    debug = {"type": "Debug", "script": SCRIPTS[name].decode(), "keys": [], "argv": []}
    _, first = ask(**debug, patience=SHOWN_AFTER)
    ask(type="DebugEnd")
    opened, seconds = ask(**debug)
    last = opened["last"]
    whole = seconds * min(STEPS / last, 1)
    random = Random(1)
    most = min(MOST, last)
    places = [random.randint(1, most) for _ in range(JUMPS)] + [1, most, 1]
    move = {"type": "DebugMove", "how": "moment", "backwards": False, "breakpoints": {}}
    jumps = []
    known = opened["number"]
    for moment in places:
        answer, taken = ask(**move, moment=moment, known=known)
        known = answer["number"]
        jumps.append(taken)
    ask(type="DebugEnd")
    print(
        f"{name:10}{last / seconds / 1000:8.0f} k/s   first stop {first:.2f} s, all {whole:.2f} s"
        f"{1000 * sum(jumps) / len(jumps):8.1f} ms{1000 * max(jumps):8.1f} ms",
        flush=True,
    )


def move_with_many_keys(ask: Asking) -> None:
    """Steps back and on after many keys were changed."""
    ask(type="Debug", script=MANY_KEYS, keys=[], argv=[])
    move = {"type": "DebugMove", "moment": 0, "breakpoints": {}}
    answer, _ = ask(**move, how="continue", backwards=False)
    taken, sizes = [], []
    for backwards in (True, True, True, False, True, False, True, True):
        answer, seconds = ask(**move, how="into", backwards=backwards, known=answer["number"])
        taken.append(seconds)
        sizes.append(len(json.dumps(answer)))
    del taken[0]
    ask(type="DebugEnd")
    print(
        f"a move with {KEYS} changed keys: {1000 * sum(taken) / len(taken):.1f} ms, at most {1000 * max(taken):.1f} ms,"
        f" {sum(sizes[1:]) // len(taken)} bytes of JSON"
    )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path, help="the page as it is served")
    parser.add_argument("scripts", nargs="*", help="all if none is named")
    options = parser.parse_args()
    with sync_playwright() as playwright, StaticServer(options.site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.arguments())
        page = browser.new_context(base_url=server.address).new_page()
        expect.set_options(timeout=PATIENCE)
        page.set_default_timeout(PATIENCE)
        page.add_init_script(WATCH_WORKER)
        workbench = Workbench(page)
        workbench.open(server.address)
        workbench.wait_until_ready()
        ask = Asking(page)
        ask(type="Debug", script="return 1", keys=[], argv=[])
        for name in options.scripts or SCRIPTS:
            measure(ask, name)
        move_with_many_keys(ask)
        browser.close()


if __name__ == "__main__":
    main()
