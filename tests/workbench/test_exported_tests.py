"""The tests of a work as files: pytest's run on Ferrous; jest's on a real server, where time and chance are its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ferrous_vm.workbench.exports import export
from ferrous_vm.workbench.records.exporting import Export, ExportedTest
from ferrous_vm.workbench.workbench import Workbench
from tests.keyspace.conftest import redis_port, serving
from tests.workbench.test_examples import NAMES, case, read

__all__ = ["redis_port"]

STAND_INS = Path(__file__).parent / "stand_ins" / "jest"
TRICKY = "\"'`${x}\\ \n\r\t\x00 é € \u2028 */ \ud83d\ude00 ]]"
DEFAULTS: dict[str, Any] = {"keys": [], "argv": [], "fixture": [], "keyspace": None}


def test_of(example: dict[str, Any]) -> ExportedTest:
    """A test of an example, as the page sends it."""
    wanted = {name: example[name] for name in ExportedTest.__match_args__ if name in example}
    lines = {name: example.get(name) for name in ("fixture", "keyspace")}
    joined = {name: None if value is None else "\n".join(value) for name, value in lines.items()}
    mode = "FCALL" if example.get("function") else "EVAL"
    return ExportedTest(**{**DEFAULTS, "mode": mode, **wanted, **joined})


test_of.__test__ = False  # type: ignore[attr-defined]


def exported(script: str, tests: list[ExportedTest], form: str, name: str = "A work", server: str = "redis-7.0") -> str:
    """The file, or the note that says why there is none."""
    request = Export(script=script, keys=[], argv=[], name=name, tests=tests)
    (snippet,) = [one for one in export(Workbench(profile=server), request).snippets if one.form == form]
    return snippet.text or snippet.note


def of_example(name: str, form: str) -> str:
    tests = [test_of(case(name, test["name"])) for test in read(name)["tests"]]
    return exported(read(name)["script"], tests, form, server=read(name).get("server", "redis-7.0"))


def run_pytest_file(text: str) -> list[str]:
    """The names of the tests that fail."""
    module: dict[str, Any] = {}
    exec(compile(text.encode("utf-8", "surrogatepass"), "exported", "exec"), module)
    (function,) = [value for name, value in module.items() if name.startswith("test_")]
    failed = []
    for row in module["TESTS"]:
        try:
            function(*row.values)
        except AssertionError:
            failed.append(row.id)
    return failed


@pytest.mark.parametrize("name", NAMES)
def test_the_tests_of_an_example_pass_in_pytest(name: str) -> None:
    assert run_pytest_file(of_example(name, "pytest")) == []


def test_a_test_that_fails_says_what_differs() -> None:
    wrong = ExportedTest("wrong", ["k"], [], "SET k 1", reply="(integer) 3", keyspace="SET k 3")
    module: dict[str, Any] = {}
    exec(exported("return redis.call('INCR', KEYS[1])", [wrong], "pytest"), module)
    with pytest.raises(AssertionError) as caught:
        module["test_a_work"](*module["TESTS"][0].values)
    assert str(caught.value).splitlines() == [
        "reply", "  expected  (integer) 3", "  got       (integer) 2", "key k", "  : expected 3, got 2",
    ]  # fmt: skip


def test_any_text_is_quoted_right() -> None:
    script = f"-- {TRICKY}".replace("\n", " ").replace("\r", " ").replace("\x00", " ") + "\nreturn {KEYS[1], ARGV[1]}"
    tricky = ExportedTest(TRICKY, ["k\tk"], [TRICKY.strip('"')], "", reply=None)
    text = exported(script, [tricky], "pytest", name=TRICKY)
    assert run_pytest_file(text) == []


@pytest.mark.parametrize("form", ["pytest", "jest"])
def test_a_work_without_tests_says_so(form: str) -> None:
    assert exported("return 1", [], form) == "The work has no tests: record one, or write it in the tab Tests."


# jest


@pytest.fixture(scope="module")
def empty_server(tmp_path_factory: pytest.TempPathFactory, redis_port: int) -> Iterator[int]:
    """The port of a server that nothing else writes to."""
    with serving(tmp_path_factory.mktemp("jest")) as port:
        yield port


def run_jest_file(texts: list[str], port: int, directory: Path) -> list[tuple[str, str]]:
    """Every test with its verdict, of all files."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    manifest = json.dumps({"type": "module", "exports": "./index.js"})
    for package, stand_in in (("ioredis", "ioredis.js"), ("@jest/globals", "globals.js")):
        home = directory / "node_modules" / package
        home.mkdir(parents=True)
        (home / "package.json").write_text(manifest)
        shutil.copy(STAND_INS / stand_in, home / "index.js")
    found = []
    environment = {**os.environ, "REDIS_URL": f"redis://127.0.0.1:{port}"}
    for text in texts:
        (directory / "work.test.mjs").write_text(text, encoding="utf-8", newline="")
        words = ["node", "work.test.mjs"]
        done = subprocess.run(words, cwd=directory, env=environment, capture_output=True, check=True, timeout=60)
        found += [tuple(json.loads(line)) for line in done.stdout.splitlines()]
    return found


