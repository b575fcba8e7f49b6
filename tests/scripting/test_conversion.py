"""Both directions of the conversion under one table of cases (script_lua.c, recorded from redis-server 7.0.15)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ferrous_vm.keyspace.replies import (
    NULL_ARRAY,
    BigNumber,
    ErrorReply,
    HumanDouble,
    MapReply,
    SetReply,
    Status,
    Verbatim,
    encode,
)
from ferrous_vm.scripting.conversion import lua_to_reply, reply_to_lua
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.functions import Userdata
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

NAN = float("nan")


def _identifier(case: tuple[Any, ...]) -> str:
    """The name of a case: no addresses, or processes that share the work would not agree on it."""
    return re.sub(" at 0x[0-9a-f]+", "", repr(case[0]))[:60]


def lua(value: Any) -> Any:
    """Plain Python as Lua values: ints and floats, bytes, bools, None, lists (a table from 1 up), dicts."""
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, bytes) and not isinstance(value, LuaString):
        return LuaString(value)
    if isinstance(value, list | dict) and not isinstance(value, Table):
        table = Table()
        for key, item in value.items() if isinstance(value, dict) else enumerate(value, 1):
            table.put(lua(key), lua(item))
        return table
    return value


def plain(value: Any) -> Any:
    """Lua values as plain Python, for comparing: a table becomes a dict."""
    if isinstance(value, Table):
        return {plain(key): plain(item) for key, item in value.items()}
    if value is TRUE or value is FALSE:
        return value is TRUE
    return bytes(value) if isinstance(value, bytes) else value


RETURNED = [
    # what the script returns, RESP2 bytes, RESP3 bytes, RESP3 bytes after redis.setresp(3) where they differ
    (3, b":3\r\n", b":3\r\n"),
    (3.99, b":3\r\n", b":3\r\n"),
    (-3.99, b":-3\r\n", b":-3\r\n"),
    (1e20, b":-9223372036854775808\r\n", b":-9223372036854775808\r\n"),
    (2.0**63, b":-9223372036854775808\r\n", b":-9223372036854775808\r\n"),
    (-(2.0**63), b":-9223372036854775808\r\n", b":-9223372036854775808\r\n"),
    (NAN, b":-9223372036854775808\r\n", b":-9223372036854775808\r\n"),
    (float("inf"), b":-9223372036854775808\r\n", b":-9223372036854775808\r\n"),
    (True, b":1\r\n", b":1\r\n", b"#t\r\n"),
    (False, b"$-1\r\n", b"_\r\n", b"#f\r\n"),
    (None, b"$-1\r\n", b"_\r\n"),
    (Userdata(), b"$-1\r\n", b"_\r\n"),
    (lambda: None, b"$-1\r\n", b"_\r\n"),
    (b"a\0\r\n\xff", b"$5\r\na\0\r\n\xff\r\n", b"$5\r\na\0\r\n\xff\r\n"),
    ([], b"*0\r\n", b"*0\r\n"),
    ([1, 2, None, 4], b"*2\r\n:1\r\n:2\r\n", b"*2\r\n:1\r\n:2\r\n"),
    ([1, False, 3], b"*3\r\n:1\r\n$-1\r\n:3\r\n", b"*3\r\n:1\r\n_\r\n:3\r\n", b"*3\r\n:1\r\n#f\r\n:3\r\n"),
    ({b"a": 1}, b"*0\r\n", b"*0\r\n"),
    ([[1, [2]], b"x"], b"*2\r\n*2\r\n:1\r\n*1\r\n:2\r\n$1\r\nx\r\n", b"*2\r\n*2\r\n:1\r\n*1\r\n:2\r\n$1\r\nx\r\n"),
    ({b"ok": b"fine"}, b"+fine\r\n", b"+fine\r\n"),
    ({b"ok": b"a\r\nb"}, b"+a  b\r\n", b"+a  b\r\n"),
    ({b"ok": b"a\0b"}, b"+a\r\n", b"+a\r\n"),
    ({b"ok": 5}, b"*0\r\n", b"*0\r\n"),
    ({b"err": b"MY error"}, b"-MY error\r\n", b"-MY error\r\n"),
    ({b"err": b""}, b"-\r\n", b"-\r\n"),
    ({b"err": b"\r\na\nb\r\n"}, b"-  a b\r\n", b"-  a b\r\n"),
    ({b"err": b"a\0b"}, b"-a\r\n", b"-a\r\n"),
    ({b"err": b"E x", b"ok": b"y"}, b"-E x\r\n", b"-E x\r\n"),
    ({b"err": 5}, b"*0\r\n", b"*0\r\n"),
    ({b"double": 1.5}, b"$3\r\n1.5\r\n", b",1.5\r\n"),
    ({b"double": 0.1}, b"$19\r\n0.10000000000000001\r\n", b",0.10000000000000001\r\n"),
    ({b"double": float("-inf")}, b"$4\r\n-inf\r\n", b",-inf\r\n"),
    ({b"double": -NAN}, b"$4\r\n-nan\r\n", b",-nan\r\n"),
    ({b"double": b"1.5"}, b"*0\r\n", b"*0\r\n"),
    ({b"big_number": b"12\r\n3"}, b"$5\r\n12  3\r\n", b"(12  3\r\n"),
    ({b"big_number": 123}, b"*0\r\n", b"*0\r\n"),
    ({b"verbatim_string": {b"format": b"txt", b"string": b"hi"}}, b"$2\r\nhi\r\n", b"=6\r\ntxt:hi\r\n"),
    ({b"verbatim_string": {b"format": b"toolong", b"string": b"hi"}}, b"$2\r\nhi\r\n", b"=6\r\ntoo:hi\r\n"),
    ({b"verbatim_string": {b"format": b"t", b"string": b"hi"}}, b"$2\r\nhi\r\n", b"=6\r\nt  :hi\r\n"),
    ({b"verbatim_string": {b"string": b"hi"}}, b"*0\r\n", b"*0\r\n"),
    ({b"verbatim_string": b"hi"}, b"*0\r\n", b"*0\r\n"),
    ({b"map": {b"a": 1}}, b"*2\r\n$1\r\na\r\n:1\r\n", b"%1\r\n$1\r\na\r\n:1\r\n"),
    (
        {b"map": {b"a": {b"map": {1: False}}}},
        b"*2\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n",
        b"%1\r\n$1\r\na\r\n%1\r\n:1\r\n_\r\n",
        b"%1\r\n$1\r\na\r\n%1\r\n:1\r\n#f\r\n",
    ),
    ({b"map": {}}, b"*0\r\n", b"%0\r\n"),
    ({b"map": b"x"}, b"*0\r\n", b"*0\r\n"),
    ({b"set": {b"a": True}}, b"*1\r\n$1\r\na\r\n", b"~1\r\n$1\r\na\r\n"),
    ({b"set": {}}, b"*0\r\n", b"~0\r\n"),
    (
        [{b"ok": b"x"}, {b"err": b"E y"}, {b"double": 2}],
        b"*3\r\n+x\r\n-E y\r\n$1\r\n2\r\n",
        b"*3\r\n+x\r\n-E y\r\n,2\r\n",
    ),
]


@pytest.mark.parametrize("case", RETURNED, ids=_identifier)
def test_what_a_script_returns_becomes_a_reply(case: tuple[Any, ...]) -> None:
    value, resp2, resp3, *after_setresp = case
    assert encode(lua_to_reply(lua(value)), 2) == resp2
    assert encode(lua_to_reply(lua(value)), 3) == resp3
    assert encode(lua_to_reply(lua(value), 3), 3) == (after_setresp[0] if after_setresp else resp3)


COUNTED = {b"ignore_error_stats_update": True}

ANSWERED = [
    # a command's reply, what a script sees, what it sees after redis.setresp(3)
    (7, 7.0, 7.0),
    (b"text", b"text", b"text"),
    (None, False, None),
    (NULL_ARRAY, False, None),
    (Status(b"OK"), {b"ok": b"OK"}, {b"ok": b"OK"}),
    (ErrorReply(b"WRONGTYPE x y"), {b"err": b"WRONGTYPE x y", **COUNTED}, {b"err": b"WRONGTYPE x y", **COUNTED}),
    (ErrorReply(b"single"), {b"err": b"ERR single", **COUNTED}, {b"err": b"ERR single", **COUNTED}),
    (1.5, b"1.5", {b"double": 1.5}),
    (0.1, b"0.10000000000000001", {b"double": 0.1}),
    (HumanDouble(b"13.361389"), b"13.361389", {b"double": 13.361389}),
    (True, 1.0, True),
    (False, 0.0, False),
    (BigNumber(b"123"), b"123", {b"big_number": b"123"}),
    (Verbatim(b"txt", b"hi"), b"hi", {b"verbatim_string": {b"string": b"hi", b"format": b"txt"}}),
    ([], {}, {}),
    ([b"a", None, 1], {1.0: b"a", 2.0: False, 3.0: 1.0}, {1.0: b"a", 3.0: 1.0}),
    ([[b"a"], [[]]], {1.0: {1.0: b"a"}, 2.0: {1.0: {}}}, {1.0: {1.0: b"a"}, 2.0: {1.0: {}}}),
    (
        MapReply([(b"f", b"v"), (b"g", [1])]),
        {1.0: b"f", 2.0: b"v", 3.0: b"g", 4.0: {1.0: 1.0}},
        {b"map": {b"f": b"v", b"g": {1.0: 1.0}}},
    ),
    (SetReply([b"a", b"b"]), {1.0: b"a", 2.0: b"b"}, {b"set": {b"a": True, b"b": True}}),
    ([SetReply(), MapReply()], {1.0: {}, 2.0: {}}, {1.0: {b"set": {}}, 2.0: {b"map": {}}}),
]


@pytest.mark.parametrize("case", ANSWERED, ids=_identifier)
def test_what_a_command_answers_becomes_lua(case: tuple[Any, Any, Any]) -> None:
    reply, resp2, resp3 = case
    assert plain(reply_to_lua(reply, 2)) == resp2
    assert plain(reply_to_lua(reply, 3)) == resp3


def nested(field: bytes | None) -> Table:
    """A table that contains itself: as its first element, or inside the table at `field`."""
    table = Table()
    inner = table
    if field is not None:
        inner = Table()
        table.put(LuaString(field), inner)
    inner.put(table if field == b"set" else LuaString(b"k") if field == b"map" else 1.0, table)
    return table


@pytest.mark.parametrize(
    ("field", "header", "levels", "errors"),
    [(None, b"*1\r\n", 7995, 1), (b"map", b"%1\r\n", 2665, 2), (b"set", b"~1\r\n", 2665, 1)],
)
def test_a_table_that_contains_itself_ends_where_lua_runs_out_of_stack(
    field: bytes | None, header: bytes, levels: int, errors: int
) -> None:
    encoded = encode(lua_to_reply(nested(field)), 3)
    assert encoded.count(header) == levels
    assert encoded.count(b"-ERR reached lua stack limit\r\n") == errors


def test_a_deep_reply_becomes_lua_without_recursion() -> None:
    reply: Any = b"bottom"
    for _ in range(3_000):
        reply = [reply]
    value = reply_to_lua(reply)
    for _ in range(3_000):
        value = value.get(1.0)
    assert value == b"bottom"
