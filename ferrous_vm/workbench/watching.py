"""Who watches a run: every command a script issued, the keys it touched, and what was converted on the way."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

from ferrous_vm.errors import TracePoint
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.keyspace.slots import slot_of
from ferrous_vm.scripting.run import Issued
from ferrous_vm.values.lost import Lost
from ferrous_vm.workbench.calls import Call
from ferrous_vm.workbench.conversions import ConversionLog
from ferrous_vm.workbench.cutting import cut_field
from ferrous_vm.workbench.host import INTERVAL, Host
from ferrous_vm.workbench.key_uses import uses
from ferrous_vm.workbench.records.running import AccessCounts, KeyAccess
from ferrous_vm.workbench.resp import parse
from ferrous_vm.workbench.tracing import Trace

MOST_KEYS: Final = 1_000
"""Keys whose use is told."""

LONGEST_KEY: Final = 1_000
"""Bytes of a key that are shown."""

MOST_ERRORS: Final = 10_000
"""Errors of a script of which is asked whether they were swallowed, the last ones."""


class Watcher:
    """Sees every command a script issues (`ferrous_vm.scripting.run.Observer`)."""

    def __init__(self, call: Call, host: Host | None = None) -> None:
        """`host` hears now and then how many commands there are."""
        self.host = host or Host()
        self.next_report = 0.0
        self.declared = frozenset(call.keys)
        self.trace = Trace()
        self.reads: dict[bytes, int] = {}
        self.writes: dict[bytes, int] = {}
        self.failures: dict[bytes, int] = {}
        """Of each key, how many commands read it, wrote it, or named it and answered an error."""
        self.conversions = ConversionLog()
        self.failed: Issued | None = None
        """The last command that answered an error."""
        self.refused: tuple[Any, ...] | None = None
        """The last arguments that made no command."""
        self.without_value: dict[int, list[bytes]] = {}
        """The last command of each line that answered no value."""
        self.errors: list[tuple[int, bytes]] = []
        """The numbers of commands that answered errors, and their messages."""
        self._result: tuple[tuple[Any, ...], int, int | None] | None = None
        self.last = 0.0
        self.milliseconds = 0.0
        """What the script took, once it is over."""
        self.stack: Sequence[TracePoint] = ()
        """Where it was ended, innermost level first, unless it returned."""

    def command_ended(self, issued: Issued) -> None:
        """A script's command was answered, or refused."""
        milliseconds = (time.perf_counter() - self.last) * 1000
        reply, argv, row = issued.reply, issued.argv, issued.row
        is_done = not isinstance(reply, ErrorReply)
        if reply is None and issued.line is not None:
            self.without_value[issued.line] = argv
        self.trace.add(issued, milliseconds)
        if isinstance(reply, ErrorReply):
            self.failed = issued
            self._add_error(reply.message)
        if row is not None:
            for word, reads, writes in uses(row, argv):
                key = argv[word]
                if not is_done:
                    self.failures[key] = self.failures.get(key, 0) + 1
                    continue
                if reads:
                    self.reads[key] = self.reads.get(key, 0) + 1
                if writes:
                    self.writes[key] = self.writes.get(key, 0) + 1
        self.conversions.command(issued)
        self.last = time.perf_counter()
        if self.last > self.next_report:
            self.next_report = self.last + INTERVAL
            self.host.issued(self.trace.count)

    def arguments_refused(self, arguments: tuple[Any, ...], line: int | None, message: bytes) -> None:
        """redis.call or redis.pcall was given what can be no word of a command."""
        self.refused = arguments
        self.trace.add_refused(arguments, line, message)
        self._add_error(message)

    def _add_error(self, message: bytes) -> None:
        """The command that was added last answered an error."""
        self.errors.append((self.trace.count, message))
        if len(self.errors) > 2 * MOST_ERRORS:
            del self.errors[:MOST_ERRORS]

    def value_lost(self, lost: Lost, before: str, after: str, line: int | None) -> None:
        """A library function could not keep a value as it was."""
        self.conversions.library(lost, before, after, line)

    def script_ended(self, results: tuple[Any, ...], protocol: int, line: int | None) -> None:
        """A script returned `results`; what its reply does not carry is looked for when its time is over."""
        self._result = (results, protocol, line)

    def script_stopped(self, stack: Sequence[TracePoint]) -> None:
        """An error, a limit or an interrupt ended a script."""
        self.stack = stack

    def replied(self, data: bytes | None) -> None:
        """The reply, if there is one: a command's error that is in it was not swallowed."""
        if self._result is not None:
            self.conversions.result(*self._result)
        messages = {message for _, message in self.errors}
        for node in parse(data) if data and messages else ():
            if node.kind == "error":
                message = node.value
                causes = [at for at in self.errors if message == at[1] or message.startswith(at[1] + b" script: ")]
                if causes:
                    self.errors.remove(causes[-1])
        self.trace.swallow({number for number, _ in self.errors})

    def accesses(self) -> list[KeyAccess]:
        """What was done to each key, declared ones first, those never touched among them; no more than `MOST_KEYS`."""
        return [
            KeyAccess(
                cut_field(key, LONGEST_KEY),
                key in self.declared,
                self.reads.get(key, 0),
                self.writes.get(key, 0),
                self.failures.get(key, 0),
                slot_of(key),
            )
            for key in islice(self._names(), MOST_KEYS)
        ]

    def access_counts(self) -> AccessCounts:
        """How many keys there are, how many of them not declared, and in how many slots they lie."""
        slots = {key: slot_of(key) for key in self._names()}
        here = {slots[key] for key in self.declared}
        undeclared = [slot for key, slot in slots.items() if key not in self.declared]
        elsewhere = sum(1 for slot in undeclared if slot not in here)
        return AccessCounts(len(slots), len(undeclared), len(set(slots.values())), len(here), elsewhere)

    def _names(self) -> dict[bytes, None]:
        return dict.fromkeys([*sorted(self.declared), *self.reads, *self.writes, *self.failures])
