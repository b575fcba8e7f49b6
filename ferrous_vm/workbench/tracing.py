"""The commands of a script as they are listed: the first and the last of them, and always those that failed.

All of them are counted, by command and line. What a list shows of a command is made when the script is over, unless its
words or its reply are large: then at once, so that nothing large is kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, TypeAlias

from ferrous_vm.keyspace.replies import ErrorReply, MapReply, Push, SetReply, encode
from ferrous_vm.printing import printed
from ferrous_vm.records import with_changes
from ferrous_vm.scripting.conversion import reply_to_lua
from ferrous_vm.scripting.error_tables import error_table
from ferrous_vm.scripting.run import Issued
from ferrous_vm.workbench.conversions import PRECISE
from ferrous_vm.workbench.cutting import beginning, cut, cut_line
from ferrous_vm.workbench.escapes import argument, quote
from ferrous_vm.workbench.key_uses import uses
from ferrous_vm.workbench.lua_text import lua_text
from ferrous_vm.workbench.records.running import CommandCount, CommandTrace
from ferrous_vm.workbench.redis_cli import format_reply
from ferrous_vm.workbench.resp import parse

MOST_FIRST: Final = 1_000
MOST_LAST: Final = 1_000
"""Commands that are listed from the beginning and from the end."""

MOST_FAILED: Final = 100
"""Commands between those that are listed because they failed, the first ones."""

MOST_COUNTS: Final = 500
"""Pairs of command and line that are counted apart; a script may make up commands without end."""

OTHERS: Final = "others"
"""What the rest is counted under."""

LONGEST_COMMAND: Final = 1_000
"""Characters of a command, or of its reply, in the list."""

LIGHT: Final = 2_000
"""Bytes of a command's words, or of its reply, that are kept until the script is over."""

MOST_ELEMENTS: Final = 20
"""Elements of a reply that are shown as Lua got them."""

MOST_SHOWN: Final = 200
"""Elements of an array within a reply that is shown."""

MOST_KEYS: Final = 20
"""Keys of one command that are named beside it; its line shows them all, or says how many it leaves out."""

_LIGHT_TYPES: Final = frozenset((int, bool, float, type(None), ErrorReply))
_AGGREGATES: Final = (list, MapReply, SetReply, Push)

Listed: TypeAlias = "CommandTrace | Seen"


class Seen(NamedTuple):
    """A command whose view is not made yet."""

    issued: Issued
    milliseconds: float
    number: int


