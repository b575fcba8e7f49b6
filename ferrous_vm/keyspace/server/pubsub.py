"""Who is subscribed to what, and who gets a message (pubsub.c)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final, TypeAlias

from ferrous_vm.keyspace.arguments.glob import matches
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.replies import Push
from ferrous_vm.keyspace.server.mailboxes import forget_messages, send
from ferrous_vm.keyspace.session import Session

CHANNELS: Final = 0
PATTERNS: Final = 1
SHARD_CHANNELS: Final = 2
"""The kinds of subscription, which count as in `Session.subscription_counts`."""

_NAME: Final = "pubsub"


Names: TypeAlias = tuple[dict[bytes, None], ...]
"""What one session is subscribed to of each kind, oldest first."""


class _Hub:
    """The subscribers of every channel and pattern, by client id: sessions are known weakly."""

    def __init__(self) -> None:
        self.subscribers: Final[tuple[dict[bytes, dict[int, None]], ...]] = ({}, {}, {})


def _hub(keyspace: Keyspace) -> _Hub:
    hub: _Hub | None = keyspace.extensions.get(_NAME)
    if hub is None:
        hub = keyspace.extensions[_NAME] = _Hub()
        keyspace.publish = partial(_tell_event, keyspace)
    return hub


def _names(session: Session) -> Names:
    own: Names | None = session.extensions.get(_NAME)
    if own is None:
        own = session.extensions[_NAME] = ({}, {}, {})
        session.on_reset.append(lambda: unsubscribe_from_all(session))
    return own


def subscribe(session: Session, kind: int, name: bytes) -> None:
    """Subscribe the session; a second time changes nothing."""
    _names(session)[kind][name] = None
    _hub(session.keyspace).subscribers[kind].setdefault(name, {})[session.client_id] = None
    _refresh(session, subscribed=True)


def unsubscribe(session: Session, kind: int, name: bytes) -> None:
    """End a subscription, if there is one."""
    _names(session)[kind].pop(name, None)
    by_name = _hub(session.keyspace).subscribers[kind]
    subscribers = by_name.get(name)
    if subscribers is not None:
        subscribers.pop(session.client_id, None)
        if not subscribers:
            del by_name[name]
    _refresh(session)


def unsubscribe_from_all(session: Session) -> None:
    """End every subscription and drop what waits."""
    for kind, names in enumerate(_names(session)):
        for name in list(names):
            unsubscribe(session, kind, name)
    forget_messages(session)


def subscriptions(session: Session, kind: int) -> list[bytes]:
    """What the session is subscribed to, oldest first."""
    return list(_names(session)[kind])


def count(session: Session, kind: int) -> int:
    """The number a confirmation tells: channels and patterns together, shard channels apart."""
    channels, patterns, shards = session.subscription_counts
    return shards if kind == SHARD_CHANNELS else channels + patterns


def _refresh(session: Session, *, subscribed: bool = False) -> None:
    channels, patterns, shards = map(len, _names(session))
    session.subscription_counts = (channels, patterns, shards)
    session.subscribed = subscribed or channels + patterns + shards > 0
    session.refresh_gate()


def names(keyspace: Keyspace, kind: int) -> list[bytes]:
    """Every channel or pattern that has a subscriber."""
    return [name for name in list(_hub(keyspace).subscribers[kind]) if subscriber_count(keyspace, kind, name)]


def subscriber_count(keyspace: Keyspace, kind: int, name: bytes) -> int:
    """How many sessions are subscribed to the channel or pattern."""
    return sum(1 for _ in _sessions(keyspace, kind, name))


def _sessions(keyspace: Keyspace, kind: int, name: bytes) -> Iterator[Session]:
    for client_id in list(_hub(keyspace).subscribers[kind].get(name, ())):
        session = keyspace.clients.get(client_id)
        if session is not None:
            yield session


def _tell_event(keyspace: Keyspace, channel: bytes, message: bytes) -> None:
    """Tell of an event of a key, as `Database.tell` writes it; the reply may have been written before."""
    current = keyspace.current
    if current is not None and current.subscribed and current.is_one_stream and current.command is not None:
        from ferrous_vm.keyspace.server.reply_order import is_among_reply, is_behind_reply

        event = channel.partition(b":")[2] if channel.startswith(b"__keyevent@") else message
        current.has_reply = current.has_reply or is_behind_reply(*current.command, event)
        current.begins_reply = is_among_reply(current.command[0], event)
    publish(keyspace, channel, message)


def publish(keyspace: Keyspace, channel: bytes, message: bytes, *, shard: bool = False) -> int:
    """Send `message` to the subscribers; answers to how many (`pubsubPublishMessageInternal`)."""
    kind = SHARD_CHANNELS if shard else CHANNELS
    word = b"smessage" if shard else b"message"
    receivers = 0
    for session in _sessions(keyspace, kind, channel):
        send(session, Push([word, channel, message]))
        receivers += 1
    if shard:
        return receivers
    for pattern in names(keyspace, PATTERNS):
        if matches(pattern, channel):
            for session in _sessions(keyspace, PATTERNS, pattern):
                send(session, Push([b"pmessage", pattern, channel, message]))
                receivers += 1
    return receivers
