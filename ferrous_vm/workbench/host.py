"""What a workbench tells whoever shows it while it works: how far it is, and what the keyspace became.

`Host` is the host that asks for nothing of this: the command line, pytest. The page's is `pyodide_bridge/page.py`.
"""

from __future__ import annotations

import time

from ferrous_vm.interrupts import Interrupts
from ferrous_vm.workbench.records.keyspace import Recreation

INTERVAL = 0.1
"""Seconds between two reports of progress."""

PATIENCE = 0.4
"""Seconds before the first one: what is over sooner needs none."""


class Host:
    """Every method may be called at any time; this one does nothing, and has room."""

    def report(self, doing: str, done: int, total: int) -> None:
        """So much of long work is done."""

    def telling(self) -> None:
        """The work itself is done: what is told of it is made now, which no limit of memory ends."""

    def heard(self) -> None:
        """An interrupt was heard; what is still done makes whole what it has ended, which may be a long way back."""

    def is_full(self) -> bool:
        """Whether an interrupt came because no more memory is to be taken."""
        return False

    def issued(self, commands: int) -> None:
        """So many commands the script that runs has issued by now; told now and then."""

    def keep(self, recreations: list[Recreation]) -> None:
        """Keys that are not as they were, and how each is made again: a part of what one act changed."""

    def forget(self) -> None:
        """What was told to `keep` in this request was taken back."""


class Progress:
    """What long work reports to (`ferrous_vm.progress`): the host hears of it now and then.

    It is also where such work is cancelled, between two of its steps, where interrupts are held: KeyboardInterrupt.
    Work that must be done whole is not: unless it `ends`.
    """

    __slots__ = ("doing", "ends", "host", "interrupts", "last")

    def __init__(self, host: Host, interrupts: Interrupts, doing: str, *, ends: bool = True) -> None:
        self.host = host
        self.ends = ends
        self.interrupts = interrupts
        self.doing = doing
        self.last = time.perf_counter() + PATIENCE - INTERVAL

    def __call__(self, done: int, total: int) -> None:
        """So much is done."""
        now = time.perf_counter()
        if now - self.last > INTERVAL:
            self.last = now
            self.host.report(self.doing, done, total)
        if self.ends and self.interrupts.due and self.interrupts.take():
            raise KeyboardInterrupt
