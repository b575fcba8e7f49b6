"""Coroutines: a stack of generators, one for each Lua function that is active in the coroutine.

A function runs here in its suspendable form, which yields ``(function, argument, ...)`` for each call. The coroutine
calls natives as they are and enters the suspendable form of Lua functions, so a yield finds nothing but generators
between itself and its resume. What a native, a metamethod or an iterator calls runs in its plain form; a yield there is
the error it is in Lua 5.1.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType, FunctionType, GeneratorType
from typing import Any, final

from ferrous_vm.errors import LuaError
from ferrous_vm.limits import LUA_CALL_DEPTH
from ferrous_vm.translator.depth import DEPTH
from ferrous_vm.translator.driver import drive_from
from ferrous_vm.translator.levels import CHUNK, boundary_codes, scheduler_codes, suspended_frames
from ferrous_vm.translator.sentences import FAILURES, lua_error
from ferrous_vm.values.functions import Coroutine
from ferrous_vm.values.natives import Yield
from ferrous_vm.values.operations import callee
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import TABLE_CLASSES
from ferrous_vm.values.types import register_class

Value = Any
Results = Any

GENERATOR = "generator"
"""The attribute of a bound generator native that makes its generator."""


@final
class Thread(Coroutine):
    """A coroutine of the translator. `body` is the function to start with, None once it has started."""

    __slots__ = ("__weakref__", "body", "generators", "resumer", "running")

    def __init__(self, body: Value) -> None:
        self.body = body
        self.generators: list[GeneratorType[Any, Any, Any]] = []
        self.running = False
        self.resumer: Thread | None = None


register_class(Thread, b"thread")


class Scheduler:
    """Which coroutine runs; resumes them. One a runtime."""

    def __init__(self, suspendable: Callable[[FunctionType], Callable[..., GeneratorType[Any, Any, Any]]]) -> None:
        """`suspendable` gives the suspendable form of a translated function."""
        self._suspendable = suspendable
        self.current: Thread | None = None

    def reset(self) -> None:
        """Forget what was running: a new run begins."""
        self.current = None

    def status(self, thread: Thread) -> bytes:
        """suspended, running, normal or dead (`coroutine.status`)."""
        if thread is self.current:
            return b"running"
        if thread.running:
            return b"normal"
        return b"suspended" if thread.body is not None or thread.generators else b"dead"

    def resume(self, thread: Thread, args: tuple[Value, ...]) -> tuple[Value, ...]:
        """Runs a suspended coroutine until it yields or ends (`lua_resume`); answers what it yields or returns.

        Raises the LuaError that ended it.
        """
        status = self.status(thread)
        if status != b"suspended":
            raise LuaError(LuaString(b"cannot resume %s coroutine" % status))
        DEPTH.enter_coroutine()
        thread.resumer, self.current, thread.running = self.current, thread, True
        suspended = False
        try:
            results = self._run(thread, args)
            suspended = bool(thread.generators)
        finally:
            if not suspended:
                thread.generators = []  # the old one tells where an interrupt came
            self.current, thread.resumer, thread.running = thread.resumer, None, False
            DEPTH.leave()
        return results if results.__class__ is tuple else (results,)

    def _run(self, thread: Thread, args: tuple[Value, ...]) -> Results:
        """Sends results down the stack of generators until a yield or the end.

        A failure is thrown into one generator after the other, so that its traceback names every level.
        """
        generators = thread.generators
        value: Any = args
        failure: BaseException | None = None
        try:
            if thread.body is not None:
                body, thread.body = thread.body, None
                value = self._enter(generators, body, args)
                if not generators:
                    return value
            while generators:
                if value.__class__ is Yield:
                    return value.values
                try:
                    if failure is None:
                        request = generators[-1].send(value)
                    else:
                        raised, failure = failure, None
                        request = generators[-1].throw(raised)
                    if request.__class__ is tuple:
                        value = self._enter(generators, request[0], request[1:])
                    else:
                        value = request
                except StopIteration as stop:
                    generators.pop()
                    value = stop.value
                except FAILURES as error:
                    if generators[-1].gi_frame is None:
                        generators.pop()
                    if not generators:
                        raise
                    failure = error
        except FAILURES as error:
            raise lua_error(error, is_coroutine=True) from None
        return value

    def _enter(self, generators: list[GeneratorType[Any, Any, Any]], function: Value, args: tuple[Value, ...]) -> Any:
        """Begins a call: enters a generator and answers the first value to send, or makes the call.

        The answer is a Yield if the call was one of `coroutine.yield`.
        """
        if function.__class__ is FunctionType:
            if CHUNK in function.__globals__:
                if len(generators) >= LUA_CALL_DEPTH:
                    raise LuaError(LuaString(b"stack overflow"), 1)
                generators.append(self._suspendable(function)(*args))
                return None
            make = function.__dict__.get(GENERATOR)
            if make is not None:
                return self._enter_native(generators, make(*args))
        elif function.__class__ in TABLE_CLASSES:
            handler, _ = callee(function)
            return self._enter(generators, handler, (function, *args))
        return function(*args)

    def _enter_native(self, generators: list[Any], generator: GeneratorType[Any, Any, Any]) -> Any:
        try:
            request = generator.send(None)
        except StopIteration as stop:
            return stop.value
        if request.__class__ is Yield:
            generators.append(generator)
            return request
        return drive_from(generator, request, self.resume)


def innermost_suspended(frame: FrameType) -> FrameType | None:
    """If `frame` is that of a coroutine's run: the frame of its innermost Lua function, whose call is being made."""
    if frame.f_code not in scheduler_codes:
        return None
    return next((inner for inner in suspended_frames(frame) if CHUNK in inner.f_globals), None)


scheduler_codes.add(Scheduler._run.__code__)
boundary_codes.add(Scheduler.resume.__code__)
