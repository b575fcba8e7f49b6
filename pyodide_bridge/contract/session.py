"""Who is here, and what every other part of the contract is made of."""

from __future__ import annotations

from typing import Final, Literal

from ferrous_vm.records import Record


class Failure(Record):
    """The request could not be understood or carried out; `message` is for the person at the page."""

    message: str


class Problem(Record):
    """Something wrong in a text, and on which of its lines (from 1); `line` is null where there is none."""

    line: int | None
    message: str


class Hello(Record):
    """Who are you? The first request, sent when the worker has loaded."""


CONTRACT: Final = 1
"""The version of the messages. A page refuses another engine of another version: raise it when one of the two would
misunderstand the other's, and the type below with it."""


class Welcome(Record):
    """Answers Hello. `contract` is the version of the messages."""

    contract: Literal[1]
    engine_version: str
    redis_version: str
    python_version: str


ANSWERS: dict[type, type] = {Hello: Welcome}
