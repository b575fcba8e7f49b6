"""`python -m ferrous_vm`: what it prints and how it exits."""

from __future__ import annotations

from pathlib import Path

import pytest

import ferrous_vm
from ferrous_vm.__main__ import FAILED, MISUSED, OK, main


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.lua"
    path.write_text("redis.log(redis.LOG_WARNING, 'seen')\nreturn {redis.call('INCRBY', KEYS[1], ARGV[1]), KEYS, ARGV}")
    return path


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"ferrous {ferrous_vm.__version__}\n")


def test_run_prints_the_reply_as_redis_cli_does(
    script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setup = tmp_path / "setup.txt"
    setup.write_text('# a fixture\n-- of two comments\n\nSET "stock" 40\n')
    assert main(["run", str(script), "--keys", "stock", "--args", "2", "x y", "--setup", str(setup)]) == OK
    printed = capsys.readouterr()
    assert printed.out == '1) (integer) 42\n2) 1) "stock"\n3) 1) "2"\n   2) "x y"\n'
    assert printed.err == "# seen\n"


def test_run_tells_where_its_keys_come_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, setup = tmp_path / "script.lua", tmp_path / "setup.txt"
    path.write_text("local n = redis.call('INCR', KEYS[1])\nreturn redis.call('GET', 'user:' .. n)")
    setup.write_text("SET a 6")
    assert main(["run", str(path), "--keys", "a", "--setup", str(setup), "--key-report"]) == OK
    printed = capsys.readouterr()
    assert printed.out == "(nil)\n"
    assert printed.err.splitlines()[:5] == [
        "2 keys, 1 not in KEYS, in 2 slots",
        " 15495  a  in KEYS; INCR on line 1, made of KEYS[1] (line 1)",
        "  2780  user:7  not in KEYS; GET on line 2, made of a literal (line 2), the reply of INCR a (line 1)",
        "for one slot: a as {a}",
        "for one slot: user:7 as {a}:user:7",
    ]
    assert "Dragonfly refuses: script tried accessing undeclared key" in printed.err
    path.write_text("return (")
    assert main(["run", str(path), "--key-report"]) == FAILED
    assert capsys.readouterr().err == ""


def test_run_on_several_servers_tells_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, setup = tmp_path / "script.lua", tmp_path / "setup.txt"
    path.write_text("redis.log(redis.LOG_WARNING, 'seen') return redis.call('INCRBYFLOAT', KEYS[1], '0.2')")
    setup.write_text("SET k 0.1")
    words = ["run", str(path), "--keys", "k", "--setup", str(setup)]
    assert main([*words, "--server", "valkey-8.0,redis-7.0"]) == OK
    assert capsys.readouterr().out == 'redis-7.0, valkey-8.0\n# seen\n"0.3"\nSET k 0.3\n'
    path.write_text("return redis.call('SET', KEYS[1], 0.1)")
    setup.write_text("HSETEX h FIELDS 1 f v")
    assert main([*words, "--server", "all"]) == FAILED
    told = capsys.readouterr().out.split("\n\n")
    assert told[0].startswith(f"redis-6.2\nrefused the set-up: {setup}:1: ERR unknown command `HSETEX`, with args")
    outcome, *why = told[-1].split("\n  because: ")
    assert outcome == "redis-8.0, redis-8.2, redis-8.6, valkey-9.0, valkey-9.1\nOK\nHSET h f v\nSET k 0.1"
    assert [sentence[:18] for sentence in why] == ["The servers have o", "From Redis 7.2 and"]
    setup.write_text("SET k 0.1")
    assert main([*words, "--server", "redis-7.0,redis-7.2"]) == OK
    first, second = capsys.readouterr().out.split("\n\n")
    assert first == "redis-7.0\nOK\nSET k 0.10000000000000001"
    assert second.startswith("redis-7.2\nOK\nSET k 0.1\n  because: From Redis 7.2 and Valkey 8.0 on a number is")
    assert second.endswith("(util.c, fpconv_dtoa)\n")
    assert main([*words, "--server", "all", "--cost"]) == MISUSED


def test_run_takes_redis_clis_spelling(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--eval", str(script), "k", ",", "5"]) == OK
    assert capsys.readouterr().out == '1) (integer) 5\n2) 1) "k"\n3) 1) "5"\n'


def test_an_error_reply_is_printed_and_told_by_the_exit_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "script.lua"
    path.write_text("return redis.call('SET', 'a', 1)")
    assert main(["run", str(path), "--read-only"]) == FAILED
    assert capsys.readouterr().out.startswith(
        "(error) ERR Write commands are not allowed from read-only scripts. script: "
    )


@pytest.mark.parametrize(
    ("setup", "complaint"),
    [("INCR\n", ":1: ERR wrong number of arguments for 'incr' command"), ('GET k\nSET "k', ":2: unbalanced quotes")],
)
def test_a_set_up_file_that_fails_is_told_with_its_line(
    script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], setup: str, complaint: str
) -> None:
    path = tmp_path / "setup.txt"
    path.write_text(setup)
    assert main(["run", str(script), "--setup", str(path)]) == MISUSED
    assert complaint in capsys.readouterr().err


def test_a_missing_file_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "nowhere.lua"]) == MISUSED
    assert capsys.readouterr().err == "ferrous: nowhere.lua: No such file or directory\n"


