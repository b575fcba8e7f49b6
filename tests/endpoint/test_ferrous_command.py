"""FERROUS: the clock, random choices and the tape of an endpoint; a tape comes to the same wherever it is played."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ferrous_vm import PROFILES, Server
from ferrous_vm.__main__ import main
from ferrous_vm.command_line.work_file import check_test, read_work
from ferrous_vm.endpoint.ferrous_command import desk_of
from ferrous_vm.endpoint.hub import Connection, hub_of
from ferrous_vm.endpoint.requests import written
from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.limits import Limits
from ferrous_vm.tape.captured import MOST_CHARACTERS
from ferrous_vm.tape.kept import MOST_CALLS
from ferrous_vm.workbench.redis_cli import format_reply
from ferrous_vm.workbench.resp import parse_all

EXAMPLES = Path(__file__).parents[2] / "web" / "examples"


class Told:
    """A connection within this process, and what it was told."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._data = b""
        connection = hub_of(server).connect(self)
        assert connection is not None
        self.connection: Connection = connection

    def write(self, data: bytes) -> None:
        self._data += data

    def unsent(self) -> int:
        return 0

    def end(self, *, at_once: bool) -> None:
        pass

    def read(self) -> str:
        """What came since this was last asked, as redis-cli prints it."""
        data, self._data = self._data, b""
        return "\n".join(format_reply(nodes) for nodes in parse_all(data))

    def ask(self, line: str, *more: bytes) -> str:
        words = split_words(line.encode())
        assert words is not None
        self.connection.receive(written([[*words, *more]]))
        return self.read()


@pytest.fixture
def told() -> Told:
    return Told(Server(seed=1, limits=Limits(seconds=0.5)))


REFUSED = [
    ("FERROUS", "ERR wrong number of arguments for 'ferrous' command"),
    ("FERROUS FOO", "ERR unknown subcommand 'FOO'. Try FERROUS HELP."),
    ("ferrous clock", "ERR wrong number of arguments for 'ferrous|clock' command"),
    ("FERROUS CLOCK FOO", "ERR unknown subcommand 'FOO'. Try FERROUS HELP."),
    ("FERROUS CLOCK SET", "ERR wrong number of arguments for 'ferrous|clock|set' command"),
    ("FERROUS CLOCK GET 1", "ERR wrong number of arguments for 'ferrous|clock|get' command"),
    ("FERROUS CLOCK SET x", "ERR value is not an integer or out of range"),
    ("FERROUS CLOCK SET -1", "ERR value is out of range, value must between 0 and 253402300799999"),
    ("FERROUS CLOCK ADVANCE 9223372036854775807", "ERR value is not an integer or out of range"),
    ("FERROUS CLOCK ADVANCE 1.5", "ERR value is not an integer or out of range"),
    ("FERROUS SEED", "ERR wrong number of arguments for 'ferrous|seed' command"),
    ("FERROUS SEED x", "ERR value is not an integer or out of range"),
    ("FERROUS TAPE SHOW 1", "ERR No such call on the tape"),
    ("FERROUS TAPE LINK 1", "ERR No such call on the tape"),
    ("FERROUS TAPE LIST -2", "ERR value is out of range, value must between -1 and 9223372036854775807"),
]


def test_refusals_are_worded_as_those_of_redis(told: Told) -> None:
    for line, sentence in REFUSED:
        assert told.ask(line) == f"(error) {sentence}"
    assert "CLOCK ADVANCE <milliseconds>" in told.ask("FERROUS HELP")
    told.ask("MULTI")
    assert told.ask("FERROUS CLOCK GET") == "(error) ERR Command not allowed inside a transaction"
    assert told.ask("DISCARD") == "OK"
    told.ask("SUBSCRIBE c")
    assert told.ask("FERROUS CLOCK GET").startswith("(error) ERR Can't execute 'ferrous': only")
    told.ask("RESET")
    told.ask("ACL SETUSER half on nopass +get ~*")
    assert told.ask("AUTH half x") == "OK"
    assert told.ask("FERROUS CLOCK GET").startswith("(error) NOPERM")
    assert "FERROUS" not in told.ask("COMMAND LIST").upper()


