"""A Lua interpreter with the Redis API: one runs EVAL scripts, another the functions of libraries.

It keeps nothing between runs but what Redis keeps: its readonly globals, cjson's settings and the functions loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, Protocol

from ferrous_vm.bounds import PRESENT
from ferrous_vm.errors import Interrupted, LimitExceeded, LuaError, StateError
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.keyspace.replies import ErrorReply, Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.scripting.conversion import former_typed_reply, lua_to_reply, typed_reply
from ferrous_vm.scripting.error_tables import ERROR_TABLES, Caller, ErrorForms, placed_reply, raised_at
from ferrous_vm.scripting.flags import ScriptFlag
from ferrous_vm.scripting.function_scope import FunctionScope
from ferrous_vm.scripting.log import Log, LogLine
from ferrous_vm.scripting.run import Observer, ScriptRun
from ferrous_vm.stdlib.entries import forget_orders
from ferrous_vm.translator.returning import ReturnLine
from ferrous_vm.values.hashes import PRESENT as HASHES
from ferrous_vm.values.hashes import hash_key
from ferrous_vm.values.lost import LISTENER
from ferrous_vm.values.natives import Value
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table
from ferrous_vm.watchdog import KILL

if TYPE_CHECKING:
    from ferrous_vm.limits import Limits

KILLED: Final = b"ERR Script killed by Ferrous: "
"""How the error of a script begins that took too long, where nobody could say SCRIPT KILL."""

TURN: Final = RLock()
"""Held while a script runs: what its engine sets for natives and operators is one for the process."""

_LOOK: Final = 0.02
"""Seconds between two looks whether who waits for his turn was killed."""

CONVERSION_SECONDS: Final = 5.0
"""So long the result of a script may take to become a reply where the script itself may go on for ever."""


class Host(Protocol):
    """What a Lua state asks of the server it belongs to."""

    keyspace: Keyspace
    log: Log
    """What scripts write with `redis.log`."""
    observer: Observer | None
    """Who is told what the scripts do."""
    running: ScriptRun | None
    """The script that runs."""
    attendant: Attendant | None
    """Who lets others come to word while a script runs."""


class Attendant(Protocol):
    """Who looks after others while a script runs, as the script sees him."""

    def script_ended(self) -> None:
        """The script has ended: from now on the server is its client's again."""


class ScriptDebugger(Protocol):
    """Who debugs a script, as the script sees him."""

    def stop_next(self) -> Value:
        """redis.breakpoint(): stops before the next line. Answers what that answers."""

    def show(self, values: tuple[Value, ...]) -> None:
        """redis.debug(...)."""

    def note_log(self) -> None:
        """redis.log(...) has written a line."""


