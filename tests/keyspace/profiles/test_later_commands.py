"""Commands that came after Redis 7.0, where more than a dialogue is needed: scripts, clients, what is loaded."""

from __future__ import annotations

import subprocess
import sys
from random import Random

import pytest

import ferrous_vm
from ferrous_vm.keyspace import Keyspace, Session, execute
from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.keyspace.profiles.rows import NOT_OFFERED
from ferrous_vm.keyspace.replies import ErrorReply
from tests.keyspace.snapshots import snapshot


def client(profile: str) -> ferrous_vm.Client:
    return ferrous_vm.Server(profile=profile).connect()


@pytest.mark.parametrize("profile", ferrous_vm.PROFILES)
def test_each_command_has_a_handler_or_an_excuse(profile: str) -> None:
    unknown = [
        row.full_name.decode()
        for row in profile_named(profile).commands.rows()
        if row.group not in ("module", "scripting") and not row.subcommands and row.handler is None
    ]
    excused = {*NOT_OFFERED, *profile_named(profile).commands.not_offered}
    assert [name for name in unknown if name not in excused] == []


STREAM_COMMANDS = (
    "XADD s MAXLEN 3 DELREF * a 1",
    "XADD s MAXLEN 3 ACKED * a 1",
    "XTRIM s MAXLEN 1 DELREF",
    "XTRIM s MAXLEN 1 ACKED",
    "XDELEX s DELREF IDS 1 2-1",
    "XDELEX s ACKED IDS 2 1-1 3-1",
    "XACKDEL s g IDS 1 1-1",
    "XACKDEL s g ACKED IDS 1 2-1",
    "XREADGROUP GROUP g c COUNT 2 STREAMS s >",
    "XREADGROUP GROUP h d CLAIM 0 STREAMS s >",
    "XACK s g 1-1 2-1",
    "XADD s IDMP p i * a 1",
    "XADD s IDMP p j * a 1",
    "XADD s IDMPAUTO q * a 1",
    "XCFGSET s IDMP-MAXSIZE 1",
    "XCFGSET s IDMP-MAXSIZE 5 IDMP-DURATION 9",
    "SET k v IFNE v",
    "DELEX k IFEQ v",
    "MSETEX 2 k w j 1 EX 100",
)


@pytest.mark.parametrize("seed", range(10))
def test_what_they_change_is_undone(seed: int) -> None:
    session = Session(Keyspace(clock=lambda: 1_700_000_000_000_000, seed=1, profile=profile_named("redis-8.6")))
    for line in ("XADD s 1-1 a 1", "XADD s 2-1 a 2", "XADD s 3-1 a 3", "XGROUP CREATE s g 0", "XGROUP CREATE s h 0"):
        execute(session, line.encode().split())
    chance = Random(seed)
    journal = session.keyspace.open_journal()
    states = [(journal.savepoint(), snapshot(session.keyspace))]
    for _ in range(30):
        reply = execute(session, chance.choice(STREAM_COMMANDS).encode().split())
        assert not isinstance(reply, ErrorReply)
        states.append((journal.savepoint(), snapshot(session.keyspace)))
    for mark, state in reversed(states):
        journal.undo(mark)
        assert snapshot(session.keyspace) == state


def test_a_script_is_shown() -> None:
    one = client("valkey-8.0")
    sha = one.execute(b"SCRIPT", b"LOAD", b"return 1")
    assert isinstance(sha, bytes)
    assert one.execute(b"SCRIPT", b"SHOW", sha.upper()) == b"return 1"
    missing = one.execute(b"SCRIPT", b"SHOW", b"x")
    assert isinstance(missing, ErrorReply)
    assert missing.message == b"NOSCRIPT No matching script."


def test_the_library_of_a_client_is_said_back() -> None:
    one = client("redis-7.2")
    one.execute(b"CLIENT", b"SETINFO", b"LIB-NAME", b"lua-client")
    one.execute(b"CLIENT", b"SETINFO", b"LIB-VER", b"1.2")
    told = one.execute_resp(b"CLIENT", b"INFO")
    assert b"lib-name=lua-client lib-ver=1.2" in told
    assert b"lib-name" not in client("redis-7.0").execute_resp(b"CLIENT", b"INFO")


@pytest.mark.host  # another process of Python
def test_redis_7_0_loads_nothing_of_them() -> None:
    program = (
        "import sys, ferrous_vm; c = ferrous_vm.Server().connect();"
        "c.execute(b'HSET', b'h', b'a', b'1'); c.execute(b'SET', b'k', b'v', b'NX');"
        "names = 'timed field_ conditional later former own_handlers producers command_switches servers'.split();"
        "loaded = [m.rpartition('.')[2] for m in sys.modules if m.startswith('ferrous_vm')];"
        "print([m for m in loaded if any(n in m for n in names)])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
