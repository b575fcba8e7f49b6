"""The engine in a process of its own, for a page that this machine serves:  python -m pyodide_bridge.process

Requests come on standard input, answers go to standard output, as messages of `ferrous_vm/live/messages.py`. It is to
that page what `web/src/worker/serving.js` is to others: the same messages with the same meaning, limits of time and
memory that hold for a request, a Stop, and what is told while one is answered. It ends when its input does.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import queue
import signal
import sys
import threading
import time
from math import inf
from typing import Any, BinaryIO, Final, NoReturn

from ferrous_vm.interrupts import uninterrupted
from ferrous_vm.live import messages
from ferrous_vm.watchdog import memory_taken
from pyodide_bridge.bridge import handle, stopped

SECOND_THOUGHT: Final = 1.0
"""Seconds after which what still runs is interrupted again: Python drops what is raised while it frees an object."""

FIGURES_INTERVAL: Final = 0.2
"""Seconds between two reports of how far a script is."""

_LOOK: Final = 0.02
"""Seconds between two looks at a request that is being answered."""


class Content:
    """The bytes of a request, as the bridge takes them from a page."""

    def __init__(self, content: bytes) -> None:
        self._content: Final = content

    def to_bytes(self) -> bytes:
        """The bytes themselves."""
        return self._content


class Serving:
    """Answers one page. What the page's messages are is said in `web/src/worker/serving.js`."""

    def __init__(self, answers: BinaryIO) -> None:
        self._asked: Final[queue.SimpleQueue[tuple[dict[str, Any], list[bytes]]]] = queue.SimpleQueue()
        """Requests that have come."""
        self._answers: Final = answers
        self._sending: Final = threading.Lock()
        self._guarding: Final = threading.Lock()
        """Held while it is decided whether to interrupt, and while that which could be begins or ends."""
        self._works: Final = threading.Event()
        self._stop = 0
        """The number of the last request that is to stop."""
        self._stoppable = inf
        self._deadline = inf
        self._left = inf
        self._is_each = False
        self._again = inf
        self._next_figures = inf
        self._commands = 0
        self._most_memory = inf
        self._interrupted = ""
        self.content: Content | None = None
        self._given: bytes | None = None
        self._copy: list[bytes] = []

    # What comes

    def hear(self, requests: BinaryIO) -> None:
        """In a thread of its own: take what the page sends until it sends no more."""
        try:
            while (data := messages.read(requests)) is not None:
                message, parts = messages.unpacked(data)
                if "stop" in message:
                    self._stop = int(message["stop"])
                else:
                    self._asked.put((message, parts))
        finally:
            os._exit(0)  # nobody waits for what is still at work

    def serve(self) -> NoReturn:
        """In the main thread, where interrupts arrive: answer one request after the other."""
        threading.Thread(target=self._guard, name="ferrous guard", daemon=True).start()
        self._tell({"type": "ready", "image": "native"})
        while True:
            self._answer(*self._asked.get())

    def _answer(self, ask: dict[str, Any], parts: list[bytes]) -> None:
        limits = ask["limits"]
        seconds, memory = limits["seconds"], limits["bytes"]
        began = memory_taken()
        with self._guarding:
            self._interrupted, self._commands = "", 0
            self._is_each = limits.get("each", False)
            self._left = inf if seconds is None else seconds
            self._deadline = self._again = inf
            self._most_memory = inf if memory is None else limits.get("since", began) + memory
            self._stoppable = ask["id"]
        self.content = Content(parts[0]) if parts else None
        self._given, self._copy = None, []
        self._works.set()
        try:
            response = handle(ask["request"], self)
        except KeyboardInterrupt:  # at the first instruction of all
            response = stopped
        with self._guarding:
            self._stoppable = self._deadline = self._again = self._most_memory = self._next_figures = inf
            self._works.clear()
        answer = {
            "type": "answer",
            "id": ask["id"],
            "response": response,
            "hasContent": self._given is not None,
            "interrupted": self._interrupted,
            "began": began,
        }
        self._tell(answer, *([] if self._given is None else [self._given]), *self._copy)

    # When it is interrupted

    def _guard(self) -> None:
        """In a thread of its own: look after what is being answered."""
        while self._works.wait():
            time.sleep(_LOOK)
            with self._guarding:
                is_due, figures = self._look(time.monotonic())
                if is_due:
                    _thread.interrupt_main(signal.SIGINT)
            if figures:
                self._tell({"type": "running", "commands": self._commands, "bytes": memory_taken()})

    def _look(self, now: float) -> tuple[bool, bool]:
        """Whether the request is to be interrupted now, and whether it is time to tell how far it is."""
        figures = now > self._next_figures
        if figures:
            self._next_figures = now + FIGURES_INTERVAL
        if self._stop >= self._stoppable:
            self._interrupted = self._interrupted or "stop"
        elif now > self._deadline:
            self._interrupted = self._interrupted or "time"
        elif self._most_memory < inf and memory_taken() > self._most_memory:
            self._interrupted = self._interrupted or "memory"
        elif now < self._again:
            return False, figures
        self._stoppable = self._deadline = self._left = self._most_memory = inf
        self._again = now + SECOND_THOUGHT
        return True, figures

    @uninterrupted
    def _tell(self, message: dict[str, Any], *parts: bytes) -> None:
        with self._sending, contextlib.suppress(OSError):  # nobody listens any more: the input ends too
            messages.write(self._answers, messages.packed(message, *parts))

    # What the bridge tells meanwhile (`pyodide_bridge.page.Page`)

    def report(self, doing: str, done: int, total: int) -> None:
        """How far long work is."""
        self._tell({"type": "working", "doing": doing, "done": done, "total": total})

    def telling(self) -> None:
        """The limit of memory holds no longer."""
        self._most_memory = inf

    def heard(self) -> None:
        """What was interrupted ends by itself."""
        self._tell({"type": "heard"})

    def full(self) -> bool:
        """Whether what interrupts is the limit of memory."""
        return self._interrupted == "memory"

    def issued(self, commands: int) -> None:
        """How many commands the script has issued."""
        self._commands = commands

    @uninterrupted
    def keep(self, text: str) -> None:
        """A part of the keyspace's copy."""
        self._copy.append(text.encode())

    @uninterrupted
    def forget(self) -> None:
        """None of that any more."""
        self._copy = []

    @uninterrupted
    def script(self, runs: bool) -> None:
        """Whether it is a script's time now."""
        now = time.monotonic()
        if self._deadline != inf and not self._is_each:
            self._left = self._deadline - now
        self._deadline = now + self._left if runs else inf
        self._next_figures = now + FIGURES_INTERVAL if runs else inf

    @uninterrupted
    def give(self, content: bytes) -> None:
        """The bytes that belong to the answer."""
        self._given = content


def main() -> None:
    """Serve until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # until the bridge listens
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr  # what prints must not spoil a message
    serving = Serving(answers)
    threading.Thread(target=serving.hear, args=(requests,), name="ferrous requests", daemon=True).start()
    serving.serve()


if __name__ == "__main__":
    main()