def test_the_clock_is_set_stopped_and_moved_and_what_is_due_happens(told: Told) -> None:
    told.ask("FERROUS CLOCK FREEZE")
    assert told.ask("FERROUS CLOCK SET 1700000000000") == "OK"
    assert told.ask("FERROUS CLOCK GET") == "(integer) 1700000000000"
    told.ask("SET k v PX 1000")
    assert told.ask("FERROUS CLOCK ADVANCE 1000") == "(integer) 1700000001000"
    assert told.ask("GET k") == '"v"'
    told.ask("FERROUS CLOCK ADVANCE 1")
    assert told.ask("GET k") == "(nil)"
    assert told.ask("TIME") == '1) "1700000001"\n2) "1000"'
    # Who waits, waits by this clock; who listens hears of what expires.
    waiting, listening = Told(told.connection.hub.server), Told(told.connection.hub.server)
    told.ask("CONFIG SET notify-keyspace-events Ex")
    listening.ask("SUBSCRIBE __keyevent@0__:expired")
    assert waiting.ask("BLPOP q 10") == ""
    told.ask("SET k v PX 5000")
    told.ask("FERROUS CLOCK ADVANCE 9999")
    assert listening.read().endswith('"k"')
    assert waiting.read() == ""
    told.ask("FERROUS CLOCK ADVANCE 2")
    assert waiting.read() == "(nil)"
    before = int(told.ask("FERROUS CLOCK RUN").split()[-1])
    assert before == 1700000011002
    assert 0 <= int(told.ask("FERROUS CLOCK GET").split()[-1]) - before < 600_000


def test_random_choices_begin_anew(told: Told) -> None:
    told.ask("SADD s 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20")
    runs = []
    for _ in range(2):
        assert told.ask("FERROUS SEED 5") == "OK"
        runs.append([told.ask("SRANDMEMBER s 5"), told.ask('EVAL "return math.random(10000)" 0')])
    assert runs[0] == runs[1]


def played(told: Told, folder: Path, *, servers: list[str] | None = None) -> list[str]:
    """What came of each call of the tape, on both engines and on each of the servers: those that failed."""
    file = folder / "tape.ferrous.json"
    file.write_bytes(exported(told))
    work = read_work(file)
    return [
        line
        for test in work.tests
        for server in servers or [work.server]
        for engine in ("translator", "machine")
        for case in [check_test(file, test, server, f" on {server}, {engine}", engine)]
        if case.is_failed
        for line in case.full
    ]


def exported(told: Told) -> bytes:
    told.connection.receive(written([[b"FERROUS", b"TAPE", b"EXPORT"]]))
    data, told._data = told._data, b""
    return data.partition(b"\r\n")[2][:-2]


CALLS = """
SADD s a b c d e f g
SET a 1 PX 100000
HSET h f 1 g "\\x00\\xff"
ZADD z 1 a 2 b
RPUSH l a b
SET w_a 2
SET w_b 1
SET d_a A
XADD st 1-1 f v
EVAL "return redis.call('GET', KEYS[1]) .. ARGV[1]" 1 a x
EVAL "return {redis.call('SRANDMEMBER', 's'), redis.call('TIME'), math.random(1000), redis.call('PTTL', 'a')}" 0
EVAL "return redis.call('SORT', 'l', 'BY', 'w_*', 'GET', 'd_*', 'GET', '#')" 0
EVAL "return redis.call('KEYS', '*')" 0
EVAL "return {redis.call('DBSIZE'), redis.call('SCAN', '0')}" 0
EVAL "redis.call('SELECT', 3) redis.call('SET', 'three', 1) return redis.call('DBSIZE')" 0
EVAL "return redis.call('MOVE', 'd_a', 3)" 0
EVAL "return redis.call('MOVE', 'd_a', 3)" 0
EVAL "return redis.call('COPY', 'w_a', 'three', 'DB', 3)" 0
EVAL "return redis.call('XREAD', 'STREAMS', 'st', 0)" 0
EVAL "redis.call('DEL', 'h') return redis.call('HGETALL', 'h')" 1 h
EVAL "return redis.error_reply('MY no')" 0
EVAL "return redis.call('INCR', 'l')" 0
EVAL "redis.call('SET', 'half', 1) error('halfway')" 0
EVAL "redis.setresp(3) return redis.call('ZRANGE', 'z', 0, -1, 'WITHSCORES')" 0
EVAL_RO "return redis.call('GET', 'a')" 0
EVAL "return {1, 2.9, true, false, nil, 'x'}" 0
EVAL "redis.call('SET', 'gone', 1, 'PX', 1) return redis.call('GET', 'gone')" 0
SELECT 4
SET a four
EVAL "local x = redis.call('GET', 'a') redis.call('SELECT', 0) return {x, redis.call('GET', 'a')}" 0
HELLO 3
EVAL "return redis.call('HGETALL', 'nothing')" 0
MULTI
SET in multi
EVAL "return redis.call('GET', 'in')" 0
EXEC
EVAL "return redis.call('FLUSHALL')" 0
"""

LIBRARY = b"""#!lua name=counters
redis.register_function('more', function(keys, argv) return redis.call('INCRBY', keys[1], argv[1]) end)"""


