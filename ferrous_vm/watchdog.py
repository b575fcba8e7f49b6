"""Ends a run that outlives its time limit or takes too much memory, at no cost while nothing is wrong.

Translated code counts nothing, and the machine looks at the clock between instructions but not within a native, so
something outside must interrupt them. Where there are threads, one sleeping thread
for the whole process raises the exception in the running thread when the deadline has passed. In Pyodide there are
none: there the host has limits of its own, and its interrupt buffer raises KeyboardInterrupt, as for a Stop; so it is
in the process of a page's engine. Such a host hears when a run begins and ends (`tell_host`), so that only a script's
own time counts.

Memory is that of the process: a run may take so much more than there was when it was looked at first. Linux tells what
a process has now, others its most ever; where nobody tells (Windows, Pyodide but for its host) there is no such limit.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final, NoReturn

from ferrous_vm.bounds import memory_limit_sentence, tell_room
from ferrous_vm.errors import LimitExceeded
from ferrous_vm.interrupts import must_finish
from ferrous_vm.limits import Limits

if sys.platform != "emscripten":
    import ctypes

HAS_THREADS: Final = sys.platform != "emscripten"

if HAS_THREADS and sys.platform != "win32":
    import resource

    _UNIT: Final = 1 if sys.platform == "darwin" else 1024
    _PAGE: Final = resource.getpagesize()

    def memory_taken() -> int:
        """Bytes of memory the process has, or the most it ever had."""
        try:
            with open("/proc/self/statm", "rb") as figures:
                return int(figures.read().split()[1]) * _PAGE
        except OSError:
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT

else:

    def memory_taken() -> int:
        """Nobody knows."""
        return 0


if HAS_THREADS and hasattr(time, "pthread_getcpuclockid"):

    def _work_of(thread: int) -> float:
        """Seconds of processor time that a thread, which must be alive, has used."""
        return time.clock_gettime(time.pthread_getcpuclockid(thread))

else:

    def _work_of(thread: int) -> float:
        """Those of the whole process: its other threads wait."""
        return time.process_time()


_own_work: Final = time.thread_time if HAS_THREADS else time.monotonic
"""The seconds that the calling thread has worked; where there is one thread, its host's clock is all there is."""

_LONGEST_NAP: Final = 0.05
"""Seconds between two looks at a run: how late it may end."""

_SHORT_NAP: Final = 0.001
"""The same while a run is to end that must not end where it is."""

_PATIENCE: Final = 0.25
"""Seconds after which the exception is raised again in a run that goes on: Python drops an exception that arrives while
it finalizes a generator."""

_IDLE_NAPS: Final = 20
"""Naps without a run after which the thread waits to be woken."""

IMPORTER: Final = "<frozen importlib._bootstrap>"
"""Where Python's code is that imports a module."""

_MOST_IMPORTERS: Final = 100
"""So many calls outwards an import is looked for."""


_tell_host: Callable[[bool], object] | None = None
_host_counts = False
"""Whether the host's clock goes."""


def tell_host(tell: Callable[[bool], object] | None) -> None:
    """From now on `tell` hears whether a run goes on: the limits of the host hold then, and no others."""
    global _tell_host
    _tell_host = tell


def resume_host() -> None:
    """What comes now is a run's own work."""
    global _host_counts
    if _tell_host is not None:
        _host_counts = True
        _tell_host(True)


def pause_host() -> bool:
    """What comes now is not; answers whether it would have counted."""
    global _host_counts
    counted, _host_counts = _host_counts, False
    if counted and _tell_host is not None:
        _tell_host(False)
    return counted


def host_counts() -> bool:
    """Whether a run goes on whose time the host counts."""
    return _host_counts


KILL: Final = "kill"
"""What ended a run, where that is no limit but somebody."""


class LimitReached(BaseException):
    """Raised asynchronously in the running thread; no Lua code can catch it."""


def time_limit_sentence(seconds: float | None) -> bytes:
    """What is said of a run that took longer."""
    return b"time limit of %.14g seconds exceeded" % (seconds or 0.0)


def _anywhere(frame: FrameType | None) -> bool:
    return True


def _nobody() -> None:
    """Nobody is told."""


