"""Runs generator natives: makes the calls they yield and sends the results back.

The driver is plain Python calling plain Python, so `pcall`, `sort` and `gsub` take nothing from the C stack; the
boundary they are in Lua is counted all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from ferrous_vm.errors import LuaError
from ferrous_vm.translator.depth import DEPTH
from ferrous_vm.translator.levels import boundary_codes, driver_codes, entry_codes
from ferrous_vm.translator.sentences import FAILURES, lua_error
from ferrous_vm.values.boundaries import c_stack_overflow
from ferrous_vm.values.natives import Call, HandlerCall, Resume
from ferrous_vm.values.strings import LuaString

Value = Any
Results = Any

NativeGenerator = Generator[Any, tuple[Value, ...], Results]

YIELD_REFUSED = b"attempt to yield across metamethod/C-call boundary"


def drive(generator: NativeGenerator, resume: Callable[[Any, tuple[Value, ...]], tuple[Value, ...]]) -> Results:
    """The results of a native: `resume` resumes a coroutine for it."""
    try:
        request = generator.send(None)  # type: ignore[arg-type]
    except StopIteration as stop:
        return stop.value
    return drive_from(generator, request, resume)


def drive_from(
    generator: NativeGenerator, request: Any, resume: Callable[[Any, tuple[Value, ...]], tuple[Value, ...]]
) -> Results:
    """`drive` for a generator that has made its first `request`. Raises LuaError where one is refused."""
    send, throw = generator.send, generator.throw
    boundary = 1 if request.__class__ is Call else 0  # a resume counts itself, and who yields calls nothing
    is_full = boundary == 1 and DEPTH.is_full()
    DEPTH.open += boundary
    try:
        while True:
            try:
                if is_full:
                    is_full = False  # the handler of xpcall is called beyond the limit
                    raise c_stack_overflow(DEPTH.open, level=0)
                if request.__class__ is Call:
                    results = request.function(*request.args)
                    if results.__class__ is not tuple:
                        results = (results,)
                elif request.__class__ is Resume:
                    results = resume(request.coroutine, request.args)
                elif request.__class__ is HandlerCall:
                    # It runs on top of the error, and so does the handler of its own error.
                    raised_at = request.error.boundaries
                    if raised_at is None:  # in a coroutine, which is gone
                        raised_at = DEPTH.open - boundary
                    boundary += raised_at + 1 - DEPTH.open
                    DEPTH.open = raised_at
                    DEPTH.enter_handler()
                    results = request.function(*request.args)
                    if results.__class__ is not tuple:
                        results = (results,)
                else:
                    raise LuaError(LuaString(YIELD_REFUSED))
            except FAILURES as error:
                request = throw(lua_error(error))
            else:
                request = send(results)
    except StopIteration as stop:
        return stop.value
    finally:
        DEPTH.open -= boundary


driver_codes.add(drive_from.__code__)
boundary_codes.add(drive_from.__code__)
entry_codes.add(drive.__code__)
