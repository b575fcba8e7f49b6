"""A key is changed where it is seen, each edit one act; values are looked at as what they may mean."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.workbench.browsing import browse, inspect
from ferrous_vm.workbench.key_edits import EXISTS, GONE, UNKNOWN, edit
from ferrous_vm.workbench.looking import forms, look
from ferrous_vm.workbench.records.keyspace import Browse, Inspect, Redo, Undo
from ferrous_vm.workbench.records.values import EditKey, Look
from ferrous_vm.workbench.value_forms import json_text, messagepack_text
from ferrous_vm.workbench.workbench import Workbench

FIXTURE = """SET s 1 PX 5000
HSET h f 1 g 2
RPUSH l a b a
SADD t m
ZADD z 1 m
XADD x 1-1 f v
"""


def filled() -> Workbench:
    workbench = Workbench()
    workbench.clock.held = 1_700_000_000.0
    assert workbench.carry_out(FIXTURE, fresh=True) is None
    return workbench


def ask(workbench: Workbench, *words: bytes) -> bytes:
    return workbench.server.connect().execute_resp(*words)


def all_of(workbench: Workbench) -> list[bytes]:
    asked = [b"GET s", b"PTTL s", b"HGETALL h", b"LRANGE l 0 -1", b"SMEMBERS t", b"ZRANGE z 0 -1 WITHSCORES"]
    return [ask(workbench, *line.split()) for line in (*asked, b"XRANGE x - +", b"DBSIZE")]


EDITS: list[tuple[dict[str, Any], bytes, bytes]] = [
    ({"how": "set", "key": "s", "value": "two words"}, b"GET s", b"$9\r\ntwo words\r\n"),
    ({"how": "set", "key": "s", "value": "2"}, b"PTTL s", b":5000\r\n"),
    ({"how": "set", "key": "h", "element": "f", "value": '"\\x00"'}, b"HGET h f", b"$1\r\n\x00\r\n"),
    (
        {"how": "set", "key": "h", "element": "f", "renamed": "e", "value": "1"},
        b"HKEYS h",
        b"*2\r\n$1\r\ng\r\n$1\r\ne\r\n",
    ),
    ({"how": "add", "key": "h", "element": "n", "value": "3"}, b"HGET h n", b"$1\r\n3\r\n"),
    ({"how": "remove", "key": "h", "element": "f"}, b"HEXISTS h f", b":0\r\n"),
    ({"how": "set", "key": "l", "element": "1", "value": "B"}, b"LINDEX l 1", b"$1\r\nB\r\n"),
    ({"how": "remove", "key": "l", "element": "2"}, b"LRANGE l 0 -1", b"*2\r\n$1\r\na\r\n$1\r\nb\r\n"),
    ({"how": "add", "key": "l", "value": "c"}, b"LINDEX l -1", b"$1\r\nc\r\n"),
    ({"how": "set", "key": "t", "element": "m", "renamed": "n"}, b"SMEMBERS t", b"*1\r\n$1\r\nn\r\n"),
    ({"how": "add", "key": "t", "element": "n"}, b"SCARD t", b":2\r\n"),
    ({"how": "remove", "key": "t", "element": "m"}, b"EXISTS t", b":0\r\n"),
    ({"how": "set", "key": "z", "element": "m", "value": "2.5"}, b"ZSCORE z m", b"$3\r\n2.5\r\n"),
    ({"how": "set", "key": "z", "element": "m", "renamed": "n", "value": "1"}, b"ZRANGE z 0 -1", b"*1\r\n$1\r\nn\r\n"),
    ({"how": "remove", "key": "z", "element": "m"}, b"EXISTS z", b":0\r\n"),
    ({"how": "add", "key": "x", "element": "", "renamed": "a", "value": "b"}, b"XLEN x", b":2\r\n"),
    ({"how": "remove", "key": "x", "element": "1-1"}, b"XLEN x", b":0\r\n"),
    ({"how": "expire", "key": "h", "value": "7000"}, b"PTTL h", b":7000\r\n"),
    ({"how": "expire", "key": "s"}, b"PTTL s", b":-1\r\n"),
    ({"how": "delete", "key": "h"}, b"EXISTS h", b":0\r\n"),
    ({"how": "rename", "key": "h", "value": "two h"}, b"KEYS *two*", b"*1\r\n$5\r\ntwo h\r\n"),
    ({"how": "create", "key": "new", "kind": "string", "value": ""}, b"STRLEN new", b":0\r\n"),
    (
        {"how": "create", "key": "new", "kind": "zset", "element": "m", "value": "1.5"},
        b"ZSCORE new m",
        b"$3\r\n1.5\r\n",
    ),
    ({"how": "create", "key": "new", "kind": "stream", "renamed": "f", "value": "v"}, b"XLEN new", b":1\r\n"),
    ({"how": "create", "key": '"\\xff"', "kind": "list", "value": "a"}, b"TYPE \xff", b"+list\r\n"),
]


@pytest.mark.parametrize(("fields", "question", "answer"), EDITS, ids=[f"{e['how']} {e['key']}" for e, _, _ in EDITS])
def test_an_edit_is_one_act(fields: dict[str, Any], question: bytes, answer: bytes) -> None:
    workbench = filled()
    before = all_of(workbench)
    edited = edit(workbench, EditKey(database=0, **fields))
    assert edited.problem == ""
    assert ask(workbench, *question.split()) == answer
    after = all_of(workbench)
    assert [act.name for act in edited.keyspace.undoable] == [f"edit of {fields['key']}"]
    assert workbench.undo(Undo()).what == f"edit of {fields['key']}"
    assert all_of(workbench) == before
    workbench.redo(Redo())
    assert all_of(workbench) == after


SMALLER = "ERR The ID specified in XADD is equal or smaller than the target stream top item"
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"how": "set", "key": "z", "element": "m", "renamed": "n", "value": "much"}, "ERR value is not a valid float"),
    ({"how": "set", "key": "l", "element": "9", "value": "B"}, "ERR index out of range"),
    ({"how": "remove", "key": "h", "element": "nowhere"}, GONE),
    ({"how": "set", "key": "nowhere", "value": "1"}, GONE),
    ({"how": "set", "key": "x", "element": "1-1", "value": "w"}, UNKNOWN),
    ({"how": "rename", "key": "h", "value": "s"}, EXISTS),
    ({"how": "create", "key": "h", "kind": "hash", "element": "f", "value": "1"}, EXISTS),
    ({"how": "create", "key": "new", "kind": "tree"}, UNKNOWN),
    ({"how": "expire", "key": "h", "value": "soon"}, "ERR value is not an integer or out of range"),
    ({"how": "add", "key": "x", "element": "1-1", "value": "v"}, SMALLER),
]


@pytest.mark.parametrize(("fields", "problem"), REFUSED, ids=[f"{e['how']} {e['key']}" for e, _ in REFUSED])
def test_an_edit_that_is_refused_changes_nothing(fields: dict[str, Any], problem: str) -> None:
    workbench = filled()
    before = all_of(workbench)
    edited = edit(workbench, EditKey(database=0, **fields))
    assert edited.problem == problem
    assert all_of(workbench) == before
    assert edited.keyspace.undoable == []


def test_a_database_that_is_not_there_holds_nothing_to_edit() -> None:
    for database in (-1, 99):
        assert edit(filled(), EditKey(database, "s", "delete")).problem == GONE


# Searching


def test_elements_and_values_are_searched() -> None:
    workbench = Workbench()
    workbench.carry_out("RPUSH l " + " ".join(f"item:{n}" for n in range(2000)) + "\nSET other x", fresh=True)
    found = inspect(workbench, Inspect(0, "l", 1, 2, search="99"))
    assert (found.found, [row.fields for row in found.rows]) == (38, [["199", "item:199"], ["299", "item:299"]])
    assert [row.place for row in found.rows] == [199, 299]
    assert inspect(workbench, Inspect(0, "l", 1990, 50)).rows[-1].fields == ["1999", "item:1999"]
    page = browse(workbench, Browse(0, "item:77", "", 0, 10, in_values=True))
    assert [row.key for row in page.rows] == ["l"]
    assert browse(workbench, Browse(0, "item:77", "", 0, 10)).total == 0


# Looking


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_is_laid_out_as_json_does(value: Any) -> None:
    for separators in ((",", ":"), (", ", ": ")):
        data = json.dumps(value, separators=separators).encode()
        expected = json.dumps(value, indent=2) if isinstance(value, list | dict) else None
        assert json_text(data) == expected


@given(st.text(alphabet='[]{},:"\\1 a'))
def test_what_is_no_json_is_none(text: str) -> None:
    try:
        is_structure = isinstance(json.loads(text), list | dict)
    except ValueError:
        is_structure = False
    assert (json_text(text.encode()) is not None) == is_structure


def test_structure_is_kept_that_values_would_lose() -> None:
    assert json_text(b'{"a": 1.50, "a": 12345678901234567890}') == '{\n  "a": 1.50,\n  "a": 12345678901234567890\n}'
    packed = bytes.fromhex("84a161cb3ff800000000000001c403000102a1628201d4ffc0a063a0cf8000000000000000")
    assert (
        messagepack_text(packed)
        == """{
  "a": 1.5,
  1: binary "\\x00\\x01\\x02",
  "b": {
    1: extension -1 "\\xc0",
    "": 99
  },
  "": 9223372036854775808
}"""
    )


@given(st.binary())
def test_any_bytes_have_a_form(value: bytes) -> None:
    assert forms(value)[-1].name == "Hex"
    messagepack_text(value)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b"\x91", b"\x81\x01"])
def test_deep_values_are_no_danger(opening: bytes) -> None:
    forms(opening * 100_000)
    forms(opening * 100_000 + (b"]" if opening == b"[" else b"}") * 100_000)


def test_the_last_reply_is_looked_at() -> None:
    workbench = Workbench()
    workbench.last_reply = b'*3\r\n:1\r\n$7\r\n{"a":1}\r\n*2\r\n$-1\r\n-ERR no\r\n'
    (whole,) = look(workbench, Look("reply", 0)).forms
    assert json.loads(whole.text) == [1, '{"a":1}', [None, {"error": "ERR no"}]]
    assert [form.name for form in look(workbench, Look("reply", 2)).forms] == ["JSON", "Text", "Hex"]
    assert look(workbench, Look("reply", 99)).forms == []


def test_an_element_is_looked_at() -> None:
    workbench = filled()
    assert look(workbench, Look("key", 1, key="h")).forms[0].text == "2"
    assert look(workbench, Look("key", 0, key="t")).forms[0].text == "m"
    assert look(workbench, Look("key", 7, key="t")).forms == []
    assert look(workbench, Look("key", 0, database=77, key="t")).forms == []
