"""What one call of a script does, counted: exact, and the same at every call on the same data.

The call runs on a server of its own, on the machine, whose library functions count and whose commands are watched; so
other runs pay nothing for it. Within it time goes on by what it has cost so far: how often a loop turns that waits for
TIME to pass is no matter of how quick the machine is.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import FunctionType
from typing import Any, Final

from ferrous_vm import engines
from ferrous_vm.errors import TracePoint
from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.complexity import Asked, size_of, touched, values
from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15, Profile
from ferrous_vm.keyspace.replies import ErrorReply, Reply
from ferrous_vm.limits import Limits
from ferrous_vm.scripting.run import Issued
from ferrous_vm.scripting.state import KILLED
from ferrous_vm.server import Client, Server, system_clock
from ferrous_vm.stdlib.work import work
from ferrous_vm.values.lost import Lost
from ferrous_vm.values.natives import Native
from ferrous_vm.workbench.costs.counts import Counts
from ferrous_vm.workbench.costs.estimate import microseconds
from ferrous_vm.workbench.key_uses import uses

SEED: Final = 0
"""Of all random choices, where nobody gives one: a measurement has one outcome."""

LIMITS: Final = Limits(instructions=3_000_000, seconds=3.0)
"""What a measured call may use: a browser takes a second for so many instructions, and commands may take as long."""

WRITERS: Final = frozenset((b"tostring", b"format", b"concat"))
"""Library functions that write numbers as text."""


class Measuring:
    """A server whose scripts are counted. Fill it by `client`, then `call` (`ferrous_vm.scripting.run.Observer`).

    `held`: the Unix time in microseconds at which its clock stands; None if it goes on.
    """

    def __init__(
        self,
        held: int | None = None,
        seed: int = SEED,
        limits: Limits = LIMITS,
        profile: str | Profile = REDIS_7_0_15,
    ) -> None:
        self._most = limits.instructions or sys.maxsize
        self._held = held
        self._began: int | None = None
        self.server = Server(engines.REFERENCE, clock=self._clock, seed=seed, limits=limits, profile=profile)
        self.client: Client = self.server.connect()
        self._runtimes: list[Any] = []
        self._counts = Counts()
        self._create = self.server.scripting.create_runtime
        self.server.scripting.create_runtime = self._create_counting

    def _clock(self) -> int:
        if self._held is not None:
            return self._held
        if self._began is None:
            return system_clock()
        self._counts.instructions = sum(runtime.machine.executed for runtime in self._runtimes)
        return self._began + round(microseconds(self._counts))

    def _create_counting(self, name: str) -> Any:
        runtime = self._create(name)
        runtime.counting = self._counting
        self._runtimes.append(runtime)
        return runtime

    def _counting(self, declared: Native, function: FunctionType) -> FunctionType:
        """A library function that counts its calls and what they go through."""
        name = declared.name

        def counted(*args: Any) -> Any:
            results = function(*args)
            counts = self._counts
            counts.library += work(name, args, results)
            if name in WRITERS:
                counts.numbers += _numbers(args)
            return results

        return counted  # type: ignore[return-value]

    def call(self, argv: list[bytes]) -> tuple[Reply, Counts]:
        """The reply to a call of a script, an EVAL, EVALSHA or FCALL, and what it did."""
        for runtime in self._runtimes:
            runtime.machine.instructions = 0
        self._counts = counts = Counts()
        databases = self.server.keyspace.databases
        self._sizes = [{key: size_of(value) for key, value in one.entries.items()} for one in databases]
        self._database = self.client.session.database
        self._began = system_clock()
        try:
            self.server.scripting.observer = self  # not of scripts that fill it
            reply = self.client.execute(*argv)
        finally:
            self.server.scripting.observer = None
            self._began = None
        counts.instructions = sum(runtime.machine.executed for runtime in self._runtimes)
        counts.carried += values(reply) - 1
        return reply, counts

    def was_ended(self, reply: Reply, counts: Counts) -> bool:
        """Whether a limit ended the call."""
        killed = isinstance(reply, ErrorReply) and reply.message.startswith(KILLED)
        return killed or counts.instructions >= self._most

    def command_ended(self, issued: Issued) -> None:
        """A script's command was answered, or refused."""
        counts = self._counts
        counts.commands += 1
        counts.words += len(issued.argv) - 1
        counts.carried += values(issued.reply) - 1
        counts.numbers += _numbers(issued.arguments)
        row = issued.row
        if row is not None:
            counts.elements += self._touched(row, issued)

    def _touched(self, row: Row, issued: Issued) -> float:
        sizes = self._sizes[self._database.index]
        keys = [issued.argv[word] for word, _, _ in uses(row, issued.argv)]
        before = [sizes.get(key, 0) for key in keys]
        after = [size_of(self._database.entries.get(key)) for key in keys]
        elements = touched(row, Asked(issued.argv, issued.reply, before, after, len(sizes)))
        for key, size in zip(keys, after, strict=True):
            if size:
                sizes[key] = size
            else:
                sizes.pop(key, None)
        if row.full_name == b"select" and not isinstance(issued.reply, ErrorReply):
            self._database = self.server.keyspace.databases[int(issued.argv[1])]
        return elements

    def arguments_refused(self, arguments: tuple[Any, ...], line: int | None, message: bytes) -> None:
        """No command."""

    def value_lost(self, lost: Lost, before: str, after: str, line: int | None) -> None:
        """Nothing that costs."""

    def script_ended(self, results: tuple[Any, ...], protocol: int, line: int | None) -> None:
        """The reply tells."""

    def script_stopped(self, stack: Sequence[TracePoint]) -> None:
        """The reply tells."""


def _numbers(arguments: Sequence[Any]) -> int:
    return sum(1 for argument in arguments if argument.__class__ is float)
