"""Cases of library calls with the answers of a real redis-server: how they are written in JSON, and read back.

A case is ``[settings, function, arguments, answer]``: `settings` are calls ``[function, arguments]`` made before on the
same, new, cjson table; `answer` is what `driver.outcome` writes. A value is null, true, false or an object with one
key: ``n`` a number as text, ``s`` a string in hexadecimal, ``t`` a table as pairs in the order of their assignment,
``rep`` a string in hexadecimal and how often it is repeated, ``null`` cjson.null, ``f`` a function, ``deep`` a table
nested so many times.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ferrous_vm.stdlib.cjson_settings import NULL
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table
from tests.stdlib.driver import SHOW_IN_LUA

FOLDER = Path(__file__).with_name("recorded")

Value = Any
Written = Any
"""A value as the files have it."""
Case = tuple[list[tuple[str, list[Written]]], str, list[Written]]

PRELUDE = (
    SHOW_IN_LUA
    + r"""
local function report(ok, ...)
  if not ok then return 'error: ' .. tostring((...)):gsub('^[^:]*:%d+: ', '', 1) end
  local items = {}
  for i = 1, select('#', ...) do items[i] = show((select(i, ...))) end
  return table.concat(items, ' ')
end
local function deep(n)
  local t = {}
  for _ = 2, n do t = {t} end
  return t
end
"""
)
"""Lua that writes results as `driver.outcome` does."""


def write_value(value: object) -> Written:
    """A Python value, tables as dicts and lists, as the files have it; what is written already stays as it is."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return {"n": repr(float(value))}
    if isinstance(value, bytes):
        return {"s": value.hex()}
    if isinstance(value, list):
        return {"t": [[write_value(i), write_value(item)] for i, item in enumerate(value, 1) if item is not None]}
    assert isinstance(value, dict)
    if set(value) <= {"t", "rep", "null", "f", "deep"} and value:
        return value
    return {"t": [[write_value(key), write_value(item)] for key, item in value.items()]}


def lua_source(written: Written) -> str:
    """The value as a Lua expression that makes tables by assignments in their order."""
    if written is None or isinstance(written, bool):
        return "nil" if written is None else str(written).lower()
    ((kind, content),) = written.items()
    if kind == "n":
        special = {"nan": "(0/0)", "inf": "(1/0)", "-inf": "(-1/0)", "-0.0": "tonumber('-0')"}
        number: str = special.get(content, content)
        return number
    if kind == "s":
        return '"' + "".join(f"\\{byte:03d}" for byte in bytes.fromhex(content)) + '"'
    if kind == "rep":
        return f"string.rep({lua_source({'s': content[0]})},{content[1]})"
    if kind == "t":
        sets = " ".join(f"t[{lua_source(key)}]={lua_source(item)}" for key, item in content)
        return f"(function() local t={{}} {sets} return t end)()"
    if kind == "deep":
        return f"deep({content})"
    return {"null": "cjson.null", "f": "(function() end)"}[kind]


def _function(*_: Value) -> tuple[Value, ...]:
    return ()


def read_value(written: Written) -> Value:
    """The value as Ferrous has it."""
    if written is None or isinstance(written, bool):
        return None if written is None else TRUE if written else FALSE
    ((kind, content),) = written.items()
    if kind == "n":
        return float(content) if content != "nan" else -float("nan")
    if kind == "s":
        return LuaString(bytes.fromhex(content))
    if kind == "rep":
        return LuaString(bytes.fromhex(content[0]) * content[1])
    if kind == "deep":
        table = Table()
        for _ in range(1, content):
            outer = Table()
            outer.put(1.0, table)
            table = outer
        return table
    if kind != "t":
        return NULL if kind == "null" else _function
    table = Table()
    for key, item in content:
        table.put(read_value(key), read_value(item))
    return table


def load(library: str) -> list[tuple[Any, str, list[Written], str]]:
    """The recorded cases of a library."""
    cases: list[tuple[Any, str, list[Written], str]] = json.loads((FOLDER / f"{library}.json").read_text())
    return cases


def save(library: str, cases: list[Any]) -> None:
    """Writes the cases, one a line."""
    FOLDER.mkdir(exist_ok=True)
    lines = [json.dumps(case, separators=(",", ":")) for case in cases]
    (FOLDER / f"{library}.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")


def replay(case: tuple[Any, str, list[Written], str], functions: Table, outcome: Callable[..., str]) -> str:
    """What Ferrous answers to a case, on a library table that is new to it."""
    settings, function, arguments, _ = case
    for name, values in settings:
        outcome(functions.get(name.encode()), *map(read_value, values))
    return outcome(functions.get(function.encode()), *map(read_value, arguments))
