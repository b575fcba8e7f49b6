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
    --[[ isolate ]]
    local ok, problem = pcall(main)
    print(ok, (type(problem) == 'string' or type(problem) == 'number') and problem or type(problem))
  else
    print('does not compile', message)
  end
  print('-- end of program')
end
"""

_ADDRESS = re.compile(rb"0x[0-9a-f]{6,}")

_SPECIAL = re.compile(rb'["\\\n\r\0]')
"""Bytes that cannot stand in a quoted string as they are."""

_ENDLESS_CALLS = re.compile(rb"(?<!C )(?:\bp:\d+: )?stack overflow")

_NESTED_BRACKETS = b"nesting of [[...]] is deprecated near "

_ISOLATE = b"setfenv(main, setmetatable({}, {__index = _G}))"

_END = b"-- end of program\n"


def driver(programs: Sequence[Program], isolate: bytes = b"") -> bytes:
    """One chunk that runs all the programs, each protected from the others' errors."""
    quoted = b",\n".join(_quote(program.source.encode("latin-1")) for program in programs)
    return _DRIVER.replace(b"%s", quoted, 1).replace(b"--[[ isolate ]]", isolate)


def _quote(source: bytes) -> bytes:
    return b'"' + _SPECIAL.sub(lambda found: b"\\%03d" % ord(found[0]), source) + b'"'


def by_lua(programs: Sequence[Program]) -> list[bytes] | None:
    """What `lua5.1` prints for each program; None if it takes too long or crashes, as `unpack` from -2^31 on does.
    All run in one state, each with globals of its own."""
    assert LUA is not None
    source = driver(programs, _ISOLATE)
    try:
        finished = subprocess.run([LUA, "-"], input=source, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return None
    if finished.returncode < 0:
        return None
    return _of_each(finished.stdout + finished.stderr, programs)


def by_engine(engine: str, program: Program) -> bytes:
    """What an engine prints for a program, in a fresh state."""
    output: list[bytes] = []
    lua = ferrous_vm.Lua(engine, limits=Limits(seconds=120))
    try:
        lua.run(driver([program]), name="=stdin", stdout=output.append)
    except FerrousError as error:
        output.append(f"the run ended: {error}\n".encode())
    return _of_each(b"".join(output), [program])[0]


def _of_each(output: bytes, programs: Sequence[Program]) -> list[bytes]:
    parts = _ADDRESS.sub(b"0x", output).split(_END)
    return [*parts, *[b""] * len(programs)][: len(programs)]


def same(printed: bytes, other: bytes) -> bool:
    """Whether two outputs tell of the same behaviour. After calls without end that is the lines, not how many there
    are of each, nor which call was one too many: Lua's stack is full earlier (COMPATIBILITY.md, `call-depth`). Where
    Lua refuses a bracket within brackets, that line and what follows is not compared (`nested-brackets`)."""
    nested = printed.find(_NESTED_BRACKETS)
    if nested >= 0:
        before = printed.rfind(b"\n", 0, nested) + 1
        printed, other = printed[:before], other[:before]
    if _ENDLESS_CALLS.search(printed) and _ENDLESS_CALLS.search(other):
        return _kinds_of_lines(printed) == _kinds_of_lines(other)
    return printed == other


def _kinds_of_lines(printed: bytes) -> set[bytes]:
    return set(_ENDLESS_CALLS.sub(b"stack overflow", printed).split(b"\n"))


def differs(engine: str, program: Program) -> bool:
    """Whether the program alone behaves differently."""
    expected = by_lua([program])
    return expected is not None and not same(expected[0], by_engine(engine, program))


def differences(engines: Sequence[str], seeds: Sequence[int]) -> list[tuple[str, Program]]:
    """The programs of these seeds that behave differently on an engine, not yet shrunk. One that `lua5.1` cannot run is
    left out."""
    programs = [generate(seed) for seed in seeds]
    expected = by_lua(programs)
    if expected is None:
        middle = len(seeds) // 2
        return [*differences(engines, seeds[:middle]), *differences(engines, seeds[middle:])] if middle else []
    return [
        (engine, program)
        for program, printed in zip(programs, expected, strict=True)
        for engine in engines
        if not same(printed, by_engine(engine, program)) and differs(engine, program)
    ]


def report(engine: str, program: Program) -> str:
    """A difference, shrunk to a few lines, with both outputs."""
    smallest = shrink(program, lambda attempt: differs(engine, attempt))
    expected = b"".join(by_lua([smallest]) or ()).decode("latin-1")
    found = by_engine(engine, smallest).decode("latin-1")
    return f"-- seed {program.seed}\n{smallest.source}-- lua5.1:\n{expected}-- {engine}:\n{found}"
