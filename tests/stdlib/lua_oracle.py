"""Asks the real lua5.1 what library calls answer; whole batches go through one process."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence

from tests.stdlib.driver import SHOW_IN_LUA

LUA = shutil.which("lua5.1")

_PRELUDE = (
    SHOW_IN_LUA
    + r"""
local function report(ok, ...)
  if not ok then
    local message = tostring((...)):gsub('^[^:]*:%d+: ', '', 1)
    print('error: ' .. message:gsub('[\r\n]', ' '))
    return
  end
  local items = {}
  for i = 1, select('#', ...) do items[i] = show((select(i, ...))) end
  print(table.concat(items, ' '))
end
local function all(text, pattern)
  local found = {}
  for a, b, c in string.gmatch(text, pattern) do
    found[#found + 1] = show(a) .. show(b) .. show(c)
    if #found > 200 then break end
  end
  return table.concat(found, ';')
end
local function reversed(a, b)
  if b then return b .. a end
  return a .. a
end
"""
)


def literal(value: object) -> str:
    """A Python value as a Lua expression; a str is an expression already."""
    if value is None:
        return "nil"
    if value is True or value is False:
        return str(value).lower()
    if isinstance(value, bytes):
        return '"' + "".join(f"\\{byte:03d}" for byte in value) + '"'
    if isinstance(value, (int, float)):
        if value != value:
            return "(0/0)"
        if value == 0:  # Lua 5.1 has one constant for both zeros of a function
            return "tonumber('-0')" if str(value).startswith("-") else "0"
        if value in (float("inf"), float("-inf")):
            return "(1/0)" if value > 0 else "(-1/0)"
        return repr(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"[{literal(k)}]={literal(v)}" for k, v in value.items()) + "}"
    assert isinstance(value, str)
    return value


def ask(cases: Sequence[tuple[str, Sequence[object]]]) -> list[str]:
    """The outcome of every call ``function(arguments)``, as `driver.outcome` writes it."""
    lines = [_PRELUDE]
    for function, arguments in cases:
        text = ",".join(literal(argument) for argument in arguments)
        lines.append(f"report(pcall(function() return {function}({text}) end))")
    assert LUA is not None
    finished = subprocess.run([LUA, "-"], input="\n".join(lines).encode("latin-1"), capture_output=True, timeout=50)
    assert finished.returncode == 0, finished.stderr.decode("latin-1")
    answers = finished.stdout.decode("latin-1").split("\n")[:-1]
    assert len(answers) == len(cases)
    return [
        re.sub(r"^error: bad argument (#\d+) to '\w+' \((.*)\)$", r"error: bad argument \1 (\2)", a) for a in answers
    ]
