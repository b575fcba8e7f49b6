"""Who is here."""

from __future__ import annotations

from typing import Final, Literal

from ferrous_vm.records import Record


class Hello(Record):
    """Who are you? The first request, sent when the worker has loaded."""


CONTRACT: Final = 3
"""The version of the messages. A page refuses another engine of another version: raise it when one of the two would
misunderstand the other's, and the type below with it."""


class Welcome(Record):
    """Answers Hello. `contract` is the version of the messages."""

    contract: Literal[3]
    engine_version: str
    redis_version: str
    python_version: str


ANSWERS: dict[type, type] = {Hello: Welcome}
