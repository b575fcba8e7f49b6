"""`ferrous explore`: what is told, the status, and the files that are written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ferrous_vm.__main__ import FAILED, MISUSED, OK, main

BROKEN = """\
-- scenario: a <lock> & its key
-- always: holders("critical") <= 1
-- may: time
-- clients: 2 w
if redis("SET", "lock", me, "NX", "PX", 1000) then enter("critical") leave("critical") end
"""
HOLDS = BROKEN.replace("-- may: time\n", "").replace("a <lock> & its key", "a lock")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("broken.scenario").write_text(BROKEN)
    Path("holds.scenario").write_text(HOLDS)
    return Path()


@pytest.mark.usefixtures("folder")
def test_what_holds_and_what_does_not_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explore", "holds.scenario"]) == OK
    assert capsys.readouterr().out.startswith("holds     holds.scenario: Every order holds: ")
    assert main(["explore", "broken.scenario"]) == FAILED
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith('broken    broken.scenario: It fails after 3 events: always: holders("critical") <= 1.')
    assert lines[2] == "  2. at 0 ms: 1001 ms pass"
    assert lines[3].endswith('w2 enters critical. Broken: always: holders("critical") <= 1')


@pytest.mark.usefixtures("folder")
def test_what_fails_is_written_as_a_test_that_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explore", "broken.scenario", "--record", "found"]) == FAILED
    capsys.readouterr()
    assert main(["test", "found"]) == 1
    assert 'always: holders("critical") <= 1' in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_a_program_that_fails_before_its_first_call_fails_as_a_test(capsys: pytest.CaptureFixture[str]) -> None:
    Path("found").mkdir()
    Path("early.scenario").write_text("-- scenario: x\n-- client A\nfail('no lock')\n")
    assert main(["explore", "early.scenario", "--record", "found"]) == FAILED
    assert "It fails before anything happens: A: no lock" in capsys.readouterr().out
    for name in ("early.scenario", "found/early.scenario"):
        assert main(["test", name]) == 1
        out = capsys.readouterr().out
        assert f"FAIL  {name}: broken before the first step\n      A: no lock\n" in out
        assert "1 failed" in out


@pytest.mark.host
@pytest.mark.usefixtures("folder")
def test_several_files_on_several_cores_are_told_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explore", ".", "--output-format", "json", "--processes", "2"]) == FAILED
    told = json.loads(capsys.readouterr().out)
    assert [(each["file"], each["verdict"]) for each in told] == [
        ("broken.scenario", "broken"),
        ("holds.scenario", "holds"),
    ]
    assert [event["step"] for event in told[0]["failure"]["events"]] == [
        "w1 goes on",
        "advance 1001 ms",
        "w2 goes on",
    ]


@pytest.mark.usefixtures("folder")
def test_what_the_budget_does_not_reach_is_not_said_to_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explore", "holds.scenario", "--budget", "7", "--processes", "1"]) == FAILED
    out = capsys.readouterr().out
    assert out.startswith("undecided holds.scenario: No order that was tried fails: all of up to ")
    assert "chosen by chance from seed 0. The others were not tried." in out


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("-- scenario: x", "wrong.scenario:1: nothing happens here"),
        ("-- scenario: x\n-- always: nothing(\n-- client A\nnow()", "wrong.scenario:2: this cannot be asked: "),
        ('-- scenario: x\n-- always: redis("SET", "a", 1)\n-- client A\nnow()', "Write commands are not allowed"),
        ("-- scenario: x\n-- steps\n-- A: PING", "write a client's program"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_explored_is_told_with_its_line(
    capsys: pytest.CaptureFixture[str], text: str, sentence: str
) -> None:
    Path("wrong.scenario").write_text(text)
    assert main(["explore", "wrong.scenario"]) == MISUSED
    assert sentence in capsys.readouterr().err
