"""Who is subscribed to what (pubsub.c), and the messages that wait for a session's host to fetch them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from ferrous_vm.keyspace.arguments.glob import matches
from ferrous_vm.keyspace.journal import Opposite
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.replies import Push
from ferrous_vm.keyspace.session import Session

CHANNELS: Final = 0
PATTERNS: Final = 1
SHARD_CHANNELS: Final = 2
"""The kinds of subscription, which count as in `Session.subscription_counts`."""

MOST_WAITING: Final = 10_000
"""Messages kept for a session that nobody asks for them; the oldest are dropped."""

_NAME: Final = "pubsub"


class _Mailbox:
    """What one session is subscribed to, oldest first, and what it has been sent."""

    def __init__(self) -> None:
        self.names: Final[tuple[dict[bytes, None], ...]] = ({}, {}, {})
        self.waiting: Final[deque[Push]] = deque(maxlen=MOST_WAITING)


class _Hub:
    """The subscribers of every channel and pattern, by client id: sessions are known weakly."""

    def __init__(self) -> None:
        self.subscribers: Final[tuple[dict[bytes, dict[int, None]], ...]] = ({}, {}, {})


def _hub(keyspace: Keyspace) -> _Hub:
    hub: _Hub | None = keyspace.extensions.get(_NAME)
    if hub is None:
        hub = keyspace.extensions[_NAME] = _Hub()
        keyspace.publish = partial(publish, keyspace)
    return hub


def _mailbox(session: Session) -> _Mailbox:
    mailbox: _Mailbox | None = session.extensions.get(_NAME)
    if mailbox is None:
        mailbox = session.extensions[_NAME] = _Mailbox()
        session.on_reset.append(lambda: unsubscribe_from_all(session))
    return mailbox


def subscribe(session: Session, kind: int, name: bytes) -> None:
    """Subscribe the session; a second time changes nothing."""
    _mailbox(session).names[kind][name] = None
    _hub(session.keyspace).subscribers[kind].setdefault(name, {})[session.client_id] = None
    _refresh(session, subscribed=True)


def unsubscribe(session: Session, kind: int, name: bytes) -> None:
    """End a subscription, if there is one."""
    _mailbox(session).names[kind].pop(name, None)
    by_name = _hub(session.keyspace).subscribers[kind]
    subscribers = by_name.get(name)
    if subscribers is not None:
        subscribers.pop(session.client_id, None)
        if not subscribers:
            del by_name[name]
    _refresh(session)


def unsubscribe_from_all(session: Session) -> None:
    """End every subscription and drop what waits."""
    for kind, names in enumerate(_mailbox(session).names):
        for name in list(names):
            unsubscribe(session, kind, name)
    _mailbox(session).waiting.clear()


def subscriptions(session: Session, kind: int) -> list[bytes]:
    """What the session is subscribed to, oldest first."""
    return list(_mailbox(session).names[kind])


def count(session: Session, kind: int) -> int:
    """The number a confirmation tells: channels and patterns together, shard channels apart."""
    channels, patterns, shards = session.subscription_counts
    return shards if kind == SHARD_CHANNELS else channels + patterns


def _refresh(session: Session, *, subscribed: bool = False) -> None:
    channels, patterns, shards = map(len, _mailbox(session).names)
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


def publish(keyspace: Keyspace, channel: bytes, message: bytes, *, shard: bool = False) -> int:
    """Send `message` to the subscribers; answers to how many (`pubsubPublishMessageInternal`)."""
    kind = SHARD_CHANNELS if shard else CHANNELS
    word = b"smessage" if shard else b"message"
    receivers = 0
    for session in _sessions(keyspace, kind, channel):
        _send(session, Push([word, channel, message]))
        receivers += 1
    if shard:
        return receivers
    for pattern in names(keyspace, PATTERNS):
        if matches(pattern, channel):
            for session in _sessions(keyspace, PATTERNS, pattern):
                _send(session, Push([b"pmessage", pattern, channel, message]))
                receivers += 1
    return receivers


def _send(session: Session, push: Push) -> None:
    waiting = _mailbox(session).waiting
    waiting.append(push)
    journal = session.keyspace.journal
    if journal is not None:
        journal.note(_withdraw, waiting, push)


def _withdraw(waiting: deque[Push], push: Push) -> Callable[[], Opposite]:
    """Takes a message back, unless it was read. Answers what sends it again, if it was not."""
    is_there = bool(waiting) and waiting[-1] is push
    if is_there:
        waiting.pop()
    return partial(_send_again, waiting, push, is_there)


def _send_again(waiting: deque[Push], push: Push, is_there: bool) -> Opposite:
    if is_there:
        waiting.append(push)
    return partial(_withdraw, waiting, push)


def has_messages(session: Session) -> bool:
    """Whether messages wait for a session that has ever subscribed."""
    mailbox: _Mailbox = session.extensions[_NAME]
    return bool(mailbox.waiting)


def take_messages(session: Session) -> list[Push]:
    """The messages sent to the session since this was last asked, oldest first; `encode` renders them."""
    mailbox: _Mailbox | None = session.extensions.get(_NAME)
    if mailbox is None:
        return []
    session.keyspace.expire_due()
    taken = list(mailbox.waiting)
    mailbox.waiting.clear()
    return taken
