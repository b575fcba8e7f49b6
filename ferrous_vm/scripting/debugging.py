"""An EVAL, or an FCALL, that can be walked forwards and backwards, with what it does to the keyspace.

    session = DebugSession(host, client.session, b"return redis.call('INCR', KEYS[1])", [b"n"], [])
    session.record()
    session.move("into"); session.frames(10); session.move("over", backwards=True)
    session.end()

The script runs on the machine, in a Lua state of its own, and is recorded first, to its end or to a limit: so its
length, its stops and the moments of its commands are known, and every one of them can be gone to. A moment is a number
of steps of the machine; the first is 1, when the script stands before its first line. A command is carried out when its
step is taken, forwards, and taken back with it, backwards: the keyspace is always as it was at the moment shown. As in
EVAL, keys do not expire meanwhile; the time is that of the beginning.

This module says what a session is: what belongs to it and is taken back with it, how it begins and ends. Where a move
leads is told by `machine/stops.py`, and how the machine gets there by `machine/debugger.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final, TypeVar

from ferrous_vm.errors import LimitExceeded, LuaError, TracePoint
from ferrous_vm.interrupts import Interrupts, anywhere
from ferrous_vm.keyspace.changes import changes_of
from ferrous_vm.keyspace.changes_so_far import ChangesSoFar
from ferrous_vm.keyspace.journal import KeyChange
from ferrous_vm.keyspace.key_sequence import KeySequence
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.machine.closures import LinkedPrototype
from ferrous_vm.machine.debugger import Debugger, Ended, RaisedError, RandomState
from ferrous_vm.machine.evaluation import Evaluator
from ferrous_vm.machine.history import Participant, Restorable
from ferrous_vm.machine.inspection import FrameView, Level, Registers, ValueView, Variable
from ferrous_vm.machine.runtime import MachineRuntime
from ferrous_vm.machine.setting import Setting, Settings, Typed
from ferrous_vm.machine.stops import Stops
from ferrous_vm.machine.transaction import HeapTransaction
from ferrous_vm.records import with_changes
from ferrous_vm.scripting.debug_events import DebugEvents
from ferrous_vm.scripting.debug_participants import ByCommands, ChangedKey, Commands, Keys, Log, Protocol
from ferrous_vm.scripting.debug_subject import Asked, begin_run, chunk_name_of, load_subject, new_state
from ferrous_vm.scripting.host import Scripting
from ferrous_vm.scripting.log import LogLine
from ferrous_vm.scripting.run import Issued, Observer, ScriptRun
from ferrous_vm.values import addresses, functions, strings
from ferrous_vm.values.natives import Value

T = TypeVar("T")

MOST_MOMENTS: Final = 3_000_000
"""Moments recorded: they take some seconds in a browser."""

FIRST_MOMENT: Final = 1

_INPUTS: Final = (b"KEYS", b"ARGV")
"""What scripts call them; a function may call its arguments otherwise."""


class DebugSession:
    """One script, recorded. Until it ends, nothing else may change the keyspace.

    An exception that is no FerrousError, such as Python's own KeyboardInterrupt, may come between any two instructions
    and leaves it unusable: then all that it does is to be abandoned, after which all is as before it.
    """

    def __init__(
        self,
        host: Scripting,
        caller: Session,
        source: bytes,
        keys: list[bytes],
        arguments: list[bytes],
        *,
        function: bytes | None = None,
        read_only_command: bool = False,
        interrupts: Interrupts | None = None,
        settings: tuple[Setting | Typed, ...] = (),
    ) -> None:
        """Loads the script as EVAL does, or EVAL_RO; with a `function` the library, as FUNCTION LOAD, for FCALL.

        In its course the `settings` give variables other values, and carry out what was typed.

        `interrupts` that are held end the recording, or a move, at a moment; the session stays as good as it was.

        Raises CommandError if it does not compile or may not run.
        """
        self.interrupts = interrupts or Interrupts(anywhere)
        self.settings = settings
        self._asked = asked = Asked(host, caller, source, function, keys, arguments, read_only_command)
        self._state = new_state(asked)
        runtime = self._state.runtime
        self._debugger = Debugger(runtime, chunk_name=chunk_name_of(asked), interrupts=self.interrupts)
        subject = load_subject(asked, self._state)
        self._limits = with_changes(host.limits, seconds=None, instructions=None)
        self._keyspace = host.keyspace
        self._started = host.keyspace.expiry_now()
        self._function, self._inputs, self._arguments = subject.function, subject.inputs, subject.arguments
        self._commands = Commands(host.keyspace, self._debugger)
        self._run = begin_run(asked, subject, self._state, self._commands)
        self._debugger.set_variables(settings, lambda argv: self._run.command(argv, ()))
        self.events = self._state.debugger = DebugEvents(lambda: self._debugger.moment, self._state.current_line)
        """What the script told its debugger."""
        self._keys, self._log = Keys(host.keyspace), Log(host)
        self._sequence = KeySequence(host.keyspace)
        others: list[Participant] = [self._keys, self._log, self._commands, Protocol(self._run)]
        by_commands: list[Restorable] = [host.keyspace.statistics, self._sequence]
        own: list[Participant] = [*others, *(ByCommands(each, self._commands) for each in by_commands)]
        self._all: list[Restorable] = [RandomState(runtime.random), *others, *by_commands]
        for participant in own:
            self._debugger.add_participant(participant)
        self._debugger.call_on_arrival(self._sequence.settle)
        self._before = [(participant, participant.savepoint()) for participant in self._all]
        self._choices = host.keyspace.random.getstate()
        self._log_before = self._log.savepoint()
        self._commands.note_changes(host.keyspace.open_records)
        self._changes = ChangesSoFar(host.keyspace.open_records, self._keys.savepoint())
        self._exceeded: LimitExceeded | None = None
        self.last = FIRST_MOMENT
        """The last moment recorded."""
        self.ended = Ended.SCRIPT
        """Why there are no more."""
        self.command_moments: list[int] = []
        """The moments of all commands of the run."""
        self.commands: list[Issued] = []
        """All these commands."""
        self.changed_keys: list[tuple[ChangedKey, ...]] = []
        """The keys that each of them changed."""

    # The recording

    def record(self, moments: int = MOST_MOMENTS, seconds: float | None = None, patience: float | None = None) -> None:
        """Runs the script to its end, or to a limit of the recording, and goes back to the first moment. After
        `patience` seconds it pauses.

        It keeps as much of large values as one run may use of memory.
        """
        self._debugger.start(self._function, self._arguments, self._limits)
        self._record(FIRST_MOMENT, moments, seconds, patience)

    def record_on(self, patience: float | None = None, is_full: Callable[[], bool] = lambda: False) -> None:
        """Goes on with a recording that pauses, as `record` does, and comes back to the moment. An interrupt lets it
        pause again, or ends it for good where it came because no more memory is to be taken: `is_full` says so."""
        here = self.moment
        while self.moment < self.last and not self.interrupts.due:
            self.go_to(self.last)
        if self.moment < self.last:
            self._come_back(here)
            self.ended = Ended.INTERRUPT
        else:
            self._record(here, MOST_MOMENTS, None, patience)
        if self.ended is Ended.INTERRUPT:
            self.ended = Ended.MEMORY if is_full() else Ended.PAUSE

    def _record(self, here: int, moments: int, seconds: float | None, patience: float | None) -> None:
        """Records from where the session is, and comes back to `here`."""
        debugger = self._debugger

        def record() -> None:
            try:
                self.ended = debugger.record(moments, seconds, self._limits.memory, patience)
            except LimitExceeded as error:
                self.ended = Ended.SCRIPT
                self._exceeded = error

        self._in_run(record)
        self.last = debugger.moment
        self.command_moments = list(self._commands.moments)
        self.commands = list(self._commands.issued)
        self.changed_keys = self._commands.changed_keys
        self._come_back(here)  # an interrupt that is due has ended the recording, or comes too late to

    def run_again(
        self,
        run: Callable[[MachineRuntime, Settings | None], T],
        observer: Observer,
        loaded: Callable[[LinkedPrototype], object] | None = None,
    ) -> T:
        """The result of `run`, which is given a machine that has begun the script once more, in a Lua state of its own,
        on the keyspace of the beginning, and what is set in its course. All it does is taken back, and the session is
        where it was. `loaded` is told of the script first, or of the library.

        The same steps lead to the same moments as in the recording. An interrupt that is due ends a library function.
        """
        here = self.moment

        def again() -> T:
            try:
                self.go_to(FIRST_MOMENT)
                return self.ask(lambda: self._run_again(run, observer, loaded))
            finally:
                self._come_back(here)

        return self.interrupts.hold(again)

    def _run_again(
        self,
        run: Callable[[MachineRuntime, Settings | None], T],
        observer: Observer,
        loaded: Callable[[LinkedPrototype], object] | None,
    ) -> T:
        state = new_state(self._asked)
        runtime: MachineRuntime = state.runtime
        runtime.loaded = loaded
        subject = load_subject(self._asked, state)
        runtime.loaded = None
        before = (strings.current_metatable, addresses.current, functions.invoke)
        stepping, depth = self.interrupts.stepping, sys.getrecursionlimit()
        try:
            state.run = state.session.script = again = begin_run(self._asked, subject, state, observer)
            runtime.install()
            runtime.machine.begin(subject.function, subject.arguments, self._limits)
            runtime.heap.begin_run(self._limits.memory)
            self.interrupts.stepping = True
            return run(runtime, self._settings_of(runtime, again))
        finally:
            self.interrupts.stepping = stepping
            strings.current_metatable, addresses.current, functions.invoke = before
            state.run = state.session.script = None
            sys.setrecursionlimit(depth)  # which a command had raised
            runtime.machine.reset()

    def _settings_of(self, runtime: MachineRuntime, run: ScriptRun) -> Settings | None:
        if not self.settings:
            return None
        evaluator = Evaluator(runtime, HeapTransaction(), self.interrupts)
        return Settings(runtime.machine, evaluator.carry_out, lambda argv: run.command(argv, ()), self.settings)

    @property
    def pauses(self) -> bool:
        """Whether the recording can be gone on with."""
        return self.ended is Ended.PAUSE

    def leads_beyond(self, how: str, breakpoints: frozenset[int], hits: Sequence[int]) -> bool:
        """Whether a move forwards meets no stop in what was recorded, but may in what is recorded later."""
        return self.pauses and self._debugger.destination(how, False, breakpoints, hits) is None

    @property
    def complete(self) -> bool:
        """Whether the end of the script is among what was recorded."""
        return self.ended is Ended.SCRIPT

    def end(self) -> bool:
        """Ends the session. Answers whether what the script did is kept: all if it has finished, else nothing."""
        if not self.finished:
            self.abandon()
            return False
        self._close()
        return True

    def abandon(self) -> None:
        """Ends the session, wherever it stands; all is as before it. May be done again, where it was interrupted: none
        of what it does depends on what the session has come to."""
        for participant, mark in reversed(self._before):
            participant.rollback(mark)
        self._keyspace.random.setstate(self._choices)
        self._sequence.settle()
        self._close()

    def leave(self) -> None:
        """Ends the session; what the script did so far is kept."""
        self._close()

    def _close(self) -> None:
        self._debugger.stop()
        self._keys.close()

    # Moves

    def go_to(self, moment: int) -> None:
        """To a moment, or to the nearest there is."""
        moment = min(max(moment, FIRST_MOMENT), self.last)
        with suppress(LimitExceeded):  # what `record` has noted
            self._in_run(lambda: self._debugger.go_to(moment))

    def move(
        self,
        how: str,
        backwards: bool = False,
        breakpoints: frozenset[int] = frozenset(),
        hits: Sequence[int] = (),
    ) -> None:
        """To the stop where a move of `stops.MOVES` ends, or a breakpoint on the way: a line of these, or a moment of
        `hits`, which are in their order; else to the end of what is recorded, backwards to its beginning."""
        found = self._debugger.destination(how, backwards, breakpoints, hits)
        self.go_to((FIRST_MOMENT if backwards else self.last) if found is None else found)

    def _in_run(self, act: Callable[[], T]) -> T:
        """The result of `act`, which moves the run: meanwhile the script is the one that runs. Its commands are carried
        out in its name, and no key expires."""
        state, keyspace = self._state, self._keyspace
        frozen = keyspace.frozen
        try:
            state.run = state.session.script = self._run
            keyspace.freeze(self._started)
            return act()
        finally:  # nothing but assignments, between which no interrupt can come
            state.run = state.session.script = None
            keyspace.frozen = frozen

    def visit(self, moments: Iterable[int], look: Callable[[int], object]) -> bool:
        """Goes to one moment after the other, calls `look` with each, and comes back to where it was. Answers whether
        all were visited: an interrupt that is due ends it."""
        here = self.moment
        try:
            for moment in moments:
                self.go_to(moment)
                if self.interrupts.due:
                    return False
                look(moment)
            return True
        finally:
            self._come_back(here)

    def _come_back(self, moment: int) -> None:
        """To a moment, through interrupts that are held. A broken session stays where it is: what broke it is on its
        way out."""
        while self.moment != moment and not self._debugger.is_broken:
            self.interrupts.take()
            self.go_to(moment)

    @property
    def is_broken(self) -> bool:
        """Whether something foreign ended what was done with it: it can only be abandoned."""
        return self._debugger.is_broken

    @property
    def stops(self) -> Stops:
        """The line events of what was recorded."""
        return self._debugger.stops

    @property
    def called_stops(self) -> list[int]:
        """Where the recorded script stops because it called redis.breakpoint(): at the line event after each call."""
        found = map(self._debugger.stops.from_on, self.events.breakpoints)
        return list(dict.fromkeys(moment for moment in found if moment is not None))

    @property
    def errors(self) -> list[RaisedError]:
        """The errors of what was recorded, caught ones too."""
        return self._debugger.errors

    @property
    def function(self) -> tuple[int, bool]:
        """The line on which the innermost Lua function is defined, 0 for the script itself, and whether it begins."""
        return self._debugger.function()

    # Looking

    def ask(self, act: Callable[[], T]) -> T:
        """The result of `act`, which asks for what is stored at this moment: meanwhile no key expires, and what it
        changed nonetheless (a random choice, an estimate that is kept, a line of the log) is taken back."""
        keyspace = self._keyspace
        frozen, choices = keyspace.frozen, keyspace.random.getstate()
        marks = [(participant, participant.savepoint()) for participant in self._all]

        def take_back() -> None:
            keyspace.random.setstate(choices)
            for participant, mark in reversed(marks):
                participant.rollback(mark)
            self._sequence.settle()

        try:
            keyspace.freeze(self._started)
            return act()
        finally:
            keyspace.frozen = frozen
            try:
                take_back()
            except BaseException:  # an interrupt, before it or within
                take_back()
                raise

    def evaluate(self, source: bytes, show: Callable[[tuple[Value, ...]], T], level: int = 0, thread: str = "") -> T:
        """What `show` answers of the results of a Lua expression, or statements, in the frame `level` of `frames`.

        Its commands are carried out in the script's name on the keyspace of the moment, and everything it does is taken
        back; so is what `show` is given: it must not keep it. Raises EvaluationFailed, whose message is for a person,
        InvalidHandle or StaleHandle.
        """

        return self._beside(lambda: self._debugger.evaluate(source, level, show, thread))

    def try_setting(self, setting: Setting) -> Setting | None:
        """A setting of this moment with what it gives; None if there is nothing to be set. It is tried and taken back.
        Raises EvaluationFailed."""
        shown = self._beside(lambda: self._debugger.try_setting(setting))
        return None if shown is None else setting._replace(shown=shown)

    def try_command(self, argv: list[bytes]) -> Reply:
        """The reply to a command that is carried out in the script's name, at this moment, and taken back."""
        return self.try_commands([argv])[0][0]

    def try_commands(self, commands: Iterable[list[bytes]]) -> tuple[list[Reply], bool]:
        """The same of several, one after the other, and whether they changed anything that is stored."""

        def act() -> tuple[list[Reply], bool]:
            before = self._keys.savepoint()
            replies = [self._run.command(argv, ()) for argv in commands]
            return replies, self._keys.savepoint() != before

        return self._beside(act)

    def _beside(self, act: Callable[[], T]) -> T:
        """The result of `act`, which does something in the script's name that is no part of the run."""

        def beside() -> T:
            run = self._run
            observer = run.observer
            try:
                run.observer = None
                self.events.hold()
                return act()
            finally:
                run.observer, self.events.is_held = observer, False

        return self.interrupts.hold(lambda: self.ask(lambda: self._in_run(beside)))

    def registers(self, level: int) -> Registers | None:
        """Where the frame `level` stands; None for a library function, and beyond the last."""
        return self._debugger.registers(level)

    def levels(self, show: Callable[[list[Level]], T]) -> T:
        """What `show` answers of the call stack, innermost first; it must not keep the values."""
        return self._debugger.levels(show)

    @property
    def name(self) -> bytes:
        """What errors call the script: its SHA-1, or the name of the function."""
        return self._run.name

    def is_own(self, frame: FrameView) -> bool:
        """Whether a level of the stack is a function of the script: its line is one of that."""
        return frame.chunk_name == self._debugger.stops.chunk_name

    @property
    def caller_database(self) -> int:
        """The number of the database in which the script begins."""
        return self._run.caller.database.index

    @property
    def database(self) -> int:
        """The number of the database in which the script is."""
        return self._run.session.database.index

    @property
    def protocol(self) -> int:
        """That of redis.setresp, at this moment: 2 or 3."""
        return self._run.session.protocol

    @property
    def moment(self) -> int:
        """Where the session stands."""
        return self._debugger.moment

    @property
    def finished(self) -> bool:
        """Whether this is the moment after the end of the script."""
        return not self._debugger.running or (self._exceeded is not None and self.moment == self.last)

    @property
    def line(self) -> int | None:
        """The line of the script that comes next, or from which another text was called (loadstring's, one that was
        typed); None at the end."""
        place = self._debugger.line()
        return None if place is None else place[1]

    @property
    def depth(self) -> int:
        """Levels of the call stack."""
        return self._debugger.depth

    @property
    def refused(self) -> tuple[Value, ...] | None:
        """The last arguments of the whole run that made no command."""
        return self._commands.refused

    @property
    def issued(self) -> list[Issued]:
        """The commands issued so far."""
        return self._commands.issued

    def frames(self, limit: int, thread: str = "") -> list[FrameView]:
        """The call stack, or that of another coroutine, innermost first, at most `limit` levels of it.

        Raises InvalidHandle or StaleHandle.
        """
        return self._debugger.frames(limit, thread)

    def coroutines(self) -> list[tuple[str, str]]:
        """Those that do not run and have not ended: token and status of each."""
        return self._debugger.coroutines()

    def globals(self) -> list[Variable]:
        """KEYS and ARGV, and the table of all globals."""
        given = [Variable(name, self._debugger.view(table)) for name, table in zip(_INPUTS, self._inputs, strict=True)]
        return [*given, Variable(b"_G", self._debugger.globals())]

    def expand(self, token: str, start: int, count: int) -> list[tuple[ValueView, ValueView]]:
        """What is inside an object that was shown. Raises InvalidHandle or StaleHandle."""
        return self._debugger.expand(token, start, count)

    def glance(self, token: str, count: int) -> list[tuple[ValueView, ValueView]]:
        """The first entries of a table in no certain order, not named. Raises InvalidHandle or StaleHandle."""
        return self._debugger.glance(token, count)

    def line_values(self, level: int) -> list[tuple[int, list[Variable]]]:
        """What the variables of a frame hold, by the lines on which they got it."""
        return self._debugger.line_values(level)

    def changes(self) -> list[KeyChange]:
        """What the script has changed so far; the same object where it is as it was when last asked."""
        return self._changes.found()

    def last_changes(self) -> list[KeyChange]:
        """What the last command issued so far has changed."""
        return changes_of(self._commands.last_records())

    def log(self) -> list[LogLine]:
        """What the script has logged so far."""
        return self._log.since(self._log_before)

    def reply(self) -> Reply:
        """The reply of the finished script, as EVAL's. Raises StateError while it goes on."""
        if self._exceeded is not None:
            return self._state.limit_reply(self._exceeded, self._run)
        try:
            results = self._debugger.outcome()
        except LuaError as error:
            return self._state.aborted(error, self._run, self._refuse)
        return self._state.result_reply(results, self._run, self._limits)

    def stack(self) -> Sequence[TracePoint]:
        """Where the finished script failed, innermost level first; nothing where it did not. Raises as `reply`."""
        try:
            if self._exceeded is None:
                self._debugger.outcome()
        except LuaError as error:
            return error.traceback
        return () if self._exceeded is None else self._exceeded.traceback

    def _refuse(self, function: Value, arguments: tuple[Value, ...]) -> tuple[Value, ...]:
        """An error value that has to call Lua to tell its text would need a run beside the recorded one."""
        raise LuaError(None)
