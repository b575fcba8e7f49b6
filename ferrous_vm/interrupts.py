"""Where an interrupt may end what is being done: Ctrl-C, or the page's Stop and its limits of time and memory.

Python's own handler raises KeyboardInterrupt between any two instructions, also halfway through a command, and a host
interrupts but once. This one lets finish what must be whole, and ends what was interrupted right after.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, TypeVar

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])

_uninterrupted: set[CodeType] = set()


def uninterrupted(function: F) -> F:
    """Marks what no interrupt ends: it takes a bounded time, and half of it would be worse than none."""
    _uninterrupted.add(function.__code__)
    return function


def anywhere(frame: FrameType | None) -> bool:
    """Work may end wherever Python stands."""
    return True


_OURS = "ferrous_vm."
_LIBRARY = "ferrous_vm.stdlib."
_FREEING = frozenset(("weakref", "_weakrefset"))
"""Python's modules that are told when an object is freed."""


class Interrupts:
    """The interrupts of one host.

    `may_end(frame)` says whether work may end where Python stands; if not, it is asked again at every call and return.
    """

    def __init__(self, may_end: Callable[[FrameType | None], bool], heard: Callable[[], object] = lambda: None) -> None:
        """`heard` is called when one that had to wait is taken: what is still done only makes whole what was begun."""
        self._may_end = may_end
        self._heard = heard
        self.held = False
        """An interrupt raises nothing now: it makes itself `due`."""
        self.due = False
        """One came while they were held: whoever holds them may end early, at a place of his choice."""
        self._but_for: Callable[[], bool] | None = None
        """While they are held: whether what goes on may be ended all the same."""
        self.stepping = False
        """Who holds them takes steps, and can take back one that is ended within a library function: a pattern may
        take for ever."""

    def listen(self) -> None:
        """From now on interrupts come here. Raises ValueError but in Python's main thread."""
        signal.signal(signal.SIGINT, self._hear)

    def begin(self) -> None:
        """Something new begins: what was interrupted before it is over, and what came too late is forgotten."""
        self.due = self.stepping = False
        self.held = False

    def hold(self, act: Callable[[], T], *, but_for: Callable[[], bool] | None = None) -> T:
        """The result of `act`, which is carried out to its end, whatever comes meanwhile. Only while `but_for()` says
        so an interrupt ends what goes on, and `act` catches the KeyboardInterrupt."""
        before = self.held, self._but_for
        try:
            self.held, self._but_for = True, but_for
            return act()
        finally:
            self.held, self._but_for = before

    def _is_held(self) -> bool:
        return self.held and not (self._but_for is not None and self._but_for())

    def take(self) -> bool:
        """Whether one is due; it is none any more."""
        due, self.due = self.due, False
        if due:
            self._heard()
        return due

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self._is_held():
            self.due = True
            if self.stepping and is_in_library(frame) and not must_finish(frame):
                raise KeyboardInterrupt
        elif self._may_end(frame) and not must_finish(frame):
            raise KeyboardInterrupt
        else:
            sys.setprofile(self._ask_again)

    def _ask_again(self, frame: FrameType, event: str, argument: Any) -> None:
        """Called at every call and return from when an interrupt came at a wrong moment until the right one."""
        if self._is_held():
            self.due = True
            sys.setprofile(None)
        elif self._may_end(frame) and not must_finish(frame):
            sys.setprofile(None)
            raise KeyboardInterrupt


def is_in_library(frame: FrameType | None) -> bool:
    """Whether a library function of Lua is at work, be it in Python's own library."""
    while frame is not None:
        module = frame.f_globals.get("__name__")
        if isinstance(module, str) and module.startswith(_OURS):
            return module.startswith(_LIBRARY)
        frame = frame.f_back
    return False


def must_finish(frame: FrameType | None) -> bool:
    """Whether something `uninterrupted` is at work, or an object is being freed: Python drops what is raised there."""
    while frame is not None:
        code = frame.f_code
        if code in _uninterrupted or code.co_name == "__del__" or frame.f_globals.get("__name__") in _FREEING:
            return True
        frame = frame.f_back
    return False
