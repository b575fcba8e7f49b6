"""What becomes another value on its way into a command, into Lua and out to the client is told, with its line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferrous_vm.translator.returning import TELLS
from pyodide_bridge.bridge import Bridge, to_json

Told = tuple[str, int | None, str, str, str]

LOSSES: list[tuple[str, list[Told]]] = [
    # out
    ("return 8.75", [("result", 1, "", "8.75", "(integer) 8")]),
    ("\nreturn {1, {2, -3.5}}", [("result", 2, "[2][2]", "-3.5", "(integer) -3")]),
    ("return 1/0", [("result", 1, "", "inf", "(integer) -9223372036854775808")]),
    ("return {1, 2, nil, 4, 5}", [("result", 1, "[4], [5]", "4, 5", "")]),
    ("return {1, total = 3}", [("result", 1, ".total", "3", "")]),
    ("return {{}, {a = 1, b = 2}}", [("result", 1, "[2].a, [2].b", "1, 2", "")]),
    ("return {ok = 'fine', more = 1.5}", [("result", 1, ".more", "1.5", "")]),
    ("return {ok = 'two\\nlines'}", [("result", 1, ".ok", '"two\\10lines"', "")]),
    ("return 1, 'dropped'", [("result", 1, "", '"dropped"', "")]),
    ("if ARGV[1] then\nreturn 1.5\nend\nreturn 2.5", [("result", 4, "", "2.5", "(integer) 2")]),
    ("if not ARGV[1] then\nreturn 1, 'dropped'\nend\nreturn 2.5", [("result", 2, "", '"dropped"', "")]),
    ("return {1, 'two', {3}}", []),
    ("return redis.error_reply('no')", []),
    ("return 2^53", []),
    ("local t = {} t[1] = t return t", [("result", 1, "[1]", "{...}", "")]),
    ("redis.setresp(3) return {double = 1.5}", []),
    # into a command
    ("redis.call('SET', 'k', 0.1)", [("argument", 1, "argument 2 of SET", "0.1", "0.10000000000000001")]),
    ("redis.call('SET', 'k', 1e15 + 0.3)", [("argument", 1, "argument 2 of SET", "1e+15", "1000000000000000.2")]),
    ("redis.call('SET', 'k', 1e17)", [("argument", 1, "argument 2 of SET", "1e+17", "1e+17")]),
    (
        "redis.call('SET', 'k', 2^53 + 2)",
        [("argument", 1, "argument 2 of SET", "9.007199254741e+15", "9007199254740994")],
    ),
    ("redis.call('SET', 'k', -1/0)", [("argument", 1, "argument 2 of SET", "-inf", "-inf")]),
    ("redis.call('SET', 'k', 3.5, 'EX', 10)", []),
    ("redis.call('ZADD', 'z', 1795649385539000, -2^53)", []),
    (
        "redis.call('ZADD', 'z', '9007199254740993', 'm')",
        [("argument", 1, "argument 2 of ZADD", "9007199254740993", "9007199254740992")],
    ),
    ("redis.call('ZADD', 'z', 'NX', 1, '9007199254740993')", []),
    # in a library
    (
        "local o = cjson.decode('{\"id\":1752940134586123}')\nreturn cjson.encode(o)",
        [("library", 2, "cjson", "1752940134586123", "1.7529401345861e+15")],
    ),
    ("return cjson.encode({0.1 + 0.2, 1e15, 0.25})", []),
    ("return cjson.encode({1752940134.586123})", [("library", 1, "cjson", "1752940134.586123", "1752940134.5861")]),
    (
        "local o = cjson.decode('{\"all\":[]}')\no.n = 1\nreturn cjson.encode(o)",
        [("library", 3, "cjson", "[]", "{}")],
    ),
    ("return #cjson.decode('[9007199254740993]')", [("library", 1, "cjson", "9007199254740993", "9007199254740992")]),
    ("return bit.rshift('5978328353', 32)", [("library", 1, "bit", "5978328353", "1683361057")]),
    ("return bit.band(-1, 0xffffffff)", []),
    ("return redis.pcall('INCRBY', 'k', 'x')", []),
    # into Lua
    (
        "redis.call('SET', 'n', '9007199254740992')\nlocal n = redis.call('INCR', 'n')",
        [("reply", 2, "INCR", "9007199254740993", "9007199254740992")],
    ),
]  # fmt: skip

PENDING = """redis.call('XADD', 's', '1-0', 'a', 1) redis.call('XGROUP', 'CREATE', 's', 'g', 0)
redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '>') redis.call('XDEL', 's', '1-0')
"""

GROUP_MADE: Told = ("reply", 1, "XGROUP", "OK", '{ok = "OK"}')

TYPES: list[tuple[str, list[Told]]] = [
    ("return {true, false}", [("result", 1, "[1]", "true", "(integer) 1"), ("result", 1, "[2]", "false", "(nil)")]),
    ("redis.setresp(3) return true", []),
    ("redis.call('SET', 'k', 1)", [("reply", 1, "SET", "OK", '{ok = "OK"}')]),
    (
        "return redis.call('MGET', 'a', 'b')[1] == nil",
        [("reply", 1, "MGET", "(nil)", "false"), ("result", 1, "", "false", "(nil)")],
    ),
    ("redis.setresp(3) redis.call('GET', 'a')", []),
    ("cjson.decode('{\"a\": null, \"b\": \"null\"}')", [("library", 1, "cjson", "null", "cjson.null")]),
    ("return cjson.encode({})", [("library", 1, "cjson", "{}", "{}")]),
    (
        PENDING + "return #redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '0')",
        [
            GROUP_MADE,
            ("reply", 3, "XREADGROUP", "[1-0, nil]", '{"1-0", false}'),
            ("reply", 3, "XREADGROUP", "(nil)", "false"),
        ],
    ),
    (
        PENDING + "redis.setresp(3) redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '0')",
        [GROUP_MADE, ("reply", 3, "XREADGROUP", "[1-0, nil]", '{"1-0", false}')],
    ),
    (
        PENDING + "return #redis.call('XAUTOCLAIM', 's', 'g', 'other', 0, 0)",
        [GROUP_MADE, ("reply", 3, "XAUTOCLAIM", "1-0", "an id of the third element")],
    ),
    ("redis.call('ECHO', '\"600\"')", [("argument", 1, "argument 1 of ECHO", '"600"', '"600"')]),
]  # fmt: skip


def conversions(script: str, **more: Any) -> list[dict[str, Any]]:
    request = {"type": "Run", "script": script, "keys": [], "argv": [], **more}
    found: list[dict[str, Any]] = json.loads(to_json(Bridge().answer(json.dumps(request))))["conversions"]
    return found


def told(found: list[dict[str, Any]], *, loses: bool) -> list[Told]:
    names = ("direction", "line", "where", "before", "after")
    return [tuple(entry[name] for name in names) for entry in found if entry["loses"] is loses]  # type: ignore[misc]


def as_told_here(expected: list[Told]) -> list[Told]:
    """An older Python than the page's does not tell where a script returned."""
    return [(one[0], one[1] if TELLS or one[0] != "result" else None, *one[2:]) for one in expected]


@pytest.mark.parametrize(("script", "expected"), LOSSES, ids=[script for script, _ in LOSSES])
def test_losses(script: str, expected: list[Told]) -> None:
    assert told(conversions(script), loses=True) == as_told_here(expected)


@pytest.mark.parametrize(("script", "expected"), TYPES, ids=[script for script, _ in TYPES])
def test_changes_of_type(script: str, expected: list[Told]) -> None:
    assert told(conversions(script), loses=False) == as_told_here(expected)


def test_what_happens_again_on_a_line_is_counted() -> None:
    (found,) = (entry for entry in conversions("for i = 1, 7 do redis.call('SET', 'k', i / 10) end") if entry["loses"])
    assert (found["count"], found["before"]) == (6, "0.1")  # 0.5 is exact


def test_no_more_is_told_than_a_person_reads() -> None:
    script = "local t = {} for i = 1, 500 do t[i] = i + 0.5 end return t"
    assert len(conversions(script)) == 100


def test_the_results_of_functions_have_their_line() -> None:
    library = "#!lua name=l\nredis.register_function('f', function()\n  return 1.5\nend)"
    (found,) = conversions(library, mode="FCALL", function="f")
    assert (found["line"], found["after"]) == (3 if TELLS else None, "(integer) 1")
