"""Scripts that one command does the work of. What that is, a layer above finds and tries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ferrous_vm.analysis.lint.diagnostics import Edit, Severity
from ferrous_vm.analysis.lint.rules import Change, Model, Rule
from ferrous_vm.records import Record

REPLACED: Final = Rule(
    name="replaced-by-command",
    severity=Severity.INFO,
    reason="The server has a command that does all that this script does.",
    fix="Send the command: nothing needs to be loaded, and EVALSHA cannot fail.",
    page="""\
What the script does is followed on all its paths, and script and command are carried out on the same generated
states: keys that are absent, expired, of another type, with and without a time to live, values that are equal and
not; arguments as the commands take them, times and counts above 0. It is said only where both leave the same keys,
and each reply of the command stands for one of the script. It holds for the servers that the script is for.""",
    wrong="local value = redis.call('GET', KEYS[1])\nif value then redis.call('DEL', KEYS[1]) end\nreturn value",
    right="return redis.call('GETDEL', KEYS[1])",
)

RULES: Final = (REPLACED,)

TRANSACTION: Final = "MULTI, "
"""What several commands that do a script's work begin with, as a person writes them."""


class Replacement(Record):
    """What does a script's work: `call` as a person writes it; since when it is there, empty where every server has it;
    in sentences what it does otherwise; and a script that is nothing but the call, where that answers the same.

    It was tried on so many states.
    """

    call: str
    since: str
    details: str
    code: bytes
    tried: int
    tried_elsewhere: int
    """States of each server but the first."""


Find = Callable[[Model, bool], dict[str, Replacement]]
"""Answers what does the work of a script, by server; without those that have nothing for it. Unless it may try, of what
it has tried before."""


def check(model: Model, find: Find, may_try: bool) -> None:
    """Ask whether a command does all that the script does; told at its first command."""
    first = next(iter(model.commands()), None)
    if first is None or model.is_library:
        return
    by_call: dict[Replacement, list[str]] = {}
    for server, replacement in find(model, may_try).items():
        by_call.setdefault(replacement, []).append(server)
    shown, names = model.facts.servers.shown, model.facts.servers.names
    for replacement, servers in by_call.items():
        where = "" if len(servers) == len(names) == 1 else f"On {shown(servers)} "
        said = f"{where}{replacement.call} does all that this script does."
        parts = [said, f"{replacement.since}." if replacement.since else "", replacement.details]
        more = f", and on {replacement.tried_elsewhere} of each other server" if len(servers) > 1 else ""
        parts.append(f"Both were tried on {replacement.tried} states{more}.")
        change: Change | None = None
        if replacement.code and len(servers) == len(names):
            body = model.chunk.main.body
            place = Edit(model.chunk.start(body), model.chunk.end(body), replacement.code)
            change = f"Call {replacement.call.split()[0]} alone", place
        model.report(REPLACED, first.node, " ".join(filter(None, parts)), change, certain=False)
