"""One script on every server: who agrees, what differs, and which rule makes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ferrous_vm.keyspace.profiles.profile import PROFILES
from ferrous_vm.workbench.choosing_server import set_server
from ferrous_vm.workbench.every_server.comparing_servers import explain_server, run_on_server
from ferrous_vm.workbench.records.keyspace import Load
from ferrous_vm.workbench.records.problems import Failure
from ferrous_vm.workbench.records.servers import ExplainServer, RunOnServer, ServersCompared, SetServer
from ferrous_vm.workbench.workbench import Workbench

EXAMPLES = Path(__file__).parents[2] / "web" / "examples"


def compared(script: str, workbench: Workbench | None = None, **more: Any) -> ServersCompared:
    """The table, with every column explained."""
    workbench = workbench or Workbench()
    asked: dict[str, Any] = {"keys": [], "argv": [], "script": script, **more}
    for index, server in enumerate(PROFILES):
        name: Any = server
        table = run_on_server(workbench, RunOnServer(server=name, first=index == 0, **asked))
    for column in table.columns:
        explained = explain_server(workbench, ExplainServer(column.servers[0]))
        assert isinstance(explained, ServersCompared)
        table = explained
    return table


def rules(table: ServersCompared) -> list[tuple[str, list[str]]]:
    """Each row with the rules that were found for it."""
    return [(row.kind, [reason.rule for reason in row.reasons]) for row in table.rows]


CASES = [
    ("redis.call('SET', 'k', 0.1) return redis.call('GET', 'k')", "numbers", ["redis-6.2", "redis-7.0"]),
    (
        "local a = redis.call('TIME') local b = redis.call('TIME') return a[2] == b[2] and 'stands' or 'moves'",
        "clock",
        ["redis-6.2", "redis-7.0"],
    ),
    ("return cjson.encode({a1 = 1, b2 = 2, c3 = 3, d4 = 4, e5 = 5, f6 = 6})", "order of tables", list(PROFILES[:8])),
    ("return redis.pcall('XREAD', 'BLOCK', 1, 'STREAMS', 's', 0) and 1 or 0", "blocking", None),
    ("return redis.REDIS_VERSION", "version", None),
    ("return redis.pcall('HTTL', 'h', 'FIELDS', 1, 'f')[1]", "commands", None),
    ("redis.call('SADD', 's', 'x') return redis.call('OBJECT', 'ENCODING', 's')", "encodings", None),
    ("return redis.call('NOSUCH')", "sentences", None),
    ("return os.clock() > 0", "os.clock", None),
]


@pytest.mark.parametrize(("script", "rule", "first"), CASES, ids=[rule for _, rule, _ in CASES])
def test_a_difference_is_named_with_its_rule(script: str, rule: str, first: list[str] | None) -> None:
    table = compared(script)
    assert len(table.columns) > 1
    assert first is None or list(table.columns[0].servers) == first
    found = {name for _, names in rules(table) for name in names}
    assert rule in found
    assert all(reason.text and reason.source for row in table.rows for reason in row.reasons)


def test_numbers_are_told_where_they_are_and_nowhere_else() -> None:
    table = compared("redis.call('SET', KEYS[1], 0.1) redis.call('SET', 'b', 1) return 'same'", keys=["a"])
    assert rules(table) == [("command", ["numbers"]), ("key", ["numbers"])]
    assert table.rows[1].cells == ["SET a 0.10000000000000001", "SET a 0.1"]
    assert table.rows[0].line == 1
    assert [(part.kind, part.text) for part in table.same] == [
        ("reply", '"same"'),
        ("command", "SET b 1\nOK"),
        ("key", "SET b 1"),
    ]


def test_a_command_is_named_with_the_servers_that_have_it() -> None:
    table = compared("redis.call('HSET', 'h', 'f', 'v') return redis.call('HEXPIRE', 'h', 9, 'FIELDS', 1, 'f')")
    told = {reason.text for row in table.rows for reason in row.reasons if reason.rule == "commands"}
    assert told == {"HEXPIRE came with Redis 7.4 and Valkey 9.0: Redis 6.2 does not have it."}


def test_servers_that_agree_stand_together() -> None:
    table = compared("return redis.call('INCR', 'a')")
    assert [list(column.servers) for column in table.columns] == [list(PROFILES)]
    assert table.rows == []


def test_the_keyspace_as_it_is_is_there_on_each_and_stays() -> None:
    workbench = Workbench()
    set_server(workbench, SetServer("redis-7.2"))
    workbench.load(Load(b"SET a 1\n", fresh=True))
    table = compared("return redis.call('INCR', 'a')", workbench, fresh=False)
    assert table.same[0].text == "(integer) 2"
    assert workbench.keyspace.databases[0].entries == {b"a": 1}


def test_chance_is_the_same_on_each() -> None:
    script = "return tostring(redis.call('SRANDMEMBER', KEYS[1]))"
    table = compared(script, keys=["s"], fixture="SADD s a b c d e f g h i j\n")
    assert [list(column.servers) for column in table.columns] == [list(PROFILES)]


def test_a_fixture_that_one_refuses_is_told() -> None:
    table = compared("return 1", fixture="HSET h f v\nHPEXPIREAT h 4000000000000 FIELDS 1 f\n")
    assert {column.verdict for column in table.columns} == {"ok", "fixture"}
    (error,) = [row for row in table.rows if row.kind == "error"]
    assert error.cells[0] is not None
    assert error.cells[0].startswith("Line 2 of the fixture: ERR unknown command")


def test_nothing_is_explained_that_did_not_run() -> None:
    assert isinstance(explain_server(Workbench(), ExplainServer("redis-7.2")), Failure)


@pytest.mark.parametrize("name", ["01-release-a-lock", "05-leaderboard-with-ties", "22-stream-hand-over"])
def test_an_example_runs_on_each(name: str) -> None:
    about = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
    asked = {key: about[key] for key in ("keys", "argv", "clock", "seed") if key in about}
    script = (EXAMPLES / f"{name}.lua").read_text("utf-8")
    table = compared(script, fixture="\n".join(about["fixture"]), **asked)
    assert all(column.verdict == "ok" for column in table.columns)
    assert all(row.reasons for row in table.rows)
