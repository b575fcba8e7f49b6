"""A fixture is checked as it is typed: all that is wrong at once, in Redis's words, at the word that is wrong."""

from __future__ import annotations

import time

import pytest

from ferrous_vm.workbench.fixture_check import MOST_LINES, check
from ferrous_vm.workbench.records.editing import CheckFixture, Diagnostic
from ferrous_vm.workbench.workbench import Workbench


def found(text: str, workbench: Workbench | None = None) -> list[Diagnostic]:
    return check(workbench or Workbench(), CheckFixture(text)).diagnostics


WRONG = [
    ("SETT a 1", "SETT", "ERR unknown command 'SETT'. Did you mean SET?", "SET"),
    (
        "object encodng a",
        "encodng",
        "ERR unknown subcommand 'encodng'. Try OBJECT HELP. Did you mean ENCODING?",
        "ENCODING",
    ),
    ("XYZZY", "XYZZY", "ERR unknown command 'XYZZY'", ""),
    ("SET a", "SET a", "ERR wrong number of arguments for 'set' command: SET key value [NX | XX]", ""),
    ("SET a 1 NXX", "NXX", 'ERR syntax error. SET reads argument 3, "NXX", as an option', ""),
    ("SET a x EX soon", "soon", "ERR value is not an integer or out of range.", ""),
    ("SET a x PX -5", "-5", "ERR invalid expire time in 'set' command.", ""),
    ("  EXPIRE a 'for ever'  ", "'for ever'", "ERR value is not an integer or out of range.", ""),
    ("XADD s MAXLEN many * f v", "many", "ERR value is not an integer or out of range.", ""),
    ("ZADD é zwei m", "zwei", "ERR value is not a valid float.", ""),
    ('SET a "abc', '"abc', "Invalid argument(s): a quote is not closed", ""),
    ('SET a "b"c d', '"b"c d', "Invalid argument(s): a quote is not closed, or something follows it directly", ""),
]


@pytest.mark.parametrize(("line", "wrong", "message", "instead"), WRONG, ids=[line for line, *_ in WRONG])
def test_what_is_wrong_is_told_where_it_is(line: str, wrong: str, message: str, instead: str) -> None:
    before = "# 🙂 two units\nSET x 1\n"
    text = f"{before}{line}\nSET y 2"
    (diagnostic,) = found(text)
    units = text.encode("utf-16-le")
    assert units[2 * diagnostic.start : 2 * diagnostic.end].decode("utf-16-le") == wrong
    assert diagnostic.message.startswith(message)
    assert diagnostic.line == 3
    assert [edit.text for edit in diagnostic.fix_edits] == ([instead] if instead else [])


def test_everything_is_told_at_once_and_good_lines_go_on() -> None:
    text = "LPUSH l x\nINCR l\nSET n 1\nINCR n\nHSET n f v\n-- a comment\n\nGET"
    assert [(one.line, one.message.split(".")[0][:9]) for one in found(text)] == [
        (2, "WRONGTYPE"),
        (5, "WRONGTYPE"),
        (8, "ERR wrong"),
    ]


def test_a_correct_fixture_has_nothing_wrong() -> None:
    script = "EVAL \"return redis.call('SET', KEYS[1], 1)\" 1 b"
    assert found(f"SET a 'it is'\nSELECT 3\nLPUSH a x\nSELECT 0\nAPPEND a !\n{script}\nINCR b") == []


def test_a_line_that_changes_is_looked_at_as_if_it_had_always_been_so() -> None:
    workbench = Workbench()
    texts = [
        "SET a 1\nLPUSH a x\nINCR b",
        "SET c 1\nLPUSH a x\nINCR b",
        "SET c 1\nLPUSH a x\nINCR a",
        "SELECT 1\nSET c 1\nSELECT 0\nLPUSH c x",
        "SELECT 1\nSET c 1\nLPUSH c x",
        "CONFIG SET maxmemory 1\nSET a 1",
        "SET a 1",
        "MULTI\nSET a 1",
        "MULTI\nSET a 1\nINCR a\nLPUSH a x",
        "LPUSH a x",
        "",
        "SHUTDOWN\nQUIT\nSET a 1\nLPUSH a x",
    ]
    for text in texts:
        assert [(one.line, one.message) for one in found(text, workbench)] == [
            (one.line, one.message) for one in found(text)
        ]


def test_only_the_lines_that_changed_are_carried_out_again() -> None:
    workbench = Workbench()
    lines = [f"SET key:{number} {number}" for number in range(1000)]
    check(workbench, CheckFixture("\n".join(lines)))
    carried: list[bytes] = []
    former = workbench.fixture_check
    carry_out = former.carry_out
    former.carry_out = lambda text: (carried.append(text), carry_out(text))
    check(workbench, CheckFixture("\n".join([*lines[:-1], "SET last 1", "GET"])))
    assert carried == [b"SET last 1", b"GET"]


def test_a_long_fixture_is_checked_as_far_as_told() -> None:
    assert found("\n".join(["SET a 1"] * MOST_LINES)) == []
    (told,) = found("\n".join(["SET a 1"] * (MOST_LINES + 5) + ["NOSUCH"]))
    assert (told.severity, told.line, told.end - told.start) == ("info", MOST_LINES + 1, 7)
    assert told.message.startswith("While it is typed a fixture is checked up to here: 10,000 lines.")


def test_the_keyspace_of_the_page_and_its_clock_stay_as_they_are() -> None:
    workbench = Workbench()
    workbench.server.connect().execute(b"SET", b"mine", b"1")
    check(workbench, CheckFixture("FLUSHALL\nSET a 1 EXAT 100", clock=50.0))
    assert workbench.count_keys() == 1
    assert workbench.now() > 1000 * (time.time() - 1000)


def test_an_interrupt_leaves_nothing_half_done() -> None:
    workbench = Workbench()
    check(workbench, CheckFixture("SET a 1"))

    def interrupted(_: bytes) -> None:
        raise KeyboardInterrupt

    workbench.fixture_check.carry_out = interrupted
    with pytest.raises(KeyboardInterrupt):
        check(workbench, CheckFixture("SET a 1\nSET b 1"))
    assert [one.line for one in found("SET a 1\nLPUSH a x", workbench)] == [2]
