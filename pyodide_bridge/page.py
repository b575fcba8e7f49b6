"""The page as the workbench's host: what is told to it while a request is answered goes through the worker at once.

The worker (web/src/worker/serving.js) passes an object with these functions to `handle`. Text and bytes cross, nothing
else.
"""

from __future__ import annotations

import json
from typing import Any, Protocol

from ferrous_vm.importing import leave_imports_out
from ferrous_vm.watchdog import tell_host
from ferrous_vm.workbench.host import Host
from ferrous_vm.workbench.records.keyspace import Recreation


class Page(Protocol):
    """What the worker passes."""

    content: Any
    """The bytes that belong to the request, or None."""

    def report(self, doing: str, done: int, total: int) -> None:
        """Shows progress."""

    def telling(self) -> None:
        """The limit of memory holds no longer."""

    def heard(self) -> None:
        """What was interrupted ends by itself."""

    def full(self) -> bool:
        """Whether what interrupts is the limit of memory."""

    def issued(self, commands: int) -> None:
        """Shows how many commands a script has issued."""

    def keep(self, text: str) -> None:
        """Takes a part of the keyspace's copy: JSON, a list of lists of a database, a key and lines."""

    def forget(self) -> None:
        """Throws the parts of the copy that came with this request away."""

    def script(self, runs: bool) -> None:
        """Whether it is a script's time now: the limit of time holds then, for all of it together."""

    def give(self, content: bytes) -> None:
        """Takes the bytes that belong to the answer."""


class PageHost(Host):
    """Passes everything on to the page whose request is answered."""

    def __init__(self) -> None:
        self.page: Page | None = None
        leave_imports_out()

    def serve(self, page: Page) -> None:
        """From now on it is this page's request."""
        self.page = page
        tell_host(page.script)

    def report(self, doing: str, done: int, total: int) -> None:
        """How far long work is."""
        if self.page is not None:
            self.page.report(doing, done, total)

    def telling(self) -> None:
        """The limit of memory was for what is done by now."""
        if self.page is not None:
            self.page.telling()

    def heard(self) -> None:
        """Nobody has to end it from outside."""
        if self.page is not None:
            self.page.heard()

    def is_full(self) -> bool:
        """Whether the limit of memory has interrupted this request."""
        return self.page is not None and bool(self.page.full())

    def issued(self, commands: int) -> None:
        """How far the script is, for who waits for it."""
        if self.page is not None:
            self.page.issued(commands)

    def keep(self, recreations: list[Recreation]) -> None:
        """Keys that changed go to the keeper, past the page."""
        if self.page is not None:
            rows = [[one.database, one.key, *one.lines] for one in recreations]
            self.page.keep(json.dumps(rows))

    def forget(self) -> None:
        """None of that any more."""
        if self.page is not None:
            self.page.forget()