class Watchdog:
    """The limits of one engine's runs. `clock` is monotonic, in seconds; None for the time that a run itself works.

    `may_interrupt(frame)` says whether a run may end where Python stands; if not, the patrol asks again a moment later.
    What is imported for the first time is no work of the run: each moment at which a look finds Python importing is
    left out of it.
    """

    def __init__(
        self, clock: Callable[[], float] | None, may_interrupt: Callable[[FrameType | None], bool] = _anywhere
    ) -> None:
        self.may_interrupt = may_interrupt
        self.refused: Callable[[], None] = _nobody
        """Called when a run is to end that must not end where it is."""
        self.seconds: float | None = None
        self.most_memory: int | None = None
        """Bytes that the run may take."""
        self._had: int | None = None
        """Those the process had at the first look at it."""
        self.cause = ""
        """The field of `Limits` that the run was ended for."""
        self.ending = b""
        """What somebody said who ends the run."""
        self.is_running = False
        self.thread = 0
        self.lock = threading.Lock()
        self._clock = clock
        self._start: float | None = None
        """When the run began; by the time that it itself works, at the first look, before which nothing counts."""
        self._left_out = 0.0
        """Seconds of imports, in all runs."""
        self._seen = 0.0
        """What the thread had worked at the last look."""
        self._fired: float | None = None
        """When the exception was raised last."""

    def begin(self, seconds: float | None, memory: int | None = None) -> None:
        """A run starts that may take so long, and so many bytes of memory; None for no limit."""
        self._fired = None
        self.cause = ""
        self.ending = b""
        self._start = None if self._clock is None or seconds is None else self._clock()
        self.seconds = seconds
        self.most_memory = memory
        self._had = None
        is_own = HAS_THREADS and _tell_host is None
        tell_room(None if memory is None or not is_own else self._room)
        resume_host()
        if is_own:
            self.thread = threading.get_ident()
            self.is_running = True
            if self.is_armed():
                _PATROL.watch(self)

    def kill(self, sentence: bytes) -> bool:
        """From any thread: end the run as soon as it may end, with `sentence`. Answers whether there is a run."""
        with self.lock:
            if not self.is_running:
                return False
            self.ending = sentence
        _PATROL.watch(self)
        return True

    def now(self) -> float:
        """The seconds by which the limit is measured, for who asks in the running thread."""
        return _own_work() - self._left_out if self._clock is None else self._clock()

    def timer(self, seconds: float | None) -> Callable[[], None]:
        """For what may take as long once more: to be called now and then, raises LimitExceeded when the time is up."""
        end: float | None = None

        def look() -> None:
            nonlocal end
            now = self.now()
            if seconds is not None and now >= (end := now + seconds if end is None else end):
                raise LimitExceeded("seconds", time_limit_sentence(seconds))

        return look

    @contextmanager
    def limiting(self, seconds: float | None) -> Iterator[None]:
        """Outside of runs: what the block does may take so long. Raises LimitExceeded when the time is up."""
        try:
            try:
                self.begin(seconds)
                yield
                self.disarm()
            finally:
                try:
                    self.end()
                except BaseException:  # an interrupt, before it or within
                    self.end()
                    raise
        except LimitReached:  # from wherever it came, in what ends the block too
            raise LimitExceeded("seconds", time_limit_sentence(seconds)) from None

    def exceeded(self, limits: Limits) -> LimitExceeded:
        """The error of the limit, or of him, that ended the run."""
        if self.cause == KILL:
            return LimitExceeded(KILL, self.ending)
        if self.cause == "memory":
            return LimitExceeded("memory", memory_limit_sentence(limits.memory or 0))
        return LimitExceeded("seconds", time_limit_sentence(limits.seconds))

    def is_armed(self) -> bool:
        """Whether there is a limit to look after, or somebody who wants the run to end."""
        return self.seconds is not None or self.most_memory is not None or (self.is_running and self.ending != b"")

    def disarm(self) -> None:
        """The script has returned: no exception is sent any more, and one on its way is taken back."""
        pause_host()
        tell_room(None)
        with self.lock:
            self.is_running = False
            self.seconds = self.most_memory = None
            self._take_back()

    def end(self) -> None:
        """The run is over, whatever ended it."""
        if self.is_running or self.is_armed():
            self.disarm()

    def reach(self) -> NoReturn:
        """Raises LimitReached at once, in the running thread: a limit was reached where the run must not end."""
        with self.lock:
            self._take_back()
            self._fired = time.monotonic()
        raise LimitReached

    def _take_back(self) -> None:
        """In the running thread: an exception on its way arrives here and is forgotten.

        One that is set to none instead leaves Python 3.11 looking for it for ever under a trace or profile function.
        """
        if self._fired is not None and HAS_THREADS:
            with suppress(LimitReached):
                _send(self.thread)
                while True:
                    pass

    def _work(self, frame: FrameType | None) -> float:
        """Seconds that the run has worked."""
        if self._clock is not None:
            return self._clock() - (self._start or 0.0)
        now = _work_of(self.thread)
        if self._start is None:
            self._start = now
        elif _is_importing(frame):
            self._start += now - self._seen
            self._left_out += now - self._seen
        self._seen = now
        return now - self._start

    def _room(self) -> int:
        """Bytes that the run may yet take, asked in its own thread."""
        now = memory_taken()
        if self._had is None:
            self._had = now
        return (self.most_memory or 0) - (now - self._had)

    def _is_exceeded(self, frame: FrameType | None) -> bool:
        if self.ending:
            self.cause = KILL
        elif self.seconds is not None and self._work(frame) >= self.seconds:
            self.cause = "seconds"
        elif self.most_memory is not None:
            now = memory_taken()
            self._had = now if self._had is None else self._had
            if now - self._had > self.most_memory:
                self.cause = "memory"
        return self.cause != ""

    def look(self) -> bool:
        """Called by the patrol: raises LimitReached in the running thread once a limit is.

        Answers whether it is to be called again soon, because the run must not end where it is.
        """
        with self.lock:
            if not self.is_armed():
                return False
            frame = sys._current_frames().get(self.thread)
            now = time.monotonic()
            if not self._is_exceeded(frame) or (self._fired is not None and now < self._fired + _PATIENCE):
                return False
            if must_finish(frame) or not self.may_interrupt(frame):
                self.refused()
                return True
            self._fired = now
            _send(self.thread)
            return False


