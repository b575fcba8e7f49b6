"""Nothing outside changes, whatever a script does on somebody's server, and whenever the process is ended."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ferrous_vm.on_servers.connections import Connection, LiveServer, Unreachable
from ferrous_vm.on_servers.enclosure import Enclosure, clean
from ferrous_vm.on_servers.grounds import NOT_SENT, Denial, carry_out
from ferrous_vm.on_servers.misplaced import Misplaced
from tests.on_servers.escapes import COMMANDS, WRITES, attempt
from tests.on_servers.somebody import Somebody

pytestmark = [pytest.mark.host, pytest.mark.oracle]


def run(
    somebody: Somebody, script: str, *given: bytes, keys: tuple[bytes, ...] = (b"k",)
) -> tuple[bytes, list[Denial]]:
    def play(ask: Callable[[list[bytes]], bytes]) -> bytes:
        for line in given:
            ask(line.split())
        return ask([b"EVAL", script.encode("latin-1"), b"%d" % len(keys), *keys])

    with LiveServer(somebody.url) as server:
        return carry_out(Enclosure(server), play)


def test_a_script_runs_beside_what_is_there(somebody: Somebody) -> None:
    before = somebody.everything()
    script = "redis.call('SET', KEYS[1] .. ':sub', 1) return {redis.call('INCR', KEYS[1]), KEYS[1]}"
    assert run(somebody, script, b"SET stock 3", keys=(b"stock",)) == (b"*2\r\n:4\r\n$5\r\nstock\r\n", [])
    assert somebody.everything() == before


def test_a_computed_name_is_refused_and_named(somebody: Somebody) -> None:
    before = somebody.everything()
    reply, denials = run(somebody, "redis.call('SET', KEYS[1], 1) return redis.call('SET', 'prod:' .. 1, 'x')")
    assert reply.startswith(b"-")
    assert denials == [Denial("key", b"prod:1")]
    assert somebody.everything() == before


@pytest.mark.parametrize("command", COMMANDS)
def test_no_way_leads_out(redis_7: Somebody, command: str) -> None:
    before = redis_7.everything()
    with contextlib.suppress(Misplaced):
        run(redis_7, f"redis.call('SET', KEYS[1], 1) {attempt(command, False)}", command.encode())
    with contextlib.suppress(Misplaced):
        run(redis_7, f"{attempt(command, True)} {WRITES[0]}")
    assert redis_7.everything() == before


STATEMENTS = st.one_of(
    st.sampled_from(WRITES), st.builds(attempt, st.sampled_from(COMMANDS), st.booleans())
)  # fmt: skip


@given(st.lists(STATEMENTS, min_size=1, max_size=6), st.lists(st.sampled_from(COMMANDS), max_size=2))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_a_script_does_nothing_outside_changes(
    somebody: Somebody, statements: list[str], lines: list[str]
) -> None:
    before = somebody.everything()
    with contextlib.suppress(Misplaced):
        run(somebody, " ".join(statements), *(line.encode() for line in lines))
    assert somebody.everything() == before


@pytest.mark.parametrize("script", ["while true do end", "while true do redis.call('SET', KEYS[1], 1) end"])
def test_what_does_not_end_is_not_sent(redis_7: Somebody, script: str) -> None:
    before = redis_7.admin.ask(b"INFO", b"commandstats")
    with pytest.raises(Misplaced, match="limit of seconds"):
        run(redis_7, script)
    after = redis_7.admin.ask(b"INFO", b"commandstats")
    assert after.count(b"cmdstat_eval:") == before.count(b"cmdstat_eval:")


@pytest.mark.parametrize("name", sorted(NOT_SENT))
def test_what_changes_a_connection_is_not_sent(redis_7: Somebody, name: bytes) -> None:
    with pytest.raises(Misplaced, match="not sent"):
        run(redis_7, "return 1", name)


def test_names_that_change_each_time_are_told(redis_7: Somebody) -> None:
    before = redis_7.everything()
    with pytest.raises(Misplaced, match="each time it names other keys"):
        run(redis_7, "return redis.call('SET', KEYS[1] .. redis.call('TIME')[2], 1)")
    assert redis_7.everything() == before


def test_a_name_that_no_rule_can_hold_is_told(redis_7: Somebody) -> None:
    with pytest.raises(Misplaced, match="the name 'a b c d' has more spaces"):
        run(redis_7, "return redis.call('GET', KEYS[1])", keys=(b"a b c d",))
    assert run(redis_7, "return redis.call('INCR', KEYS[1])", keys=(b"a b c",)) == (b":1\r\n", [])


def test_where_no_user_can_be_made_it_is_refused(redis_7: Somebody) -> None:
    redis_7.admin.ask(b"ACL", b"SETUSER", b"bob", b"on", b">pw", b"~*", b"&*", b"+@all", b"-acl")
    before = redis_7.everything()
    with LiveServer(redis_7.url.replace("//", "//bob:pw@")) as server, pytest.raises(Misplaced, match="--mine"):
        carry_out(Enclosure(server), lambda ask: ask([b"PING"]))
    redis_7.admin.ask(b"HDEL", b"ferrous:runs", *redis_7.admin.ask_parsed(b"HKEYS", b"ferrous:runs") or [b"none"])
    assert redis_7.everything() == before


class Killed(BaseException):
    """The process is gone."""


def _die_after(monkeypatch: pytest.MonkeyPatch, count: int, is_sent: bool) -> list[Connection]:
    """From the command of that number on nothing is sent, or its reply is not read."""
    asked: Any = Connection.ask
    made: list[Connection] = []
    left = [count]

    def ask(self: Connection, *words: bytes) -> bytes:
        if self not in made:
            made.append(self)
        left[0] -= 1
        if left[0] == 0 and is_sent:
            self._socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(w), w) for w in words))
        if left[0] <= 0:
            raise Killed
        reply: bytes = asked(self, *words)
        return reply

    monkeypatch.setattr(Connection, "ask", ask)
    return made


@pytest.mark.parametrize("is_sent", [False, True])
def test_killed_at_any_command_the_next_run_finds_what_is_left(somebody: Somebody, is_sent: bool) -> None:
    before = somebody.everything()
    clients = somebody.clients()
    script = f"{WRITES[0]} {WRITES[1]}"
    for count in range(1, 60):
        with pytest.MonkeyPatch.context() as patch:
            made = _die_after(patch, count, is_sent)
            try:
                run(somebody, script, b"SET k 1", b"RPUSH list a b")
            except Killed:
                pass
            else:
                break
        for connection in made:
            connection._made.disconnect()
        _wait_until(lambda: somebody.clients() == clients)
        with LiveServer(somebody.url) as server:
            clean(server)
        assert somebody.everything() == before, count
    assert 10 < count < 59


def _wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to that")


def test_a_process_that_is_killed_leaves_nothing_that_the_next_does_not_find(redis_7: Somebody, tmp_path: Path) -> None:
    before = redis_7.everything()
    clients = redis_7.clients()
    script = tmp_path / "slow.lua"
    script.write_text(
        "-- keys: k\n-- expect reply: (nil)\nfor i = 1, 200 do redis.call('SET', KEYS[1] .. i, i) end\n"
        "for i = 1, 50000 do redis.call('GET', KEYS[1]) end\n"
    )
    for delay in (0.3, 0.4, 0.5, 0.6, 0.8):
        command = [sys.executable, "-m", "ferrous_vm", "test", *[str(script)] * 20, "--on", redis_7.url]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        _wait_until(lambda: redis_7.clients() == clients)
        clean_up = [sys.executable, "-m", "ferrous_vm", "run", "--clean", "--on", redis_7.url]
        subprocess.run(clean_up, check=True, stdout=subprocess.DEVNULL)
        assert redis_7.everything() == before


def test_a_run_that_goes_on_is_not_cleaned_away(redis_7: Somebody) -> None:
    with LiveServer(redis_7.url) as one, LiveServer(redis_7.url) as other:
        enclosure = Enclosure(one)
        with enclosure.opened([enclosure.prefix + b"k"]) as ask:
            ask([b"SET", b"k", b"1"])
            assert clean(other) == []
            Enclosure(other)
            assert ask([b"GET", b"k"]) == b"$1\r\n1\r\n"


def test_others_are_not_removed_by_what_somebody_wrote_down(redis_7: Somebody) -> None:
    before = redis_7.everything()
    redis_7.admin.ask(b"HSET", b"ferrous:runs", b"alice", b'["prod:1"]', b"ferrous-0123456789ab", b'["prod:1"]')
    with LiveServer(redis_7.url) as server:
        clean(server)
    redis_7.admin.ask(b"DEL", b"ferrous:runs")
    assert redis_7.everything() == before


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(Unreachable, match="Connection refused") as told:
        LiveServer("redis://user:secret@127.0.0.1:1")
    assert "secret" not in str(told.value)
    with pytest.raises(Unreachable, match="no sentinel there knows a primary called 'stocks'"):
        LiveServer("sentinel://127.0.0.1:1/stocks")
