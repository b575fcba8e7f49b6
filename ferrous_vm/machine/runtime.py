"""What the machine offers natives and its host: the Runtime of `values.natives`, and runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType, FunctionType
from typing import Any

from ferrous_vm.analysis.scopes import ResolvedChunk
from ferrous_vm.bytecode.module import CompiledModule
from ferrous_vm.errors import Interrupted, LimitExceeded, LuaError, StateError, TracePoint
from ferrous_vm.limits import Limits
from ferrous_vm.machine import coroutines, writes
from ferrous_vm.machine.closures import Closure, LinkedPrototype
from ferrous_vm.machine.coroutines import Thread, whole_trace
from ferrous_vm.machine.frames import Frame, LuaFrame, chain
from ferrous_vm.machine.heap import Heap
from ferrous_vm.machine.linking import link
from ferrous_vm.machine.machine import Machine
from ferrous_vm.machine.profile import Profile
from ferrous_vm.machine.stack import TailCallLevel, at_level, trace
from ferrous_vm.values import addresses, functions, strings
from ferrous_vm.values.chains import free_postponed
from ferrous_vm.values.functions import DECLARED, Proxy
from ferrous_vm.values.natives import Library, Native
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table
from ferrous_vm.values.types import register_class
from ferrous_vm.watchdog import LimitReached, Watchdog

Value = Any

register_class(Closure, b"function")

_PYTHON_TO_LUA = 2
"""How much more memory the process may take than Lua by the heap's accounting: Python's objects are larger, and what
the script's commands store is not Lua's. The heap keeps the limit; this is for what it does not see."""


class MachineRuntime:
    """An engine that runs on the machine. Usable again after any error."""

    def __init__(
        self,
        *,
        resolve: Callable[[bytes, bytes, int], ResolvedChunk],
        compile_chunk: Callable[[ResolvedChunk], CompiledModule],
        write: Callable[[bytes], object],
        random: Any,
        clock: Callable[[], float] | None,
        may_interrupt: Callable[[FrameType | None], bool],
    ) -> None:
        """`resolve(source, chunk_name, depth)` and `compile_chunk(resolved)` raise LuaSyntaxError; `clock` is
        monotonic, in seconds, None for the time a run itself works; `may_interrupt` says whether a limit may end a run
        where Python stands."""
        self._resolve = resolve
        self.compile_chunk = compile_chunk
        """A host may put one in its place that compiles a chunk once for several runtimes."""
        self.write = write
        self.random = random
        self.watchdog = Watchdog(clock, may_interrupt)
        self.machine = Machine(self.watchdog.now)
        self.string_metatable: Value = None
        self.fixed_globals: frozenset[bytes] = frozenset()
        """Not used: here every global is looked up when its instruction runs."""
        self._natives: dict[Any, FunctionType] = {}
        self.addresses = writes.Addresses()
        self.heap = Heap(self.machine, lambda: (self.globals, self.string_metatable))
        self.profile: Profile | None = None
        """Set by a host: the runs that follow are measured."""
        self.counting: Callable[[Native, FunctionType], FunctionType] | None = None
        """Set by a host before any library is opened: what answers for a native one that is counted."""
        self.loaded: Callable[[LinkedPrototype], object] | None = None
        """Set by a debugger: it is told of the main function of every chunk."""
        self.machine.check_memory = self.heap.check
        self.machine.count_bytes = self.heap.count_bytes

    @property
    def globals(self) -> Value:
        """The globals of the running thread; a coroutine starts with those of its creator."""
        return self.machine.thread.globals

    @globals.setter
    def globals(self, table: Value) -> None:
        """Recorded: stepping back over it restores the table there was."""
        thread = self.machine.thread
        writes.remember_attribute(thread, "globals")
        thread.globals = table

    @property
    def boundaries_below_main(self) -> int:
        """C boundaries that are open around the main function."""
        return self.machine.boundaries_below_main

    @boundaries_below_main.setter
    def boundaries_below_main(self, boundaries: int) -> None:
        """Set once, before the first run."""
        self.machine.boundaries_below_main = boundaries

    # Runs

    def compile(self, source: bytes, chunk_name: bytes) -> CompiledModule:
        """The code of a chunk, not yet loaded. Raises LuaSyntaxError."""
        return self.compile_chunk(self._resolve(source, chunk_name, 0))

    def load_chunk(self, resolved: ResolvedChunk) -> Closure:
        """The main function of a chunk, its environment the globals. Raises LuaSyntaxError."""
        linked = link(self.compile_chunk(resolved))
        if self.loaded is not None:
            self.loaded(linked)
        return Closure(linked, [], self.globals)

    def run(self, function: Value, args: tuple[Value, ...], limits: Limits) -> tuple[Value, ...]:
        """Calls a function and answers its results.

        Raises LuaError with its traceback, LimitExceeded, StateError within a run; an interrupt ends it at once as
        Interrupted.
        """
        machine = self.machine
        before = (strings.current_metatable, addresses.current, functions.invoke)
        recursion_limit = sys.getrecursionlimit()
        machine.require_ready()
        try:
            try:
                machine.begin(function, args, limits)
                self.heap.begin_run(limits.memory)
                self.install()
                self.watchdog.begin(limits.seconds, limits.memory and _PYTHON_TO_LUA * limits.memory)
                if self.profile is None:
                    machine.run()
                else:
                    self.profile.run(machine, self.heap)
                self.watchdog.disarm()
                return machine.take_outcome()
            except LimitReached:
                raise self._limit_reached(limits) from None
            except KeyboardInterrupt:
                raise Interrupted(whole_trace(machine.thread, machine.frame)) from None
            finally:
                strings.current_metatable, addresses.current, functions.invoke = before
                try:
                    self._end_run(recursion_limit)
                except BaseException:  # an interrupt, before it or within
                    self._end_run(recursion_limit)
                    raise
        except LimitReached:  # while the run was being ended
            raise self._limit_reached(limits) from None

    def _end_run(self, recursion_limit: int) -> None:
        """Whatever ended the run, the next may begin. May be done twice."""
        sys.setrecursionlimit(recursion_limit)
        self.machine.reset()
        self.watchdog.end()
        free_postponed()

    def _limit_reached(self, limits: Limits) -> LimitExceeded:
        """A limit was reached inside a native, where the machine does not look."""
        error = self.watchdog.exceeded(limits)
        error.traceback = whole_trace(self.machine.thread, self.machine.frame)
        return error

    def install(self) -> None:
        """Makes this the running engine for the module state of `values`; whoever asks for it puts that back."""
        strings.current_metatable = self.string_metatable
        addresses.current = self.addresses
        functions.invoke = _refuse_reentry

    # What natives ask for

    def bind(self, declared: Native) -> Value:
        """A function of its own for a native: two engines share no function value.

        Asked again for the native of a module, it answers the same function; one made at run time is new each time.
        """
        function: Any = declared.function
        if function.__closure__ is not None:
            return self._bound(declared)
        found = self._natives.get(function)
        if found is None:
            found = self._natives[function] = self._bound(declared)
        return found

    def _bound(self, declared: Native) -> FunctionType:
        function: Any = declared.function
        if declared.context:

            def bound(*args: Value) -> Value:
                return function(self, *args)

        else:
            bound = FunctionType(
                function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
            )
            bound.__kwdefaults__ = function.__kwdefaults__
            bound = writes.remembering(bound)
        if self.counting is not None:
            bound = self.counting(declared, bound)  # type: ignore[arg-type]
        bound.__dict__[DECLARED] = declared
        return bound  # type: ignore[return-value]

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

    def load(self, source: bytes, chunk_name: bytes) -> Closure:
        """The main function of a chunk, its environment the globals. Raises LuaSyntaxError."""
        frame = self.machine.frame
        depth = 0
        if frame is not None:
            depth = self.machine.thread.outer_boundaries + frame.boundaries + self.machine.boundary
        return self.load_chunk(self._resolve(source, chunk_name, depth))

    def chunk_name(self, function: Value) -> bytes | None:
        """The chunk name of a Lua function; None for a native."""
        return function.linked.prototype.chunk_name if isinstance(function, Closure) else None

    def current_line(self) -> int | None:
        """The line the innermost Lua function is at, for a native at work; None if there is no Lua function."""
        for frame in chain(self.machine.frame):
            if isinstance(frame, LuaFrame):
                return frame.line
        return None

    def caller_point(self) -> TracePoint | None:
        """What called the native at work (`lua_getstack(L, 1)`); None if a coroutine began with it."""
        points = trace(self.machine.frame, raised_in_native=False)
        return points[0] if points else None

    def create_coroutine(self, function: Value) -> Thread:
        """A new suspended coroutine."""
        return Thread(function, self.globals)

    def running_coroutine(self) -> Thread | None:
        """The running coroutine, or None in the main program."""
        machine = self.machine
        return None if machine.thread is machine.main else machine.thread

    def coroutine_status(self, coroutine: Value) -> bytes:
        """suspended, running, normal or dead."""
        return coroutines.status(self.machine, coroutine)

    def environment(self, target: Value) -> Value:
        """The environment of a function, or of the one at a call level, 1 being the caller; None beyond the stack.

        Raises LuaError for a level that a tail call took away (getfenv).
        """
        function = target
        if isinstance(target, int):
            frame = at_level(self.machine.frame, target)
            if frame is None:
                return None
            function = self._function_at(frame, target)
        return function.environment if isinstance(function, Closure) else self.globals

    def set_environment(self, target: Value, table: Value) -> Value:
        """Sets it (setfenv) and answers the function. Raises LuaError for a native."""
        function = target
        if isinstance(target, int):
            if target == 0:
                self.globals = table
                return None
            function = self._function_at(at_level(self.machine.frame, target), target)
        if not isinstance(function, Closure):
            raise LuaError(LuaString(b"'setfenv' cannot change environment of given object"), level=1)
        writes.set_environment(function, table)
        return function

    def _function_at(self, frame: Frame | TailCallLevel | None, level: int) -> Closure | None:
        """The Lua function of a frame; None for a native."""
        if isinstance(frame, TailCallLevel):
            message = b"no function environment for tail call at level %d" % level
            raise LuaError(LuaString(message), level=1)
        return frame.closure if isinstance(frame, LuaFrame) else None

    def memory_in_use(self) -> int:
        """Bytes by the heap's accounting."""
        writes.record(self.heap.restore_account, self.heap.account())
        return self.heap.memory_in_use()

    def collect(self) -> None:
        """A full mark and sweep."""
        writes.record(self.heap.restore_account, self.heap.account())
        self.heap.collect()

    def watch(self, proxy: Proxy) -> None:
        """From now on a collection looks whether this userdata can still be reached."""
        self.heap.watched.append(proxy)

    def take_unreachable(self) -> Proxy | None:
        """A watched userdata that a collection could not reach."""
        return self.heap.unreachable.popleft() if self.heap.unreachable else None


def _refuse_reentry(function: Value, args: tuple[Value, ...]) -> Value:
    raise StateError("a Lua call from a Python operator", "a pending operation")
