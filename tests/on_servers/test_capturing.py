"""What a call would touch is taken from a server without a write, and what comes of it here comes of it there."""

from __future__ import annotations

import hashlib
import json
import os
import random
from pathlib import Path

import pytest

from ferrous_vm.__main__ import MISUSED, OK, main
from ferrous_vm.keyspace.encodings.fixtures import commands_in
from ferrous_vm.on_servers.capturing import capture
from ferrous_vm.on_servers.connections import LiveServer
from ferrous_vm.on_servers.misplaced import Misplaced
from ferrous_vm.on_servers.seen import differences, see
from ferrous_vm.server import Server
from ferrous_vm.workbench.printed_values import print_reply
from tests.on_servers.somebody import LIBRARY, Somebody
from tests.record.resp import Connection
from tests.record.servers import is_there, running

pytestmark = [pytest.mark.host, pytest.mark.oracle]

CALLS = int(os.environ.get("FERROUS_CAPTURED_CALLS", "300"))

READS = {b"dump", b"exec", b"info", b"memory|usage", b"multi", b"pexpiretime", b"time"}
"""All that a capture sends to Redis 7 for a script whose text is known."""

STATEMENTS = (
    "out[#out + 1] = redis.call('GET', 's' .. n)",
    "out[#out + 1] = redis.call('INCRBY', 'n' .. n, ARGV[1])",
    "local next = redis.call('HGET', 'h' .. n, 'next') if next then out[#out + 1] = redis.call('TYPE', next) end",
    "local at = KEYS[1] for i = 1, 5 do at = redis.call('HGET', at, 'next') or at out[#out + 1] = at end",
    "redis.call('RPUSH', 'l' .. n, ARGV[1], 'x') out[#out + 1] = redis.call('LRANGE', 'l' .. n, 0, -1)",
    "local all = redis.call('SMEMBERS', 'm' .. n) table.sort(all) out[#out + 1] = all",
    "redis.call('ZADD', 'z' .. n, 'INCR', ARGV[1], 'a') out[#out + 1] = redis.call('ZSCORE', 'z' .. n, 'a')",
    "redis.call('SET', 's' .. n, ARGV[1], 'EX', 500) out[#out + 1] = redis.call('TTL', 's' .. n)",
    "out[#out + 1] = redis.call('DEL', 's' .. n, 'l' .. n)",
    "redis.call('RENAME', 'h' .. n, 'renamed' .. n)",
    "out[#out + 1] = redis.pcall('LPUSH', 'h' .. n, 1)",
    "redis.call('XADD', 'x' .. n, '9-' .. n, 'f', ARGV[1]) out[#out + 1] = redis.call('XRANGE', 'x' .. n, '-', '+')",
    "out[#out + 1] = redis.call('SORT', 'l' .. n, 'ALPHA', 'GET', 's*')",
    "out[#out + 1] = redis.call('PEXPIRETIME', 't' .. n)",
    "if n > 3 then error('too many: ' .. n) end",
)


def fill(server: Connection, chance: random.Random) -> None:
    server.ask(b"FLUSHALL")
    for n in range(1, 6):
        for line in (
            f"SET s{n} {chance.choice(['a', 1, 'x' * 100])}", f"SET n{n} {chance.randrange(99)}",
            f"HSET h{n} a 1 next h{chance.randrange(1, 7)}", f"RPUSH l{n} {chance.randrange(9)} b c",
            f"SADD m{n} a b {chance.randrange(9)}", f"ZADD z{n} {chance.random()} a 2 b", f"XADD x{n} 1-1 f v",
            f"SET t{n} 1 EX {chance.randrange(100, 9999)}",
        ):  # fmt: skip
            if chance.random() < 0.8:
                server.ask(*line.encode().split())


def commands_counted(server: Connection) -> set[bytes]:
    told = server.ask(b"INFO", b"commandstats").splitlines()
    return {line.partition(b":")[0].removeprefix(b"cmdstat_") for line in told if line.startswith(b"cmdstat_")}


def writes_counted(server: Connection) -> bytes:
    return server.ask(b"INFO", b"persistence").partition(b"rdb_changes_since_last_save:")[2].split()[0]


