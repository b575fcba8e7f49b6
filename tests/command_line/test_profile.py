"""`ferrous run` of scripts and of functions of libraries, with `--profile` and `--coverage`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ferrous_vm.__main__ import FAILED, MISUSED, OK, main
from tests.workbench.test_profiling import SCRIPT


def test_run_prints_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "s.lua"
    script.write_text(SCRIPT)
    assert main(["run", str(script), "--profile"]) == OK
    printed = capsys.readouterr()
    assert printed.out.startswith('1) "a1"')
    told = [re.sub(r" +\d+\.\d{3}", " MS", line) for line in printed.err.splitlines()]
    assert "    10        1             2         0 MS  if #t > 10 then  -- one way only" in told
    assert "    11        0             0         0 MS  redis.call('DEL', 'k')  -- never executed" in told
    assert "       5 times SET, MS ms" in told


LIBRARY = """#!lua name=stock
local function take(keys, args)
  local left = redis.call('DECRBY', keys[1], args[1])
  if tonumber(left) < 0 then
    return redis.error_reply('EMPTY nothing left')
  end
  return left
end
redis.register_function('take', take)
redis.register_function{function_name='peek', callback=function(keys)
  return redis.call('GET', keys[1])
end, flags={'no-writes'}}
"""


@pytest.fixture
def library(tmp_path: Path) -> list[str]:
    """A library, and a set-up that calls it: the words that name both."""
    (tmp_path / "stock.lua").write_text(LIBRARY)
    (tmp_path / "setup.txt").write_text("SET n 10\nFCALL take 1 n 2")
    return ["run", str(tmp_path / "stock.lua"), "--setup", str(tmp_path / "setup.txt")]


@pytest.mark.parametrize(
    ("words", "printed", "status"),
    [
        (["--function", "take", "n", ",", "3"], "(integer) 5", OK),
        (["--function", "take", "--keys", "n", "--args", "3"], "(integer) 5", OK),
        (["--function", "take", "n", ",", "9"], "(error) EMPTY nothing left", FAILED),
        (["--function", "peek", "n", "--read-only"], '"8"', OK),
        (
            ["--function", "take", "n", ",", "1", "--read-only"],
            "(error) ERR Can not execute a script with write flag using *_ro command.",
            FAILED,
        ),
        (["--function", "none"], "(error) ERR Function not found", FAILED),
        (["--function", "take", "n", ",", "3", "--cost"], "(integer) 5", OK),
        (["--function", "take", "n", ",", "3", "--key-report"], "(integer) 5", OK),
        (["--function", "take", "n", ",", "3", "--server", "valkey-9.0"], "(integer) 5", OK),
        (["--function", "take", "n", "--keys", "n"], "", MISUSED),
    ],
)
def test_run_calls_a_function_of_a_library(
    library: list[str], words: list[str], printed: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*library, *words]) == status
    assert capsys.readouterr().out.rstrip("\n") == printed


def test_what_is_no_library_is_told_as_the_server_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.lua").write_text("return 1")
    assert main(["run", str(tmp_path / "s.lua"), "--function", "f", "--profile"]) == FAILED
    assert capsys.readouterr().out == "(error) ERR Missing library metadata\n"


def test_the_profile_and_the_coverage_of_a_function(
    library: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = tmp_path / "trace.info"
    assert main([*library, "--function", "take", "n", ",", "3", "--profile", "--coverage", str(trace)]) == OK
    told = [re.sub(r" +\d+\.\d{3}", " MS", line) for line in capsys.readouterr().err.splitlines()]
    assert "     4        1             4         0 MS  if tonumber(left) < 0 then  -- one way only" in told
    assert (
        "     5        0             0         0 MS  return redis.error_reply('EMPTY nothing left')  -- never executed"
        in told
    )
    assert "       1 times DECRBY, MS ms" in told
    record = trace.read_text().splitlines()
    assert record[1].endswith("stock.lua")
    assert {"DA:3,1", "DA:5,0", "BRDA:4,0,0,0", "BRDA:4,0,1,1"} <= set(record)


def test_the_commands_of_a_set_up_cost_the_call_nothing(library: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*library, "--function", "peek", "n", "--cost"]) == OK
    assert re.search(r"^as it is +\d+ +1 +1 ", capsys.readouterr().err, re.MULTILINE)
