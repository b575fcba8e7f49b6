"""The keyspace the page works on: runs, console commands and loads, each of which can be taken back.

The server's journal stays open. Every act that changes the keyspace has a mark in it, so Undo takes back the last one,
and an act that is interrupted takes itself back. With every act the host hears how the changed keys are made again; the
page keeps that, and fills a new worker with it when this one dies.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ferrous_vm.interrupts import Interrupts
from ferrous_vm.keyspace.encodings.fixtures import commands_in
from ferrous_vm.keyspace.execute import execute
from ferrous_vm.keyspace.interruption import is_between_commands
from ferrous_vm.keyspace.journal import KeyChange, Opposite
from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15, Profile
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.printing import printed
from ferrous_vm.records import with_changes
from ferrous_vm.server import DEFAULT_ENGINE, Server
from ferrous_vm.workbench import content
from ferrous_vm.workbench.acts import Act, UndoneAct, keys_after
from ferrous_vm.workbench.beginnings import LastRun
from ferrous_vm.workbench.changes import ChangesOfRun
from ferrous_vm.workbench.escapes import argument, encode
from ferrous_vm.workbench.host import Host, Progress
from ferrous_vm.workbench.records.keyspace import (
    ClockSet,
    DoneAct,
    KeyspaceState,
    Load,
    Loaded,
    Recreation,
    Redo,
    Redone,
    SetClock,
    Undo,
    Undone,
)
from ferrous_vm.workbench.records.problems import Problem

if TYPE_CHECKING:  # the linter is imported when it is first asked
    from ferrous_vm.analysis.lint import Linter

T = TypeVar("T")

KEYS_AT_ONCE = 1_000
"""Keys that the host is told of at once."""

CHARACTERS_AT_ONCE = 1_000_000
"""Characters of their commands at which a part goes off, however few keys they are."""

MOST_RECORDS = 200_000
"""Records of the journal that are kept; beyond it, what was done before can no longer be taken back."""

MOST_ACTS = 100
"""Acts that are named as those that Undo takes back, or Redo does again: the next ones."""


UNBALANCED = "Invalid argument(s): a quote is not closed, or something follows it directly"
"""What is told of a line whose quotes do not come out."""

FIRST_PROMPT = "ferrous> "
"""What the console shows before anything was typed."""


class Clock:
    """The server's clock: the system's, or held still at `held` seconds; while it is stopped, at `stopped` seconds."""

    def __init__(self) -> None:
        self.held: float | None = None
        self.stopped: float | None = None

    def __call__(self) -> int:
        """Unix time in microseconds."""
        seconds = self.held if self.stopped is None else self.stopped
        return time.time_ns() // 1000 if seconds is None else round(seconds * 1_000_000)


class Workbench:
    """One server with its keyspace, and what was done to it.

    `is_copied` says whether the host keeps a copy of this keyspace: not of one that is only compared with another.
    `profile` is the server imitated, `engine` what runs its scripts. `timer` is monotonic, in seconds: what times the
    lines of a script.
    """

    def __init__(
        self,
        host: Host | None = None,
        *,
        is_copied: bool = True,
        profile: str | Profile = REDIS_7_0_15,
        engine: str = DEFAULT_ENGINE,
        clock: Clock | None = None,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.timer = timer
        self.host = Host() if host is None else host
        self.is_copied = is_copied
        self.linter: Linter | None = None
        """Of the script that is written here, once it was asked."""
        self.clock = clock or Clock()
        self.engine = engine
        self.server = Server(engine, clock=self.clock, profile=profile)
        self.keyspace: Any = self.server.keyspace
        self.journal: Any = self.keyspace.open_journal()
        self.interrupts = Interrupts(is_between_commands, self.host.heard)
        """What ends the work at hand, once somebody listens; an act that is done is held."""
        self.acts: list[Act] = []
        self.undone: list[UndoneAct] = []
        """Acts that were taken back and can be done again, the one to do next last; a new act forgets them."""
        self._number = 0
        """Of the last act there was."""
        self.last_reply: bytes | None = None
        """What the last run replied, as RESP bytes."""
        self.last_changes: ChangesOfRun | None = None
        """What the last run changed."""
        self.last_run: LastRun | None = None
        """The last run, as long as the journal leads back to its beginning."""
        self.debugging: Any = None
        """The debugger, once it has been asked something (debugging.py)."""
        self.console: Any = None
        """The console, once something was typed (console.py)."""
        self.every_server: Any = None
        """What came of a script on other servers, once it ran there (every_server/)."""
        self.scenario: Any = None
        """The scenario that is being looked at (ferrous_vm/scenarios/showing.py)."""
        self.fixture_check: Any = None
        """What the fixture was found to be when it was checked last (fixture_check.py)."""

    @property
    def profile(self) -> Profile:
        """The server imitated."""
        profile: Profile = self.keyspace.profile
        return profile

    def beside(self, server: str | None = None) -> Workbench:
        """An empty one with the same server, or that of a name, for what must not reach this keyspace."""
        return Workbench(self.host, is_copied=False, profile=server or self.profile, engine=self.engine)

    def move_to(self, other: Workbench) -> None:
        """Work on with the server of another, which nobody else uses. What was known of the former one is forgotten."""
        self.server, self.keyspace = other.server, other.keyspace
        self._begin_anew()
        self.linter = self.debugging = self.console = self.fixture_check = None
        self.last_reply = self.last_changes = self.last_run = None

    # Acts

    def begin(self) -> int:
        """The mark an act begins at: what has expired before is none of its doing.

        A journal that has grown too long is begun anew.
        """
        self.expire()
        if self.journal.savepoint() > MOST_RECORDS:
            self.begin_journal()
        return int(self.journal.savepoint())

    def begin_journal(self) -> None:
        """From now on nothing that was done before can be taken back."""
        self.interrupts.hold(self._begin_anew)

    def _begin_anew(self) -> None:
        self.keyspace.close_journal()
        self.journal = self.keyspace.open_journal()
        self.acts.clear()
        self.undone.clear()
        self._leave_last_run()

    def _leave_last_run(self) -> None:
        """The journal does not lead back any more to where the last run began."""
        if self.last_run is not None:
            self.last_run = with_changes(self.last_run, is_there=False)

    def end(self, name: str, mark: int) -> int | None:
        """An act is over: remember it if it changed something, and answer its number then."""
        return self.remember(name, mark) if self.keyspace.has_changed(mark) else None

    def remember(self, name: str, mark: int) -> int:
        """An act has changed something: answer its number. What was taken back before it is not done again."""
        self.undone.clear()
        self._number += 1
        self.acts.append(Act(name, mark, self._number))
        return self._number

    def take_back(self, mark: int) -> list[Callable[[], Opposite]]:
        """Undo everything since `mark`, and forget the acts that began there or later; answers as `Journal.undo`.

        No interrupt ends it.
        """
        return self.interrupts.hold(lambda: self._take_back(mark))

    def _take_back(self, mark: int) -> list[Callable[[], Opposite]]:
        again: list[Callable[[], Opposite]] = self.keyspace.undo(mark, self.progress("Taking back change", ends=False))
        self.acts = [act for act in self.acts if act.mark < mark]
        if self.last_run is not None and mark < self.last_run.begun.mark:
            self._leave_last_run()
        return again

    def undo(self, _: Undo) -> Undone:
        """Take back the last act."""
        return self.interrupts.hold(self._undo)

    def _undo(self) -> Undone:
        if not self.acts:
            return Undone("", self.state([]))
        self.expire()
        act = self.acts[-1]
        changed = self.changes(act.mark)
        keys = keys_after(self.keyspace, changed)
        self.undone.append(UndoneAct(act.name, act.number, keys, self.take_back(act.mark)))
        self.expire()
        try:
            return Undone(act.name, self.state(changed))
        except KeyboardInterrupt:
            self._do_again()
            self.host.forget()
            raise

    def redo(self, _: Redo) -> Redone:
        """Do again the act that was taken back last."""
        return self.interrupts.hold(self._redo)

    def _redo(self) -> Redone:
        if not self.undone:
            return Redone("", self.state([]))
        act = self._do_again()
        self.expire()
        try:
            return Redone(act.name, self.state_since(act.mark))
        except KeyboardInterrupt:
            changed = self.keyspace.changes(act.mark)
            keys = keys_after(self.keyspace, changed)
            self.undone.append(UndoneAct(act.name, act.number, keys, self.take_back(act.mark)))
            self.host.forget()
            raise

    def _do_again(self) -> Act:
        undone = self.undone.pop()
        act = Act(undone.name, self.journal.savepoint(), undone.number)
        undone.do_again(self.keyspace, self.progress("Putting back key", ends=False))
        self.acts.append(act)
        return act

    def state_since(self, mark: int) -> KeyspaceState:
        """The keyspace as it is, with what differs from the savepoint `mark`."""
        return self.state(self.changes(mark))

    def changes(self, mark: int, *, ends: bool = True) -> list[KeyChange]:
        """What differs from the savepoint `mark`; that may be cancelled if it `ends`."""
        changes: list[KeyChange] = self.keyspace.changes(mark, self.progress("Comparing key", ends=ends))
        return changes

    def state(self, changed: Sequence[KeyChange]) -> KeyspaceState:
        """The keyspace as it is. The host hears of the keys of `changed`."""
        if self.is_copied:
            self._tell_host(changed)
        prompt, arrived = (self.console.prompt(), self.console.arrived()) if self.console else (FIRST_PROMPT, "")
        expiries = [when for database in self.keyspace.databases if (when := database.next_expiry()) is not None]
        return KeyspaceState(
            keys=self.count_keys(),
            changed=len(changed),
            undoable=[DoneAct(act.number, act.name) for act in self.acts[-MOST_ACTS:]],
            redoable=[DoneAct(act.number, act.name) for act in self.undone[-MOST_ACTS:]],
            prompt=prompt,
            arrived=arrived,
            clock=self.clock.held,
            now=self.now(),
            next_expiry=min(expiries, default=None),
        )

    def _tell_host(self, changed: Sequence[KeyChange]) -> None:
        progress = self.progress("Copying what changed, key")
        part: list[Recreation] = []
        size = 0
        for done, change in enumerate(changed, 1):
            part.append(self.recreation(change.database, change.key))
            size += sum(map(len, part[-1].lines))
            if len(part) >= KEYS_AT_ONCE or size > CHARACTERS_AT_ONCE:
                self.host.keep(part)
                part, size = [], 0
            progress(done, len(changed))
        if part:
            self.host.keep(part)

    def progress(self, doing: str, *, ends: bool = True) -> Progress:
        """Where long work reports to; if it `ends` it may be cancelled there, also where interrupts are held."""
        return Progress(self.host, self.interrupts, doing, ends=ends)

    # The keyspace

    def recreation(self, database: int, key: bytes) -> Recreation:
        """How `key` is made again; no lines when it is not there."""
        store = self.keyspace.databases[database]
        value = store.entries.get(key)
        lines = [] if value is None else content.recreation(key, value, store.expiries.get(key))
        return Recreation(database, argument(key), lines)

    def count_keys(self) -> int:
        """Keys in all databases."""
        return sum(len(database) for database in self.keyspace.databases)

    # Time

    def now(self) -> int:
        """The server's clock in Unix milliseconds."""
        return self.clock() // 1000

    def expire(self) -> None:
        """Delete the keys whose time has come, as Redis does ten times a second: time does that, and no act."""
        for database in self.keyspace.databases:
            database.purge_expired()

    def set_clock(self, request: SetClock) -> ClockSet:
        """Hold the clock still or let it go. The keys whose time has come by that are an act."""
        return self.interrupts.hold(lambda: self._set_clock(request.clock))

    def _set_clock(self, seconds: float | None) -> ClockSet:
        mark = self.begin()
        back = self._hold(seconds)
        self.expire()
        if self.journal.savepoint() > mark:
            self.journal.note(back)
            self.end("clock", mark)
        try:
            return ClockSet(self.state_since(mark))
        except KeyboardInterrupt:
            self.take_back(mark)
            self.host.forget()
            raise

    def _hold(self, seconds: float | None) -> Callable[[], Opposite]:
        before, self.clock.held = self.clock.held, seconds
        return partial(self._hold, before)

    # Commands

    def carry_out(self, lines: bytes | str, fresh: bool, doing: str = "Fixture, line") -> Problem | None:
        """Carry out the commands of a fixture, after emptying the keyspace if `fresh`; answer the first that fails."""
        session = self.server.connect().session
        if fresh:
            execute(session, [b"FLUSHALL"])
        text = lines if isinstance(lines, bytes) else encode(lines)
        last = text.count(b"\n") + 1
        progress = self.progress(doing)
        for number, words in commands_in(text):
            progress(number, last)
            if words is None:
                return Problem(number, UNBALANCED)
            reply = execute(session, words)
            if isinstance(reply, ErrorReply):
                return Problem(number, printed(reply.message))
        return None

    def load(self, request: Load) -> Loaded:
        """Carry out lines as one act; on a problem everything is as it was."""
        mark = self.begin()
        return guarded(self, mark, lambda: self._load(request, mark))

    def _load(self, request: Load, mark: int) -> Loaded:
        problem = self.carry_out(request.lines, request.fresh, "Importing line")
        self.host.telling()
        changed = self.changes(mark)
        if problem is not None:
            self.take_back(mark)
        elif request.undoable:
            self.end("load", mark)
        else:
            self.begin_journal()
        return Loaded(problem, self.state(changed))


def guarded(workbench: Workbench, mark: int, act: Callable[[], T]) -> T:
    """The result of `act`. When it is interrupted, the keyspace goes back to `mark` and the interrupt goes on; once it
    is done, whatever comes until the next request comes too late."""
    interrupts = workbench.interrupts
    try:
        result = act()
        interrupts.held = True
        return result
    except BaseException:
        workbench.take_back(mark)
        workbench.host.forget()
        raise
