"""The order of `next` and the length of tables, against a real Lua 5.1."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.values.order_programs import PRELUDE, program

LUA = shutil.which("lua5.1")
PROGRAMS = 3000
BATCH = 250


@pytest.mark.skipif(LUA is None, reason="no lua5.1 on this machine to compare with")
@pytest.mark.parametrize("first", range(0, PROGRAMS, BATCH))
def test_order_and_length_are_those_of_lua(first: int) -> None:
    assert LUA is not None
    programs = [program(seed) for seed in range(first, first + BATCH)]
    source = PRELUDE + "".join(f"print('program {n}')\n{text}" for n, (text, _) in enumerate(programs))
    finished = subprocess.run([LUA, "-"], input=source.encode(), capture_output=True, check=True, timeout=60)
    sections = finished.stdout.decode().split("program ")[1:]
    for (text, run), section in zip(programs, sections, strict=True):
        expected = section.splitlines()[1:]
        actual = run()
        for number, (ours, theirs) in enumerate(zip(actual, expected, strict=True)):
            assert ours == theirs, "\n".join(text.splitlines()[: number + 1])
