"""Another server for the workbench: what goes over, what stays behind, and that everything runs on it."""

from __future__ import annotations

from typing import Any

import pytest

from ferrous_vm.keyspace.profiles.profile import PROFILES
from ferrous_vm.workbench.browsing import browse, inspect
from ferrous_vm.workbench.choosing_server import set_server
from ferrous_vm.workbench.console import complete, send
from ferrous_vm.workbench.explaining import reference
from ferrous_vm.workbench.exports import export
from ferrous_vm.workbench.fixture_check import check
from ferrous_vm.workbench.host import Host
from ferrous_vm.workbench.rdb_files import load, save
from ferrous_vm.workbench.records.console import Complete, Console
from ferrous_vm.workbench.records.editing import CheckFixture, Reference
from ferrous_vm.workbench.records.exporting import Export, ExportedTest
from ferrous_vm.workbench.records.keyspace import Browse, Inspect, Load, LoadRdb, Recreation, SaveRdb
from ferrous_vm.workbench.records.running import Ran, Run
from ferrous_vm.workbench.records.servers import ServerName, SetServer
from ferrous_vm.workbench.records.testing import RunTest
from ferrous_vm.workbench.runs import run
from ferrous_vm.workbench.testing import assert_passes, run_test
from ferrous_vm.workbench.workbench import Workbench

FILLED = (
    "SET string 1\nPEXPIREAT string 99999999999999\nHSET hash f v g w\nRPUSH list a b\nSADD set x\nZADD zset 0.1 m\n"
    "XADD stream 1-1 f v\nSELECT 3\nSET elsewhere 1\n"
)
FIELDS = "HSET hash f v g w\nHPEXPIREAT hash 4000000000000 FIELDS 1 f\nSET other 1\n"


class Copy(Host):
    """What a host is told of the keyspace."""

    def __init__(self) -> None:
        self.keys: dict[str, list[str]] = {}

    def keep(self, recreations: list[Recreation]) -> None:
        self.keys |= {one.key: one.lines for one in recreations}


def on(server: ServerName, lines: str = "") -> Workbench:
    workbench = Workbench(Copy())
    set_server(workbench, SetServer(server))
    assert workbench.load(Load(lines.encode(), fresh=True)).problem is None
    return workbench


def printed(workbench: Workbench, line: str) -> str:
    reply: Any = send(workbench, Console(line))
    return str(reply.text)


def ran(workbench: Workbench, script: str, fixture: str = "", *, fresh: bool = True) -> Ran:
    return run(workbench, Run(script=script, keys=[], argv=[], fixture=fixture, fresh=fresh))


@pytest.mark.parametrize("server", PROFILES)
def test_a_keyspace_goes_over(server: Any) -> None:
    workbench = on("redis-7.0", FILLED)
    answer = set_server(workbench, SetServer(server))
    assert answer.not_held == []
    assert answer.keyspace.keys == 7
    assert workbench.profile.name == server
    back = set_server(workbench, SetServer("redis-7.0"))
    assert back.not_held == []
    assert back.keyspace.keys == 7
    reply = ran(workbench, "return redis.call('PEXPIRETIME', 'string')", fresh=False).reply
    assert reply is not None
    assert reply.text == "(integer) 99999999999999"


def test_what_the_other_cannot_hold_is_told_and_the_host_hears_that_it_is_gone() -> None:
    workbench = on("redis-7.4", FIELDS)
    answer = set_server(workbench, SetServer("redis-7.0"))
    assert [(one.key, one.reason) for one in answer.not_held] == [
        ("hash", "its fields have a time to live, and Redis 7.0 has that for whole keys only")
    ]
    assert answer.keyspace.keys == 1
    copy: Any = workbench.host
    assert copy.keys["hash"] == []
    assert copy.keys["other"] == ["SET other 1"]


