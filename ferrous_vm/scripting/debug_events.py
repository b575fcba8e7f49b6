"""What a debugged script told its debugger: redis.breakpoint(), redis.debug(...) and redis.log(...), by moment.

A moment that is executed again tells the same again, so nothing has to be taken back.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from ferrous_vm.scripting.line_debugger_text import value_text
from ferrous_vm.values.booleans import TRUE
from ferrous_vm.values.natives import Value


class Shown(NamedTuple):
    """A line of redis.debug: the moment after which it was shown, the script's line, and the values as Redis's line
    debugger writes them."""

    moment: int
    line: int
    text: bytes


MOST_SHOWN: Final = 10_000
"""Moments whose lines are kept, the first ones."""

MOST_ASIDE: Final = 100
"""Lines that one evaluation may show, the first ones."""

MOST_BYTES: Final = 16 * 1024 * 1024
"""Of those lines together."""


class DebugEvents:
    """Those of one run. `moment` and `line` tell where it is."""

    def __init__(self, moment: Callable[[], int], line: Callable[[], int | None]) -> None:
        self._moment = moment
        self._line = line
        self.breakpoints: list[int] = []
        """The moments after which redis.breakpoint() was called."""
        self.logged: list[int] = []
        """The moments after which redis.log() wrote a line."""
        self._shown: dict[int, Shown] = {}
        self._bytes = 0
        self.is_whole = True
        """Whether all that was shown is kept."""
        self.is_held = False
        """Whether what is told is told by what is evaluated beside the run, and is none of the run's."""
        self.aside: list[bytes] = []
        """What that has shown, the last time."""
        self.asked_aside = False
        """Whether it called redis.breakpoint()."""

    def hold(self) -> None:
        """Something is evaluated beside the run."""
        self.is_held, self.aside, self.asked_aside = True, [], False

    def stop_next(self) -> Value:
        """redis.breakpoint()."""
        if self.is_held:
            self.asked_aside = True
        self._note(self.breakpoints)
        return TRUE

    def note_log(self) -> None:
        """redis.log(...) has written a line."""
        self._note(self.logged)

    def _note(self, moments: list[int]) -> None:
        """This moment is among these from now on."""
        moment = self._moment()
        index = bisect_right(moments, moment)
        if not self.is_held and (index == 0 or moments[index - 1] != moment):
            insort(moments, moment)

    def show(self, values: tuple[Value, ...]) -> None:
        """redis.debug(...)."""
        moment = self._moment()
        if self.is_held:
            if len(self.aside) < MOST_ASIDE:
                self.aside.append(b", ".join(map(value_text, values)))
            return
        if moment in self._shown:
            return
        if len(self._shown) >= MOST_SHOWN or self._bytes >= MOST_BYTES:
            self.is_whole = False
            return
        text = b", ".join(map(value_text, values))
        self._bytes += len(text)
        self._shown[moment] = Shown(moment, self._line() or 0, text)

    def shown(self, after: int, until: int) -> Iterator[Shown]:
        """What was shown between two moments."""
        return (self._shown[moment] for moment in sorted(self._shown) if after < moment <= until)
