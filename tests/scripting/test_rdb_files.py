"""A server's data and function libraries as one RDB file, and a script that is run on such a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrous_vm.__main__ import MISUSED, OK, main
from ferrous_vm.errors import CommandError
from ferrous_vm.server import Client, Server

LIBRARY = b"#!lua name=mylib\nredis.register_function('double', function(keys, args) return args[1] * 2 end)"


@pytest.fixture
def filled() -> Server:
    server = Server()
    client = server.connect()
    client.execute(b"SET", b"k", b"v", b"PXAT", b"4102444800000")
    client.execute(b"FUNCTION", b"LOAD", LIBRARY)
    return server


def facts(client: Client) -> list[object]:
    questions = ((b"KEYS", b"*"), (b"PEXPIRETIME", b"k"), (b"FCALL", b"double", b"0", b"21"), (b"DBSIZE",))
    return [client.execute(*question) for question in questions]


def test_data_and_libraries_come_back(filled: Server) -> None:
    other = Server()
    client = other.connect()
    client.execute(b"SET", b"old", b"1")
    client.execute(b"FUNCTION", b"LOAD", LIBRARY.replace(b"mylib", b"old").replace(b"double", b"old"))
    other.load_rdb(filled.save_rdb())
    assert facts(client) == facts(filled.connect()) == [[b"k"], 4102444800000, 42, 1]
    assert len(client.execute(b"FUNCTION", b"LIST")) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("spoil", [lambda data: data[:-20], lambda data: data.replace(b"register", b"regist!r")])
def test_a_bad_file_changes_nothing(filled: Server, spoil: object) -> None:
    before = facts(filled.connect())
    with pytest.raises(CommandError):
        filled.load_rdb(spoil(filled.save_rdb()))  # type: ignore[operator]
    assert facts(filled.connect()) == before


def test_a_script_runs_on_a_file(filled: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "dump.rdb").write_bytes(filled.save_rdb())
    (tmp_path / "script.lua").write_text("return redis.call('GET', KEYS[1])")
    words = ["run", str(tmp_path / "script.lua"), "--keys", "k", "--setup", str(tmp_path / "dump.rdb")]
    assert main(words) == OK
    assert capsys.readouterr().out == '"v"\n'
    (tmp_path / "dump.rdb").write_bytes(b"REDIS0099")
    assert main(words) == MISUSED
    assert "Can't handle RDB format version 0099" in capsys.readouterr().err
