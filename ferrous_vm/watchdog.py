"""Ends a run that outlives its time limit or takes too much memory, at no cost while nothing is wrong.

Translated code counts nothing, and the machine looks at the clock between instructions but not within a native, so
something outside must interrupt them. Where there are threads, one sleeping thread
for the whole process raises the exception in the running thread when the deadline has passed. In Pyodide there are
none: there the host has limits of its own, and its interrupt buffer raises KeyboardInterrupt, as for a Stop.

Memory is that of the process, and its most ever, which is all that systems agree to tell: a run may take so much more
than any moment before it took. Where nobody tells (Windows, Pyodide but for its host) there is no such limit.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from ferrous_vm.errors import LimitExceeded

if sys.platform != "emscripten":
    import ctypes

HAS_THREADS: Final = sys.platform != "emscripten"

if HAS_THREADS and sys.platform != "win32":
    import resource

    _UNIT: Final = 1 if sys.platform == "darwin" else 1024

    def _most_memory() -> int:
        """The most bytes of memory the process ever had."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT

else:

    def _most_memory() -> int:
        """Nobody knows."""
        return 0


_LONGEST_NAP: Final = 0.05
"""Seconds between two looks at the clock: how late a run may end."""

_LOOKS_BEFORE_AGAIN: Final = 20
"""Looks at a run that goes on after its exception before it is raised again: Python drops an exception that arrives
while it finalizes a generator."""

_IDLE_NAPS: Final = 20
"""Naps without a run after which the thread waits to be woken."""


class LimitReached(BaseException):
    """Raised asynchronously in the running thread; no Lua code can catch it."""


def time_limit_sentence(seconds: float | None) -> bytes:
    """What is said of a run that took longer."""
    return b"time limit of %.14g seconds exceeded" % (seconds or 0.0)


def _anywhere(frame: FrameType | None) -> bool:
    return True


class Watchdog:
    """The limits of one engine's runs. `clock` is monotonic, in seconds.

    `may_interrupt(frame)` says whether a run may end where Python stands; if not, the patrol asks again a moment later.
    """

    def __init__(
        self, clock: Callable[[], float], may_interrupt: Callable[[FrameType | None], bool] = _anywhere
    ) -> None:
        self.clock = clock
        self.may_interrupt = may_interrupt
        self.deadline: float | None = None
        self.most_memory: int | None = None
        """Bytes at which the run ends."""
        self.cause = ""
        """The field of `Limits` that the run was ended for."""
        self.thread = 0
        self.fired = False
        self.looks = 0
        """How often the patrol has looked in vain since the exception was raised."""
        self.lock = threading.Lock()

    def begin(self, seconds: float | None, memory: int | None = None) -> None:
        """A run starts that may take so long, and so many bytes of memory; None for no limit."""
        self.fired = False
        self.cause = ""
        self.deadline = None if seconds is None else self.clock() + seconds
        self.most_memory = None if memory is None else _most_memory() + memory
        if HAS_THREADS and self.is_armed():
            self.thread = threading.get_ident()
            _PATROL.watch(self)

    @contextmanager
    def limiting(self, seconds: float | None) -> Iterator[None]:
        """Outside of runs: what the block does may take so long. Raises LimitExceeded when the time is up."""
        try:
            self.begin(seconds)
            yield
            self.disarm()
        except LimitReached:
            self.disarm()
            raise LimitExceeded("seconds", time_limit_sentence(seconds)) from None
        finally:
            try:
                self.end()
            except BaseException:  # an interrupt, before it or within
                self.end()
                raise

    def is_armed(self) -> bool:
        """Whether there is a limit to look after."""
        return self.deadline is not None or self.most_memory is not None

    def disarm(self) -> None:
        """The script has returned: no exception is sent any more, and one on its way is taken back."""
        with self.lock:
            self.deadline = self.most_memory = None
            if self.fired and HAS_THREADS:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.thread), None)

    def end(self) -> None:
        """The run is over, whatever ended it."""
        if self.is_armed():
            self.disarm()

    def expired(self) -> bool:
        """Whether the deadline of the current run has passed."""
        return self.deadline is not None and self.clock() >= self.deadline

    def _is_exceeded(self) -> bool:
        if self.expired():
            self.cause = "seconds"
        elif self.most_memory is not None and _most_memory() > self.most_memory:
            self.cause = "memory"
        return self.cause != ""

    def look(self) -> None:
        """Called by the patrol: raises LimitReached in the running thread once a limit is."""
        with self.lock:
            if not (self.is_armed() and self._is_exceeded()):
                return
            if self.fired:
                self.looks += 1
                if self.looks < _LOOKS_BEFORE_AGAIN:
                    return
            if self.may_interrupt(sys._current_frames().get(self.thread)):
                self.fired = True
                self.looks = 0
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.thread), ctypes.py_object(LimitReached))


class _Patrol:
    """The thread that looks after every armed watchdog; only one run can be active in a thread."""

    def __init__(self) -> None:
        self._wake = threading.Event()
        self._watched: set[Watchdog] = set()
        self._started = False

    def watch(self, watchdog: Watchdog) -> None:
        """Look after this watchdog until it is disarmed."""
        if watchdog not in self._watched:
            self._watched.add(watchdog)
        if not self._wake.is_set():
            if not self._started:
                self._started = True
                threading.Thread(target=self._patrol, name="ferrous watchdog", daemon=True).start()
            self._wake.set()

    def _patrol(self) -> None:
        idle = 0
        while True:
            self._wake.wait()
            time.sleep(_LONGEST_NAP)
            active = [watchdog for watchdog in tuple(self._watched) if watchdog.is_armed()]
            for watchdog in active:
                watchdog.look()
            idle = 0 if active else idle + 1
            if idle > _IDLE_NAPS:
                idle = 0
                self._watched.clear()
                self._wake.clear()


_PATROL: Final = _Patrol()
