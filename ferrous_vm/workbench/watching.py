"""Who watches a run: every command a script issued, the keys it touched, and what was converted on the way."""

from __future__ import annotations

import time
from binascii import crc_hqx
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias

from ferrous_vm.errors import TracePoint
from ferrous_vm.keyspace.arguments.key_positions import KeyPosition, key_positions
from ferrous_vm.keyspace.command_table import Row, arity_matches, find_command
from ferrous_vm.keyspace.replies import ErrorReply, encode
from ferrous_vm.records import with_changes
from ferrous_vm.scripting.api import BAD_ARGUMENT, NO_ARGUMENT
from ferrous_vm.scripting.conversion import reply_to_lua
from ferrous_vm.scripting.error_tables import error_table
from ferrous_vm.scripting.run import Issued
from ferrous_vm.workbench import content, reply_views
from ferrous_vm.workbench.calls import Call
from ferrous_vm.workbench.conversions import ConversionLog
from ferrous_vm.workbench.escapes import argument
from ferrous_vm.workbench.host import INTERVAL, Host
from ferrous_vm.workbench.lua_text import lua_text
from ferrous_vm.workbench.records.running import CommandTrace, KeyAccess
from ferrous_vm.workbench.redis_cli import format_reply
from ferrous_vm.workbench.resp import parse

MOST_COMMANDS = 2_000
"""Commands of a script that are listed."""

LONGEST_COMMAND = 2_000
"""Characters of a command, or of its reply, in the list."""

MOST_ELEMENTS = 20
"""Elements of a reply that are shown as Lua got them."""


KeyUse: TypeAlias = tuple[int, bool, bool]
"""A key by its place among the words of a command, whether it is read, and whether it is written."""


class Watcher:
    """Sees every command a script issues (`ferrous_vm.scripting.run.Observer`)."""

    def __init__(self, call: Call, host: Host | None = None) -> None:
        """`host` hears now and then how many commands there are."""
        self.host = host or Host()
        self.count = 0
        self.next_report = 0.0
        self.declared = frozenset(call.keys)
        self.trace: list[CommandTrace] = []
        self.omitted = 0
        self.reads: dict[bytes, int] = {}
        self.writes: dict[bytes, int] = {}
        self.conversions = ConversionLog()
        self.failed: Issued | None = None
        """The last command that answered an error."""
        self.refused: tuple[Any, ...] | None = None
        """The last arguments that made no command."""
        self.without_value: dict[int, list[bytes]] = {}
        """The last command of each line that answered no value."""
        self.errors: list[tuple[int, bytes]] = []
        """Where errors stand in the trace, and their messages."""
        self.last = 0.0
        self.milliseconds = 0.0
        """What the script took, once it is over."""
        self.stack: Sequence[TracePoint] = ()
        """Where it was ended, innermost level first, unless it returned."""

    def command_ended(self, issued: Issued) -> None:
        """A script's command was answered, or refused."""
        milliseconds = (time.perf_counter() - self.last) * 1000
        is_done = not isinstance(issued.reply, ErrorReply)
        if issued.reply is None and issued.line is not None:
            self.without_value[issued.line] = issued.argv
        if isinstance(issued.reply, ErrorReply):
            self.failed = issued
            self.errors.append((len(self.trace), issued.reply.message))
        row = find_command(issued.argv)
        if row is not None:
            for word, reads, writes in _uses(row, issued.argv):
                key = issued.argv[word]
                self.reads[key] = self.reads.get(key, 0) + (reads and is_done)
                self.writes[key] = self.writes.get(key, 0) + (writes and is_done)
        self.conversions.command(issued)
        if len(self.trace) < MOST_COMMANDS:
            self.trace.append(trace_of(issued, milliseconds))
        else:
            self.omitted += 1
        self.count += 1
        self.last = time.perf_counter()
        if self.last > self.next_report:
            self.next_report = self.last + INTERVAL
            self.host.issued(self.count)

    def arguments_refused(self, arguments: tuple[Any, ...], line: int | None) -> None:
        """redis.call or redis.pcall was given what can be no word of a command."""
        self.refused = arguments
        message = BAD_ARGUMENT if arguments else NO_ARGUMENT
        self.errors.append((len(self.trace), b"ERR " + message))
        if len(self.trace) < MOST_COMMANDS:
            self.trace.append(_refused(arguments, line, message))

    def script_ended(self, results: tuple[Any, ...], protocol: int, line: int | None) -> None:
        """A script returned `results`; what its reply will not carry is noted."""
        self.conversions.result(results, protocol, line)

    def script_stopped(self, stack: Sequence[TracePoint]) -> None:
        """An error, a limit or an interrupt ended a script."""
        self.stack = stack

    def replied(self, data: bytes | None) -> None:
        """The reply, if there is one: a command's error that is in it was not swallowed."""
        for node in parse(data) if data else ():
            if node.kind == "error":
                message = node.value
                causes = [at for at in self.errors if message == at[1] or message.startswith(at[1] + b" script: ")]
                if causes:
                    self.errors.remove(causes[-1])
        for index, _ in self.errors:
            if index < len(self.trace):
                self.trace[index] = with_changes(self.trace[index], is_swallowed=True)

    def accesses(self) -> list[KeyAccess]:
        """What was done to each key, declared ones first, those never touched among them."""
        names = dict.fromkeys([*sorted(self.declared), *self.reads, *self.writes])
        return [
            KeyAccess(argument(key), key in self.declared, self.reads.get(key, 0), self.writes.get(key, 0), slot(key))
            for key in names
        ]


