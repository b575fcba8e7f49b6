"""Natives that promise exactly one result keep their word: the translator does not look at how many they gave."""

from __future__ import annotations

from inspect import isgeneratorfunction
from itertools import chain, product

import pytest

import ferrous_vm
from ferrous_vm.errors import LuaError
from ferrous_vm.stdlib import base, bit, cjson, cmsgpack, math, string, struct, table
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.natives import MISSING
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

LIBRARIES = (
    *(module.LIBRARY for module in (base, bit, cmsgpack, math, string, struct, table)),
    cjson.create_library(),
)
NATIVES = [native for library in LIBRARIES for native in library.natives]
PLAIN = [native for native in NATIVES if not native.context and not isgeneratorfunction(native.function)]
TEXTS = [LuaString(text) for text in (b"", b"10", b"zz", b"(1)(0)", b"[1, 2]", b"bb")]

UNMARKED = frozenset(
    b"gfind encode_max_depth decode_max_depth encode_number_precision encode_keep_buffer encode_invalid_numbers"
    b" decode_invalid_numbers".split()
)
"""What gives one value and is called too seldom to be marked; `gfind` holds a place."""


def gives_one(function):
    """Whether each call gives one value, bare; None if every call fails."""
    outcome = None
    tables = [Table(), Table.of_items([1.0, LuaString(b"x")])]  # new ones, since natives change them
    values = [MISSING, None, TRUE, FALSE, 0.0, 1.0, 16.0, *TEXTS, *tables]
    for arguments in chain(product(values, repeat=2), product(values, repeat=3)):
        given = (
            [value for value in arguments if value is not MISSING] if function.__code__.co_argcount == 0 else arguments
        )
        try:
            outcome = not isinstance(function(*given), tuple) and outcome is not False
        except LuaError:
            continue
    return outcome


@pytest.mark.parametrize("native", PLAIN, ids=lambda native: native.name.decode())
def test_natives_that_give_one_value_are_marked_and_no_others(native):
    assert gives_one(native.function) in (None, native.single) or native.name in UNMARKED


@pytest.mark.parametrize(
    "call",
    [
        "tostring(nil)",
        "tostring(t)",
        "tostring(none)",
        "math.random(3)",
        "gcinfo()",
        "string.gmatch('a', 'a')",
        "collectgarbage('count')",
        "collectgarbage()",
        "newproxy()",
        "string.dump(function() end)",
    ],
)
@pytest.mark.parametrize("engine", ["machine", "translator"])
def test_those_that_need_more_than_their_arguments_give_one_too(engine, call):
    source = f"""
    local t = setmetatable({{}}, {{__tostring = function() return 'a', 'b' end}})
    local none = setmetatable({{}}, {{__tostring = function() end}})
    return select('#', {call})
    """
    assert ferrous_vm.Lua(engine).run(source.encode()) == [1.0]


@pytest.mark.parametrize(
    "call",
    [
        "redis.call('GET', 'nothing')", "redis.call('SET', 'key', 'value')", "redis.call('INCR', 'number')",
        "redis.call('LRANGE', 'nothing', 0, -1)", "redis.call('HGETALL', 'nothing')", "redis.call('ZPOPMIN', 'no')",
        "redis.pcall('GET')", "redis.pcall()", "redis.pcall({})", "redis.pcall('INCR', 'key')",
    ],
)  # fmt: skip
@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.parametrize("engine", ["machine", "translator"])
def test_a_command_gives_one_value(engine, protocol, call):
    client = ferrous_vm.Server(engine).connect()
    client.execute(b"SET", b"key", b"value")
    count = f"redis.setresp({protocol}) local called = {{n = select('#', {call})}} return called.n"
    assert client.execute(b"EVAL", count.encode(), b"0") == 1
    local = f"redis.setresp({protocol}) local value, none = {call} return type(value) == type(({call})) and none == nil"
    assert client.execute(b"EVAL", local.encode(), b"0") in (1, True)
