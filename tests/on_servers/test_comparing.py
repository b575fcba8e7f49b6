"""The same calls on two servers: what differs has a kind, and the rule that makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrous_vm.__main__ import FAILED, OK, main
from ferrous_vm.on_servers.comparing import compare
from ferrous_vm.on_servers.connections import LiveServer
from ferrous_vm.on_servers.enclosure import Enclosure
from ferrous_vm.on_servers.seen import KeySeen, Seen, Step, differences
from tests.on_servers.somebody import Somebody
from tests.record.servers import is_there, running

pytestmark = [pytest.mark.host, pytest.mark.oracle]


def seen(reply: bytes = b"+OK\r\n", **keys: KeySeen) -> Seen:
    return Seen([reply], {name.encode(): key for name, key in keys.items()})


def bulk(text: bytes) -> bytes:
    return b"$%d\r\n%b\r\n" % (len(text), text)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (seen(b":1\r\n"), seen(b":2\r\n"), "reply"),
        (seen(bulk(b"a")), seen(bulk(b"b")), "reply"),
        (seen(bulk(b"0.1")), seen(bulk(b"0.10000000000000001")), "number format"),
        (seen(bulk(b'{"a":1,"b":2}')), seen(bulk(b'{"b":2,"a":1}')), "order"),
        (seen(b"-ERR a\r\n"), seen(b"-ERR b\r\n"), "error text"),
        (seen(b"-ERR a\r\n"), seen(b"+OK\r\n"), "reply"),
        (seen(b"-ERR unknown command 'LCS', with args\r\n"), seen(b"+OK\r\n"), "command absent"),
        (seen(b"-ERR Unknown Redis command called from script\r\n"), seen(b"-WRONGTYPE x\r\n"), "command absent"),
        (seen(k=KeySeen('"1"')), seen(), "keyspace"),
        (seen(k=KeySeen('"1"')), seen(k=KeySeen('"a"')), "keyspace"),
        (seen(k=KeySeen('"0.1"')), seen(k=KeySeen('"0.10000000000000001"')), "number format"),
        (seen(k=KeySeen("1", 9000, 1)), seen(k=KeySeen("1")), "ttl"),
        (seen(k=KeySeen("1", 9000, 90000)), seen(k=KeySeen("1", 90000, 990000)), "ttl"),
    ],
)
def test_each_difference_has_a_kind(one: Seen, other: Seen, kind: str) -> None:
    found = list(differences(one, other))
    assert [difference.kind for difference in found] == [kind]


def test_ends_are_the_same_by_either_clock() -> None:
    assert not list(differences(seen(k=KeySeen("1", 9000, 1)), seen(k=KeySeen("1", 9500, 77777))))
    assert not list(differences(seen(k=KeySeen("1", 90000, 555_000)), seen(k=KeySeen("1", 50000, 555_100))))


SCRIPT = b"""
redis.call('ZADD', KEYS[1], 0.1, 'm')
return {redis.call('ZSCORE', KEYS[1], 'm'), cjson.encode({k1 = 1, k2 = 2, k3 = 3, k4 = 4})}
"""


def test_differences_are_explained_by_the_rules_of_the_profiles() -> None:
    if not is_there("valkey-9.1"):
        pytest.skip("there is no Valkey")
    with (
        running("redis-7.0") as first,
        running("valkey-9.1") as second,
        LiveServer(f"redis://127.0.0.1:{first}") as one,
        LiveServer(f"redis://127.0.0.1:{second}") as other,
    ):
        steps = [Step("the call", [b"EVAL", SCRIPT, b"1", b"k"]), Step("next", [b"EVAL", b"return {1,", b"0"])]
        same, different = compare([Enclosure(one), Enclosure(other)], steps)
        assert (same.from_first, same.from_profile, different.from_profile) == ([], [], [])
        assert [found.difference.kind for found in different.from_first] == ["reply", "number format"]
        told = [sentence for found in different.from_first for sentence in found.because]
        assert any("MurmurHash3" in sentence for sentence in told)
        assert any("few digits" in sentence for sentence in told)


def test_one_server_is_held_against_ferrous(
    redis_7: Somebody, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = redis_7.everything()
    script = tmp_path / "a.lua"
    script.write_text("-- keys: k\n-- expect reply: OK\nreturn redis.call('SET', KEYS[1], 0.1, 'EX', 100)")
    assert main(["compare", str(script), "--on", redis_7.url]) == OK
    assert capsys.readouterr().out.endswith("1 command: none of A and Ferrous as redis-7.0\n")
    script.write_text("return redis.call('TIME')[2]")
    assert main(["compare", str(script), "--on", redis_7.url]) == OK
    assert "which differs from run to run" in capsys.readouterr().out
    script.write_text("return {redis.call('SETRANGE', KEYS[1], 1, 'x'), redis.call('OBJECT', 'ENCODING', KEYS[1])}")
    assert main(["compare", str(script), "--keys", "k", "--on", redis_7.url, "--on", redis_7.url]) in (OK, FAILED)
    assert redis_7.everything() == before