def test_a_tape_replays_on_both_engines(told: Told, tmp_path: Path) -> None:
    assert told.ask("FERROUS TAPE START") == "OK"
    lines = [line for line in CALLS.splitlines() if line]
    for line in lines:
        told.ask(line)
    told.ask("FUNCTION LOAD", LIBRARY)
    told.ask("FCALL more 1 n 5")
    told.ask("SCRIPT LOAD", b"return ARGV[1]")
    told.ask("EVALSHA 098e0f0d1448c0a81dafe820f66d460eb09263da 0", b"\0\xff")
    assert told.ask("FERROUS TAPE STOP") == "OK"
    told.ask("EVAL", b"return 'is not kept'", b"0")
    called = sum(line.startswith("EVAL") for line in lines)
    assert told.ask("FERROUS TAPE LIST -1").count("EVAL") == called + 1
    work = json.loads(exported(told))
    kept = [test["name"] for script in (work, *work["others"]) for test in script["tests"]]
    assert len(kept) == called  # FCALL and EVALSHA too, but not two that look into several databases from one
    assert played(told, tmp_path) == []
    assert told.ask("FERROUS TAPE FORGET") == "OK"
    assert told.ask("FERROUS TAPE LIST") == "(empty array)"


def test_what_differs_on_another_server_is_told(told: Told, tmp_path: Path) -> None:
    told.ask("FERROUS TAPE START")
    told.ask("EVAL", b"return redis.call('SET', KEYS[1], 0.1)", b"1", b"k")
    told.ask("EVAL", b"return redis.call('GET', KEYS[1])", b"1", b"k")
    bad = played(told, tmp_path, servers=list(PROFILES))
    assert any("call 1 " in line and "redis-7.2" in line for line in bad)
    assert not any("redis-7.0" in line or "call 2" in line for line in bad)


def test_the_calls_of_every_example_replay_on_the_server_they_were_made_on(tmp_path: Path) -> None:
    for number, path in enumerate(sorted(EXAMPLES.glob("*.json"))):
        work = json.loads(path.read_text())
        told = Told(Server(seed=2, profile=list(PROFILES)[number % len(PROFILES)]))
        told.ask("FERROUS TAPE START")
        for line in work.get("fixture", []):
            told.ask(line)
        script = path.with_suffix(".lua").read_bytes()
        if script.startswith(b"#!lua name"):
            continue
        for test in work.get("tests", []):
            words = [value.encode() for value in [*test.get("keys", []), *test.get("argv", [])]]
            told.ask("EVAL", script, b"%d" % len(test.get("keys", [])), *words)
        if told.ask("FERROUS TAPE LIST") != "(empty array)":
            assert played(told, tmp_path) == [], path


def test_a_call_begins_when_the_time_was_stopped_for_it(tmp_path: Path) -> None:
    now = iter(range(1_700_000_000_000_000, 1_800_000_000_000_000, 1000))
    told = Told(Server(seed=1, profile="valkey-9.1", clock=lambda: next(now)))
    told.ask("FERROUS TAPE START")
    told.ask("SET k v PX 50")
    told.ask("EVAL", b"return {redis.call('TIME'), redis.call('GET', 'k'), redis.call('PTTL', 'k')}", b"0")
    told.ask("MULTI")
    told.ask("TIME")
    told.ask("EVAL", b"return redis.call('TIME')", b"0")
    told.ask("EXEC")
    assert played(told, tmp_path) == []


def test_a_call_that_a_limit_ended_is_shown_and_not_written(told: Told) -> None:
    told.ask("FERROUS TAPE START")
    told.ask("EVAL", b"while true do end", b"0")
    assert "time limit of 0.5 seconds exceeded" in told.ask("FERROUS TAPE SHOW 1")
    assert exported(told) == b""


