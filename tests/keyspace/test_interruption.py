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


def stands_in(command: list[bytes], within: str) -> bool:
    """Whether a command must go on where the function `within` was entered."""
    session = Session(Keyspace())
    for line in (b"RPUSH list b a", b"SADD set b a", b"ZADD zset 1 a 2 b", b"SET string ab", b"SET gone x PX 1"):
        execute(session, line.split())
    execute(session, command)  # its module is imported
    found: list[bool] = []

    def look(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name == within:
            found.append(is_inside_command(frame))

    sys.setprofile(look)
    try:
        execute(session, command)
    finally:
        sys.setprofile(None)
    assert found
    return found[0]


@pytest.mark.parametrize(
    ("line", "within", "goes_on"),
    [
        (b"LPOS list a", "_matches", False),
        (b"LCS string string LEN", "lengths", False),
        (b"GET string", "find_string", True),
        (b"LREM list 0 c", "_found", False),
        (b"LREM list 0 c", "lrem", True),
        (b"SORT list ALPHA STORE d", "_sorted", False),
        (b"SORT list ALPHA BY gone* STORE d", "lookup", True),
        (b"SUNIONSTORE d set set", "__init__", False),
        (b"SUNIONSTORE d set set", "replace", True),
        (b"ZINCRBY zset 3 b", "set", True),
        (b"ZUNIONSTORE d 1 zset", "_union", False),
        (b"PUBLISH c m", "publish", True),
    ],
)
def test_what_changes_nothing_may_be_ended(line: bytes, within: str, goes_on: bool) -> None:
    assert stands_in(line.split(), within) is goes_on


def test_a_transaction_is_finished() -> None:
    session = Session(Keyspace())
    execute(session, [b"MULTI"])
    execute(session, [b"LPOS", b"list", b"a"])
    assert stands_in([b"LPOS", b"list", b"a"], "lpos") is False
    found: list[bool] = []
    sys.setprofile(
        lambda frame, event, _: found.append(is_inside_command(frame)) if frame.f_code.co_name == "lpos" else None
    )
    try:
        execute(session, [b"EXEC"])
    finally:
        sys.setprofile(None)
    assert found
    assert all(found)
