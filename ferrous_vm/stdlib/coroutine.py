"""The coroutine library (Lua 5.1 manual section 5.2, lbaselib.c)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

from ferrous_vm.errors import ArgumentError, LuaError
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.functions import Coroutine, is_native, packed
from ferrous_vm.values.natives import MISSING, Library, Native, Results, Resume, Runtime, Value, Yield, library, native
from ferrous_vm.values.numbers import number_to_text
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.types import FUNCTION_CLASSES

Steps = Generator[Any, tuple[Value, ...], Results]


def _check_coroutine(value: Value) -> Coroutine:
    if isinstance(value, Coroutine):
        return value
    raise ArgumentError(1, b"coroutine expected")


def _check_function(value: Value) -> Value:
    if type(value) in FUNCTION_CLASSES and not is_native(value):
        return value
    raise ArgumentError(1, b"Lua function expected")


def _refusal(runtime: Runtime, coroutine: Coroutine) -> LuaString | None:
    """Why a coroutine cannot be resumed now; None if it can."""
    status = runtime.coroutine_status(coroutine)
    return None if status == b"suspended" else LuaString(b"cannot resume %s coroutine" % status)


@native("create", context=True)
def create(runtime: Runtime, function: Value = MISSING, *_: Value) -> Results:
    """`coroutine.create (f)`."""
    return runtime.create_coroutine(_check_function(function))


@native("resume", context=True)
def resume(runtime: Runtime, coroutine: Value = MISSING, *args: Value) -> Steps:
    """`coroutine.resume (co [, val1, ...])`."""
    refusal = _refusal(runtime, _check_coroutine(coroutine))
    if refusal is not None:
        return FALSE, refusal
    try:
        results = yield Resume(coroutine, args)
    except LuaError as error:
        return FALSE, error.value
    return packed((TRUE, *results))


@native("wrap", context=True)
def wrap(runtime: Runtime, function: Value = MISSING, *_: Value) -> Results:
    """`coroutine.wrap (f)`: a function that resumes; errors get the position of its caller in front."""
    coroutine = runtime.create_coroutine(_check_function(function))

    def resume_wrapped(*args: Value) -> Steps:
        refusal = _refusal(runtime, coroutine)
        if refusal is not None:
            raise LuaError(refusal, level=1)
        try:
            results = yield Resume(coroutine, args)
        except LuaError as error:
            if type(error.value) is float:
                error.value = LuaString(number_to_text(error.value))
            if type(error.value) is LuaString:
                raise LuaError(error.value, level=1) from None
            raise LuaError(error.value) from None  # it is raised here, by the caller of the coroutine
        return packed(results)

    return runtime.bind(Native(b"wrap", native("wrap")(resume_wrapped), False))


@native("yield")
def yield_(*args: Value) -> Steps:
    """`coroutine.yield (...)`."""
    results = yield Yield(args)
    return packed(results)


@native("status", context=True)
def status(runtime: Runtime, coroutine: Value = MISSING, *_: Value) -> Results:
    """`coroutine.status (co)`."""
    return LuaString(runtime.coroutine_status(_check_coroutine(coroutine)))


@native("running", context=True)
def running(runtime: Runtime, *_: Value) -> Results:
    """`coroutine.running ()`: nil in the main program."""
    return runtime.running_coroutine()


LIBRARY: Final[Library] = library("coroutine", (create, resume, running, status, wrap, yield_))
