"""A script and a command on the same states: whether they leave the same keyspace, and how their replies differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from ferrous_vm.keyspace.command_table import TABLE
from ferrous_vm.printing import printed
from ferrous_vm.server import Client, Server
from ferrous_vm.workbench.replacements.outline import Outline, Words
from ferrous_vm.workbench.replacements.shapes import Proposal
from ferrous_vm.workbench.replacements.states import NOW, Case, cases
from ferrous_vm.workbench.resp import parse

LEAST: Final = 20
"""Calls that must not end in an error, for a trial to say anything."""


class Trial(NamedTuple):
    """What was found of a script and of what may do its work, on so many states: they do the same.

    `replies` says in a sentence how the replies differ, empty where they do not; `exceptions` where the two differ.
    """

    replies: str
    exceptions: frozenset[str]
    pairs: frozenset[tuple[Reply, Reply]]
    """What came of the command and what of the script, wherever neither failed."""


class _Side:
    """A server of one's own, whose clock the trial sets."""

    def __init__(self, profile: str) -> None:
        self.now = NOW
        self.server = Server(clock=lambda: self.now, seed=1, profile=profile)
        self.client: Client = self.server.connect()

    def fill(self, case: Case) -> None:
        self.now = NOW
        self.client.execute(b"FLUSHALL")
        for words in case.filling:
            self.client.execute(*words)
        self.now += 10_000  # what was given a millisecond is over

    def state(self) -> list[Any]:
        """All that is stored."""
        ask = self.client.execute
        keys = ask(b"KEYS", b"*")
        assert isinstance(keys, list)
        return [(key, ask(b"DUMP", key), ask(b"PTTL", key)) for key in sorted(keys)]


def tried(
    source: bytes,
    outline: Outline,
    proposal: Proposal,
    profile: str,
    keys: int,
    arguments: int,
    count: int,
    elsewhere: Trial | None = None,
) -> Trial | None:
    """What comes out on so many states; None where script and commands do not do the same.

    `elsewhere`: what came out on more states of another server; then None too where anything else comes out here.
    """
    script, commands = _Side(profile), _Side(profile)
    pairs: set[tuple[Reply, Reply]] = set()
    exceptions: set[str] = set()
    good = 0
    for case in cases(outline, proposal.commands, keys, arguments, count):
        script.fill(case)
        commands.fill(case)
        call = (b"EVAL", source, b"%d" % keys, *case.keys, *case.arguments)
        reply = _read(script.client.execute_resp(*call))
        instead = _carried_out(commands.client, proposal.commands, case)
        failed, refused = _is_error(reply), _is_error(instead)
        if failed == refused and (failed or script.state() == commands.state()):
            if not failed:
                good += 1
                pairs.add((instead, reply))
            continue
        excused = proposal.exceptions & case.kinds
        if not excused:
            return None
        exceptions |= excused
    if elsewhere is not None:
        return elsewhere if pairs <= elsewhere.pairs and exceptions <= elsewhere.exceptions else None
    if not _does_anything(outline) and len({reply for _, reply in pairs}) < 2:
        return None
    told = _told(pairs)
    if good < LEAST or told is None or not _all_ran(script, outline):
        return None
    return Trial(told, frozenset(exceptions), frozenset(pairs))


def _does_anything(outline: Outline) -> bool:
    """Whether it may change something: else only its reply counts."""
    return any((row := TABLE.get(name.lower().encode())) is None or row.write for name in outline.names)


def _all_ran(side: _Side, outline: Outline) -> bool:
    """Whether each command of the script was carried out in some call."""
    told = side.client.execute_resp(b"INFO", b"commandstats")
    return all(b"cmdstat_%b:" % name.lower().encode() in told for name in outline.names)


def _carried_out(client: Client, commands: tuple[Words, ...], case: Case) -> Reply:
    calls = [tuple(map(case.bytes_of, words)) for words in commands]
    if len(calls) == 1:
        return _read(client.execute_resp(*calls[0]))
    client.execute(b"MULTI")
    for words in calls:
        client.execute(*words)
    return _read(client.execute_resp(b"EXEC"))


# Replies

Reply = tuple[str, Any]
"""The kind of a reply (`resp.py`) and its text, or the replies in an array; every null is the same."""

_NULL: Final = ("nil", b"")


def _read(data: bytes) -> Reply:
    made: list[Reply] = []
    for node in reversed(parse(data)):  # what stands in an array is made before it
        if node.kind == "array":
            made.append((node.kind, tuple(made.pop() for _ in range(node.count))))
        else:
            made.append(_NULL if node.kind == "nil" else (node.kind, node.value))
    return made[0]


def _is_error(reply: Reply) -> bool:
    return reply[0] == "error" or (reply[0] == "array" and any(item[0] == "error" for item in reply[1]))


def _item(at: int) -> Callable[[Reply], Reply]:
    """What picks an element of a list; an empty list is nothing."""
    return lambda reply: (reply[1][at] if reply[1] else _NULL) if reply[0] == "array" else reply


_TURNED: Final[tuple[tuple[Callable[[Reply], Reply], str], ...]] = (
    (lambda reply: reply, ""),
    (_item(0), "The script's reply is the first of what it answers"),
    (_item(-1), "The script's reply is the last of what it answers"),
    (lambda reply: ("array", () if reply == _NULL else (reply,)), "It answers without a list around it"),
    (lambda reply: ("array", ()) if reply == _NULL else reply, "It answers nil for an empty list"),
    (lambda reply: ("integer", reply[1]) if reply[0] == "bulk" else reply, "It answers its number as a text"),
    (lambda reply: ("bulk", reply[1]) if reply[0] == "integer" else reply, "It answers a number, not a text"),
)
"""What makes the script's reply of what comes instead, and how that is said."""


def _told(pairs: set[tuple[Reply, Reply]]) -> str | None:
    """How the replies differ, as a sentence; empty where they are the same, None where they tell different things."""
    if len({reply for _, reply in pairs}) == 1 < len(pairs):
        return "Its reply says more than the script's, which is always the same."
    for turned, said in _TURNED:
        differing = {instead: reply for instead, reply in pairs if turned(instead) != reply}
        if any(instead in differing and differing[instead] != reply for instead, reply in pairs):
            continue  # one reply would stand for two
        if not all(map(_is_flag, differing)):
            continue
        pairs_told = sorted(differing.items(), key=lambda pair: (pair[0] == _NULL, pair))
        others = ", ".join(f"{_shown(instead)} for {_shown(reply)}" for instead, reply in pairs_told)
        if said:
            return f"{said}, {others}." if others else f"{said}."
        return f"It answers {others}." if others else ""
    return None


def _is_flag(reply: Reply) -> bool:
    """Whether a reply says only yes or no: others hold data, and none of these may stand for something else."""
    return reply in (_NULL, ("integer", b"0"), ("integer", b"1"), ("status", b"OK"), ("array", ()))


def _shown(reply: Reply) -> str:
    kind, content = reply
    if kind == "nil":
        return "nil"
    if kind == "array":
        return f"[{', '.join(map(_shown, content))}]"
    return printed(content) if kind in ("integer", "status") else f"'{printed(content)}'"
