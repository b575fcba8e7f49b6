"""No value is not nil: every native gives as many values as Lua's and Redis's own, whatever the arguments."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import ferrous_vm
from ferrous_vm.engines import ENGINES
from ferrous_vm.limits import Limits
from ferrous_vm.server import Server
from tests.keyspace.conftest import redis_port
from tests.record.resp import Connection
from tests.stdlib.lua_oracle import LUA

__all__ = ["redis_port"]

PROGRAM = Path(__file__).with_name("result_counts.lua").read_text()

LUA_LIBRARIES = ("_G", "string", "table", "math", "coroutine")
REDIS_LIBRARIES = ("string", "table", "math", "coroutine", "bit", "cjson", "cmsgpack", "struct", "redis")

LEFT_OUT = (
    "print", "dofile", "loadfile", "require", "module", "load", "loadstring", "collectgarbage", "gcinfo", "random",
    "getfenv", "setfenv", "dump", "randomseed", "log", "breakpoint", "debug", "call", "pcall", "xpcall",
)  # fmt: skip
"""What writes, reads files or the clock, or answers what differs from run to run."""

LIMITS = Limits(seconds=120, memory=None)

pytestmark = [pytest.mark.oracle, pytest.mark.host]


def _program(libraries: tuple[str, ...], end: str) -> bytes:
    listed = ", ".join(f"'{name}'" for name in libraries)
    left_out = ", ".join(f"{name} = true" for name in LEFT_OUT)
    return f"local libraries, left_out = {{{listed}}}, {{{left_out}}}\n{PROGRAM}\n{end}\n".encode()


def _same(expected: bytes, found: bytes) -> None:
    pairs = zip(expected.split(b"\n"), found.split(b"\n"), strict=True)
    assert [pair for pair in pairs if pair[0] != pair[1]] == []


@pytest.mark.skipif(LUA is None, reason="there is no lua5.1 to compare with")
@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_natives_give_as_many_values_as_in_lua(engine: str) -> None:
    assert LUA is not None
    program = _program(LUA_LIBRARIES, "print(table.concat(lines, '\\n'))")
    expected = subprocess.run([LUA, "-"], input=program, capture_output=True, timeout=60, check=True).stdout
    output: list[bytes] = []
    ferrous_vm.Lua(engine, limits=LIMITS).run(program, name="=stdin", stdout=output.append)
    _same(expected, b"".join(output))


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_natives_give_as_many_values_as_in_redis(redis_port: int, engine: str) -> None:
    program = _program(REDIS_LIBRARIES, "return table.concat(lines, '\\n')")
    connection = Connection(redis_port)
    connection.ask(b"SCRIPT", b"FLUSH")  # a new Lua state: cjson as it comes
    expected = connection.ask(b"EVAL", program, b"0")
    connection.ask(b"SCRIPT", b"FLUSH")
    connection.close()
    _same(expected, Server(engine, limits=LIMITS).connect().execute_resp(b"EVAL", program, b"0"))
