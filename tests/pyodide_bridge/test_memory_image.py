"""For an image of Python's memory all of the engine is imported that a page may ask for; after it chance is anew."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from pyodide_bridge import memory_image
from pyodide_bridge.contract import REQUESTS

ROOT = Path(__file__).parents[2]
ONLY_IN_A_TERMINAL = (
    "__main__",
    "command_line",
    "declarations",
    "embedded_scripts",
    "lua_strings",
    "endpoint.addresses",
    "endpoint.clock",
    "endpoint.endpoint",
    "endpoint.ferrous_command",
    "endpoint.in_process",
    "endpoint.sockets",
    "endpoint.standing_in",
    "live",
    "process",
    "on_servers",
    "tape",
    "file_keys",
    "file_lint",
    "static_server",
    "executed",
    "covered_files",
    "server_coverage",
)
"""Names of modules that a page never imports (toolchain/shrink.py)."""


def engine_modules() -> set[str]:
    """All there are but those."""
    files = [
        file.relative_to(ROOT)
        for package in ("ferrous_vm", "pyodide_bridge")
        for file in (ROOT / package).rglob("*.py")
    ]
    names = {".".join(file.with_suffix("").parts).removesuffix(".__init__") for file in files}
    return {name for name in names if not any(f".{only}." in f".{name}." for only in ONLY_IN_A_TERMINAL)}


@pytest.mark.host
def test_everything_is_imported_before_the_image_is_taken() -> None:
    script = "import sys; from pyodide_bridge import later, memory_image; memory_image.prepare(); print(*sys.modules)"
    imported = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout
    assert engine_modules() - set(imported.split()) == set()


def test_what_is_asked_exists() -> None:
    assert {str(request["type"]) for request in memory_image.REQUESTS} <= REQUESTS.keys()


def test_chance_is_anew_when_python_wakes() -> None:
    drawn = []
    for _ in range(2):
        random.seed(1)
        memory_image.wake()
        drawn.append(random.random())
    assert drawn[0] != drawn[1]
