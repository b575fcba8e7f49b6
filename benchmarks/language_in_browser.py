"""How fast Lua runs in one browser: `make benchmark-language`, or

    python -m benchmarks.language_in_browser build/ferrous [program ...]

The translator inside Pyodide beside fengari (Lua in JavaScript), wasmoon (C Lua 5.4 in WebAssembly) and lua-redis-wasm
(C Lua 5.1 with Redis's libraries in WebAssembly), all in one page of Chromium; they run a program in turn, and the
best of several runs counts. Ratios above 1 say how many times faster than the other the translator is.

Programs of `programs/redis/` need Redis's libraries, which only lua-redis-wasm has besides; its commands are a few
lines of JavaScript without any of Redis's checks. Answers are compared, but for fengari's: its integers have 32 bits.
"""

from __future__ import annotations

import argparse
import threading
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from benchmarks.language import RUNS, SOURCES, mean
from e2e import chromium
from ferrous_vm.static_server import StaticServer

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = "benchmarks/other_engines/"
OURS: Final = "ferrous"
OTHERS: Final = ("fengari", "wasmoon", "lua-redis-wasm")
WITH_REDIS: Final = frozenset({OURS, "lua-redis-wasm"})
SHORT_INTEGERS: Final = "fengari"


def measure(page: Page, program: Path) -> dict[str, float]:
    """Milliseconds a program takes on each engine that can run it. Raises ValueError if their answers differ."""
    names = [name for name in (OURS, *OTHERS) if program.parent == SOURCES or name in WITH_REDIS]
    for name in names:
        page.evaluate("([name, source]) => prepare(name, source)", [name, program.read_text()])
    best = dict.fromkeys(names, float("inf"))
    answers = set()
    for _ in range(RUNS):
        for name in names:  # in turn, so that whatever else the machine does concerns all
            result: dict[str, Any] = page.evaluate("name => measure(name)", name)
            best[name] = min(best[name], result["milliseconds"])
            if name != SHORT_INTEGERS:
                answers.add(result["answer"])
    if len(answers) > 1:
        raise ValueError(f"{program.stem}: {answers}")
    return best


def print_table(page: Page, programs: list[Path]) -> None:
    """A line for each program, and the geometric means of the ratios."""
    print(f"{'program':18}{OURS:>10}" + "".join(f"{name:>16}{'ratio':>7}" for name in OTHERS))
    ratios: dict[str, list[float]] = {name: [] for name in OTHERS}
    for program in programs:
        times = measure(page, program)
        ours = times.pop(OURS)
        line = f"{program.stem:18}{ours:8.1f}ms"
        for name in OTHERS:
            if name in times:
                ratios[name].append(times[name] / ours)
                line += f"{times[name]:14.1f}ms{ratios[name][-1]:7.2f}"
            else:
                line += " " * 23
        print(line, flush=True)
    for name, values in ratios.items():
        if values:
            print(f"geometric mean: {mean(values):.2f} x as fast as {name}")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("built", type=Path, help="where `make wheel` built: build/ferrous")
    parser.add_argument("programs", nargs="*", help="all if none is named")
    options = parser.parse_args()
    programs = [path for path in sorted(SOURCES.rglob("*.lua")) if path.stem in (options.programs or [path.stem])]
    found = [*options.built.glob("wheel/*.whl"), *options.built.glob("dependencies/*.whl")]
    wheels = [path.resolve().relative_to(ROOT.resolve()) for path in found]
    with sync_playwright() as playwright, StaticServer(ROOT) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.arguments())
        page = browser.new_page(bypass_csp=True)
        page.on("pageerror", lambda error: print(error))
        page.goto(server.address + PAGE)
        page.wait_for_function("'start' in globalThis")
        page.evaluate("wheels => start(wheels)", [f"{server.address}{wheel}" for wheel in wheels])
        print_table(page, programs)
        browser.close()


if __name__ == "__main__":
    main()
