"""What the translator offers natives and its host: the Runtime of `values.natives`, and runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from inspect import isgeneratorfunction
from itertools import islice
from types import FrameType, FunctionType
from typing import Any

from ferrous_vm.analysis.scopes import ResolvedChunk
from ferrous_vm.bounds import PRESENT
from ferrous_vm.errors import (
    LONGEST_TRACE,
    Interrupted,
    LimitExceeded,
    LuaError,
    LuaSyntaxError,
    StateError,
    TracePoint,
    Untranslatable,
)
from ferrous_vm.limits import LUA_CALL_DEPTH, Limits
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.chunk_name import short_source
from ferrous_vm.translator.coroutines import GENERATOR, Scheduler, Thread, innermost_suspended
from ferrous_vm.translator.depth import DEPTH
from ferrous_vm.translator.driver import drive
from ferrous_vm.translator.environment import Environment
from ferrous_vm.translator.levels import (
    CHUNK,
    boundary_codes,
    forget_traceback,
    inner_levels,
    native_codes,
    outer_levels,
    scheduler_codes,
)
from ferrous_vm.translator.memory import AssumedGarbage, reachable_bytes
from ferrous_vm.translator.sentences import FAILURES, lua_error
from ferrous_vm.translator.translation import Translation, is_large, python_tree, suspendable
from ferrous_vm.values import addresses, functions, strings
from ferrous_vm.values.boundaries import BELOW_MAIN
from ferrous_vm.values.chains import free_postponed
from ferrous_vm.values.functions import Proxy
from ferrous_vm.values.natives import DIRECT, Library, Native
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table
from ferrous_vm.watchdog import LimitReached, Watchdog

Value = Any
Results = Any

ENVIRONMENT_FUNCTIONS = frozenset((b"getfenv", b"setfenv"))
"""A chunk that names one of them runs on the machine: translated functions share one environment."""

_MOST_LOADED = 64
"""Chunks loaded by scripts that are kept."""


class TranslatorRuntime:
    """An engine that runs Lua functions as Python functions. Usable again after any error."""

    def __init__(
        self,
        *,
        resolve: Callable[[bytes, bytes, int], ResolvedChunk],
        compile_chunk: Callable[[ResolvedChunk], object],
        write: Callable[[bytes], object],
        random: Any,
        clock: Callable[[], float] | None,
        may_interrupt: Callable[[FrameType | None], bool],
    ) -> None:
        """`resolve(source, chunk_name, depth)` and `compile_chunk(resolved)` raise LuaSyntaxError; the second is asked
        only whether it does. `clock` is monotonic, in seconds, None for the time a run itself
        works; `may_interrupt` says whether a limit may end a run where Python stands."""
        self._resolve = resolve
        self._check = compile_chunk
        self.write = write
        self.random = random
        self.globals = Table()
        self.fixed_globals: frozenset[bytes] = frozenset()
        self.boundaries_below_main = BELOW_MAIN
        self._natives: dict[FunctionType, Value] = {}
        self._loaded: dict[tuple[bytes, bytes, int], Translation] = {}
        """What scripts loaded lately: many load the same text again and again."""
        self.string_metatable: Value = None
        self.addresses = addresses.AddressSpace()
        self.scheduler = Scheduler(suspendable)
        self.watchdog = Watchdog(clock, may_interrupt)
        self._garbage = AssumedGarbage()
        self._running = False

    # Runs

    def load_chunk(self, resolved: ResolvedChunk) -> FunctionType:
        """The main function of a chunk, its environment the globals.

        Raises Untranslatable for what only the machine can run, or its compiler refuse.
        """
        self._require_translatable(resolved)
        return self._translation(resolved).instantiate()

    def _require_translatable(self, resolved: ResolvedChunk) -> None:
        if is_large(resolved):
            raise Untranslatable
        if any(isinstance(node, tree.Name) and node.name in ENVIRONMENT_FUNCTIONS for node in resolved.chunk.nodes):
            raise Untranslatable

    def python_tree(self, resolved: ResolvedChunk) -> Any:
        """The Python function a chunk becomes, as an `ast` node. Raises Untranslatable as `load_chunk`."""
        self._require_translatable(resolved)
        return python_tree(resolved, Environment(self.globals, self.fixed_globals))

    def _translation(self, resolved: ResolvedChunk) -> Translation:
        return Translation(resolved, Environment(self.globals, self.fixed_globals))

    def run(self, function: Value, args: tuple[Value, ...], limits: Limits) -> tuple[Value, ...]:
        """Calls a function and answers its results.

        Raises LuaError with its traceback, LimitExceeded, StateError within a run; an interrupt ends it at once as
        Interrupted.
        """
        if self._running:
            raise StateError("running", "idle")
        before = (strings.current_metatable, addresses.current, functions.invoke)
        recursion_limit = sys.getrecursionlimit()
        try:
            try:
                self._begin()
                if PRESENT.limits is not limits:
                    PRESENT.use(limits)
                return self._guarded(function, args, limits)
            except LimitExceeded as error:
                self.watchdog.disarm()
                _with_points(error, error)
                raise
            except KeyboardInterrupt as error:
                self.watchdog.disarm()
                points = _points(error)
                forget_traceback(error)
                raise Interrupted(points) from None
            finally:
                self._running = False
                strings.current_metatable, addresses.current, functions.invoke = before
                try:
                    self._end_run(recursion_limit)
                except BaseException:  # an interrupt, before it or within
                    self._end_run(recursion_limit)
                    raise
        except LimitReached as error:  # from wherever it came, in what ends the run too
            raise _with_points(self.watchdog.exceeded(limits), error) from None

    def _end_run(self, recursion_limit: int) -> None:
        """Whatever ended the run, the next may begin. May be done twice."""
        sys.setrecursionlimit(recursion_limit)
        self.watchdog.end()
        free_postponed()

    def _guarded(self, function: Value, args: tuple[Value, ...], limits: Limits) -> tuple[Value, ...]:
        self.watchdog.begin(limits.seconds, limits.memory)
        try:
            results = function(*args)
        except FAILURES as error:  # reading a deep traceback takes time, which must not be up meanwhile
            self.watchdog.disarm()
            raise lua_error(error) from None
        self.watchdog.disarm()
        return results if results.__class__ is tuple else (results,)

    def _begin(self) -> None:
        self._running = True
        strings.current_metatable = self.string_metatable
        addresses.current = self.addresses
        functions.invoke = _invoke
        self.scheduler.reset()
        DEPTH.open = self.boundaries_below_main
        frame: FrameType | None = sys._getframe()
        depth = 0
        while frame is not None:
            frame = frame.f_back
            depth += 1
        sys.setrecursionlimit(depth + LUA_CALL_DEPTH)

    # What natives ask for

    def bind(self, declared: Native) -> Value:
        """A function of its own for a native: two engines share no function value.

        Asked again for the native of a module, it answers the same function; one made at run time is new each time.
        """
        function = declared.function
        assert isinstance(function, FunctionType)
        if function.__closure__ is not None:
            return self._bound(declared, function)
        found = self._natives.get(function)
        if found is None:
            found = self._natives[function] = self._bound(declared, function)
        return found

    def _bound(self, declared: Native, function: FunctionType) -> Value:
        native_codes.add(function.__code__)
        if isgeneratorfunction(function):
            bound = self._bind_generator(function, declared.context)
        elif declared.context:
            bound = self._bind_context(function)
        else:
            bound = FunctionType(
                function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
            )
            bound.__kwdefaults__ = function.__kwdefaults__
        bound.__dict__[functions.DECLARED] = declared
        return bound

    def _bind_context(self, function: FunctionType) -> Value:
        def bound(*args: Value) -> Results:
            return function(self, *args)

        return bound

    def _bind_generator(self, function: FunctionType, context: bool) -> Value:
        resume = self.scheduler.resume
        if context:

            def make(*args: Value) -> Any:
                return function(self, *args)
        else:
            make = function

        def driven(*args: Value) -> Results:
            return drive(make(*args), resume)

        driven.__dict__[GENERATOR] = make
        direct = DIRECT.get(function)
        return driven if direct is None else _direct_or_driven(direct, driven)

    def open(self, library: Library) -> Table:
        """A new table of the library's natives and constants, in their declared order."""
        table = Table.allocated(0, len(library.natives))  # as luaL_register makes it, which decides its order
        for declared in library.natives:
            table.put(LuaString(declared.name), self.bind(declared))
        for name, value in library.constants.items():
            table.put(LuaString(name), value)
        for alias, name in library.aliases.items():
            table.put(LuaString(alias), table.get(name))
        return table

    def load(self, source: bytes, chunk_name: bytes) -> FunctionType:
        """The main function of a chunk, its environment the globals.

        Raises LuaSyntaxError, and for a host Untranslatable; a script in full course cannot change engines, so what it
        loads is refused as Lua refuses what is nested too deep.
        """
        if not self._running:
            return self.load_chunk(self._resolve(source, chunk_name, 0))
        depth = DEPTH.open
        translation = self._loaded.get((source, chunk_name, depth))
        if translation is None:
            if len(self._loaded) >= _MOST_LOADED:
                self._loaded.clear()
            translation = self._load_within_run(self._resolve(source, chunk_name, depth))
            self._loaded[source, chunk_name, depth] = translation
        return translation.instantiate()

    def _load_within_run(self, resolved: ResolvedChunk) -> Translation:
        if is_large(resolved):
            self._check(resolved)
        try:
            return self._translation(resolved)
        except Untranslatable:
            self._check(resolved)
            message = b"%s:1: chunk has too many syntax levels" % short_source(resolved.chunk.chunk_name)
            raise LuaSyntaxError(message, 1) from None

    def chunk_name(self, function: Value) -> bytes | None:
        """The chunk name of a Lua function; None for a native."""
        chunk = function.__globals__.get(CHUNK)
        return None if chunk is None else chunk.resolved.chunk.chunk_name

    def current_line(self) -> int | None:
        """The line the innermost Lua function is at, for a native at work; None if there is no Lua function."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if CHUNK in frame.f_globals and frame.f_code.co_name[0] != "m":  # a factory has no line (functions.py)
                return frame.f_lineno
            if frame.f_code in scheduler_codes and (suspended := innermost_suspended(frame)) is not None:
                return suspended.f_lineno
            frame = frame.f_back
        return None

    def caller_point(self) -> TracePoint | None:
        """What called the native at work (`lua_getstack(L, 1)`); None if a coroutine began with it."""
        level = next(islice(outer_levels(sys._getframe(1)), 1, None), None)
        return None if level is None else level.point()

    def create_coroutine(self, function: Value) -> Thread:
        """A new suspended coroutine."""
        return Thread(function)

    def running_coroutine(self) -> Thread | None:
        """The running coroutine, or None in the main program."""
        return self.scheduler.current

    def coroutine_status(self, coroutine: Value) -> bytes:
        """suspended, running, normal or dead."""
        return self.scheduler.status(coroutine)

    def environment(self, target: Value) -> Value:
        """The globals: translated functions have one environment (chunks that use `setfenv` run on the machine)."""
        return self.globals

    def set_environment(self, target: Value, table: Value) -> Value:
        """Raises LuaError: see `environment`."""
        raise LuaError(LuaString(b"'setfenv' cannot change environment of given object"), 1)

    def memory_in_use(self) -> int:
        """Bytes of what can be reached now, and of the garbage that Lua might have."""
        reachable = reachable_bytes((self.globals, self.string_metatable), sys._getframe(1))
        self._garbage.grow(reachable)
        return reachable + self._garbage.bytes

    def collect(self) -> None:
        """Python's own reference counts free what is not in a cycle; only what was assumed is left to free."""
        self._garbage.bytes = 0

    def watch(self, proxy: Proxy) -> None:
        """Nothing: what can be reached is Python's to know, so no finalizer is ever called."""

    def take_unreachable(self) -> None:
        """None: see `watch`."""


def _direct_or_driven(direct: Value, driven: Value) -> Value:
    """A native that has a direct form: with no room on the C stack the other one says what happens."""
    native_codes.add(direct.__code__)

    def bound(*args: Value) -> Results:
        if DEPTH.is_full():
            return driven(*args)
        DEPTH.open += 1
        try:
            results = direct(*args)
        finally:
            DEPTH.open -= 1
        return driven(*args) if results is NotImplemented else results

    boundary_codes.add(bound.__code__)
    return bound


def _points(error: BaseException) -> list[TracePoint]:
    """Where what ended a run found it, innermost level first."""
    return [level.point() for level in inner_levels(error.__traceback__)[:LONGEST_TRACE]]


def _with_points(exceeded: LimitExceeded, error: BaseException) -> LimitExceeded:
    """The error of a limit with its traceback, which that of `error` tells."""
    exceeded.traceback = _points(error)
    forget_traceback(error)
    return exceeded


def _invoke(function: Value, args: tuple[Value, ...]) -> Results:
    """A metamethod, called from one of Python's operators."""
    DEPTH.enter()
    try:
        return function(*args)
    finally:
        DEPTH.leave()


boundary_codes.add(_invoke.__code__)
