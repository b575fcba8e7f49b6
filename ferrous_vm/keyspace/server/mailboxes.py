"""What a client is told that it did not ask for, until its host fetches it: messages, invalidations, MONITOR's lines.

What was told a client while its own command was carried out may belong behind the reply (`late`); all else before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from ferrous_vm.keyspace.journal import Opposite
from ferrous_vm.keyspace.replies import Push, Status, Written
from ferrous_vm.keyspace.session import Session

MOST_WAITING: Final = 10_000
"""Messages kept for a session that nobody asks for them; the oldest are dropped."""

_NAME: Final = "mailbox"


class Mailbox:
    """What one session has been told and not fetched, oldest first."""

    def __init__(self, most: int | None) -> None:
        self.waiting: Final[deque[Any]] = deque(maxlen=most)
        self.late: Final[deque[Any]] = deque(maxlen=most)
        """What goes out behind the reply to the command that is being carried out."""


def send(session: Session, message: Push | Status | Written, *, late: bool | None = None) -> None:
    """Tell the session something; the journal takes it back, unless it was fetched. `late`: behind the reply to the
    command that is carried out; None: if the server tells a client so of its own commands."""
    keyspace = session.keyspace
    if session.begins_reply and late is None and _is_told_of_own(session) and not keyspace.profile.replies_come_first:
        session.among_reply.append(message)
        return
    mailbox: Mailbox | None = session.extensions.get(_NAME)
    if mailbox is None:
        most = None if session.is_one_stream else MOST_WAITING
        mailbox = session.extensions[_NAME] = Mailbox(most)
        session.on_reset.append(lambda: forget_messages(session))
    queue = mailbox.late if (_comes_late(session) if late is None else late) else mailbox.waiting
    queue.append(message)
    keyspace.told[session.client_id] = None
    if keyspace.journal is not None:
        keyspace.journal.note(_withdraw, queue, message)


def _comes_late(session: Session) -> bool:
    """Whether what the session is told now goes out behind the reply to its own command."""
    return _is_told_of_own(session) and (session.has_reply or session.keyspace.profile.replies_come_first)


def _is_told_of_own(session: Session) -> bool:
    """Whether it is the session's own command that tells it something."""
    return session is session.keyspace.current and session.keyspace.executes


def _withdraw(queue: deque[Any], message: Any) -> Callable[[], Opposite]:
    """Takes a message back, unless it was read. Answers what sends it again, if it was not."""
    is_there = bool(queue) and queue[-1] is message
    if is_there:
        queue.pop()
    return partial(_send_again, queue, message, is_there)


def _send_again(queue: deque[Any], message: Any, is_there: bool) -> Opposite:
    if is_there:
        queue.append(message)
    return partial(_withdraw, queue, message)


def forget_messages(session: Session) -> None:
    """Drop what was not fetched."""
    session.keyspace.told.pop(session.client_id, None)
    mailbox: Mailbox | None = session.extensions.get(_NAME)
    if mailbox is not None:
        mailbox.waiting.clear()
        mailbox.late.clear()


def messages_of(session: Session) -> list[Any]:
    """What the session was told and has not fetched, oldest first."""
    mailbox: Mailbox | None = session.extensions.get(_NAME)
    return [] if mailbox is None else [*mailbox.waiting, *mailbox.late]


def messages_waiting(session: Session) -> int:
    """How many messages go out before the next reply."""
    mailbox: Mailbox | None = session.extensions.get(_NAME)
    return 0 if mailbox is None else len(mailbox.waiting)


def take_early(session: Session, most: int | None = None) -> list[Any]:
    """The messages that go out before a reply, the oldest `most` of them."""
    mailbox: Mailbox | None = session.extensions.get(_NAME)
    if mailbox is None:
        return []
    queue = mailbox.waiting
    return [queue.popleft() for _ in range(len(queue) if most is None else min(most, len(queue)))]


def take_messages(session: Session) -> list[Any]:
    """The messages sent to the session since this was last asked, oldest first; `encode` renders them."""
    session.keyspace.expire_due()
    taken = messages_of(session)
    forget_messages(session)
    return taken
