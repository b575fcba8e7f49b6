"""The base, table, math and coroutine libraries: answers and refusals, word for word, on every engine and in lua5.1."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import ferrous_vm
from ferrous_vm import engines
from ferrous_vm.limits import Limits
from tests.lua.behaviour import expectation

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.lua"))
MACHINE_ONLY = {"environments"}
"""The translator leaves chunks that name `setfenv` to the machine."""
LUA = shutil.which("lua5.1")


CASES = [(path, engine) for path in SCRIPTS for engine in sorted(engines.ENGINES)]


@pytest.mark.parametrize(
    ("path", "engine"),
    [(path, engine) for path, engine in CASES if engine == "machine" or path.stem not in MACHINE_ONLY],
    ids=lambda part: part.stem if isinstance(part, Path) else part,
)
def test_script(path: Path, engine: str) -> None:
    source = path.read_bytes()
    output: list[bytes] = []
    ferrous_vm.Lua(engine, limits=Limits(seconds=60)).run(source, name="=script", stdout=output.append)
    assert tuple(b"".join(output).split(b"\n")[:-1]) == expectation(source).output


@pytest.mark.skipif(LUA is None, reason="no lua5.1 on this machine to compare with")
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_script_is_right_about_lua(path: Path) -> None:
    assert LUA is not None
    run = f"local f = assert(loadstring(io.open('{path}'):read('*a'), '=script')) f()"
    finished = subprocess.run([LUA, "-e", run], capture_output=True, timeout=60, check=True)
    assert tuple(finished.stdout.split(b"\n")[:-1]) == expectation(path.read_bytes()).output