class Trace:
    """What is kept of the commands that a script issues."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[Listed] = []
        self._failed: list[Listed] = []
        self._last: deque[Listed] = deque(maxlen=MOST_LAST)
        self._has_failed = False
        """Whether any of them has."""
        self._counts: dict[tuple[bytes | str, int | None], list[float]] = {}
        self._swallowed: set[int] = set()

    def add(self, issued: Issued, milliseconds: float) -> None:
        """A command was answered."""
        self.count += 1
        seen = Seen(issued, milliseconds, self.count)
        row, has_failed = issued.row, type(issued.reply) is ErrorReply
        self._append(seen if _is_light(issued) else trace_of(*seen), has_failed)
        self._count(row.full_name if row is not None else issued.argv[0][:40], issued.line, has_failed, milliseconds)

    def add_refused(self, arguments: tuple[Any, ...], line: int | None, message: bytes) -> None:
        """What a script called could be no command."""
        self.count += 1
        self._append(_refused(arguments, line, message, self.count), True)
        self._count("no command", line, True, 0)

    def _append(self, listed: Listed, has_failed: bool) -> None:
        self._has_failed = self._has_failed or has_failed
        if len(self._first) < MOST_FIRST:
            self._first.append(listed)
            return
        if self._has_failed and len(self._last) == MOST_LAST and len(self._failed) < MOST_FAILED:
            first = self._last[0]
            if _has_failed(first):
                self._failed.append(first)
        self._last.append(listed)

    def _count(self, name: bytes | str, line: int | None, is_error: bool, milliseconds: float) -> None:
        counted = self._counts.get((name, line))
        if counted is None:
            place = (name, line) if len(self._counts) < MOST_COUNTS else (OTHERS, None)
            counted = self._counts.setdefault(place, [0, 0, 0.0])
        counted[0] += 1
        counted[1] += is_error
        counted[2] += milliseconds

    def swallow(self, numbers: set[int]) -> None:
        """The errors of these commands did not reach the reply."""
        self._swallowed = numbers

    def listed(self) -> list[CommandTrace]:
        """What is shown of the commands, in their order."""
        return list(self._views())

    def _views(self) -> Iterator[CommandTrace]:
        for listed in (*self._first, *self._failed, *self._last):
            view = trace_of(*listed) if isinstance(listed, Seen) else listed
            yield with_changes(view, is_swallowed=True) if view.number in self._swallowed else view

    def counts(self) -> list[CommandCount]:
        """All commands, by command and line."""
        alike: dict[tuple[str, int | None], list[float]] = {}
        for (name, line), counted in self._counts.items():
            shown = name if isinstance(name, str) else printed(name).replace("|", " ").upper()
            known = alike.setdefault((shown, line), [0, 0, 0.0])
            for at, number in enumerate(counted):
                known[at] += number
        return [
            CommandCount(name, line, int(calls), int(errors), milliseconds)
            for (name, line), (calls, errors, milliseconds) in alike.items()
        ]


def _is_light(issued: Issued) -> bool:
    """Whether little memory is held by keeping it."""
    reply: Any = issued.reply
    is_small = reply.__class__ in _LIGHT_TYPES or (isinstance(reply, bytes) and len(reply) <= LIGHT)
    return is_small and sum(map(len, issued.argv)) <= LIGHT


def _has_failed(listed: Listed) -> bool:
    return type(listed.issued.reply) is ErrorReply if isinstance(listed, Seen) else listed.is_error


def trace_of(issued: Issued, milliseconds: float, number: int) -> CommandTrace:
    """A command of a script for the page; `number` counts from 1."""
    row = issued.row
    keys = [] if row is None else [issued.argv[word] for word, _, _ in uses(row, issued.argv)[:MOST_KEYS]]
    reply: Any = issued.reply
    return CommandTrace(
        number=number,
        line=issued.line,
        command=cut_line(issued.argv, LONGEST_COMMAND),
        reply=_reply_text(reply, issued),
        lua=_lua(_shortened(reply, MOST_ELEMENTS), issued),
        is_error=type(reply) is ErrorReply,
        is_swallowed=False,
        is_write=row is not None and row.write,
        keys=[cut(argument(beginning(key, LONGEST_COMMAND)), LONGEST_COMMAND) for key in keys],
        milliseconds=milliseconds,
    )


def _reply_text(reply: Any, issued: Issued) -> str:
    if type(reply) is int:  # most are, and bytes: what redis-cli prints of the others is asked of it
        return f"(integer) {reply}"
    if type(reply) is bytes and len(reply) <= LONGEST_COMMAND:
        return cut(quote(reply), LONGEST_COMMAND)
    shown = _shortened(reply, MOST_SHOWN)
    text = cut(format_reply(parse(encode(shown, issued.protocol, issued.profile.double_text))), LONGEST_COMMAND)
    if type(reply) in _AGGREGATES and len(reply) > MOST_SHOWN:
        return f"{text}\n… ({len(reply) - MOST_SHOWN:,} more elements)"
    if isinstance(reply, bytes) and len(reply) > len(shown):
        return f"{text}… ({len(reply) - len(shown):,} more bytes)"
    return text


def _shortened(reply: Any, most: int) -> Any:
    """The beginning of a reply: of each array `most` elements. Replies of commands are nested a few levels."""
    if type(reply) in _AGGREGATES:
        return type(reply)([_shortened(item, most) for item in reply[:most]])
    if type(reply) is tuple:
        return tuple([_shortened(item, most) for item in reply])
    if isinstance(reply, bytes) and len(reply) > LONGEST_COMMAND:
        return type(reply)(beginning(reply, LONGEST_COMMAND))
    return reply


def _lua(reply: Any, issued: Issued) -> str:
    """What the script got; of an error table without Redis's own mark on it."""
    if type(reply) is int and -PRECISE <= reply <= PRECISE:
        return str(reply)
    if isinstance(reply, ErrorReply):
        return lua_text(error_table(b"-" + reply.message))
    return lua_text(reply_to_lua(reply, issued.protocol, issued.profile))


def _refused(arguments: tuple[Any, ...], line: int | None, message: bytes, number: int) -> CommandTrace:
    """The call of a command that was none."""
    return CommandTrace(
        number=number,
        line=line,
        command=cut(" ".join(map(lua_text, arguments[:MOST_SHOWN])), LONGEST_COMMAND),
        reply=f"(error) {message.decode()}",
        lua=lua_text(error_table(b"-" + message)),
        is_error=True,
        is_swallowed=False,
        is_write=False,
        keys=[],
        milliseconds=0,
    )
