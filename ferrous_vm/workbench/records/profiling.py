"""Where the time of a script goes: by line, by function, and which lines and branches were never executed."""

from __future__ import annotations

from ferrous_vm.records import Record
from ferrous_vm.workbench.records.calling import ScriptRun


class DebugProfile(Record):
    """Where does the time of the script that is debugged go? It is run once more to find out."""


class RunProfile(ScriptRun):
    """Where does the time of a run go? It is run once more to find out, from where it began, and all that is taken
    back; if it was not the last run, or the keyspace has changed since, one is run that begins now, as `note` says."""


class LineProfile(Record):
    """A line with code: how often it was executed, its instructions, commands, and the tables, functions and strings it
    made. `branches` counts of each condition on it how often it went on and how often it jumped. `milliseconds` are
    those at work on it, in commands and library functions too, but not in Lua functions that it calls."""

    line: int
    count: int
    instructions: int
    commands: int
    made: int
    branches: list[list[int]]
    milliseconds: float


class FunctionProfile(Record):
    """A function: its calls, the instructions of its own and with all it called, its commands, and the milliseconds
    that its own lines took and that it took with all it called."""

    function: str
    line: int
    calls: int
    own: int
    total: int
    commands: int
    milliseconds: float
    total_milliseconds: float


class FlameBar(Record):
    """A function in the place where it was called: `total` instructions from `start` on, `depth` calls deep, which took
    so many milliseconds."""

    function: str
    line: int
    depth: int
    start: int
    total: int
    calls: int
    milliseconds: float


class CommandCost(Record):
    """A command: how often, and the milliseconds that all of them took, from the call of redis.call on."""

    name: str
    count: int
    milliseconds: float


class ObjectCount(Record):
    """Objects of one type: made in its course (tables by whomever, the others by its instructions), and alive at its
    end."""

    kind: str
    made: int
    live: int


class DebugProfileShown(Record):
    """Answers both. What is counted comes from a run that is traced, times from another one that is not: they
    are this engine's, the clock being read where a line begins. `note`: what is to be known besides, "" for nothing."""

    instructions: int
    milliseconds: float
    lines: list[LineProfile]
    functions: list[FunctionProfile]
    flame: list[FlameBar]
    commands: list[CommandCost]
    objects: list[ObjectCount]
    note: str


ANSWERS: dict[type, type] = {DebugProfile: DebugProfileShown, RunProfile: DebugProfileShown}
