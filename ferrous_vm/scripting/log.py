"""The server's log, as far as it is kept: what scripts write with `redis.log` until somebody takes it."""

from __future__ import annotations

from typing import Final, NamedTuple

MOST_LINES: Final = 10_000
MOST_BYTES: Final = 8_000_000
"""So many lines, and bytes of their messages, are kept: the first ones, and one that says that there were more."""

LONGEST_MESSAGE: Final = 100_000
"""Bytes that are kept of one message."""

_WARNING: Final = 3
_FULL: Final = b"The log is full: Ferrous keeps %d lines of %d bytes together, and drops what is written after them"


class LogLine(NamedTuple):
    """A line of the server's log; `level` is 0 debug, 1 verbose, 2 notice, 3 warning.

    `line` is the script's line that wrote it, counted from 1; None where the engine does not tell.
    """

    level: int
    message: bytes
    line: int | None


class Log(list[LogLine]):
    """The lines, oldest first. Whoever takes back a step deletes the last ones."""

    __slots__ = ("_counted", "_size")

    def __init__(self) -> None:
        super().__init__()
        self._counted = self._size = 0
        """How many lines there were when their bytes were counted last, and these bytes."""

    def write(self, line: LogLine) -> None:
        """Keep the line, unless the log is full."""
        message = line.message
        if len(message) > LONGEST_MESSAGE:
            cut = b"%b... (%d more bytes)" % (message[:LONGEST_MESSAGE], len(message) - LONGEST_MESSAGE)
            line = line._replace(message=cut)
        if len(self) != self._counted:
            self._size = sum([len(kept.message) for kept in self])
        self._size += len(line.message)
        if len(self) < MOST_LINES and self._size <= MOST_BYTES:
            self.append(line)
        elif self[-1].message != _NOTE:
            self.append(LogLine(_WARNING, _NOTE, None))
        self._counted = len(self)


_NOTE: Final = _FULL % (MOST_LINES, MOST_BYTES)
