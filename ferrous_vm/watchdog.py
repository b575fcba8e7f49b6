"""Ends a run that outlives its time limit, at no cost while nothing is wrong.

Translated code counts nothing, and the machine looks at the clock between instructions but not within a native, so
something outside must interrupt them. Where there are threads, one sleeping thread
for the whole process raises the exception in the running thread when the deadline has passed. In Pyodide there are
none: the host's interrupt buffer raises KeyboardInterrupt, and `Watchdog.expired` tells a limit from a Stop.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Final

if sys.platform != "emscripten":
    import ctypes

HAS_THREADS: Final = sys.platform != "emscripten"

_LONGEST_NAP: Final = 0.05
"""Seconds between two looks at the clock: how late a run may end."""

_LOOKS_BEFORE_AGAIN: Final = 20
"""Looks at a run that goes on after its exception before it is raised again: Python drops an exception that arrives
while it finalizes a generator."""

_IDLE_NAPS: Final = 20
"""Naps without a run after which the thread waits to be woken."""


class TimeIsUp(BaseException):
    """Raised asynchronously in the running thread; no Lua code can catch it."""


def _anywhere(frame: FrameType | None) -> bool:
    return True


class Watchdog:
    """The deadline of one engine's runs. `clock` is monotonic, in seconds.

    `may_interrupt(frame)` says whether a run may end where Python stands; if not, the patrol asks again a moment later.
    """

    def __init__(
        self, clock: Callable[[], float], may_interrupt: Callable[[FrameType | None], bool] = _anywhere
    ) -> None:
        self.clock = clock
        self.may_interrupt = may_interrupt
        self.deadline: float | None = None
        self.thread = 0
        self.fired = False
        self.looks = 0
        """How often the patrol has looked in vain since the exception was raised."""
        self.lock = threading.Lock()

    def begin(self, seconds: float | None) -> None:
        """A run starts that may take so long; None for no limit."""
        if seconds is None:
            return
        self.fired = False
        self.deadline = self.clock() + seconds
        if HAS_THREADS:
            self.thread = threading.get_ident()
            _PATROL.watch(self)

    def disarm(self) -> None:
        """The script has returned: no exception is sent any more, and one on its way is taken back."""
        with self.lock:
            self.deadline = None
            if self.fired and HAS_THREADS:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.thread), None)

    def end(self) -> None:
        """The run is over, whatever ended it."""
        if self.deadline is not None:
            self.disarm()

    def expired(self) -> bool:
        """Whether the deadline of the current run has passed."""
        return self.deadline is not None and self.clock() >= self.deadline

    def look(self) -> None:
        """Called by the patrol: raises TimeIsUp in the running thread once the deadline has passed."""
        with self.lock:
            if not self.expired():
                return
            if self.fired:
                self.looks += 1
                if self.looks < _LOOKS_BEFORE_AGAIN:
                    return
            if self.may_interrupt(sys._current_frames().get(self.thread)):
                self.fired = True
                self.looks = 0
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.thread), ctypes.py_object(TimeIsUp))


class _Patrol:
    """The thread that looks after every watchdog with a deadline; only one run can be active in a thread."""

    def __init__(self) -> None:
        self._wake = threading.Event()
        self._watched: set[Watchdog] = set()
        self._started = False

    def watch(self, watchdog: Watchdog) -> None:
        """Look after this watchdog until its deadline is gone."""
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
            active = [watchdog for watchdog in tuple(self._watched) if watchdog.deadline is not None]
            for watchdog in active:
                watchdog.look()
            idle = 0 if active else idle + 1
            if idle > _IDLE_NAPS:
                idle = 0
                self._watched.clear()
                self._wake.clear()


_PATROL: Final = _Patrol()
