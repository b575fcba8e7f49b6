"""What a server counts: INFO's statistics of commands, errors and look-ups, and the slow log (server.c, slowlog.c).

Commands are counted wherever they run, in a script too. Time is taken of commands that may be slow: those Redis does
not call fast, as long as no script runs; `times_all` says when every command is timed.
"""

from __future__ import annotations

from collections import defaultdict, deque
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ferrous_vm.keyspace.command_table import MOST_ROWS, Row

if TYPE_CHECKING:
    from ferrous_vm.keyspace.replies import ErrorReply
    from ferrous_vm.keyspace.server.thresholds import Thresholds

_SHORT: Final = 1000
"""Microseconds; a slow log that asks for commands shorter than this has every command timed."""
_EXACT: Final = 1 << 10
"""Microseconds from which on durations are kept in ten binary digits, as there are not to be too many of them."""
_MOST_ARGUMENTS: Final = 32
_LONGEST_ARGUMENT: Final = 128
"""What an entry of the slow log keeps of a command (`SLOWLOG_ENTRY_MAX_ARGC`, `..._MAX_STRING`)."""
_REDACTED: Final = b"(redacted)"
_LONGEST_CODE: Final = 32
"""Bytes of an error in which its code is looked for (`afterErrorReply`)."""


class SlowCommand(NamedTuple):
    """An entry of the slow log: when it ran in Unix seconds, for how many microseconds, and for whom."""

    identity: int
    when: int
    microseconds: int
    argv: list[bytes]
    address: bytes
    """Of the client; unknown for a command of a script."""
    name: bytes


class Statistics:
    """The counters of one server."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self.slow: deque[SlowCommand] = deque()
        """The slow log, the latest first."""
        self._next_identity = 0
        self.reset()

    def reset(self) -> None:
        """Begin at zero, as CONFIG RESETSTAT does. The slow log stays."""
        self.calls = [0] * MOST_ROWS
        """How often a command was carried out, by the number of its row: a list is the quickest of all counters."""
        self.durations: defaultdict[Row, dict[int, int]] = defaultdict(dict)
        """By command, how many of the calls that were timed took so many microseconds (`latency.py`)."""
        self._unkept: defaultdict[Row, int] = defaultdict(int)
        """By command, the microseconds beyond those that are kept of its calls."""
        self.rejected: defaultdict[Row, int] = defaultdict(int)
        self.failed: defaultdict[Row, int] = defaultdict(int)
        self.errors: defaultdict[bytes, int] = defaultdict(int)
        """How often each code of an error was answered."""
        self.hits = 0
        self.misses = 0
        """Look-ups of keys by commands that read."""
        self.expired = 0
        self.expired_fields = 0
        """Fields of hashes, on servers where those have ends."""
        self.evicted = 0

    def savepoint(self) -> tuple[Any, ...]:
        """A mark of all that is counted and logged, for `rollback`."""
        counters = (self._unkept, self.rejected, self.failed, self.errors)
        durations = {row: times.copy() for row, times in self.durations.items()}
        keys = (self.hits, self.misses, self.expired, self.expired_fields, self.evicted)
        return (
            self.calls.copy(),
            [each.copy() for each in counters],
            keys,
            self._next_identity,
            (*self.slow,),
            durations,
        )

    def rollback(self, mark: tuple[Any, ...]) -> None:
        """Count and log as at a mark, which stays as it is."""
        calls, counters, keys, self._next_identity, slow, durations = mark
        self.durations = defaultdict(dict, {row: times.copy() for row, times in durations.items()})
        self.hits, self.misses, self.expired, self.expired_fields, self.evicted = keys
        self.calls = calls.copy()
        self._unkept, self.rejected, self.failed, self.errors = (each.copy() for each in counters)
        self.slow = deque(slow)

    def count_error(self, error: ErrorReply) -> None:
        """An error was answered."""
        code, space, _ = error.message[:_LONGEST_CODE].partition(b" ")
        code = code if space else b"ERR"
        self.errors[code] += 1

    def reject(self, row: Row | None, error: ErrorReply) -> None:
        """A command, None if there is no such, was refused before it began."""
        if row is not None:
            self.rejected[row] += 1
        self.count_error(error)

    def fail(self, row: Row, error: ErrorReply) -> None:
        """A command answered an error; one that a script passes on has been counted (`ErrorReply.counted`)."""
        self.failed[row] += 1
        if not error.counted:
            self.count_error(error)

    def fail_inside(self, row: Row, errors: list[ErrorReply]) -> None:
        """A script's reply has errors in it: each that was counted before is a failure, and all others are one."""
        fresh = [error for error in errors if not error.counted]
        self.failed[row] += len(errors) - len(fresh) + bool(fresh)
        for error in fresh:
            self.count_error(error)

    # Time

    @property
    def times_all(self) -> bool:
        """Whether fast commands and those of scripts are timed too."""
        return 0 <= self._thresholds.slow_command < _SHORT

    def time_of(self, row: Row) -> int:
        """The microseconds of all calls of a command that were timed."""
        kept = sum(microseconds * count for microseconds, count in self.durations.get(row, {}).items())
        return kept + self._unkept.get(row, 0)

    def count_time(self, row: Row, microseconds: int) -> None:
        """A client's command took so long."""
        kept = microseconds
        if microseconds >= _EXACT:
            kept = microseconds & -1 << microseconds.bit_length() - 10
            self._unkept[row] += microseconds - kept
        durations = self.durations[row]
        try:
            durations[kept] += 1
        except KeyError:
            durations[kept] = 1

    def log(self, row: Row, argv: list[bytes], when: int, microseconds: int, *, address: bytes, name: bytes) -> None:
        """The slow log keeps a command that began at Unix microseconds `when` and took so long."""
        if "skip_slowlog" in row.flags:
            return
        end = (when + microseconds) // 1_000_000
        words = shortened(redacted(row, argv))
        entry = SlowCommand(self._next_identity, end, microseconds, words, address, name)
        self.slow.appendleft(entry)
        self._next_identity += 1
        while len(self.slow) > self._thresholds.slow_log_length:
            self.slow.pop()


def redacted(row: Row, argv: list[bytes]) -> list[bytes]:
    """The words of a command without passwords (`redactClientCommandArgument`)."""
    if row.name == b"auth":
        return [argv[0], *[_REDACTED] * (len(argv) - 1)]
    if row.full_name == b"acl|setuser":
        return [*argv[:2], *[_REDACTED] * (len(argv) - 2)]
    if row.name == b"hello":
        hidden = {place + step for place, word in enumerate(argv) if word.lower() == b"auth" for step in (1, 2)}
        return [_REDACTED if place in hidden else word for place, word in enumerate(argv)]
    return argv


def shortened(argv: list[bytes]) -> list[bytes]:
    """The words an entry keeps, each with a note of what was left out (`slowlogCreateEntry`)."""
    is_long = len(argv) > _MOST_ARGUMENTS
    words = [
        word
        if len(word) <= _LONGEST_ARGUMENT
        else b"%b... (%d more bytes)" % (word[:_LONGEST_ARGUMENT], len(word) - _LONGEST_ARGUMENT)
        for word in islice(argv, _MOST_ARGUMENTS - 1 if is_long else _MOST_ARGUMENTS)
    ]
    if is_long:
        words.append(b"... (%d more arguments)" % (len(argv) - _MOST_ARGUMENTS + 1))
    return words
