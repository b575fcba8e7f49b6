"""The plugin for pytest: scenarios beside tests in Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.host

HOLDS = '-- scenario: {}\n-- at the end: redis("GET", "n") == "{}"\n-- clients: 2 w\nredis("INCR", "n")\n'
FILES = {
    "holds.scenario": HOLDS.format("holds", 2),
    "broken.scenario": HOLDS.format("is broken", 3),
    "steps.scenario": "-- scenario: has steps\n-- steps\n-- A: INCR n\n-- expect reply: (integer) 2\n",
    "wrong.scenario": HOLDS.format("is wrong", 2) + "-- may: rain\n",
}


def test_scenarios_are_collected_and_told_of_in_words(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "ferrous_vm.command_line.pytest_scenarios", "-q", "-p"]
    done = subprocess.run(
        [*command, "no:cacheprovider", "--continue-on-collection-errors", "--color=no", "."],
        cwd=tmp_path,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # which would find it where Ferrous is installed
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 failed, 1 passed, 1 error" in done.stdout, done.stdout + done.stderr
    assert "It fails after 2 events: at the end: redis" in done.stdout
    assert "2. at 0 ms: w2: INCR n → (integer) 2. Broken: at the end" in done.stdout
    assert "line 3, reply: expected (integer) 2, got (integer) 1" in done.stdout
    assert "wrong.scenario:5: 'rain' is nothing that may happen" in done.stdout
    assert "Traceback" not in done.stdout