def test_a_call_comes_to_the_same_here_and_there() -> None:
    if not is_there("redis-7.0"):
        pytest.skip("no redis-server is installed")
    chance = random.Random(7)
    with running("redis-7.0") as port, LiveServer(f"redis://127.0.0.1:{port}") as live:
        there = Connection(port)
        for number in range(CALLS):
            if number % 20 == 0:
                fill(there, chance)
            body = "\n".join(chance.sample(STATEMENTS, chance.randrange(1, 5)))
            n = chance.randrange(1, 7)
            source = f"local out, n = {{}}, {n}\n{body}\nreturn out".encode()
            words = [b"EVAL", source, b"1", b"h%d" % chance.randrange(1, 7), b"%d" % chance.randrange(5)]
            there.ask(b"CONFIG", b"RESETSTAT")
            changes = writes_counted(there)
            found = capture(live, words, lambda sha: None)
            assert commands_counted(there) - {b"config|resetstat"} <= READS
            assert writes_counted(there) == changes
            assert print_reply(found.call.reply) == print_reply(there.ask(*words)), source
            touched = [*found.keys, *(word[1] for _, word in commands_in(found.call.after.encode()) if word)]
            client = Server(profile=live.profile, clock=lambda at=found.call.at: at).connect()
            for _, made in commands_in(found.call.after.encode()):
                assert not client.execute_resp(*(made or ())).startswith(b"-")
            here = see(lambda argv, client=client: client.execute_resp(*argv), [], touched)
            real = see(lambda argv: there.ask(*argv), [], touched)
            assert list(differences(here, real)) == [], source


def test_what_asks_for_whatever_there_is_is_refused(redis_7: Somebody) -> None:
    with LiveServer(redis_7.url) as server, pytest.raises(Misplaced, match="whatever keys there are"):
        capture(server, [b"EVAL", b"return redis.call('KEYS', '*')", b"0"], lambda sha: None)


def test_a_function_is_taken_with_its_library(redis_7: Somebody) -> None:
    with LiveServer(redis_7.url) as server:
        found = capture(server, [b"FCALL", b"their_function", b"0"], lambda sha: None)
        assert (found.call.source, found.call.reply) == (LIBRARY, b":1\r\n")
        with pytest.raises(Misplaced, match="there is no function nothing"):
            capture(server, [b"FCALL", b"nothing", b"0"], lambda sha: None)


def test_the_time_is_that_of_the_server(redis_7: Somebody) -> None:
    with LiveServer(redis_7.url) as server:
        found = capture(server, [b"EVAL", b"return redis.call('TIME')", b"0"], lambda sha: None)
        assert abs(int(found.call.reply.split()[2]) - int(redis_7.admin.ask_parsed(b"TIME")[0])) <= 1


SCRIPT = "-- reads what it is given\nreturn {redis.call('GET', KEYS[1]), redis.call('HGET', 'h', 'a')}\n"


def test_the_command_line_writes_a_file_that_is_a_test(
    redis_7: Somebody, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = redis_7.everything()
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "read.lua").write_text(SCRIPT)
    sha = hashlib.sha1(SCRIPT.encode()).hexdigest()
    file = tmp_path / "call.ferrous.json"
    where = ["--scripts", str(tmp_path / "src"), "--write", str(file)]
    assert main(["capture", *where, redis_7.url, "EVALSHA", sha, "1", "stock"]) == OK
    told = capsys.readouterr().err
    assert "the call touches 2 keys there: stock, h" in told
    assert 'it replies here: 1) "99"' in told
    assert main(["test", str(file)]) == OK
    work = json.loads(file.read_text())
    assert work["tests"][0]["fixture"] == "SET stock 99\nHSET h a 1 b 2"
    assert redis_7.everything() == before


def test_the_command_line_prints_a_link(redis_7: Somebody, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["EVAL", "return redis.call('GET', KEYS[1])", "1", "stock"]
    assert main(["capture", "--page", "https://page.example/", redis_7.url, *call]) == OK
    assert capsys.readouterr().out.startswith("https://page.example/#v1=")
    assert main(["capture", redis_7.url, "EVALSHA", "0" * 40, "0"]) == MISUSED
    assert "no script with the SHA-1" in capsys.readouterr().err
    assert main(["capture", redis_7.url, "GET", "stock"]) == MISUSED
    assert "a call is written as" in capsys.readouterr().err


def test_a_program_may_hold_the_script(redis_7: Somebody, tmp_path: Path) -> None:
    pytest.importorskip("tree_sitter_python")
    program = tmp_path / "app.py"
    program.write_text(f'SCRIPT = """{SCRIPT}"""\nredis.register_script(SCRIPT)\n')
    sha = hashlib.sha1(SCRIPT.encode()).hexdigest()
    assert main(["capture", "--scripts", str(program), redis_7.url, "EVALSHA", sha, "1", "stock"]) == OK


def test_valkey_tells_the_text() -> None:
    if not is_there("valkey-8.1"):
        pytest.skip("there is no Valkey")
    with running("valkey-8.1") as port, LiveServer(f"redis://127.0.0.1:{port}") as server:
        sha = server.ask_node(0, b"SCRIPT", b"LOAD", b"return 7")[5:45]
        assert capture(server, [b"EVALSHA", sha, b"0"], lambda sha: None).call.reply == b":7\r\n"
