"""Who wrote this, and where does it come from: answers about a script that is debugged."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record


class DebugOrigin(Record):
    """Who wrote what, seen from the moment shown.

    `of`: a "variable" `name` of the frame `level`, or what is behind it by the `path` of keys, as Lua writes them; a
    "key" `name` of the database `database`, or its element `element`; the "reply"; or what was wrong in the "error"
    with which the script ended.
    """

    of: Literal["variable", "key", "reply", "error"]
    name: str = ""
    level: int = 0
    path: list[str] = []
    database: int = 0
    element: str | None = None


class OriginPlace(Record):
    """A line of the script that a moment stands at, within the functions of the levels around it."""

    function: str
    line: int


class OriginWrite(Record):
    """One write: the `moment` at which its line is next, what was written, the `command` that did it ("" for none), and
    the stack, innermost first. `when`: the last one before the moment shown, the next one after it, or another."""

    moment: int
    when: Literal["last", "next", ""]
    text: str
    command: str
    stack: list[OriginPlace]


class OriginLink(Record):
    """One place on the way of the value, the latest first: a sentence about it, and where it is."""

    moment: int
    line: int | None
    text: str
    is_end: bool


class DebugOriginShown(Record):
    """Answers DebugOrigin.

    `title`: of what. `writes`: the nearest of `writes_total`, in their order. `links`: the way of the value, from here
    back. `problem`: why there is nothing to tell, "" where there is. `note`: what is to be known besides.
    """

    title: str
    writes: list[OriginWrite]
    writes_total: int
    links: list[OriginLink]
    problem: str
    note: str


ANSWERS: dict[type, type] = {DebugOrigin: DebugOriginShown}