def test_lua_runs_a_file(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "file.lua"
    path.write_bytes(b"#!/usr/bin/lua\nprint('a\\255', 1/3)\n")
    assert main(["lua", str(path)]) == OK
    assert capfdbinary.readouterr().out == b"a\xff\t0.33333333333333\n"


def test_lua_shows_what_the_machine_would_run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "file.lua"
    path.write_text("print('never printed')")
    assert main(["lua", "--listing", str(path)]) == OK
    shown = capfd.readouterr().out
    assert shown.startswith("main function: 0 or more parameters, 2 registers, 0 upvalues\n")
    assert '"never printed"' in shown
    path.write_text("x =")
    assert main(["lua", "--listing", str(path)]) == FAILED


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x =", "lua: file.lua:1: unexpected symbol near '<eof>'\n"),
        ("\nerror('boom')", "lua: file.lua:2: boom\n"),
        ("error({})", "lua: (error object is not a string)\n"),
    ],
)
def test_lua_tells_its_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], source: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file.lua").write_text(source)
    assert main(["lua", "file.lua"]) == FAILED
    assert capfd.readouterr().err == message


def test_run_shuffles_what_has_no_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "script.lua"
    path.write_text("redis.call('SADD', 's', 'a', 'b', 'c', 'd', 'e', 'f') return redis.call('SMEMBERS', 's')")
    printed = []
    for shuffle in ([], ["--shuffle", "1"], ["--shuffle", "1"], ["--shuffle", "2"]):
        assert main(["run", str(path), *shuffle]) == OK
        printed.append(capsys.readouterr().out)
    plain, one, again, other = printed
    assert plain.startswith('1) "a"\n2) "b"')
    assert one == again
    assert len({plain, one, other}) == 3


def test_run_on_a_node_of_a_cluster(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "script.lua"
    path.write_text("return redis.call('SET', 'other', 1)")
    words = ["run", str(path), "--cluster", "3", "--keys"]
    assert main([*words, "a"]) == OK
    assert main([*words, "b"]) == FAILED
    assert main([*words, "a", "b"]) == FAILED
    assert main([*words, "a", "--node", "1", "--server", "all"]) == FAILED
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "OK"
    assert said[1].startswith("(error) ERR Script attempted to access a non local key in a cluster node")
    assert said[2] == "(error) CROSSSLOT Keys in request don't hash to the same slot"
    assert said[4:] == ["(error) MOVED 15495 127.0.0.1:7002"]
    for wrong in (["--node", "1"], ["--cluster", "2", "--node", "3"], ["--cluster", "-1"]):
        assert main(["run", str(path), *wrong]) == MISUSED