def _send(thread: int) -> None:
    """Raises LimitReached in a thread, between two of its instructions."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(LimitReached))


def _is_importing(frame: FrameType | None) -> bool:
    """Whether Python is importing a module, or runs one for the first time."""
    for _ in range(_MOST_IMPORTERS):
        if frame is None:
            return False
        if frame.f_code.co_filename == IMPORTER:
            return True
        frame = frame.f_back
    return False


class _Patrol:
    """The thread that looks after every armed watchdog; only one run can be active in a thread."""

    def __init__(self) -> None:
        self._wake = threading.Event()
        self._lock = threading.RLock()
        """Held while it changes what is watched; a finalizer may begin a run of its own meanwhile."""
        self._watched: tuple[Watchdog, ...] = ()
        """Another tuple with each change: Python may give way to another thread wherever it goes through it."""
        self._started = False

    def watch(self, watchdog: Watchdog) -> None:
        """Look after this watchdog until it is disarmed."""
        if self._wake.is_set() and watchdog in self._watched:
            return
        with self._lock:
            if watchdog not in self._watched:
                self._watched = (*self._watched, watchdog)
            self._wake.set()
            if not self._started:
                self._started = True
                threading.Thread(target=self._patrol, name="ferrous watchdog", daemon=True).start()

    def _patrol(self) -> None:
        idle = 0
        nap = _LONGEST_NAP
        while True:
            self._wake.wait()
            time.sleep(nap)
            active = self._active()
            nap = min([_SHORT_NAP if watchdog.look() else _LONGEST_NAP for watchdog in active], default=_LONGEST_NAP)
            idle = 0 if active else idle + 1
            if idle > _IDLE_NAPS:
                idle = 0
                self._rest()

    def _active(self) -> list[Watchdog]:
        return [watchdog for watchdog in self._watched if watchdog.is_armed()]

    def _rest(self) -> None:
        """Wait to be woken, unless a run has begun just now: who is armed before the thread rests is seen here, and who
        is armed later wakes it."""
        with self._lock:
            self._wake.clear()
            if self._active():
                self._wake.set()
            else:
                self._watched = ()


_PATROL: Final = _Patrol()
