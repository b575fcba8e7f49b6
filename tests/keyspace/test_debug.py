"""DEBUG as test suites use it, beside a real server that allows it, and as such a server answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.server import Server
from tests.keyspace.conftest import serving
from tests.keyspace.differential import Pair, run_dialogue

EVERY_TYPE = r"""
SET a 1
SET b hello
SET e x EX 1000
SET raw "a text of more than forty-four bytes, which is stored apart"
RPUSH l a b 3 4
SADD s a b c
SADD i 1 2 3
ZADD z 1 a 2.5 b inf c -1e300 d 0.1 e
HSET h f v g w
XADD x 1-1 a b c d
XADD x 2-1 a b
XADD x 2-2 a b
XDEL x 1-1
SELECT 3
SET "\x00" "\xff"
SELECT 0
"""

DIALOGUE = (
    EVERY_TYPE
    + r"""
DEBUG DIGEST
DEBUG DIGEST a
DEBUG DIGEST-VALUE a b e raw l s i z h x none
DEBUG DIGEST-VALUE
DEBUG RELOAD
DEBUG RELOAD merge noflush
DEBUG RELOAD merge all
DEBUG DIGEST
TTL e
OBJECT ENCODING l
EXPIRE e 500
DEBUG DIGEST
DEBUG SET-ACTIVE-EXPIRE 0
PEXPIRE a 1
@ 5
DEBUG DIGEST-VALUE a
DEBUG RELOAD
DBSIZE
DEBUG DIGEST-VALUE a
DEBUG QUICKLIST-PACKED-THRESHOLD 5gb
DEBUG QUICKLIST-PACKED-THRESHOLD 1b
DEBUG QUICKLIST-PACKED-THRESHOLD x
DEBUG QUICKLIST-PACKED-THRESHOLD 0
DEBUG SLEEP 0
DEBUG SLEEP x
DEBUG SLEEP -1
DEBUG SLEEP
DEBUG REPLYBUFFER peak-reset-time never
DEBUG REPLYBUFFER peak-reset-time x
DEBUG REPLYBUFFER resizing x
DEBUG REPLYBUFFER foo x
DEBUG REPLYBUFFER foo
DEBUG PROTOCOL attrib
"""
)


@pytest.fixture
def pair(redis_port: int, tmp_path: Path) -> Iterator[Pair]:
    assert redis_port, "there is a redis-server of the right version"
    with serving(tmp_path, "--enable-debug-command", "local") as port:
        both = Pair(port)
        yield both
        both.close()


@pytest.mark.oracle
@pytest.mark.host
def test_debug_answers_as_redis_does(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = Session.__init__

    def allow(session: Session, keyspace: object, **rest: object) -> None:
        allowed(session, keyspace, **rest)  # type: ignore[arg-type]
        session.keyspace.configuration.set(b"enable-debug-command", b"local")

    monkeypatch.setattr(Session, "__init__", allow)
    differences = run_dialogue(pair, DIALOGUE)
    assert not differences, "\n".join(differences)


@pytest.fixture
def server() -> Server:
    made = Server()
    made.keyspace.configuration.set(b"enable-debug-command", b"local")
    return made


def test_a_digest_is_the_recorded_one_and_outlives_a_reload(server: Server) -> None:
    client = server.connect()
    for line in (b"SET a 1", b"RPUSH l a b 3 4", b"ZADD z 1 a 2.5 b", b"XADD x 1-1 a b", b"SADD s a b", b"HSET h f v"):
        client.execute(*line.split())
    assert client.execute(b"DEBUG", b"DIGEST-VALUE", b"a", b"l", b"none") == [
        b"b4fc66738120fba0b5aa500ab5c2bf89cea1c5da",
        b"f57e23035bc5f7a384df04974ad231e723121bb7",
        b"0" * 40,
    ]
    before = client.execute(b"DEBUG", b"DIGEST")
    for reload in (b"RELOAD", b"LOADAOF"):
        assert client.execute(b"DEBUG", reload) == b"OK"
        assert client.execute(b"DEBUG", b"DIGEST") == before
    assert client.execute(b"DBSIZE") == 6


def test_what_was_saved_is_loaded_again_alone_or_besides(server: Server) -> None:
    client = server.connect()
    refused = ErrorReply(b"ERR Error trying to load the RDB dump")
    assert client.execute(b"DEBUG", b"RELOAD", b"NOSAVE") == refused
    client.execute(b"SET", b"a", b"1")
    server.keyspace.end = lambda: None  # as at an endpoint
    assert client.execute(b"SAVE") == b"OK"
    client.execute(b"MSET", b"a", b"2", b"b", b"2")
    assert client.execute(b"DEBUG", b"RELOAD", b"NOSAVE", b"NOFLUSH") == refused
    assert client.execute(b"DEBUG", b"RELOAD", b"NOSAVE", b"NOFLUSH", b"MERGE") == b"OK"
    assert client.execute(b"MGET", b"a", b"b") == [b"1", b"2"]
    assert client.execute(b"DEBUG", b"RELOAD", b"NOSAVE") == b"OK"
    assert client.execute(b"MGET", b"a", b"b") == [b"1", None]


def test_saving_is_of_use_at_an_endpoint_only(server: Server) -> None:
    client = server.connect()
    began = client.execute(b"LASTSAVE")
    for words, reply in (
        ([b"SAVE"], b"OK"),
        ([b"BGSAVE"], b"Background saving started"),
        ([b"BGSAVE", b"SCHEDULE"], b"Background saving started"),
        ([b"BGREWRITEAOF"], b"Background append only file rewriting started"),
    ):
        server.keyspace.end = None
        refused = client.execute(*words)
        assert isinstance(refused, ErrorReply)
        assert b"there is no disk; export the keyspace instead" in refused.message
        server.keyspace.end = lambda: None
        assert client.execute(*words) == reply
    assert client.execute(b"LASTSAVE") >= began
    for words in ([b"BGSAVE", b"now"], [b"BGSAVE", b"SCHEDULE", b"now"]):
        assert client.execute(*words) == ErrorReply(b"ERR syntax error")


def test_scripts_may_all_while_a_host_says_so(server: Server) -> None:
    client = server.connect()
    script = b"redis.setresp(3); return redis.call('debug', 'protocol', 'attrib')"
    refused = client.execute(b"EVAL", script, b"0")
    assert isinstance(refused, ErrorReply)
    assert b"not allowed from script" in refused.message
    client.execute(b"DEBUG", b"SET-DISABLE-DENY-SCRIPTS", b"1")
    assert client.execute(b"EVAL", script, b"0") == b"Some real reply following the attribute"
    client.execute(b"DEBUG", b"SET-DISABLE-DENY-SCRIPTS", b"0")
    assert client.execute(b"EVAL", script, b"0") == refused


def test_attributes_stand_before_what_they_adorn(server: Server) -> None:
    client = server.connect()
    asked = (b"DEBUG", b"PROTOCOL", b"ATTRIB")
    assert client.execute_resp(*asked) == b"$39\r\nSome real reply following the attribute\r\n"
    client.execute(b"HELLO", b"3")
    assert client.execute_resp(*asked).startswith(
        b"|1\r\n$14\r\nkey-popularity\r\n*2\r\n$7\r\nkey:123\r\n:90\r\n$39\r\n"
    )


def test_an_object_is_told_of_until_it_is_deleted() -> None:
    now = 1_000_000
    server = Server(clock=lambda: now)
    server.keyspace.configuration.set(b"enable-debug-command", b"local")
    client = server.connect()
    client.execute(b"DEBUG", b"SET-ACTIVE-EXPIRE", b"0")
    client.execute(b"SET", b"k", b"v", b"PX", b"1")
    now += 2_000
    told = client.execute(b"DEBUG", b"OBJECT", b"k")
    assert isinstance(told, bytes)
    assert b"encoding:embstr serializedlength:2 " in told
    assert client.execute(b"GET", b"k") is None
