"""Where the keys of a run come from, what puts them into one slot, and what servers say to them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.keyspace.replies import encode
from ferrous_vm.keyspace.slots import slot_of
from ferrous_vm.workbench import key_report, runs
from ferrous_vm.workbench.hash_tags import in_one_slot
from ferrous_vm.workbench.key_targets import RULES, TARGETS, KeyFacts, verdicts
from ferrous_vm.workbench.records.keys import KeyReport, KeyReportShown
from ferrous_vm.workbench.records.keyspace import Load, Undo
from ferrous_vm.workbench.records.problems import Failure
from ferrous_vm.workbench.records.running import Run
from ferrous_vm.workbench.workbench import Workbench


def report(script: str, keys: list[str] | None = None, argv: list[str] | None = None, **more: Any) -> KeyReportShown:
    shown = key_report.show(Workbench(), KeyReport(script=script, keys=keys or [], argv=argv or [], **more))
    assert isinstance(shown, KeyReportShown), shown
    return shown


def sources(shown: KeyReportShown) -> dict[str, list[str]]:
    """Of each key the kinds and names of what it was made of."""
    return {
        one.key: [
            source.text if source.kind in ("KEYS", "ARGV") else f"{source.kind} {source.text}" for source in one.sources
        ]
        for one in shown.keys
    }


LITERAL = "literal the script"

CASES: list[tuple[str, list[str], list[str], str, dict[str, list[str]]]] = [
    ("return redis.call('get', KEYS[1])", ["a"], [], "", {"a": ["KEYS[1]"]}),
    ("return redis.call('get', ARGV[2])", [], ["x", "y"], "", {"y": ["ARGV[2]"]}),
    ("return redis.call('get', 'lit')", [], [], "", {"lit": [LITERAL]}),
    ("local k = KEYS[1] .. ':x' return redis.call('get', k)", ["a"], [], "", {"a": [], "a:x": ["KEYS[1]", LITERAL]}),
    (
        "return redis.call('get', redis.call('get', KEYS[1]))",
        ["a"], [], "SET a b", {"a": ["KEYS[1]"], "b": ["stored get a"]},
    ),
    ("return redis.call('get', redis.call('time')[1] .. '')", [], [], "", {"7": ["time time", LITERAL]}),
    (
        "local d = cjson.decode(ARGV[1]) return redis.call('mget', d.a, d.l[1])",
        [], ['{"a":"k1","l":["k2"]}'], "",
        {"k1": ["decoded cjson.decode", "ARGV[1]"], "k2": ["decoded cjson.decode", "ARGV[1]"]},
    ),
    (
        "local d = cmsgpack.unpack(cmsgpack.pack({'k1'})) return redis.call('get', d[1])",
        [], [], "", {"k1": ["decoded cmsgpack.unpack"]},
    ),
    (
        "for i, k in ipairs(KEYS) do redis.call('get', k) redis.call('get', k .. i) end",
        ["a", "b"], [], "", {"a": ["KEYS[1]"], "b": ["KEYS[2]"], "a1": ["KEYS[1]", "made the script"],
                             "b2": ["KEYS[2]", "made the script"]},
    ),
    ("return redis.call('mget', unpack(ARGV))", [], ["x", "y"], "", {"x": ["ARGV[1]"], "y": ["ARGV[2]"]}),
    (
        "local t = {} for i, k in ipairs(KEYS) do t[#t + 1] = k .. ':v' end return redis.call('mget', unpack(t))",
        ["a", "b"], [], "",
        {"a": [], "b": [], "a:v": ["KEYS[1]", LITERAL], "b:v": ["KEYS[2]", LITERAL]},
    ),
    (
        "local function get(...) return redis.pcall(...) end get('get', ARGV[1]) pcall(redis.call, 'get', KEYS[1])",
        ["a"], ["x"], "", {"a": ["KEYS[1]"], "x": ["ARGV[1]"]},
    ),
    (
        "for _, k in ipairs(redis.call('smembers', KEYS[1])) do redis.call('get', k) end",
        ["s"], [], "SADD s m", {"s": ["KEYS[1]"], "m": ["stored smembers s"]},
    ),
    (
        "return redis.call('get', string.format('%s:%s', KEYS[1], ARGV[1]):upper())",
        ["a"], ["b"], "", {"a": [], "A:B": [LITERAL, "KEYS[1]", "ARGV[1]"]},
    ),
    (
        "local k = KEYS[1] local f = function() return k end return redis.call('get', f())",
        ["a"], [], "", {"a": ["KEYS[1]"]},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("script", "keys", "argv", "fixture", "expected"), CASES)
def test_a_key_is_followed_to_what_it_was_made_of(
    script: str, keys: list[str], argv: list[str], fixture: str, expected: dict[str, list[str]]
) -> None:
    assert sources(report(script, keys, argv, fixture=fixture, clock=7.0)) == expected


def test_a_function_has_its_keys_as_arguments() -> None:
    library = (
        "#!lua name=l\n"
        "local function f(keys, args) return redis.call('mget', keys[1], args[1], keys[1] .. args[2]) end\n"
        "redis.register_function('f', f)"
    )
    shown = report(library, ["a"], ["b", "c"], mode="FCALL", function="f")
    assert sources(shown) == {"a": ["KEYS[1]"], "b": ["ARGV[1]"], "ac": ["KEYS[1]", "ARGV[2]"]}
    assert [one.verdict for one in shown.verdicts[:2]] == ["refuses", "refuses"]


def test_lines_commands_and_slots_are_told() -> None:
    shown = report("redis.call('SET', KEYS[1], 1)\nreturn redis.call('GET', KEYS[1])", ["{a}1", "b"])
    first, other = shown.keys
    assert (first.slot, first.tag, first.commands, first.line, first.declared) == (15495, "a", ["SET", "GET"], 1, True)
    assert (other.slot, other.tag, other.commands, other.line, other.sources) == (3300, None, [], None, [])
    assert (shown.all, shown.undeclared, shown.slots) == (2, 0, 2)
    assert [(one.before, one.after) for one in shown.proposal] == [("{a}1", "{a}1"), ("b", "{a}:b")]


def test_nothing_of_it_stays_and_nobody_hears_it() -> None:
    workbench = Workbench()
    client, listener = workbench.server.connect(), workbench.server.connect()
    client.execute(b"SET", b"k", b"1")
    listener.execute(b"SUBSCRIBE", b"c")
    state, time = workbench.keyspace.random.getstate(), workbench.clock.held
    script = "redis.call('publish', 'c', 'm') redis.call('set', 'k', 2) redis.call('set', 'other', 1)"
    for fresh in (True, False):
        asked = KeyReport(
            script=script, keys=[], argv=[], fixture="SET k 5", fresh=fresh, clock=5.0, seed=7, shuffle=True
        )
        assert isinstance(key_report.show(workbench, asked), KeyReportShown)
    assert client.execute(b"GET", b"k") == b"1"
    assert client.execute(b"DBSIZE") == 1
    assert listener.take_messages() == []
    assert (workbench.keyspace.random.getstate(), workbench.clock.held) == (state, time)
    assert encode(client.execute(b"PUBLISH", b"c", b"m"), 2) == b":1\r\n"


def test_a_run_of_which_somebody_has_heard_is_kept() -> None:
    """What was published cannot be taken back and sent again; the keyspace can."""
    workbench = Workbench()
    client, listener = workbench.server.connect(), workbench.server.connect()
    listener.execute(b"SUBSCRIBE", b"c")
    script = "redis.call('PUBLISH', 'c', 'm') return redis.call('INCR', KEYS[1])"
    asked: dict[str, Any] = {"script": script, "keys": ["n"], "argv": [], "fresh": False}
    for _ in range(2):
        runs.run(workbench, Run(**asked))
        shown = key_report.show(workbench, KeyReport(**asked))
        assert isinstance(shown, KeyReportShown)
        assert shown.note == ""
    assert client.execute(b"GET", b"n") == b"2"
    assert len(listener.take_messages()) == 2
    assert workbench.undo(Undo()).what == "run"
    assert client.execute(b"GET", b"n") == b"1"


def test_it_tells_of_the_run_that_was_seen() -> None:
    """One that went on from the keyspace it found, with its time and its chance."""
    workbench = Workbench()
    script = (
        "local n = redis.call('INCR', KEYS[1]) redis.call('GET', 'n:' .. n)\n"
        "redis.call('GET', 'r:' .. math.random(1e6)) redis.call('GET', 't:' .. redis.call('TIME')[2])\n"
        "return redis.call('SRANDMEMBER', 's')"
    )
    asked: dict[str, Any] = {"script": script, "keys": ["a"], "argv": [], "fresh": False, "clock": 7.5}
    client = workbench.server.connect()
    client.execute(b"SADD", b"s", *(b"%d" % number for number in range(100)))
    workbench.begin()

    def told() -> tuple[list[str], str]:
        shown = key_report.show(workbench, KeyReport(**asked))
        assert isinstance(shown, KeyReportShown)
        return sorted(one.key for one in shown.keys), shown.note

    for dry in (False, True, False):
        ran = runs.run(workbench, Run(**asked, dry=dry))
        before = (client.execute(b"GET", b"a"), workbench.server.random_state, workbench.journal.savepoint())
        assert told() == (sorted(one.key for one in ran.accesses), "")
        assert (client.execute(b"GET", b"a"), workbench.server.random_state, workbench.journal.savepoint()) == before
    workbench.undo(Undo())
    assert told() == (sorted(one.key for one in ran.accesses), "")
    workbench.load(Load("SET a 100", fresh=False))
    keys, note = told()
    assert ("n:101" in keys, note) == (True, key_report.AS_IF_NOW)
    assert client.execute(b"GET", b"a") == b"100"


def test_names_made_of_the_time_are_those_of_another_moment_unless_the_clock_is_held() -> None:
    script = "return redis.call('GET', redis.call('TIME')[2])"
    for clock, note in ((None, key_report.ANOTHER_TIME), (7.0, "")):
        workbench = Workbench()
        runs.run(workbench, Run(script=script, keys=[], argv=[], clock=clock))
        shown = key_report.show(workbench, KeyReport(script=script, keys=[], argv=[], clock=clock))
        assert isinstance(shown, KeyReportShown)
        assert shown.note == note


def test_what_was_only_tried_is_told() -> None:
    ran = runs.run(Workbench(), Run(script="redis.call('INCR', KEYS[1])", keys=["k"], argv=[], fixture="SET k v"))
    assert [(one.key, one.reads, one.writes, one.failures) for one in ran.accesses] == [("k", 0, 0, 1)]


def test_what_cannot_run_is_a_failure_and_what_fails_is_told_of() -> None:
    for asked in (
        KeyReport(script="return (", keys=[], argv=[]),
        KeyReport(script="return 1", keys=[], argv=[], fixture="NOSUCH"),
        KeyReport(script="return 1", keys=[], argv=[], mode="FCALL", function="f"),
    ):
        assert isinstance(key_report.show(Workbench(), asked), Failure)
    shown = report("redis.call('get', KEYS[1]) error('x')", ["a"])
    assert sources(shown) == {"a": ["KEYS[1]"]}


def test_a_script_that_does_not_end_is_followed_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_report, "MOST_MOMENTS", 2_000)
    shown = report("while true do redis.call('get', KEYS[1]) end", ["a"])
    assert (shown.note, sources(shown)) == (key_report.INCOMPLETE, {"a": ["KEYS[1]"]})
    assert {one.verdict for one in shown.verdicts} == {"may refuse"}


def test_ten_thousand_keys_are_counted_and_the_first_told() -> None:
    shown = report("for i, k in ipairs(KEYS) do redis.call('get', k) end", [f"k{number}" for number in range(10_000)])
    assert (shown.all, len(shown.keys), len(shown.proposal)) == (10_000, 1_000, 1_000)
    assert [source.text for source in shown.keys[-1].sources] == ["KEYS[1000]"]


def test_binary_keys_are_shown_escaped() -> None:
    shown = report("return redis.call('get', KEYS[1] .. '\\0\\255{')", ['"\\x00\\xff"'])
    assert [one.key for one in shown.keys] == ['"\\x00\\xff"', '"\\x00\\xff\\x00\\xff{"']


# Names in one slot

_KEYS = st.lists(st.text(":{}ab\x00", max_size=6).map(str.encode) | st.binary(max_size=6), min_size=1, max_size=8)


@given(_KEYS)
def test_proposed_names_lie_in_one_slot_and_stay_different(keys: list[bytes]) -> None:
    names = in_one_slot(keys)
    assert len({slot_of(name) for name in names}) == 1
    assert len(set(names)) == len(set(keys))


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ([b"user:1:a", b"user:1:b"], [b"{user:1}:a", b"{user:1}:b"]),
        ([b"a:42:x", b"b:42"], [b"a:{42}:x", b"b:{42}"]),
        ([b"{q}:a", b"b"], [b"{q}:a", b"{q}:b"]),
        ([b"lock", b"queue"], [b"{lock}", b"{lock}:queue"]),
        ([b"{a}1", b"{a}2"], [b"{a}1", b"{a}2"]),
        ([b"one"], [b"one"]),
        ([b"x", b"{a}:x"], [b"{a}:{a}:x", b"{a}:x"]),
        ([b"", b"{:}:"], [b"{:}:{:}:", b"{:}:"]),
    ],
)
def test_a_tag_is_what_the_names_have_in_common(keys: list[bytes], names: list[bytes]) -> None:
    assert in_one_slot(keys) == names


# What servers say


def facts(**given: Any) -> KeyFacts:
    start: dict[str, Any] = {"declared_slots": 1, "undeclared": 0, "elsewhere": 0, "words": 4, "is_whole": True}
    switches = dict.fromkeys(("stays", "locks_keys", "allows_undeclared", "lists_keys", "flushes", "no_cluster"), False)
    return KeyFacts(**{**start, **switches, **given})


A, M, R = "accepts", "may refuse", "refuses"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [A, A, A, A, A]),
        ({"declared_slots": 2}, [R, R, A, R, A]),
        ({"undeclared": 1}, [A, A, R, A, A]),
        ({"undeclared": 1, "allows_undeclared": True}, [A, A, A, A, A]),
        ({"undeclared": 1, "elsewhere": 1}, [M, M, R, M, A]),
        ({"undeclared": 1, "elsewhere": 1, "stays": True}, [R, R, R, R, A]),
        ({"undeclared": 1, "locks_keys": True}, [A, A, R, A, R]),
        ({"words": 4000}, [A, A, A, R, A]),
        ({"declared_slots": 0}, [A, A, A, R, A]),
        ({"no_cluster": True}, [R, R, A, R, A]),
        ({"flushes": True}, [A, A, A, A, A]),
        ({"flushes": True, "locks_keys": True}, [A, A, A, A, R]),
        ({"lists_keys": True}, [A, A, A, R, A]),
        ({"is_whole": False}, [M, M, M, M, M]),
        ({"is_whole": False, "declared_slots": 2}, [R, R, M, R, M]),
    ],
)
def test_each_target_says_what_its_vendor_documents(given: dict[str, Any], expected: list[str]) -> None:
    told = verdicts(facts(**given))
    assert [one.target for one in told] == list(TARGETS)
    assert [one.verdict for one in told] == expected


def test_every_rule_has_a_source() -> None:
    assert all(rule.source.startswith("https://") and rule.reason.endswith(".") for rule in RULES)
