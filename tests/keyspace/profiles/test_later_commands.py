"""Commands that came after Redis 7.0, where more than a dialogue is needed: scripts, clients, what is loaded."""

from __future__ import annotations

import subprocess
import sys

import ferrous_vm
from ferrous_vm.keyspace.replies import ErrorReply


def client(profile: str) -> ferrous_vm.Client:
    return ferrous_vm.Server(profile=profile).connect()


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


def test_redis_7_0_loads_nothing_of_them() -> None:
    program = (
        "import sys, ferrous_vm; c = ferrous_vm.Server().connect();"
        "c.execute(b'HSET', b'h', b'a', b'1'); c.execute(b'SET', b'k', b'v', b'NX');"
        "names = 'timed field_ conditional later command_switches servers'.split();"
        "loaded = [m.rpartition('.')[2] for m in sys.modules if m.startswith('ferrous_vm')];"
        "print([m for m in loaded if any(n in m for n in names)])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
