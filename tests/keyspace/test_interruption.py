"""An interrupt that comes during a command waits for its end."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from types import FrameType

import pytest

from ferrous_vm.keyspace import Keyspace, Session, execute
from ferrous_vm.keyspace.interruption import is_inside_command


def attempt(session: Session, members: list[bytes]) -> None:
    """Two commands, with an interrupt possible before, between and after them."""
    execute(session, [b"ZADD", b"z", *[word for member in members for word in (member[::-1] or b"0", member)]])
    execute(session, [b"DEL", b"z"])


def is_inside_attempt(frame: FrameType | None) -> bool:
    """Whether an interrupt would reach the test's own handling of it."""
    while frame is not None:
        if frame.f_code is attempt.__code__:
            return True
        frame = frame.f_back
    return False


@pytest.fixture
def deferring_alarm() -> Iterator[None]:
    """Interrupts an attempt a thousand times a second, outside commands only."""

    def handler(_: int, frame: FrameType | None) -> None:
        if is_inside_attempt(frame) and not is_inside_command(frame):
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_outside_commands_an_interrupt_is_let_through() -> None:
    assert not is_inside_command(sys._getframe())


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this platform has no interval timer")
def test_a_command_is_finished_before_the_interrupt(deferring_alarm: None) -> None:
    keyspace = Keyspace()
    session = Session(keyspace)
    journal = keyspace.open_journal()
    members = [b"%d" % number for number in range(2000)]
    interrupted = 0
    for _ in range(100):
        try:
            attempt(session, members)
        except KeyboardInterrupt:
            interrupted += 1
    assert interrupted
    journal.undo()
    assert not session.database.entries
