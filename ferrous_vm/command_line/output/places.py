"""Places of a source, and the lines around them as a person is shown them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from ferrous_vm.command_line.output.reports import Place
from ferrous_vm.printing import printed

_CONTINUING: Final = bytes(range(0x80, 0xC0))
"""The bytes of UTF-8 that begin no character."""

SHOWN: Final = 100
"""The most characters of a line that are shown."""

BEFORE: Final = 20
"""Characters of a line too long for that which stand before what is pointed at."""


class Places:
    """Finds places in one source; quickest in the order in which they stand there."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._lines = [0]
        while (at := source.find(b"\n", self._lines[-1])) >= 0:
            self._lines.append(at + 1)
        self._last = Place(1, 1, 1, 0)

    def at(self, offset: int) -> Place:
        """The place of a byte, from 0; that behind the last one is a place too."""
        line = bisect_right(self._lines, offset)
        begin = self._lines[line - 1]
        last = self._last
        known, characters = (last.start, last.character) if last.line == line and last.start <= offset else (begin, 1)
        characters += len(self._source[known:offset].translate(None, _CONTINUING))
        self._last = Place(line, offset - begin + 1, characters, offset)
        return self._last

    def excerpt(self, begin: Place, end: Place) -> Iterator[str]:
        """The line of `begin` with its number, and marks below what is meant of it."""
        start = self._lines[begin.line - 1]
        stop = self._lines[begin.line] - 1 if begin.line < len(self._lines) else len(self._source)
        left = start
        if stop - start > SHOWN:
            left = max(start, begin.start - BEFORE)
            stop = min(stop, left + SHOWN)
        text, lead = (_one_line(self._source[left:to]) for to in (stop, begin.start))
        marks = _one_line(self._source[begin.start : min(end.start, stop)])
        number = str(begin.line)
        yield f"{' ' * len(number)} |"
        yield f"{number} | {text}"
        yield f"{' ' * len(number)} | {' ' * len(lead)}{'^' * max(len(marks), 1)}"


def _one_line(part: bytes) -> str:
    return printed(part).replace("\t", " ").rstrip("\r\n")
