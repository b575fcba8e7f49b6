"""The tape of a server: every call of a script, with the part of the keyspace that it read and wrote.

While a tape records, the server's random choices begin anew with each call, from a seed that is kept, and its clock
stands still as long as a script runs: so a call can be made once more, and comes to the same.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.replies import Reply, encode
from ferrous_vm.keyspace.session import Session
from ferrous_vm.records import Record
from ferrous_vm.scripting.run import ScriptRun
from ferrous_vm.server import Server
from ferrous_vm.tape.captured import Captured

MOST_CALLS: Final = 1000
"""Calls that a tape holds: the last ones."""

MOST_CHARACTERS: Final = 16_000_000
"""Of the lines and words of all of them."""


class Taped(Record):
    """One call. `source` is the script's text, or that of the function's library; `name` the script's SHA-1, or the
    function's name. `at` is when, in Unix microseconds by the server's clock, `took` how long, in microseconds.
    `before` and `after` are lines that make the keys which it touched; `left_out` counts those too large for that, and
    `crosses_databases` says that they are of several while the caller is not in database 0, where a call that is made
    again begins. `was_ended`: by a limit or SCRIPT KILL, where none ends that is made again. `reply` is RESP in the
    caller's protocol."""

    number: int
    at: int
    took: int
    client: bytes
    name: bytes
    source: bytes
    words: tuple[bytes, ...]
    protocol: int
    seed: int
    before: str
    after: str
    left_out: int
    crosses_databases: bool
    was_ended: bool
    reply: bytes

    @property
    def is_function(self) -> bool:
        """Whether a function was called, and no script."""
        return self.words[0].lower().startswith(b"fcall")

    @property
    def keys(self) -> tuple[bytes, ...]:
        """What it was given as KEYS."""
        return self.words[3 : 3 + int(self.words[2])]

    @property
    def argv(self) -> tuple[bytes, ...]:
        """What it was given as ARGV."""
        return self.words[3 + int(self.words[2]) :]

    @property
    def size(self) -> int:
        """About how much room it takes."""
        return len(self.before) + len(self.after) + len(self.reply) + sum(map(len, self.words))


class Tape:
    """What was called on a server since `start` (`ferrous_vm.scripting.run.Recorder`)."""

    def __init__(self, server: Server) -> None:
        self._server: Final = server
        self.calls: Final[deque[Taped]] = deque()
        self._count = 0
        self._size = 0
        self._seed = 0

    def start(self) -> None:
        """From now on every call is kept."""
        self._server.scripting.recorder = self

    def stop(self) -> None:
        """Keep no more; what is there stays."""
        self._server.scripting.recorder = None

    def forget(self) -> None:
        """Nothing is on the tape; numbers go on."""
        self.calls.clear()
        self._size = 0

    def call(self, number: int) -> Taped | None:
        """The call of a number, None if it is not there (any more)."""
        return next((one for one in self.calls if one.number == number), None)

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
        self._keep(
            Taped(
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
        )
        return reply

    def _keep(self, taped: Taped) -> None:
        self.calls.append(taped)
        self._size += taped.size
        while len(self.calls) > MOST_CALLS or self._size > MOST_CHARACTERS:
            self._size -= self.calls.popleft().size


Issue = Callable[[Session, Row, list[bytes]], Reply]


def _watched(issue: Issue, captured: Captured) -> Any:
    """What carries out the commands of a run, once their keys were looked at."""

    def watched(session: Session, row: Row, argv: list[bytes]) -> Reply:
        captured.look_at(session, row, argv)
        return issue(session, row, argv)

    return watched
