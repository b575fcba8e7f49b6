"""Exploring scenarios: events a second on one core of CPython and in Chromium; each known protocol up to its failure.

    python -m benchmarks.exploration build/ferrous/site

Events a second are those of scenarios that are larger than their budget, values shrunk and failures carried out once
more included where there are any. Of a protocol it is told how long it took in the browser from the click on Explore
until the failure is shown, shrunk, with its steps.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect, sync_playwright

from e2e import chromium
from e2e.test_scenarios import exploration, press, write
from e2e.workbench import Workbench
from ferrous_vm.exploration.exploring import explore
from ferrous_vm.scenarios.reading import read_scenario
from ferrous_vm.static_server import StaticServer

PATIENCE = 120_000
"""Milliseconds to wait for the page on a busy machine."""

CATALOGUE: Final = Path("web/examples/scenarios")

LARGE: Final = {
    "a lock of four clients that time passes for": """\
-- scenario: a lock
-- may: time
-- script acquire
if redis.call("SET", KEYS[1], ARGV[1], "NX", "PX", ARGV[2]) then return 1 end
return 0
-- script release
if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end
return 0
-- clients: 4 w
while call("acquire", {"lock"}, {me, 1000}) == 0 do sleep(100) end
enter("critical")
redis("INCR", "n")
leave("critical")
call("release", {"lock"}, {me})
""",
    "five clients that read and write back": """\
-- scenario: read and write back
-- clients: 5 w
local n = tonumber(redis("GET", "n") or 0)
redis("SET", "n", n + 1)
redis("SET", "mine:" .. me, n)
redis("INCRBY", "n", n)
""",
    "a queue of four workers, of whom one may die": """\
-- scenario: a queue
-- given: RPUSH q a b c d
-- always: every("p:*", function(key) return redis("LLEN", key) <= 3 end)
-- may: death
-- may: lost reply
-- clients: 4 w
for turn = 1, 3 do
  local job = redis("LMOVE", "q", "p:" .. me, "LEFT", "RIGHT")
  if job then redis("HINCRBY", "done", job, 1) redis("LREM", "p:" .. me, 1, job) end
end
""",
}


def in_python() -> None:
    """Print the events a second of one core."""
    for name, text in LARGE.items():
        scenario = read_scenario(text.encode())
        began = time.perf_counter()
        explored = explore(scenario)
        seconds = time.perf_counter() - began
        print(f"CPython, {name}: {explored.events / seconds:,.0f} events a second, {explored.positions:,} positions")


def explored_in(page: Page, workbench: Workbench, text: str, told: str) -> float:
    """Seconds from the click on Explore until this is told."""
    write(workbench, text)
    workbench.wait_until_ready()
    began = time.perf_counter()
    press(page, "Explore")
    expect(exploration(page).get_by_text(told)).to_be_visible()
    return time.perf_counter() - began


def in_chromium(site: Path) -> None:
    """Print the events a second, and the seconds of each protocol."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright, StaticServer(site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.arguments())
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        workbench = Workbench(page)
        workbench.open(server.address)
        times = {}
        for path in sorted(CATALOGUE.glob("*.broken.scenario")):
            times[path.name] = explored_in(page, workbench, path.read_text(encoding="utf-8"), "It fails after")
            print(f"Chromium, {path.name}: {times[path.name]:.2f} s", flush=True)
        middle, slowest = statistics.median(times.values()), max(times.values())
        print(f"{len(times)} protocols: {middle:.2f} s in the middle, {slowest:.2f} s the slowest")
        for name, text in LARGE.items():
            seconds = explored_in(page, workbench, text, "No order that was tried fails")
            told = exploration(page).get_by_text("events a second").inner_text()
            print(f"Chromium, {name}: {told} ({seconds:.1f} s to be shown)", flush=True)
        browser.close()


if __name__ == "__main__":
    in_python()
    for argument in sys.argv[1:]:
        in_chromium(Path(argument))
