"""`ferrous test` of work that the page saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ferrous_vm.__main__ import FAILED, MISUSED, OK, main

SET = "return redis.call('SET', KEYS[1], 1.5 + ARGV[1])"
LIBRARY = "#!lua name=lib\nredis.register_function('twice', function(keys, argv) return argv[1] * 2 end)"
WORK: dict[str, Any] = {
    "ferrous": 2,
    "name": "numbers",
    "script": SET,
    "scriptName": "set",
    "server": "redis-7.2",
    "tests": [
        {"name": "writes", "keys": ["k"], "argv": ["0.1"], "reply": "OK", "keyspace": "SET k 1.6"},
        {"keys": ["k"], "argv": ['"\\x30.1"'], "fixture": "SET other 1", "reply": "OK", "keyspace": None},
    ],
    "others": [
        {
            "script": LIBRARY,
            "scriptName": "lib",
            "function": "twice",
            "tests": [{"argv": ["4"], "reply": "(integer) 8"}],
        }
    ],
    "scenario": "-- scenario: twice\n-- steps\n-- A calls set keys: k argv: 1\n-- expect reply: OK\n",
}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("numbers.ferrous.json")
    path.write_text(json.dumps(WORK))
    return path


def changed(path: Path, **fields: Any) -> None:
    """Write the work with other fields."""
    path.write_text(json.dumps(WORK | fields))


def test_the_tests_of_every_script_and_the_scenario_run(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "."]) == OK
    assert capsys.readouterr().out == (
        "ok    numbers.ferrous.json: 1 step\n"
        "ok    numbers.ferrous.json: set: writes\n"
        "ok    numbers.ferrous.json: set: test 2\n"
        "ok    numbers.ferrous.json: lib: test 1\n"
        "1 file, 4 calls, none failed\n"
    )


def test_what_fails_is_told_with_both_sides(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed(work, others=[], scenario="", tests=[WORK["tests"][0] | {"reply": "(nil)", "keyspace": "SET k 1"}])
    assert main(["test", str(work)]) == FAILED
    told = capsys.readouterr().out
    assert "FAIL  numbers.ferrous.json: set: writes\n      reply\n        expected  (nil)\n        got       OK" in told
    assert "key k" in told
    assert told.endswith("1 file, 1 call, 1 failed\n")
    assert main(["test", str(work), "--output-format", "json"]) == FAILED
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["test"], one["status"], one["failures"][0]["line"]) == ("set: writes", "failed", 0)


def test_it_runs_on_its_server_unless_others_are_named(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed(work, others=[], scenario="", script="return tostring(redis.REDIS_VERSION)", tests=[{"reply": '"7.2.6"'}])
    assert main(["test", str(work)]) == OK
    assert main(["test", str(work), "--server", "redis-7.2,redis-8.0"]) == FAILED
    assert "FAIL  numbers.ferrous.json: set: test 1 on redis-8.0" in capsys.readouterr().out
    assert main(["test", str(work), "--server", "redis-7.0"]) == FAILED


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("[]", "it holds no work of Ferrous"),
        ('{"ferrous": 9}', "it was made by a newer Ferrous (version 9 of the file)"),
        ('{"ferrous": 1}', 'its "script" is not what it should be'),
        ('{"ferrous": 1, "script": "", "tests": [{"keys": 1}]}', 'its "tests[1].keys" is not what it should be'),
        ('{"ferrous": 1, "script": "", "others": [7]}', 'its "others[1]" is not what it should be'),
        ('{"ferrous": 1, "script": "", "protocol": true}', 'its "protocol" is not what it should be'),
        ('{"ferrous": 1, "script": "", "server": "redis-5.0"}', "there is no server 'redis-5.0'"),
        ('{"ferrous": 1, "script": "' + "x" * 2_000_000 + '"}', "it is larger than two megabytes"),
        ('{"ferrous": 1, "script": ""}', "no script there carries expectations"),
        (
            '{"ferrous": 2, "script": "", "scenario": "-- scenario: x\\n-- giben: x\\n-- steps"}',
            "numbers.ferrous.json:2: ",
        ),
    ],
)
def test_what_is_no_work_is_told(work: Path, capsys: pytest.CaptureFixture[str], text: str, sentence: str) -> None:
    work.write_text(text)
    assert main(["test", str(work)]) == MISUSED
    error = capsys.readouterr().err
    assert error.startswith("ferrous: ")
    assert sentence in error