class LuaState:
    """An engine's runtime, the script it is running, and the client in whose name the script's commands run."""

    __slots__ = (
        "_kill", "debugger", "errors", "host", "profile", "registering", "run", "runtime", "scope", "session",
        "typed_reply",
    )  # fmt: skip

    def __init__(self, host: Host, runtime: Any) -> None:
        self.host = host
        self.profile = host.keyspace.profile
        self.errors = error_forms(self.profile)
        self.typed_reply = typed_reply if self.profile.converts_later_types else former_typed_reply
        self.session = Session(host.keyspace, client_id=0)
        if self.profile.scripts_store_texts:
            self.session.encoded = bytes
        self.run: ScriptRun | None = None
        self.runtime = runtime
        runtime.watchdog.refused = self.end_soon
        self.registering: Callable[[Any], None] | None = None
        """Who takes the functions that the code of a library registers, while FUNCTION LOAD runs it."""
        self._kill = runtime.watchdog.kill
        self.debugger: ScriptDebugger | None = None
        """Who is told of redis.breakpoint and redis.debug."""
        self.scope: FunctionScope | None = None
        """Which globals functions see; None for the state of EVAL."""

    def begin(
        self, name: bytes, caller: Session, argv: list[bytes], *, read_only: bool, flags: ScriptFlag
    ) -> ScriptRun:
        """A run in the name of `caller`, who has sent `argv`, ready for `call`."""
        return ScriptRun(
            name,
            caller,
            self.session,
            read_only=read_only,
            flags=flags,
            observer=self.host.observer,
            current_line=self.current_line,
            errors=self.errors,
            caller_point=self.runtime.caller_point,
            argv=argv,
            is_eval=self.scope is None,
            kill=self._kill,
        )

    def call(self, run: ScriptRun, function: Value, arguments: tuple[Value, ...], limits: Limits) -> Reply:
        """Call a Lua function as `run`; answer its first result as a reply, or the error reply if it was aborted.

        Commands it carried out stay done, whatever ended it. Keys do not expire while it runs (`scriptTimeSnapshot`).
        """
        host = self.host
        keyspace = host.keyspace
        frozen = keyspace.frozen
        has_turn = False
        attendant = host.attendant
        try:
            host.running = run
            has_turn = TURN.acquire(False) or self._wait_for_turn(run)
            hash_keys_as(self.profile)
            self.run = self.session.script = run
            keyspace.freeze()
            LISTENER.tell = None if run.observer is None else run.value_lost
            results, line = self._results(run, function, arguments, limits)
        except LuaError as error:
            run.stopped(error.traceback)
            return self.aborted(error, run, lambda called, args: self.runtime.run(called, args, limits))
        except LimitExceeded as error:
            run.stopped(error.traceback)
            return self.limit_reply(error, run)
        except Interrupted as error:
            run.stopped(error.traceback)
            raise
        finally:  # first of all nothing but assignments, between which no interrupt can come
            self.run = self.session.script = host.running = LISTENER.tell = None
            keyspace.frozen = frozen
            if has_turn:
                TURN.release()
            if attendant is not None or host.attendant is not None:
                (host.attendant or attendant).script_ended()  # type: ignore[union-attr]
        return self.result_reply(results, run, limits, line)

    def _wait_for_turn(self, run: ScriptRun) -> bool:
        """Wait until the script of another server in this process has ended; it may be killed meanwhile."""
        said: list[bytes] = []

        def kill(sentence: bytes) -> bool:
            said.append(sentence)
            return True

        kill_later, run.kill = run.kill, kill
        while not TURN.acquire(timeout=_LOOK):
            if said:
                raise LimitExceeded(KILL, said[0])
        run.kill = kill_later
        if said:
            TURN.release()
            raise LimitExceeded(KILL, said[0])
        return True

    def end_soon(self) -> None:
        """A limit has come while a command is at work."""
        if self.run is not None:
            self.run.end_soon(self.runtime.watchdog.reach)

    def _results(
        self, run: ScriptRun, function: Value, arguments: tuple[Value, ...], limits: Limits
    ) -> tuple[tuple[Value, ...], int | None]:
        """What a Lua function returns, and on which line, if there is an observer who wants to know."""
        if run.observer is None:
            return self.runtime.run(function, arguments, limits), None
        with ReturnLine(function) as returned:
            results = self.runtime.run(function, arguments, limits)
        return results, returned.line

    def result_reply(
        self, results: tuple[Value, ...], run: ScriptRun, limits: Limits, line: int | None = None
    ) -> Reply:
        """The first of a script's results, returned on `line`, as its reply."""
        result = results[0] if results else None
        if run.observer is not None:
            run.observer.script_ended(results, run.session.protocol, line)
        if not isinstance(result, Table):
            return lua_to_reply(result, run.session.protocol)
        if PRESENT.limits is not limits:
            PRESENT.use(limits)
        try:
            attended = self.host.attendant is not None
            look = self.runtime.watchdog.timer(CONVERSION_SECONDS if attended else limits.seconds)
            return lua_to_reply(result, run.session.protocol, run.inner_errors, look, self.typed_reply)
        except LimitExceeded as error:
            return self.limit_reply(error, run)

    def aborted(self, error: LuaError, run: ScriptRun, call: Caller) -> Reply:
        """The reply of a script that `error` ended; `call` calls Lua where the error's value has to be asked."""
        try:
            return self.errors.aborted(error, run.name, call, self.profile.sentences.place)
        except (LuaError, LimitExceeded):  # raised while its `err` field was read, which in Redis is a crash
            return ErrorReply(b"ERR unknown error")

    def limit_reply(self, error: LimitExceeded, run: ScriptRun) -> ErrorReply:
        """The reply of a script that a limit ended."""
        run.ended_by = error.limit
        message = (KILLED if error.limit == "seconds" else b"ERR ") + error.message
        return placed_reply(message, raised_at(error.traceback), run.name, self.profile.sentences.place)

    @contextmanager
    def loading(self, register: Callable[[Any], None]) -> Iterator[None]:
        """Within the block the globals are those of library code, and `register` takes each function it registers.

        Raises StateError for the state of EVAL, which has no library code.
        """
        if self.scope is None:
            raise StateError("the state of EVAL", "the state of functions")
        scope = self.scope
        try:
            self.registering = register
            scope.enter_library()
            yield
        finally:
            self.registering = None
            try:
                scope.leave_library()
            except BaseException:  # an interrupt, before it or within
                scope.leave_library()
                raise

    def write_log(self, level: int, message: bytes) -> None:
        """Append a line to the server's log (`redis.log`)."""
        self.host.log.write(LogLine(level, message, self.current_line()))
        if self.debugger is not None:
            self.debugger.note_log()

    def current_line(self) -> int | None:
        """The line of the running script that called the redis function now at work."""
        line: int | None = self.runtime.current_line()
        return line


def error_forms(profile: Profile) -> ErrorForms:
    """The forms that errors have on the server that a profile imitates."""
    if not profile.errors_are_texts:
        return ERROR_TABLES
    from ferrous_vm.scripting.former_errors import ErrorTexts

    return ErrorTexts()


def hash_keys_as(profile: Profile) -> None:
    """Tables that are laid out from now on are those of the server that the profile imitates."""
    wanted = hash_key
    if profile.hashes_with_murmur:
        from ferrous_vm.values.murmur import murmur_key

        wanted = murmur_key
    if HASHES.hash_key is not wanted:
        HASHES.hash_key = wanted
        forget_orders()


def string_array(texts: list[bytes]) -> Table:
    """KEYS or ARGV: a table of strings from 1 up."""
    table = Table()
    for position, text in enumerate(texts, 1):
        table.put(float(position), LuaString(text))
    return table
