"""The tape of a server: every call of a script, with the part of the keyspace that it read and wrote.

While a tape records, the server's random choices begin anew with each call, from a seed that is kept, and its clock
stands still as long as a script runs: so a call can be made once more, and comes to the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, Protocol

from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.replies import Reply, encode
from ferrous_vm.keyspace.session import Session
from ferrous_vm.scripting.run import ScriptRun
from ferrous_vm.server import Server
from ferrous_vm.tape.captured import Captured
from ferrous_vm.tape.kept import Kept
from ferrous_vm.tape.taped import Taped


class Listener(Protocol):
    """Somebody who is told of calls, whether they are kept or not."""

    def called(self, run: ScriptRun, call: Taped) -> None:
        """A script has ended, in whose thread this is called: its client is told its reply when this returns."""


class Tape:
    """What was called on a server since `start` (`ferrous_vm.scripting.run.Recorder`)."""

    def __init__(self, server: Server) -> None:
        self._server: Final = server
        self.kept: Final = Kept()
        self._is_on = False
        self._listener: Listener | None = None
        self._count = 0
        self._seed = 0

    def start(self) -> None:
        """From now on every call is kept."""
        self._is_on = True
        self._attend()

    def stop(self) -> None:
        """Keep no more; what is there stays."""
        self._is_on = False
        self._attend()

    def tell(self, listener: Listener | None) -> None:
        """From now on somebody is told of every call, or nobody."""
        self._listener = listener
        self._attend()

    def _attend(self) -> None:
        self._server.scripting.recorder = self if self._is_on or self._listener is not None else None

    @property
    def count(self) -> int:
        """The number of the last call."""
        return self._count

    def prepare(self) -> None:
        """A script is about to run: its random choices come from a seed of its own."""
        self._seed = int(self._server.keyspace.random.getrandbits(32))
        self._server.seed(self._seed)

    def record(self, run: ScriptRun, source: bytes, call: Callable[[], Reply]) -> Reply:
        """The reply of a script that begins now; meanwhile the server's clock stands still. One that an interrupt ends
        is not kept."""
        keyspace = self._server.keyspace
        clock = keyspace.clock
        at = keyspace.moment()
        captured = Captured(run.caller)
        run.call = _watched(run.call, captured)
        began = time.perf_counter_ns()
        try:
            keyspace.clock = lambda: at
            reply = call()
            took = (time.perf_counter_ns() - began) // 1000
            after = captured.after()
        finally:
            keyspace.clock = clock
        caller = run.caller
        self._count += 1
        taped = Taped(
            number=self._count,
            at=at,
            took=took,
            client=caller.name or caller.address,
            name=run.name,
            source=source,
            words=tuple(run.argv),
            protocol=caller.protocol,
            seed=self._seed,
            before=captured.before(),
            after=after,
            left_out=captured.left_out,
            crosses_databases=captured.crosses_databases,
            was_ended=run.ended_by is not None,
            reply=encode(reply, caller.protocol, keyspace.profile.double_text),
        )
        if self._is_on:
            self.kept.add(taped)
        if self._listener is not None:
            self._listener.called(run, taped)
        return reply


Issue = Callable[[Session, Row, list[bytes]], Reply]


def _watched(issue: Issue, captured: Captured) -> Any:
    """What carries out the commands of a run, once their keys were looked at."""

    def watched(session: Session, row: Row, argv: list[bytes]) -> Reply:
        captured.look_at(session, row, argv)
        return issue(session, row, argv)

    return watched
