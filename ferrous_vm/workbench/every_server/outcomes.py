"""What came of a script on one server, in parts that can be compared: reply, error, log, commands and keys.

Each server runs it on a keyspace of its own. Chance and the clock are the same for all: a clock that nobody holds
begins at one moment and goes a microsecond on whenever it is asked, so what differs is never the speed of a run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, NamedTuple

from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.records import Record
from ferrous_vm.server import Server
from ferrous_vm.workbench import content
from ferrous_vm.workbench.escapes import argument
from ferrous_vm.workbench.host import Host
from ferrous_vm.workbench.records.running import Ran, Run
from ferrous_vm.workbench.records.servers import PartKind
from ferrous_vm.workbench.runs import run
from ferrous_vm.workbench.workbench import Clock, Workbench

SEED: Final = 0
"""Of all random choices, where nobody gives one."""


STOPPED: Final = "It was stopped before it replied."


class Part(NamedTuple):
    """Which part of an outcome: of a command its number, from 1, of a key its name; `database` of a key too."""

    kind: PartKind
    number: int = 0
    name: str = ""


class Outcome(Record):
    """What came of a script on one server: the text of each part there is."""

    verdict: str
    parts: dict[Part, str]
    lines: dict[int, int | None]
    """By the number of a command its line in the script."""
    commands: list[str]
    """The words of each command."""


class SteadyClock(Clock):
    """A clock for one of several runs: while it is not held it begins at `begin` and goes on whenever it is asked."""

    def __init__(self, begin: int) -> None:
        super().__init__()
        self.next = begin

    def __call__(self) -> int:
        """Unix time in microseconds."""
        if self.held is not None or self.stopped is not None:
            return super().__call__()
        self.next += 1
        return self.next


def whole_second() -> int:
    """Now, in microseconds, at the beginning of the second."""
    return time.time_ns() // 1_000_000_000 * 1_000_000


def outcome_on(profile: Profile | str, request: Run, begin: int, host: Host | None = None) -> Outcome:
    """Run it on a server of that profile; `begin` is where a clock that is not held begins."""
    workbench = Workbench(host, is_copied=False, profile=profile, clock=SteadyClock(begin))
    ran = run(workbench, request)
    if ran.outcome == "interrupted":  # how far it came is a matter of speed
        return Outcome(ran.outcome, {Part("error"): STOPPED}, {}, [])
    parts = {part: text for part, text in _parts(ran) if text}
    if ran.outcome in ("ok", "error"):
        parts |= keys_of(workbench.keyspace)
    lines = {one.number: one.line for one in ran.trace}
    return Outcome(ran.outcome, parts, lines, [one.command for one in ran.trace])


def told_of(server: Server, verdict: str, reply: str, log: str) -> Outcome:
    """What came of a call on a server, of which only its reply and what it left is known."""
    parts = {Part("log"): log, Part("error" if verdict == "error" else "reply"): reply} | keys_of(server.keyspace)
    return Outcome(verdict, parts, {}, [])


def _parts(ran: Ran) -> list[tuple[Part, str]]:
    reply = "" if ran.reply is None or ran.outcome != "ok" else ran.reply.text
    error = ran.problem.message if ran.problem is not None else ""
    if ran.outcome == "fixture" and ran.problem is not None:
        error = f"Line {ran.problem.line} of the fixture: {error}"
    log = "\n".join(one.message for one in ran.log)
    commands = [(Part("command", one.number), f"{one.command}\n{one.reply}") for one in ran.trace]
    return [(Part("reply"), reply), (Part("error"), error), (Part("log"), log), *commands]


def keys_of(keyspace: Keyspace) -> dict[Part, str]:
    """Of each key the lines that make it again, in order of their names."""
    return {
        Part("key", database.index, argument(key)): "\n".join(
            content.recreation(key, database.entries[key], database.expiries.get(key))
        )
        for database in keyspace.databases
        for key in sorted(database.keys())
    }


Runner = Callable[[Profile | str], Outcome]
"""Answers what comes of one script on a server."""