def test_where_a_tape_cannot_be_written_is_said_before_anybody_calls(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        sys.exit(main(["serve", "--redis", "0", "--tape", "/nowhere/calls.ferrous.json"]))
    assert capfd.readouterr().err == "ferrous: /nowhere/calls.ferrous.json: No such file or directory\n"


def test_a_client_that_wants_no_replies_gets_none_and_who_speaks_is_not_idle(told: Told) -> None:
    assert told.ask("CLIENT REPLY SKIP") == ""
    assert told.ask("FERROUS CLOCK GET") == ""
    assert told.ask("PING") == "PONG"
    told.ask("CLIENT REPLY OFF")
    assert told.ask("FERROUS CLOCK GET") == ""
    assert told.ask("CLIENT REPLY ON") == "OK"
    told.ask("CONFIG SET timeout 5")
    told.ask("FERROUS CLOCK ADVANCE 6000")
    told.connection.hub.tick()
    assert told.ask("PING") == "PONG"


def test_what_a_call_touched_is_shown(told: Told) -> None:
    told.ask("SET seen 1")
    told.ask("SET unseen 1")
    told.ask("FERROUS TAPE START")
    told.ask("EVAL", b"redis.call('INCR', 'seen') return redis.call('SET', KEYS[1], ARGV[1])", b"1", b"new", b"v w")
    shown = told.ask("FERROUS TAPE SHOW 1")
    assert "SET seen 1" in shown
    assert "SET seen 2" in shown
    assert 'SET new \\"v w\\"' in shown
    assert "unseen" not in shown
    link = told.ask("FERROUS TAPE LINK 1 http://127.0.0.1/")
    assert link.startswith('"http://127.0.0.1/#v1=')


def test_a_tape_is_bounded_and_says_what_it_left_out(told: Told) -> None:
    told.ask("FERROUS TAPE START")
    for _ in range(MOST_CALLS + 5):
        told.connection.receive(written([[b"EVAL", b"return 1", b"0"]]))
    told.read()
    tape = told.ask("FERROUS TAPE LIST -1")
    assert f"{MOST_CALLS}) 1) (integer) 6\n" in tape
    told.ask("FERROUS TAPE FORGET")
    told.ask("SET large", b"x" * (MOST_CHARACTERS + 1))
    told.ask("EVAL", b"redis.call('SET', 'small', 1) return redis.call('STRLEN', 'large')", b"0")
    assert "xxx" not in told.ask(f"FERROUS TAPE SHOW {MOST_CALLS + 6}")
    assert '"keys-left-out"\n24) (integer) 1' in told.ask(f"FERROUS TAPE SHOW {MOST_CALLS + 6}")
    assert told.ask(f"FERROUS TAPE LINK {MOST_CALLS + 6}").startswith("(error) ERR That call is not whole")
    assert told.ask("FERROUS TAPE EXPORT") == '""'
    told.ask("EVAL", b"return '\xff'", b"0")
    assert told.ask(f"FERROUS TAPE LINK {MOST_CALLS + 7}").startswith("(error) ERR That call is not whole")


def test_what_is_executed_is_counted_from_start_to_stop(told: Told, tmp_path: Path) -> None:
    (tmp_path / "double.lua").write_text("if ARGV[1] then\n  return 2\nend\nreturn 1\n")
    script = (tmp_path / "double.lua").read_bytes()
    desk_of(told.server).sources = [tmp_path]
    told.ask("EVAL", script, b"0", b"x")
    assert told.ask("FERROUS COVERAGE START") == "OK"
    assert told.ask("FERROUS TAPE START") == "OK"
    told.ask("EVAL", script, b"0")
    assert "2 of 3 lines, 1 of 2 branches; never executed: 2" in told.ask("FERROUS COVERAGE REPORT")
    told.ask("MULTI")
    told.ask("EVAL", script, b"0", b"x")
    told.ask("EXEC")
    assert told.ask("FERROUS COVERAGE STOP") == "OK"
    told.ask("EVAL", script, b"0")
    lcov = told.ask("FERROUS COVERAGE EXPORT")
    assert "DA:1,2\\nDA:2,1\\nDA:4,1\\nLF:3\\nLH:3" in lcov
    assert told.ask("FERROUS COVERAGE FORGET") == "OK"
    assert "0 of 3 lines" in told.ask("FERROUS COVERAGE REPORT")
    assert told.ask("FERROUS COVERAGE") == "(error) ERR wrong number of arguments for 'ferrous|coverage' command"


@pytest.mark.parametrize("at", ["", "/nowhere/lcov.info"])
def test_a_suite_of_any_program_is_covered_by_file(at: str, tmp_path: Path) -> None:
    (tmp_path / "double.lua").write_text("if ARGV[1] then\n  return 2\nend\nreturn 1\n")
    command = [sys.executable, "-u", "-m", "ferrous_vm", "serve", "--redis", "0", "--sources", str(tmp_path)]
    command += ["--coverage", at or str(tmp_path / "lcov.info")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        if at:
            _, errors = process.communicate()
            assert (process.returncode, errors) == (2, "ferrous: /nowhere/lcov.info: No such file or directory\n")
            return
        with socket.create_connection(("127.0.0.1", int(ready.rpartition(":")[2]))) as client:
            client.sendall(written([[b"EVAL", (tmp_path / "double.lua").read_bytes(), b"0"]]))
            assert client.recv(100) == b":1\r\n"
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate()
    assert errors == ""
    assert rest.strip().endswith("double.lua: 2 of 3 lines, 1 of 2 branches; never executed: 2; one way only: 1")
    assert "DA:2,0" in (tmp_path / "lcov.info").read_text()
