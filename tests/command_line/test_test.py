"""`ferrous test`: scripts that carry their expectations."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrous_vm.__main__ import FAILED, MISUSED, OK, main

RESERVE = """\
-- Reserve some of the stock.
-- given: SET stock 3
-- keys: stock    argv: 2
-- expect reply: (integer) 1
-- expect log: 2 reserved 2
-- keys: stock    argv: 2
-- expect reply: (integer) -1
local left = redis.call('DECRBY', KEYS[1], ARGV[1])
if left >= 0 then redis.log(redis.LOG_NOTICE, 'reserved ' .. ARGV[1]) end
return left
-- expect key stock: "-1"
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("reserve.lua")
    path.write_text(RESERVE)
    return path


@pytest.mark.parametrize("engine", ["machine", "translator"])
def test_what_holds_is_ok(script: Path, capsys: pytest.CaptureFixture[str], engine: str) -> None:
    assert main(["test", str(script), "--engine", engine]) == OK
    assert capsys.readouterr().out == "ok    reserve.lua: 2 calls\n1 file, 2 calls, none failed\n"


def test_what_does_not_hold_is_told_with_both_sides(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(RESERVE.replace("(integer) -1", "(integer) 9").replace('stock: "-1"', 'stock: "0"'))
    assert main(["test", "."]) == FAILED
    assert capsys.readouterr().out == (
        "FAIL  reserve.lua:6: reply\n      expected  (integer) 9\n      got       (integer) -1\n"
        'FAIL  reserve.lua:6: key stock\n      expected  "0"\n      got       "-1"\n'
        "1 file, 2 calls, 1 failed\n"
    )


def test_a_set_up_command_that_is_refused_fails(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(RESERVE.replace("SET stock 3", "LPUSH stock"))
    assert main(["test", str(script)]) == FAILED
    assert (
        "FAIL  reserve.lua:2: given\n      expected  no error\n      got       (error) ERR" in capsys.readouterr().out
    )


def test_a_script_that_does_not_compile_fails(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text("-- keys: a\n-- expect reply: 1\nreturn (")
    assert main(["test", str(script)]) == FAILED
    assert "got       (error) ERR Error compiling script" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("return 1", "reserve.lua: expects nothing"),
        ("-- keys: a\nreturn 1", "reserve.lua:1: nothing is expected of this call"),
        ('-- keys: "a\n-- expect reply: 1', "reserve.lua:1: unbalanced quotes"),
        ("-- expect reply: 1\n-- keys: a", "reserve.lua:1: an expectation comes behind"),
    ],
)
def test_what_is_no_test_is_told(script: Path, capsys: pytest.CaptureFixture[str], source: str, complaint: str) -> None:
    script.write_text(source)
    assert main(["test", str(script)]) == MISUSED
    assert complaint in capsys.readouterr().err


def test_scripts_without_expectations_are_passed_over_in_a_folder(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("plain.lua").write_text("return 1")
    assert main(["test", "."]) == OK
    assert capsys.readouterr().out.endswith("1 file, 2 calls, none failed\n")


FIRST_MEMBER = """\
-- given: SADD s a b c d e f g h i j
-- keys: s
-- expect reply: "a"
-- expect key s:  1) "a"
-- expect key s:  2) "b"
-- expect key s:  3) "c"
-- expect key s:  4) "d"
-- expect key s:  5) "e"
-- expect key s:  6) "f"
-- expect key s:  7) "g"
-- expect key s:  8) "h"
-- expect key s:  9) "i"
-- expect key s: 10) "j"
return redis.call('SMEMBERS', KEYS[1])[1]
"""


def test_shuffling_finds_a_script_that_leans_on_an_order(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(FIRST_MEMBER)
    assert main(["test", str(script)]) == OK
    statuses = {main(["test", str(script), "--shuffle", str(seed)]) for seed in range(6)}
    assert FAILED in statuses
    told = capsys.readouterr().out
    assert "FAIL  reserve.lua:2: reply" in told
    assert "key s" not in told


def test_what_the_calls_executed_is_told_and_written_as_lcov(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(RESERVE.replace("return left", "local function never()\n  return 1\nend\nreturn left"))
    assert main(["test", str(script), "--coverage", "lcov.info"]) == OK
    told = capsys.readouterr().out.splitlines()[0]
    assert told == "ok    reserve.lua: 2 calls, 4 of 5 lines, 2 of 2 branches"
    assert Path("lcov.info").read_text().split() == [
        *("TN:", "SF:reserve.lua", "FN:1,main", "chunk", "FN:10,function", "at", "line", "10", "FNDA:2,main", "chunk"),
        *("FNDA:0,function", "at", "line", "10", "FNF:2", "FNH:1", "BRDA:9,0,0,1", "BRDA:9,0,1,1", "BRF:2", "BRH:2"),
        *("DA:8,2", "DA:9,2", "DA:11,0", "DA:12,2", "DA:13,2", "LF:5", "LH:4", "end_of_record"),
    ]


def test_a_tracefile_that_cannot_be_written_is_told(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(script), "--coverage", "no/such/folder"]) == MISUSED
    assert "no/such/folder" in capsys.readouterr().err


def test_coverage_changes_nothing_of_the_test(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(
        RESERVE.replace("return left", "return redis.call('GET', 'nokey') == false and math.random(9) and left")
    )
    assert main(["test", str(script), "--coverage", "lcov.info"]) == OK
    script.write_text("-- keys:   argv:\n-- expect reply: (error) ERR x\nreturn = 1\n")
    assert main(["test", str(script), "--coverage", "lcov.info"]) == FAILED
    assert "LF:0" in Path("lcov.info").read_text()


def test_each_server_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tenth.lua").write_text(
        "-- keys: k\n-- expect reply: \"0.1\"\nredis.call('SET', KEYS[1], 0.1) return redis.call('GET', KEYS[1])"
    )
    assert main(["test", ".", "--server", "redis-7.2, redis-7.0"]) == FAILED
    assert capsys.readouterr().out == (
        'FAIL  tenth.lua:1: reply on redis-7.0\n      expected  "0.1"\n      got       "0.10000000000000001"\n'
        "ok    tenth.lua: 1 call on redis-7.2\n1 file, 2 calls, 1 failed\n"
    )
    assert main(["test", ".", "--server", "valkey-8.0"]) == OK
    assert capsys.readouterr().out == "ok    tenth.lua: 1 call\n1 file, 1 call, none failed\n"
    assert main(["test", ".", "--server", "redis-9"]) == MISUSED
    assert "there is no server 'redis-9': there are redis-6.2, " in capsys.readouterr().err


LIBRARY = """#!lua name=stock
-- given: SET stock 3
-- call reserve keys: stock   argv: 2
-- expect reply: (integer) 1
-- expect commands <= 2
-- call reserve keys: stock   argv: 2
-- expect reply: (integer) 0
-- expect key stock: "1"
local function reserve(keys, args)
  if tonumber(redis.call('GET', keys[1])) < tonumber(args[1]) then return 0 end
  redis.call('DECRBY', keys[1], args[1])
  return 1
end
local function never(keys)
  return redis.call('DEL', keys[1])
end
redis.register_function('reserve', reserve)
redis.register_function('never', never)
"""


def test_functions_of_a_library_are_called_and_covered(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(LIBRARY)
    assert main(["test", str(script), "--coverage", "lcov.info"]) == OK
    told = capsys.readouterr().out.splitlines()[0]
    assert told == "ok    reserve.lua: 2 calls, 3 of 4 lines, 2 of 2 branches"
    tracefile = Path("lcov.info").read_text().splitlines()
    assert tracefile[1] == "SF:reserve.lua"
    assert [line for line in tracefile if line[:2] in ("DA", "BR")] == [
        *("BRDA:10,0,0,1", "BRDA:10,0,1,1", "BRF:2", "BRH:2", "DA:10,2", "DA:11,1", "DA:12,1", "DA:15,0")
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("-- call reserve keys", "-- keys", "reserve.lua:3: of a library a function is called: -- call NAME keys: "),
        ("#!lua name=stock", "", "reserve.lua:3: only a library, which begins with `#!lua name=...`, has functions"),
    ],
)
def test_a_call_fits_its_script(
    script: Path, capsys: pytest.CaptureFixture[str], before: str, after: str, said: str
) -> None:
    script.write_text(LIBRARY.replace(before, after))
    assert main(["test", str(script)]) == MISUSED
    assert said in capsys.readouterr().err


def test_a_library_that_cannot_be_loaded_is_told(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(LIBRARY.replace("register_function('never'", "register('never'"))
    assert main(["test", str(script)]) == FAILED
    assert "FAIL  reserve.lua:1: FUNCTION LOAD" in capsys.readouterr().out
