"""A run of a script, and what is told of it."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record
from ferrous_vm.workbench.records.calling import ScriptRun
from ferrous_vm.workbench.records.keyspace import ChangeCounts, KeyChange, KeyspaceState
from ferrous_vm.workbench.records.problems import Problem
from ferrous_vm.workbench.records.replies import ReplyView


class LogLine(Record):
    """What the script wrote with redis.log: `level` is 0 debug, 1 verbose, 2 notice, 3 warning. Lines count from 1."""

    number: int
    level: int
    message: str
    line: int | None


class CommandTrace(Record):
    """One Redis command the script issued, and which of them, from 1. `command` is a line; `reply` is what redis-cli
    would print. Both are cut when long.

    `lua` is what the script got for it, as Lua would write it. An error is swallowed when the script went on, and does
    not reply it. `milliseconds` counts from the command before, or from the script's beginning. `keys` are those it
    names.
    """

    number: int
    line: int | None
    command: str
    reply: str
    lua: str
    is_error: bool
    is_swallowed: bool
    is_write: bool
    keys: list[str]
    milliseconds: float


class CommandCount(Record):
    """How often a line issued a command, how often that failed, and how long it took in all."""

    command: str
    line: int | None
    calls: int
    errors: int
    milliseconds: float


class AccessCounts(Record):
    """All keys a script was given or used: how many, how many of them undeclared, and their cluster hash slots; the
    slots of those declared, and how many of the undeclared lie `elsewhere`, in none of these."""

    keys: int
    undeclared: int
    slots: int
    declared_slots: int
    elsewhere: int


class KeyAccess(Record):
    """What the script did to one key, over all its commands. `failures` counts those that named it and answered an
    error. `slot` is its cluster hash slot."""

    key: str
    declared: bool
    reads: int
    writes: int
    failures: int
    slot: int


class Conversion(Record):
    """A value that became another on its way into a command ("argument"), into Lua ("reply"), in a "library", or to the
    client.

    `where` tells which: `argument 2 of SET`, `GET`, a path in the result such as `[2][1]`. `loses` tells whether
    something was lost, or only its type changed. `count` is how often that happened on the line; `line` is null where
    it is not known.
    """

    direction: Literal["argument", "reply", "library", "result"]
    line: int | None
    where: str
    before: str
    after: str
    message: str
    loses: bool
    count: int


class StackLevel(Record):
    """One level of the call stack: what Lua calls its chunk, `user_script` or `user_function`, `[C]` for a library
    function, `(tail call)`, or the beginning of code that was loaded; and its line, null where there is none."""

    place: str
    line: int | None


class ErrorExplanation(Record):
    """An error reply in plain words: what happened, with argument and value, and what to do. `name` is of its row."""

    name: str
    what: str
    advice: str


class Run(ScriptRun):
    """Run a script. `dry`: take every change back at the end. Whatever interrupts the run, the keyspace is then as
    before."""

    dry: bool = False


class Ran(Record):
    """Answers Run. `outcome`: "ok"; "error", an error reply; "fixture", that failed and nothing ran; "interrupted":
    there is no reply, all else tells of the script up to there, and `changes` of what was taken back then.

    What is long is cut, and counted whole: `changes` are those of the first of `changed` keys; `trace` and `log` have
    the first and the last, and of the commands between those that failed; `accesses` are those of the first keys.
    `stack` is where an error or an interrupt found the script, the innermost level first. `problem` is where the error
    is in the script, or in the fixture; `explanation` explains that of a script. `now` is the server's clock. `act` is
    the number of what it did to the keyspace, null where nothing of that is left.
    """

    outcome: Literal["ok", "error", "fixture", "interrupted"]
    reply: ReplyView | None
    problem: Problem | None
    explanation: ErrorExplanation | None
    stack: list[StackLevel]
    changes: list[KeyChange]
    changed: ChangeCounts
    log: list[LogLine]
    log_omitted: int
    trace: list[CommandTrace]
    trace_omitted: int
    command_counts: list[CommandCount]
    accesses: list[KeyAccess]
    access_counts: AccessCounts
    conversions: list[Conversion]
    milliseconds: float
    sha1: str
    now: int
    act: int | None
    keyspace: KeyspaceState


ANSWERS: dict[type, type] = {Run: Ran}
