"""A Lua expression evaluated in a frame of a machine that stands still; everything it does is taken back.

It is compiled as a function of its own whose upvalues *are* the variables of the frame, and runs on a second machine of
the same heap. The transaction takes back what it writes there, and the coroutines it resumed; what else it may have
changed (a keyspace) is for the caller to take back. So its results are looked at while they are there: `show` is given
them, and what it answers is the answer.

What does not end is cut, after so many instructions, or so much time in a library function.

An expression may be carried out as a part of the run, too: then what it does stays, and is taken back with its step.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

from ferrous_vm.bytecode.module import CompiledModule, Description
from ferrous_vm.errors import EvaluationCut, EvaluationFailed, LimitExceeded, LuaError, LuaSyntaxError
from ferrous_vm.interrupts import Interrupts, is_in_library
from ferrous_vm.limits import Limits
from ferrous_vm.machine import writes
from ferrous_vm.machine.closures import Closure, LinkedPrototype, Upvalue
from ferrous_vm.machine.coroutines import Thread
from ferrous_vm.machine.frames import Frame, LuaFrame, NativeFrame, chain
from ferrous_vm.machine.history import copy_of
from ferrous_vm.machine.inspection import scope
from ferrous_vm.machine.linking import link
from ferrous_vm.machine.machine import Machine
from ferrous_vm.machine.pending import Values
from ferrous_vm.machine.runtime import MachineRuntime
from ferrous_vm.machine.transaction import HeapTransaction
from ferrous_vm.records import with_changes
from ferrous_vm.values.numbers import number_to_text
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table
from ferrous_vm.values.types import type_name
from ferrous_vm.watchdog import Watchdog

T = TypeVar("T")

CHUNK_NAME: Final = b"=expression"

MOST_INSTRUCTIONS: Final = 50_000
"""Instructions of one evaluation: a fraction of a second, in a browser too."""

MOST_SECONDS: Final = 1.0
"""Time of one evaluation, which only a library function can take: a pattern may never come to an end."""

CUT: Final = b"cut: it did not end after %d instructions"
TOO_LONG: Final = b"cut: it did not end after %g second"
INTERRUPTED: Final = b"cut: it was interrupted"

_CHECK_INTERVAL: Final = 1_000
"""Instructions between two looks at the limits."""

_MOST_COMPILED: Final = 100
"""Expressions whose code is kept."""

_IDENTIFIER: Final = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")

_ERROR_FIELD: Final = LuaString(b"err")


class Evaluator:
    """Evaluates for one runtime whose writes go to `transaction`, which must be idle, and attached.

    Interrupts that are held end an evaluation as well."""

    def __init__(self, runtime: MachineRuntime, transaction: HeapTransaction, interrupts: Interrupts) -> None:
        self._runtime = runtime
        self._transaction = transaction
        self._interrupts = interrupts
        self._watchdog = Watchdog(None, is_in_library)
        self._compiled: dict[tuple[bytes, tuple[bytes, ...], frozenset[bytes], int | None], LinkedPrototype] = {}

    def evaluate(self, source: bytes, frame: Frame | None, is_waiting: bool, show: Callable[[Values], T]) -> T:
        """What `show` answers of the results of an expression, or of statements, in a frame; without one there are
        globals alone. `is_waiting`: the frame is not the one that goes on next. Raises EvaluationFailed."""
        variables = scope(frame, is_waiting) if isinstance(frame, LuaFrame) else {}
        function = self._function(source, variables, frame)
        varargs = frame.varargs if isinstance(frame, LuaFrame) else ()
        runtime, transaction, paused = self._runtime, self._transaction, self._runtime.machine
        machine = _Machine(runtime, paused, transaction)
        limits = with_changes(paused.limits, seconds=MOST_SECONDS, instructions=None)
        transaction.begin()
        try:
            transaction.record(runtime.heap.restore_account, runtime.heap.account())
            runtime.machine = runtime.heap.machine = machine
            self._run(machine, function, varargs, limits)
            return show(machine.results or ())
        except LimitExceeded as error:
            raise EvaluationFailed(error.message) from None
        finally:
            runtime.machine = runtime.heap.machine = paused
            transaction.abort()
            transaction.reset()
            machine.reset()

    def carry_out(self, source: bytes, frame: Frame | None, is_waiting: bool) -> Values:
        """The results of an expression in a frame, as if it stood there in the script; whatever transaction is attached
        has what it does. It ends in the same way every time: neither a clock nor an interrupt is asked. Raises
        EvaluationFailed."""
        if isinstance(frame, LuaFrame):
            pc = frame.pc - 1 if is_waiting else frame.pc
            named = frozenset(_IDENTIFIER.findall(source))
            variables = _kept_variables(frame, is_waiting, named)
            function = self._function(source, variables, frame, frame.closure.linked.prototype.lines[pc])
            varargs = frame.varargs
        else:
            function, varargs = self._function(source, {}, frame), ()
        runtime, paused = self._runtime, self._runtime.machine
        machine = _Machine(runtime, paused, self._transaction)
        account = runtime.heap.account()
        try:
            runtime.machine = runtime.heap.machine = machine
            machine.begin(function, varargs, with_changes(paused.limits, seconds=None, instructions=None))
            self._take_steps(machine, _never)
        except LimitExceeded as error:
            raise EvaluationFailed(error.message) from None
        finally:
            runtime.machine = runtime.heap.machine = paused
            runtime.heap.restore_account(account)
            failure, results = machine.failure, machine.results
            machine.reset()
        if failure is not None:
            raise _failed(_sentence(failure))
        return results or ()

    def _function(
        self, source: bytes, variables: dict[bytes, Upvalue], frame: Frame | None, line: int | None = None
    ) -> Closure:
        """The code of an expression, which stands on a line of its own if on no other, with the variables it names."""
        used = dict.fromkeys(_IDENTIFIER.findall(source))
        names = tuple(name for name in variables if name in used)
        held = frozenset(
            name for name in names if isinstance(frame, LuaFrame) and variables[name].slots is frame.registers
        )
        linked = self._compiled.get((source, names, held, line))
        if linked is None:
            if len(self._compiled) >= _MOST_COMPILED:
                self._compiled.clear()
            linked = self._compiled[source, names, held, line] = self._compile(source, names, held, line)
        upvalues = [variables[name] for name in linked.prototype.upvalue_names]
        environment = frame.closure.environment if isinstance(frame, LuaFrame) else self._runtime.globals
        return Closure(linked, upvalues, environment)

    def _compile(
        self, source: bytes, names: tuple[bytes, ...], held: frozenset[bytes], line: int | None
    ) -> LinkedPrototype:
        """The code of an expression; where it is none, of statements. Errors call the variables that the frame itself
        has, those `held`, local. Raises EvaluationFailed."""
        declared = b"local " + b",".join(names) + b" " if names else b""
        form = b"return " + source
        try:
            try:
                self._runtime.compile(form, CHUNK_NAME)
            except LuaSyntaxError as error:
                failure, form = error, source
                self._runtime.compile(form, CHUNK_NAME)
            # It is a chunk on its own, so it does not end what stands around it now.
            module = self._runtime.compile(declared + b"return function(...) " + form + b"\nend", CHUNK_NAME)
        except LuaSyntaxError as error:
            is_expression = form is source and _start(failure) - len(b"return ") >= _start(error)
            raise _failed((failure if is_expression else error).message) from None
        prototype = module.main.prototypes[0]
        named = tuple(tuple(_as_local(one, held) for one in descriptions) for descriptions in prototype.descriptions)
        lines = prototype.lines if line is None else (line,) * len(prototype.lines)
        return link(CompiledModule(module.chunk_name, with_changes(prototype, descriptions=named, lines=lines)))

    def _run(self, machine: _Machine, function: Closure, varargs: Values, limits: Limits) -> None:
        """Raises EvaluationFailed, LimitExceeded."""
        machine.begin(function, varargs, limits)
        interrupts = self._interrupts
        stepping = interrupts.stepping
        try:
            with self._watchdog.limiting(MOST_SECONDS):
                interrupts.stepping = True
                self._take_steps(machine, lambda: interrupts.due)
        except LimitExceeded as error:
            if error.limit == "seconds":
                raise EvaluationCut(TOO_LONG % MOST_SECONDS) from None
            raise EvaluationFailed(error.message) from None
        except KeyboardInterrupt:
            if not interrupts.due:
                raise
            raise EvaluationCut(INTERRUPTED) from None
        finally:
            interrupts.stepping = stepping
        if machine.failure is not None:
            raise _failed(_sentence(machine.failure))

    def _take_steps(self, machine: _Machine, must_end: Callable[[], bool]) -> None:
        for steps in range(1, MOST_INSTRUCTIONS + 1):
            machine.step()
            if machine.frame is None and machine.pending is None:
                return
            if steps % _CHECK_INTERVAL == 0:
                machine.check_limits()
            if must_end():
                raise EvaluationCut(INTERRUPTED)
        raise EvaluationCut(CUT % MOST_INSTRUCTIONS)


class _Machine(Machine):
    """Runs an expression beside a machine that stands still; what is attached is told of the coroutines of that which
    it resumes."""

    def __init__(self, runtime: MachineRuntime, paused: Machine, transaction: HeapTransaction) -> None:
        super().__init__(runtime.watchdog.now)
        self._paused = paused
        self.main = self.thread = Thread(None, runtime.globals)
        self.boundaries_below_main = paused.boundaries_below_main
        self.check_memory = runtime.heap.check
        self.count_bytes = runtime.heap.count_bytes
        self.history = self
        self.transaction = transaction
        self._known: dict[int, Thread] = {}

    def begin(self, function: Any, args: Values, limits: Limits) -> None:
        """As of any machine; instructions are counted on from those of the other."""
        super().begin(function, args, limits)
        self.instructions = self._paused.instructions

    def roots(self) -> list[Any]:
        """What the other one keeps alive is still wanted."""
        return [*super().roots(), *self._paused.roots()]

    def keep(self, frame: Frame | None) -> None:
        """A frame is about to change: it is of this machine, or of a coroutine that was kept as a whole."""

    def switch_to(self, thread: Thread) -> None:
        """As of any machine; a coroutine is remembered as it was."""
        if id(thread) not in self._known:
            self._known[id(thread)] = thread
            frames = list(chain(thread.frame))
            if any(isinstance(frame, NativeFrame) and frame.memory is None for frame in frames):
                raise LuaError(LuaString(b"this coroutine cannot be resumed here: it was not recorded"))
            for frame in frames:
                writes.record(copy_of(frame))
        super().switch_to(thread)


def _never() -> bool:
    return False


def _kept_variables(frame: LuaFrame, is_waiting: bool, names: frozenset[bytes]) -> dict[bytes, Upvalue]:
    """The variables of these names for functions that may outlive the expression: what is captured as it is captured,
    and what lasts as long as the function too; what ends before, and nobody would close, with what it holds now."""
    variables = scope(frame, is_waiting)
    prototype = frame.closure.linked.prototype
    for local in prototype.local_names(frame.pc - 1 if is_waiting else frame.pc):
        if local.name not in names:
            continue
        captured = (frame.open_upvalues or {}).get(local.register)
        if captured is not None:
            variables[local.name] = captured
        elif local.end < len(prototype.code) - 1:  # behind it stands more than the last RETURN
            variables[local.name] = Upvalue([frame.registers[local.register]], 0)
        else:
            opened = frame.open_upvalues
            if opened is None:
                opened = frame.open_upvalues = {}
            variables[local.name] = writes.open_upvalue(opened, local.register, frame.registers)
    return variables


def _as_local(description: Description | None, held: frozenset[bytes]) -> Description | None:
    if description is not None and description.kind == "upvalue" and description.name in held:
        return Description("local", description.name)
    return description


def _sentence(error: LuaError) -> bytes:
    """What an error says: its text, or the field `err` of what redis.call raises."""
    value: Any = error.value
    if isinstance(value, Table):
        value = value.get(_ERROR_FIELD)
    if isinstance(value, float):
        return number_to_text(value)
    if isinstance(value, LuaString):
        return bytes(value)
    return b"(error object is a %s value)" % type_name(error.value)


def _start(error: LuaSyntaxError) -> int:
    """Where what it blames begins: of two ways to read a source, the one that comes further was meant."""
    return error.span[0] if error.span else 0


def _failed(sentence: bytes) -> EvaluationFailed:
    """Without the name of the chunk; nor the line, if it is the first: most expressions have but one."""
    rest = sentence.removeprefix(CHUNK_NAME[1:] + b":")
    return EvaluationFailed(sentence if rest is sentence else rest.removeprefix(b"1: "), sentence)
