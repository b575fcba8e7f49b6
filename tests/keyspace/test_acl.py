"""What ACL changes beyond a reply: the log of denials, connections that end, and what undo takes back.

Replies are compared with a real server in `dialogues/acl.txt`.
"""

from __future__ import annotations

import pytest

from ferrous_vm.keyspace import Keyspace, Session, execute
from ferrous_vm.keyspace.replies import ErrorReply
from tests.keyspace.differential import split
from tests.keyspace.dry_runs import dry_run


class Clock:
    """Unix microseconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def admin(clock: Clock) -> Session:
    return Session(Keyspace(clock=clock, seed=1))


def ask(session: Session, line: str) -> object:
    return execute(session, split(line))


def log(admin: Session) -> list[dict[bytes, object]]:
    entries = ask(admin, "ACL LOG 100")
    assert isinstance(entries, list)
    return [dict(entry) for entry in entries]


def restricted(admin: Session, rules: str) -> Session:
    """A client logged in as a user with these rules."""
    assert ask(admin, f"ACL SETUSER limited on nopass {rules}") is not None
    client = Session(admin.keyspace)
    ask(client, "AUTH limited x")
    return client


def test_the_log_counts_denials_that_are_alike(admin: Session, clock: Clock) -> None:
    client = restricted(admin, "+@all -set ~k*")
    for line in ("SET k v", "GET x", "SET k w", "GET k", "AUTH limited", "AUTH nobody x", "SET k x"):
        ask(client, line)
    clock.now += 1_500_000
    entries = [(entry[b"count"], entry[b"reason"], entry[b"object"], entry[b"username"]) for entry in log(admin)]
    assert entries == [
        (3, b"command", b"set", b"limited"),
        (1, b"auth", b"AUTH", b"nobody"),
        (1, b"key", b"x", b"limited"),
    ]
    assert log(admin)[0][b"age-seconds"] == 1.5
    assert b" user=limited " in log(admin)[0][b"client-info"]  # type: ignore[operator]


def test_denials_a_minute_apart_are_counted_apart(admin: Session, clock: Clock) -> None:
    client = restricted(admin, "+@all -set allkeys")
    ask(client, "SET k v")
    clock.now += 60_000_000
    ask(client, "SET k v")
    clock.now += 60_001_000
    ask(client, "SET k v")
    assert [entry[b"count"] for entry in log(admin)] == [1, 2]


def test_the_log_tells_of_transactions(admin: Session) -> None:
    client = restricted(admin, "+@all allkeys")
    for line in ("MULTI", "GET k"):
        ask(client, line)
    ask(admin, "ACL SETUSER limited -get")
    ask(client, "EXEC")
    assert [(entry[b"context"], entry[b"object"]) for entry in log(admin)] == [(b"multi", b"get")]


def test_the_log_is_as_long_as_it_may_be(admin: Session) -> None:
    client = restricted(admin, "+@all ~k")
    ask(admin, "CONFIG SET acllog-max-len 2")
    for key in "abc":
        ask(client, f"GET {key}")
    assert [entry[b"object"] for entry in log(admin)] == [b"c", b"b"]
    ask(admin, "ACL LOG RESET")
    assert log(admin) == []


def test_a_deleted_user_has_no_connections(admin: Session) -> None:
    client = restricted(admin, "+@all")
    assert ask(client, "ACL DELUSER limited") == 1
    assert client.closing
    assert not admin.closing


def test_who_listens_to_what_is_forbidden_now_is_sent_away(admin: Session) -> None:
    client, other = restricted(admin, "+@all &a* &b"), restricted(admin, "+@all")
    ask(client, "SUBSCRIBE a1 b")
    ask(other, "PSUBSCRIBE a*")
    ask(admin, "ACL SETUSER limited resetchannels &b &a* &c")
    assert (client.closing, other.closing) == (False, False)
    ask(admin, "ACL SETUSER limited resetchannels &b &a1")
    assert (client.closing, other.closing) == (False, True)
    ask(admin, "ACL SETUSER limited resetchannels &b")
    assert client.closing


def test_clients_can_be_found_by_their_user(admin: Session) -> None:
    client = restricted(admin, "+@all")
    assert ask(admin, "CLIENT KILL USER limited") == 1
    assert client.closing


def test_undo_takes_users_and_their_rules_back(admin: Session) -> None:
    client = restricted(admin, "+get allkeys")
    before = ask(admin, "ACL LIST")
    with dry_run(admin.keyspace):
        ask(admin, "ACL SETUSER limited +set")
        ask(admin, "ACL SETUSER second on")
        ask(admin, "CONFIG SET requirepass secret")
        assert not isinstance(ask(client, "SET k v"), ErrorReply)
        assert ask(admin, "ACL DELUSER second") == 1
    assert ask(admin, "ACL LIST") == before
    assert isinstance(ask(client, "SET k v"), ErrorReply)
    assert not Session(admin.keyspace).must_log_in


def test_a_refused_rule_changes_nothing(admin: Session) -> None:
    before = ask(admin, "ACL LIST")
    assert isinstance(ask(admin, "ACL SETUSER limited on +get +nosuch"), ErrorReply)
    assert isinstance(ask(admin, "ACL SETUSER default -get off >x !bad"), ErrorReply)
    assert ask(admin, "ACL LIST") == before


def test_passwords_are_not_kept_in_the_slow_log(admin: Session) -> None:
    ask(admin, "CONFIG SET slowlog-log-slower-than 0")
    ask(admin, "ACL SETUSER limited on >secret")
    assert b"secret" not in repr(ask(admin, "SLOWLOG GET")).encode()
