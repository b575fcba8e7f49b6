"""What is expected of a script's cost, and what `ferrous run --cost` prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrous_vm.__main__ import FAILED, MISUSED, OK, main
from ferrous_vm.workbench.costs.growth import SIZES

RANK = """\
-- given: ZADD zset:a 1 a 2 b 3 c
-- given: RPUSH other x
-- keys: zset:a   argv: b
-- expect reply: (integer) 1
-- expect commands <= 1
-- expect elements <= 2
-- expect instructions <= 20
-- expect growth O(log n) in zset:*
-- expect growth O(1) in other
-- keys: zset:a   argv: c
-- expect growth O(n^2)
return redis.call('ZRANK', KEYS[1], ARGV[1])
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("rank.lua")
    path.write_text(RANK)
    return path


def test_what_holds_is_ok(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(script)]) == OK
    assert capsys.readouterr().out == "ok    rank.lua: 2 calls\n1 file, 2 calls, none failed\n"


def test_what_does_not_hold_is_told_with_both_sides(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slower = RANK.replace("'ZRANK'", "'ZRANGE', KEYS[1], 0, -1) return redis.call('ZRANK'").replace(
        "return redis", "redis"
    )
    script.write_text(slower.replace(") redis.call", ") return redis.call"))
    assert main(["test", str(script)]) == FAILED
    told = capsys.readouterr().out
    assert "FAIL  rank.lua:3: commands\n      expected  <= 1\n      got       2\n" in told
    assert "FAIL  rank.lua:3: elements\n      expected  <= 2\n      got       7\n" in told
    assert "FAIL  rank.lua:3: growth in zset:*\n      expected  O(log n)\n" in told
    assert "      got       O(n): elements O(n), values O(n)\n" in told
    assert told.endswith("1 file, 2 calls, 1 failed\n")


ALL_USERS = """\
-- given: HSET user:1 a 1
-- given: HSET user:2 a 1 b 2
-- keys:  argv:
-- expect growth O(n) in keys:user:*
-- expect growth O(1) in user:*
local n = 0
for _, key in ipairs(redis.call('KEYS', 'user:*')) do n = n + redis.call('HLEN', key) end
return n
"""


def test_a_script_grows_with_how_many_keys_there_are(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(ALL_USERS)
    assert main(["test", str(script)]) == OK
    script.write_text(ALL_USERS.replace("O(n) in keys", "O(1) in keys"))
    capsys.readouterr()
    assert main(["test", str(script)]) == FAILED
    told = capsys.readouterr().out
    assert "FAIL  rank.lua:3: growth in the number of keys user:*\n      expected  O(1)\n      got       O(n): " in told
    Path("setup.txt").write_text("HSET user:1 a 1\nHSET user:2 a 1")
    assert main(["run", str(script), "--setup", "setup.txt", "--cost", "keys:user:*"]) == OK
    assert "O(n) in the number of keys user:*: instructions O(n), commands O(n)" in capsys.readouterr().err
    script.write_text("return #redis.call('MGET', unpack(KEYS))")
    words = ["run", str(script), "--keys", "other", "k:1", "k:2", "--cost"]
    Path("setup.txt").write_text("SET k:1 a\nSET k:2 b")
    assert main([*words, "keys:k:*", "--setup", "setup.txt"]) == OK
    told = capsys.readouterr().err
    assert "O(n) in the number of keys k:*: " in told  # those that are passed are more too
    assert "With 10,000 elements the script ends with an error: ERR user_script:1: too many results to unpack" in told
    assert main([*words, "keys:k:[12]", "--setup", "setup.txt"]) == OK
    assert "There cannot be more keys like k:[12]" in capsys.readouterr().err


def test_a_call_is_measured_on_what_those_before_it_left(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(
        "-- keys: l  argv: a\n-- expect commands <= 1\n-- keys: l  argv: b\n-- expect commands <= 1\n"
        "if redis.call('RPUSH', KEYS[1], ARGV[1]) > 1 then redis.call('PING') end\n"
    )
    assert main(["test", str(script)]) == FAILED
    assert "FAIL  rank.lua:3: commands\n      expected  <= 1\n      got       2\n" in capsys.readouterr().out


def test_what_cannot_be_grown_fails(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text("-- given: SET n 5\n-- keys: n\n-- expect growth O(1)\n-- expect growth O(1) in n\nreturn 1")
    assert main(["test", str(script)]) == FAILED
    told = capsys.readouterr().out
    assert "got       no key to be made larger\n" in told
    assert "n cannot be made larger: " in told


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("-- expect commands <= many", "rank.lua:2: the most commands are a number: -- expect commands <= 12"),
        (
            "-- expect growth O(n!)",
            "rank.lua:2: a growth is written -- expect growth O(log n) in zset:*; known are O(1), ",
        ),
        ("-- expect growth O(n) in a b", "rank.lua:2: a growth is written"),
        ("-- expect growth O(n) of a", "rank.lua:2: a growth is written"),
    ],
)
def test_what_cannot_be_read_is_told(
    script: Path, capsys: pytest.CaptureFixture[str], line: str, complaint: str
) -> None:
    script.write_text(f"-- keys: a\n{line}\nreturn 1")
    assert main(["test", str(script)]) == MISUSED
    assert complaint in capsys.readouterr().err


def test_prose_is_no_expectation(script: Path) -> None:
    script.write_text(RANK + "-- expect commands to be few\n-- expect growth to be slow\n")
    assert main(["test", str(script)]) == OK


def test_run_prints_what_a_call_costs(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("setup.txt").write_text("ZADD zset:a 1 a 2 b 3 c\nRPUSH other x\n")
    call = ["run", str(script), "--keys", "zset:a", "--args", "b", "--setup", "setup.txt"]
    assert main([*call, "--cost", "zset:*"]) == OK
    told = capsys.readouterr()
    assert told.out == "(integer) 1\n"
    title, as_it_is, *rows, growth = told.err.splitlines()
    assert title.split() == ["n", "instructions", "commands", "elements", "values", "library", "microseconds"]
    assert as_it_is.split()[3:6] == ["8", "1", "2.0"]
    assert [row.split()[0] for row in rows] == [f"{size:,}" for size in SIZES]
    assert growth == (
        "O(log n) in zset:a: instructions O(1), commands O(1), elements O(log n), values O(1), library O(1)"
    )
    assert main([*call, "--cost"]) == OK
    assert "O(log n) in other, zset:a: " in capsys.readouterr().err
    assert main([*call, "--cost", "none*"]) == OK
    assert capsys.readouterr().err.endswith("that could be made larger.\n")


LATER = """\
-- keys: h
-- expect commands <= 4
redis.call('HSET', KEYS[1], 'a', 1)
redis.call('HEXPIRE', KEYS[1], 100, 'FIELDS', 1, 'a')
for i = 1, 20 do redis.call('HGET', KEYS[1], 'a') end
return 1
"""


def test_costs_are_those_on_the_server_that_is_asked_for(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(LATER)
    assert main(["test", "--server", "redis-7.4,redis-8.0", str(script)]) == FAILED
    told = capsys.readouterr().out
    for name in ("redis-7.4", "redis-8.0"):
        assert f"FAIL  rank.lua:1: commands on {name}\n      expected  <= 4\n      got       22\n" in told
    main(["run", str(script), "--keys", "h", "--server", "redis-7.4", "--cost", "h"])
    assert capsys.readouterr().err.splitlines()[1].split()[4] == "22"