def test_cancelled_it_goes_on_on_the_server_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench = on("redis-7.4", FIELDS)

    def cancel(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ferrous_vm.workbench.host.PATIENCE", 0)
    monkeypatch.setattr(workbench.host, "report", cancel)
    with pytest.raises(KeyboardInterrupt):
        set_server(workbench, SetServer("redis-7.0"))
    assert workbench.profile.name == "redis-7.4"
    assert printed(workbench, "HTTL hash FIELDS 1 f") != ""
    assert workbench.count_keys() == 2


def test_functions_go_over_and_acts_are_forgotten() -> None:
    workbench = on("redis-7.0")
    send(workbench, Console("FUNCTION LOAD \"#!lua name=lib\\nredis.register_function('f', function() return 7 end)\""))
    send(workbench, Console("SET a 1"))
    assert workbench.state([]).undoable != []
    answer = set_server(workbench, SetServer("valkey-9.1"))
    assert answer.keyspace.undoable == []
    assert printed(workbench, "FCALL f 0") == "(integer) 7"


def test_everything_runs_on_the_chosen_server() -> None:
    workbench = on("redis-7.4")
    script = "redis.call('ZADD', 'z', 0.1, 'm') return redis.call('ZSCORE', 'z', 'm')"
    told = ran(workbench, script)
    assert told.reply is not None
    assert told.reply.text == '"0.1"'
    assert [one.reply for one in told.trace] == ["(integer) 1", '"0.1"']
    hexpire = ran(workbench, "redis.call('HSET','h','f','v') return redis.call('HEXPIRE','h',9,'FIELDS',1,'f')")
    assert hexpire.trace[1].is_write
    assert hexpire.trace[1].keys == ["h"]
    test = RunTest(script=script, keys=[], argv=[], fixture="", reply='"0.1"', keyspace="ZADD z 0.1 m")
    assert run_test(workbench, test).outcome == "passed"
    assert run_test(on("redis-7.0"), test).outcome == "failed"
    assert_passes(test, server="redis-7.2")
    assert check(workbench, CheckFixture(FIELDS, None)).diagnostics == []
    assert "came with Redis 7.4" in check(on("valkey-8.1"), CheckFixture(FIELDS, None)).diagnostics[0].message


def test_the_keyspace_is_shown_as_the_server_writes_and_packs_it() -> None:
    script = "redis.call('ZADD', 'z', 0.1, 'm') redis.call('SET', 'longer', ARGV[1])"
    shown = {}
    for name in ("redis-7.0", "redis-7.2", "redis-8.2"):
        workbench = on(name)
        told = run(workbench, Run(script=script, keys=[], argv=["x" * 36]))
        rows = [row.fields for row in inspect(workbench, Inspect(0, "z", 0, 10)).rows]
        changed = [one.after for change in told.changes for one in change.elements if change.key == "z"]
        encodings = [one.encoding for one in browse(workbench, Browse(0, "", "", 0, 10)).rows]
        shown[name] = (rows, changed, encodings)
    long, short = "0.10000000000000001", "0.1"
    assert shown == {
        "redis-7.0": ([["m", long]], [long], ["embstr", "listpack"]),
        "redis-7.2": ([["m", short]], [short], ["embstr", "listpack"]),
        "redis-8.2": ([["m", short]], [short], ["raw", "listpack"]),
    }


@pytest.mark.parametrize("server", PROFILES)
def test_what_outgrows_its_encoding_in_a_run_is_told(server: ServerName) -> None:
    writes = {"SADD": "'m' .. i", "HSET": "'m' .. i, 'v'", "ZADD": "i, 'm' .. i", "RPUSH": "'m' .. i"}
    calls = "\n".join(f"redis.call('{name}', '{name}', {words})" for name, words in writes.items())
    fixture = "SADD SADD 1\nHSET HSET a b\nZADD ZADD 1 a\nRPUSH RPUSH a"
    told = ran(on(server), f"for i = 1, 600 do {calls} end", fixture)
    assert (told.outcome, sorted(one.key for one in told.changes)) == ("ok", ["HSET", "RPUSH", "SADD", "ZADD"])


def names_on(server: ServerName) -> set[str]:
    return {one.name for one in reference(on(server), Reference()).commands}


def test_commands_are_those_of_the_chosen_server() -> None:
    assert "HEXPIRE" not in names_on("redis-7.0")
    assert {"HEXPIRE", "DELEX"} <= names_on("redis-8.6")
    assert complete(on("redis-7.0"), Complete("hexp")).lines == []
    assert complete(on("valkey-9.0"), Complete("hexp")).lines[0] == "HEXPIRE"
    assert "NOVALUES" in complete(on("redis-7.4"), Complete("hscan k ")).hint


def test_tests_go_out_for_the_server_they_were_made_on() -> None:
    script = "return redis.call('HPERSIST', KEYS[1], 'FIELDS', 1, 'f')"
    test = ExportedTest("one", ["h"], [], "HSET h f v", reply="1) (integer) -1")
    exported = export(on("redis-7.4"), Export(script=script, keys=["h"], argv=[], name="w", tests=[test]))
    texts = {snippet.form: snippet.text for snippet in exported.snippets}
    assert "assert_passes(test, server='redis-7.4')" in texts["pytest"]
    assert "made for Redis 7.4." in texts["jest"]
    assert all(snippet.note.endswith("Made for Redis 7.4.") for snippet in exported.snippets if snippet.text)
    old = export(on("redis-6.2"), Export(script="return 1", keys=[], argv=[], name="w"))
    assert ("function", "", "Redis 6.2 has no functions.") in [(one.form, one.text, one.note) for one in old.snippets]
    assert "test.skip" not in texts["jest"]


@pytest.mark.parametrize("server", ["redis-7.4", "valkey-9.1"])
def test_fields_with_an_end_go_out_in_tests(server: ServerName) -> None:
    lines = "HSET h a 1 b 2\nHEXPIRE h 100 FIELDS 1 a"
    test = ExportedTest("one", ["h"], [], lines, reply="(integer) 0", keyspace=f"{lines}\nHSET h b 3")
    script = "return redis.call('HSET', KEYS[1], 'b', 3)"
    exported = export(on(server), Export(script=script, keys=["h"], argv=[], name="w", tests=[test]))
    text = next(snippet.text for snippet in exported.snippets if snippet.form == "jest")
    assert "test.skip" not in text
    assert text.count('"HPEXPIRE", "h", "100000", "FIELDS", "1", "a"') == 2
    assert "HPTTL" in text


@pytest.mark.parametrize("server", ["valkey-9.0", "redis-8.6"])
def test_a_file_of_a_later_server_is_refused_and_nothing_is_lost(server: Any) -> None:
    file = save(on(server, "SET a 1\n"), SaveRdb()).content
    workbench = on("redis-7.0", "SET mine 1\n")
    answer = load(workbench, LoadRdb(file))
    assert answer.problem is not None
    who = {"valkey-9.0": "Valkey 9.0 and 9.1", "redis-8.6": "Redis 8.6"}[server]
    assert answer.problem.message.endswith(f"; {who} can read it")
    assert answer.keyspace.keys == 1
    assert printed(workbench, "GET mine") == '"1"'
