"""Runs programs through `lua5.1` and through an engine and compares what they print, error texts included."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence

import ferrous_vm
from ferrous_vm.errors import FerrousError
from ferrous_vm.limits import Limits
from tests.oracle.generator import generate
from tests.oracle.program import Program, shrink

LUA = shutil.which("lua5.1")

BATCH = 200

PATIENCE = 5
"""Seconds `lua5.1` may take for a batch, which takes it a few hundredths."""

_DRIVER = b"""
local sources = {%s}
for number, source in ipairs(sources) do
  local main, message = loadstring(source, '=p')
  if main then
    setfenv(main, setmetatable({}, {__index = _G}))
    local ok, problem = pcall(main)
    print(ok, (type(problem) == 'string' or type(problem) == 'number') and problem or type(problem))
  else
    print('does not compile', message)
  end
  print('-- end of program')
end
"""

_ADDRESS = re.compile(rb"0x[0-9a-f]{6,}")


def driver(programs: Sequence[Program]) -> bytes:
    """One chunk that runs all the programs, each protected from the others."""
    quoted = b",\n".join(_quote(program.source.encode("latin-1")) for program in programs)
    return _DRIVER.replace(b"%s", quoted, 1)


def _quote(source: bytes) -> bytes:
    return b'"' + b"".join(b"\\%03d" % byte for byte in source) + b'"'


def by_lua(source: bytes) -> bytes | None:
    """What `lua5.1` prints; None if it takes too long."""
    assert LUA is not None
    try:
        finished = subprocess.run([LUA, "-"], input=source, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return None
    return _ADDRESS.sub(b"0x", finished.stdout + finished.stderr)


def by_engine(engine: str, source: bytes) -> bytes:
    """What an engine prints."""
    output: list[bytes] = []
    lua = ferrous_vm.Lua(engine, limits=Limits(seconds=120))
    try:
        lua.run(source, name="=stdin", stdout=output.append)
    except FerrousError as error:
        output.append(f"the run ended: {error}\n".encode())
    return _ADDRESS.sub(b"0x", b"".join(output))


def differs(engine: str, program: Program) -> bool:
    """Whether the program alone behaves differently."""
    source = driver([program])
    expected = by_lua(source)
    return expected is not None and expected != by_engine(engine, source)


def differences(engine: str, seeds: Sequence[int]) -> list[Program]:
    """The programs of these seeds that behave differently, not yet shrunk. One that never ends is left out."""
    programs = [generate(seed) for seed in seeds]
    source = driver(programs)
    output = by_lua(source)
    if output is None:
        middle = len(seeds) // 2
        return [*differences(engine, seeds[:middle]), *differences(engine, seeds[middle:])] if middle else []
    expected = output.split(b"-- end of program\n")
    found = by_engine(engine, source).split(b"-- end of program\n")
    suspects = [
        program
        for number, program in enumerate(programs)
        if number >= len(expected) or number >= len(found) or expected[number] != found[number]
    ]
    return [program for program in suspects if differs(engine, program)]


def report(engine: str, program: Program) -> str:
    """A difference, shrunk to a few lines, with both outputs."""
    smallest = shrink(program, lambda attempt: differs(engine, attempt))
    source = driver([smallest])
    expected, found = (by_lua(source) or b"").decode("latin-1"), by_engine(engine, source).decode("latin-1")
    return f"-- seed {program.seed}\n{smallest.source}-- lua5.1:\n{expected}-- {engine}:\n{found}"
