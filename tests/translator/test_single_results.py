"""Natives that promise exactly one result keep their word: the translator does not look at how many they gave."""

from __future__ import annotations

from itertools import product

import pytest

import ferrous_vm
from ferrous_vm.errors import LuaError
from ferrous_vm.stdlib import base
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.natives import MISSING
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

SINGLE = [native for native in base.LIBRARY.natives if native.single]
VALUES = [MISSING, None, TRUE, FALSE, 0.0, 16.0, 99.0, LuaString(), LuaString(b"10"), LuaString(b"zz"), Table()]


@pytest.mark.parametrize("native", SINGLE, ids=lambda native: native.name.decode())
def test_a_native_of_the_base_library_gives_one_value(native):
    for arguments in product(VALUES, repeat=2):
        try:
            results = native.function(*arguments)
        except LuaError:
            continue
        assert not isinstance(results, tuple)


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
