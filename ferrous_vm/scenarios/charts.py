"""What a person wants drawn of a run: a number after each step, of the keyspace, of notes or of replies.

redis("LLEN", "queue")            a Lua expression as invariants.py has them, of the state that the step has led to
count("granted")                  how often a note was made up to there
replies("limit", 1)               how often a call has replied so (replies.py)
reply of A                        the last reply of a client
replies 1    replies OK of A      how often a reply was this up to there, by whomever or to one client

What is no number, nil above all, leaves a gap. An expression that fails leaves one too, and why is told.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.scenarios.invariants import noted_in, said_by, script_of, words_of
from ferrous_vm.scenarios.scenario import Chart, Scenario
from ferrous_vm.scenarios.world import Position, World
from ferrous_vm.scripting.state import KILLED

_REPLY: Final = re.compile(r"reply of ([A-Za-z_]\w*)")
_REPLIES: Final = re.compile(r"replies (\S+|\"(?:[^\"\\]|\\.)*\")(?: of ([A-Za-z_]\w*))?")

_NUMBER: Final = (
    "local value = {} if value == nil or value == false then return false end "
    "if value == true then return '1' end "
    "local number = tonumber(value) if number == nil then "
    "return {err = 'a number is drawn, and this is ' .. "
    "(type(value) == 'string' and 'text' or 'a ' .. type(value))} end "
    "return string.format('%.17g', number)"
)
"""The value of an expression as text, for a reply has no fractions."""


class Reply(NamedTuple):
    """A reply of a step."""

    client: str
    text: str
    """As redis-cli prints it."""


class Point(NamedTuple):
    """What a chart shows after a step."""

    value: float | None
    problem: str = ""
    """Why there is none, where the expression failed."""


class Drawing:
    """One chart of a run, ready to be asked."""

    __slots__ = ("_ended", "_replies", "_reply", "_script")

    def __init__(self, chart: Chart, noted: set[str]) -> None:
        self._reply = _REPLY.fullmatch(chart.expression)
        self._replies = _REPLIES.fullmatch(chart.expression)
        self._script = b""
        """What asks for it; of replies nobody is asked."""
        if self._reply is None and self._replies is None:
            self._script = script_of(_NUMBER.replace("{}", f"({chart.expression}\n)"), chart.expression, noted)
        self._ended: Point | None = None

    def after(self, before: Point, world: World, position: Position, replies: Sequence[Reply]) -> Point:
        """The point after a step that had these replies; `before` is the one before it. Raises TimeSeen."""
        if self._reply is not None:
            own = [reply for reply in replies if reply.client == self._reply[1]]
            return Point(_number(_bare(own[-1].text))) if own else before
        if self._replies is not None:
            sought, client = self._replies.groups()
            new = sum(_bare(text) == _bare(sought) for who, text in replies if client in (None, who))
            return Point((before.value or 0) + new)
        return self._ended or self._ask(world, position)

    def _ask(self, world: World, position: Position) -> Point:
        argv = words_of(self._script, position.notes, None, world.connections)
        reply, _ = world.keyspaces.read(position.state, argv)
        if isinstance(reply, ErrorReply):
            point = Point(None, said_by(reply).removeprefix("ERR "))
            if reply.message.startswith(KILLED):  # it would be so after each step, and take as long
                self._ended = point
            return point
        return Point(_number(reply.decode()) if isinstance(reply, bytes) else None)


NOTHING: Final = Point(None)
"""Where nothing has been."""


def drawings_of(scenario: Scenario) -> list[Drawing]:
    """The charts of a scenario."""
    noted = noted_in(scenario)
    return [Drawing(chart, noted) for chart in scenario.charts]


def _bare(text: str) -> str:
    """What redis-cli prints of a reply, without what it says of its type."""
    text = text.removeprefix("(integer) ")
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