def trace_of(issued: Issued, milliseconds: float) -> CommandTrace:
    """A command of a script for the page."""
    row = find_command(issued.argv)
    keys = [] if row is None else [issued.argv[word] for word, _, _ in _uses(row, issued.argv)]
    reply: Any = issued.reply
    beginning = reply[:MOST_ELEMENTS] if type(reply) is list else reply
    return CommandTrace(
        line=issued.line,
        command=reply_views.cut(content.line(issued.argv), LONGEST_COMMAND),
        reply=reply_views.cut(format_reply(parse(encode(reply, issued.protocol))), LONGEST_COMMAND),
        lua=_lua(beginning, issued.protocol),
        is_error=type(reply) is ErrorReply,
        is_swallowed=False,
        is_write=row is not None and row.write,
        keys=[argument(key) for key in keys],
        milliseconds=milliseconds,
    )


def _lua(reply: Any, protocol: int) -> str:
    """What the script got; of an error table without Redis's own mark on it."""
    if isinstance(reply, ErrorReply):
        return lua_text(error_table(b"-" + reply.message))
    return lua_text(reply_to_lua(reply, protocol))


def _refused(arguments: tuple[Any, ...], line: int | None, message: bytes) -> CommandTrace:
    """The call of a command that was none."""
    return CommandTrace(
        line=line,
        command=reply_views.cut(" ".join(map(lua_text, arguments)), LONGEST_COMMAND),
        reply=f"(error) ERR {message.decode()}",
        lua=lua_text(error_table(message)),
        is_error=True,
        is_swallowed=False,
        is_write=False,
        keys=[],
        milliseconds=0,
    )


def _uses(row: Row, argv: list[bytes]) -> list[KeyUse]:
    """The keys a command names; none where its arguments are too few or too many."""
    if not arity_matches(row, len(argv)):
        return []
    return _only_key(row) or [_use(position) for position in key_positions(row, argv)]


def _use(position: KeyPosition) -> KeyUse:
    flags = position.flags
    return position.word, "RO" in flags or "access" in flags, "RO" not in flags


@cache
def _only_key(row: Row) -> list[KeyUse] | None:
    """The key of a command that has one, always in the same place: most have, and so it is told at once."""
    if len(row.key_specs) != 1 or row.arity < 0 or "variable_flags" in row.key_specs[0]["flags"]:
        return None
    found = key_positions(row, [b""] * row.arity)
    return [_use(found[0])] if len(found) == 1 else None


def slot(key: bytes) -> int:
    """The cluster hash slot of a key: CRC16 of the part in braces, or of all (`keyHashSlot`, cluster.c)."""
    start = key.find(b"{")
    end = key.find(b"}", start + 1) if start >= 0 else -1
    return crc_hqx(key[start + 1 : end] if end > start + 1 else key, 0) % 16384
