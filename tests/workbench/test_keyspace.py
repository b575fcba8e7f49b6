"""What the page does with the whole keyspace: compares it, saves it as an RDB file, shows it by namespaces."""

from __future__ import annotations

import pytest

from ferrous_vm.workbench.records.keyspace import Recreation
from tests.pyodide_bridge.test_bridge import FILL, Visitor


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def test_a_snapshot_is_compared_with_now(visitor: Visitor) -> None:
    snapshot = "SET n 1\nHSET h f v g w\nSET gone 1"
    visitor.ask("Load", lines="SET n 2\nHSET h f v g x\nSET new 1", fresh=True)
    compared = visitor.ask("Compare", lines=snapshot)
    found = {change["key"]: (change["type_before"], change["type_after"]) for change in compared["differences"]}
    assert found == {
        "n": ("string", "string"),
        "h": ("hash", "hash"),
        "gone": ("string", None),
        "new": (None, "string"),
    }
    ((changed,),) = [change["elements"] for change in compared["differences"] if change["key"] == "h"]
    assert (changed["element"], changed["before"], changed["after"]) == ("g", "w", "x")
    assert visitor.ask("Compare", lines="SET n 2\nHSET h g x f v\nSET new 1")["differences"] == []


def test_a_snapshot_that_cannot_be_made_says_so(visitor: Visitor) -> None:
    compared = visitor.ask("Compare", lines="SET n 1\nINCR n n")
    assert (compared["problem"]["line"], compared["differences"]) == (2, [])


def test_a_keyspace_survives_as_an_rdb_file(visitor: Visitor) -> None:
    visitor.ask("Load", lines=FILL, fresh=True)
    file = visitor.ask("SaveRdb")["content"]
    assert file.startswith(b"REDIS0010")
    other = Visitor()
    other.console("SET before 1")
    loaded = other.ask("LoadRdb", content=file)
    assert loaded["problem"] is None
    assert Recreation(0, "before", []) in other.page.told
    for line in ["GET s", "HGETALL h", "LRANGE l 0 -1", "SMEMBERS ints", "ZRANGE z 0 -1 WITHSCORES", "DBSIZE"]:
        assert visitor.console(line) == other.console(line)
    assert other.ask("Undo")["what"] == "load"
    assert other.console("KEYS *") == '1) "before"'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Wrong signature"),
        (b"REDIS9999", "Can't handle RDB format version 9999"),
        (b"REDIS0010\xfe\x00\x00", "Short read or corrupt data"),
    ],
)
def test_a_file_that_is_none_changes_nothing(visitor: Visitor, content: bytes, sentence: str) -> None:
    visitor.console("SET kept 1")
    loaded = visitor.ask("LoadRdb", content=content)
    assert sentence in loaded["problem"]["message"]
    assert visitor.console("KEYS *") == '1) "kept"'


KEYS = ["user:1:name", "user:1:mail", "user:2:name", "user:count", "user", "lock:a", "plain"]


def browse(visitor: Visitor, namespace: str | None, **asked: object) -> list[tuple[str, str, int]]:
    page = {"database": 0, "search": "", "kind": "", "offset": 0, "limit": 100, "namespace": namespace, **asked}
    rows = visitor.ask("Browse", **page)["rows"]
    return [(row["key"], row["kind"], row["size"]) for row in rows]


def test_namespaces_come_before_keys(visitor: Visitor) -> None:
    visitor.ask("Load", lines="\n".join(f"SET {key} v" for key in KEYS), fresh=True)
    assert browse(visitor, "") == [
        ("lock:", "namespace", 1),
        ("user:", "namespace", 4),
        ("plain", "string", 1),
        ("user", "string", 1),
    ]
    within = [("user:1:", "namespace", 2), ("user:2:", "namespace", 1), ("user:count", "string", 1)]
    assert browse(visitor, "user:") == within
    assert [browse(visitor, "user:", offset=at, limit=1) for at in range(4)] == [[row] for row in within] + [[]]
    assert browse(visitor, "user:1:") == [("user:1:mail", "string", 1), ("user:1:name", "string", 1)]
    assert browse(visitor, "", search="name") == [("user:", "namespace", 2)]
    assert len(browse(visitor, None)) == len(KEYS)


@pytest.mark.parametrize(
    ("search", "found"),
    [("user:?:name", 2), ("*:[12]:*", 3), ("user", 5), ("user*", 5), ("nothing", 0), ("[", 0), ("user:1", 2)],
)
def test_a_search_may_be_a_pattern(visitor: Visitor, search: str, found: int) -> None:
    visitor.ask("Load", lines="\n".join(f"SET {key} v" for key in KEYS), fresh=True)
    assert len(browse(visitor, None, search=search)) == found


def test_a_namespace_of_any_bytes(visitor: Visitor) -> None:
    visitor.console(r'SET "\xff:a" v')
    assert browse(visitor, "") == [(r'"\xff:"', "namespace", 1)]
    assert browse(visitor, r'"\xff:"') == [(r'"\xff:a"', "string", 1)]
