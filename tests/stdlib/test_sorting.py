"""`table.sort` against a real Lua 5.1: the comparisons it asks for, the order it leaves, the errors it raises."""

from __future__ import annotations

import random
import re
import shutil
import subprocess

import pytest

import ferrous_vm

LUA = shutil.which("lua5.1")

_PRELUDE = """
local function contents(t)
  local out = {}
  for i = 1, #t do out[i] = tostring(t[i]) end
  return table.concat(out, ' ')
end
local function run(t, compare)
  local asked = {}
  local logged = compare and function(a, b) asked[#asked + 1] = a .. '<' .. b return compare(a, b) end
  print(pcall(table.sort, t, logged))
  print(table.concat(asked, ' '))
  print(contents(t))
end
"""
_COMPARATORS = (
    "function(a, b) return a < b end",
    "function(a, b) return a > b end",
    "function(a, b) return a <= b end",
    "function(a, b) return true end",
    "function(a, b) return false end",
    "function(a, b) return (a * 7) % 5 < (b * 7) % 5 end",
    "function(a, b) if a == 3 then error('three', 0) end return a < b end",
)
_ODD_VALUES = ("1", "2", "'a'", "'b'", "nil", "{}", "0/0", "-0.0 * 1", "0", "true")


def _program(seed: int) -> str:
    source = random.Random(seed)
    lines = [_PRELUDE]
    for _ in range(120):
        numbers = ", ".join(str(source.randint(0, 20)) for _ in range(source.choice((0, 1, 2, 3, 4, 5, 8, 13, 40))))
        lines.append(f"run({{{numbers}}}, {source.choice(_COMPARATORS)})")
        values = ", ".join(source.choice((*_ODD_VALUES, "5", "6")) for _ in range(source.choice((2, 3, 5, 9))))
        lines.append(f"run({{{values}}})")
    return "\n".join(lines)


@pytest.mark.skipif(LUA is None, reason="no lua5.1 on this machine to compare with")
@pytest.mark.parametrize("engine", ["machine", "translator"])
@pytest.mark.parametrize("seed", range(3))
def test_sort_is_that_of_lua(engine: str, seed: int) -> None:
    assert LUA is not None
    program = _program(seed).encode()
    expected = subprocess.run([LUA, "-"], input=program, capture_output=True, timeout=60, check=True).stdout
    output: list[bytes] = []
    ferrous_vm.Lua(engine).run(program, name="=stdin", stdout=output.append)
    assert _lines(b"".join(output)) == _lines(expected)


def _lines(output: bytes) -> list[bytes]:
    """The lines, without the addresses, which are never the same."""
    return re.sub(rb"0x[0-9a-f]+", b"address", output).split(b"\n")
