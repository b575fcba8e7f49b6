"""Where calls of an application stop: one whose script a page names waits with its reply until the page lets it go.

The call has been carried out by then, as it always is, and is on the tape with the keys that it found: the page walks a
copy of it both ways. Its client waits, and to everybody else the script still runs: they wait too, or get BUSY once
`busy-reply-threshold` has passed, and SCRIPT KILL is answered as of any script. Whoever lets it go, the page, its end,
SCRIPT KILL or the end of the endpoint, the reply is the same. That its client has gone away is seen then, as after any
script.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Final

from ferrous_vm.scripting.run import ScriptRun
from ferrous_vm.server import Server
from ferrous_vm.tape import Taped

MOST_NAMES: Final = 1000
"""Scripts that one page may name."""

_LOOK: Final = 0.1
"""Seconds between two moments at which a signal is heard, where nothing else wakes the thread (Windows)."""


class Stops:
    """Those of one server. Pages come by any thread, calls by the one that carries them out."""

    def __init__(self, server: Server) -> None:
        self._scripting: Final = server.scripting
        self._lock: Final = threading.Lock()
        self._wanted: Final[dict[object, frozenset[bytes]]] = {}
        """By page, the scripts that it names."""
        self._released: Final = threading.Event()
        self._held: Taped | None = None

    @property
    def held(self) -> Taped | None:
        """The call that waits, if one does."""
        return self._held

    def want(self, page: object, names: Iterable[bytes]) -> None:
        """From now on calls of these scripts, by SHA-1 or the function's name, stop for this page, and of no others.

        A call that waits for no page any more goes on.
        """
        with self._lock:
            wanted = frozenset(names)
            if wanted:
                self._wanted[page] = wanted
            else:
                self._wanted.pop(page, None)
            if self._held is not None and not self._is_wanted(self._held):
                self._released.set()

    def release(self, number: int) -> None:
        """The call of that number goes on, if it is the one that waits."""
        with self._lock:
            if self._held is not None and self._held.number == number:
                self._released.set()

    def _is_wanted(self, call: Taped) -> bool:
        return any(call.name in names for names in self._wanted.values())

    def called(self, run: ScriptRun, call: Taped) -> None:
        """A script has ended: it waits here, where a page wants that and others can come to word meanwhile."""
        attendant = self._scripting.attendant
        if not self._wanted or attendant is None:
            return
        with self._lock:
            if not self._is_wanted(call):
                return
            self._released.clear()
            self._held = call
        run.kill = self._kill
        try:
            self._scripting.running = run
            while not self._released.wait(_LOOK):
                pass
        finally:
            self._held = None
            self._scripting.running = None
            (self._scripting.attendant or attendant).script_ended()

    def _kill(self, sentence: bytes) -> bool:
        self._released.set()
        return True