@pytest.mark.oracle
def test_the_tests_of_the_examples_pass_in_jest(empty_server: int, tmp_path: Path) -> None:
    verdicts = run_jest_file([of_example(name, "jest") for name in NAMES[1::3]], empty_server, tmp_path)
    failed = [(name, verdict) for name, verdict in verdicts if verdict not in ("passed", "skipped")]
    assert failed == []
    assert sum(verdict == "passed" for _, verdict in verdicts) > 25


NOT_PORTABLE = [
    ("return redis.call('TIME')[1]", {"reply": '"1700000000"'}, "the time or on chance"),
    (
        "return redis.call('SRANDMEMBER', 's')",
        {"fixture": f"SADD s {' '.join(map(str, range(200)))}"},
        "the time or on",
    ),
    ("return 1", {"reply": "(integer) 2"}, "does not pass in Ferrous"),
    ("return 1", {"protocol": 3}, "speaks RESP3"),
    ("return 1", {"fixture": "SELECT 3\nSET k 1"}, "several databases"),
]


@pytest.mark.parametrize(("script", "fields", "reason"), NOT_PORTABLE, ids=[row[2] for row in NOT_PORTABLE])
def test_a_test_that_cannot_leave_is_skipped_with_its_reason(script: str, fields: dict[str, Any], reason: str) -> None:
    test = ExportedTest(**{"name": "t", "keys": [], "argv": [], "fixture": "", "clock": 1_700_000_000.0, **fields})
    text = exported(script, [test], "jest")
    assert reason in text.splitlines()[-2]
    assert text.splitlines()[-1] == 'test.skip("t", () => {});'


REPLIES = """return {1, 'two', {3, {}}, false, redis.status_reply('FINE'), {err = 'MINE nested'}, '\\0\\255'}"""
PRINTED = r"""1) (integer) 1
2) "two"
3) 1) (integer) 3
   2) (empty array)
4) (nil)
5) FINE
6) (error) MINE nested
7) "\x00\xff"
"""
WRITES = """redis.call('SET', 'k', 'v', 'PX', 90000)
redis.call('ZADD', 'z', 1.5, 'm')
redis.call('XADD', 'x', '1-1', 'f', 'v')"""
JEST_TESTS: list[tuple[str, dict[str, Any]]] = [
    (REPLIES, {"reply": PRINTED}),
    ("return redis.error_reply('MINE it is')", {"reply": "(error) MINE it is"}),
    (WRITES, {"keyspace": "SET k v PX 90000\nZADD z 1.5 m\nXADD x 1-1 f v"}),
]


@pytest.mark.oracle
def test_every_kind_of_reply_and_value_is_compared(empty_server: int, tmp_path: Path) -> None:
    texts = [
        exported(script, [ExportedTest(TRICKY, [], [], "", **fields)], "jest", TRICKY) for script, fields in JEST_TESTS
    ]
    wrong = ExportedTest("wrong", [], [], "", reply="(integer) 1", keyspace="SET k 1")
    spoilt = exported("redis.call('SET', 'k', 1) return 1", [wrong], "jest").replace(
        '["SET", "k", "1"]', '["SET", "k", "2"]'
    )
    verdicts = run_jest_file([*texts, spoilt], empty_server, tmp_path)
    assert [verdict for _, verdict in verdicts[:-1]] == ["passed"] * 3
    assert "is not" in verdicts[-1][1]
