"""What a page is told of the calls of an application. Each crosses as JSON text with the name of its class in `type`.

The page's declarations are generated from these too (`pyodide_bridge/declarations.py`).
"""

from __future__ import annotations

from ferrous_vm.records import Record


class LiveCall(Record):
    """A call of a script, as a line. `at` is Unix milliseconds by the server's clock, `took` microseconds; `script` is
    its SHA-1, or the function's name. `keys` and `argv` are written as in the fields of the page, the first of them,
    and cut; `more_words` counts those left out. `reply` is redis-cli's text, cut."""

    number: int
    at: int
    took: int
    client: str
    command: str
    script: str
    keys: list[str]
    argv: list[str]
    more_words: int
    reply: str
    is_error: bool


class LiveCalls(Record):
    """Calls that came since the last message, in their order. `missed` came too, and are not told for their number."""

    calls: list[LiveCall]
    missed: int


class LiveCallOpened(Record):
    """A call in full, as JSON of a work; empty where it is not to be had, and `problem` says why."""

    number: int
    work: str
    problem: str


class LiveHeld(Record):
    """The call that waits at a breakpoint for what the page says; None where none does any more."""

    call: LiveCall | None


class LiveStops(Record):
    """The scripts that the page named have been heard: their calls stop from now on, and for this page no others."""

    names: list[str]
