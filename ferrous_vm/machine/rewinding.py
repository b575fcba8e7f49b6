"""Making a native's generator again as it was: it is given what it has had, and must ask for what it asked for.

A generator cannot be copied or run backwards. The writes it makes while it is fed are taken back, since they are on
record already. One that read the heap may find it changed and ask for something else (`table.sort` does); then it is
`Diverged`, and the run is repeated from where the native started.
"""

from __future__ import annotations

from typing import Any

from ferrous_vm.errors import LuaError
from ferrous_vm.machine.frames import NativeFrame, NativeGenerator
from ferrous_vm.machine.transaction import HeapTransaction
from ferrous_vm.values.natives import Call, Resume, Yield


class Diverged(Exception):
    """A generator made again did not ask for what it had asked for."""


def remake(transaction: HeapTransaction, frame: NativeFrame) -> NativeGenerator:
    """The generator of a frame, at the point its memory says. Raises Diverged."""
    alone = not transaction.active
    if alone:
        transaction.begin()
    savepoint = transaction.savepoint()
    try:
        generator = frame.generator = _fed(frame)
        return generator
    finally:
        transaction.rollback(savepoint)
        if alone:
            transaction.abort()
            transaction.reset()


def _fed(frame: NativeFrame) -> NativeGenerator:
    memory = frame.memory
    assert memory is not None
    generator: NativeGenerator = frame.function(*frame.args)
    for given, expected in zip(memory.inputs, memory.requests, strict=True):
        try:
            request = generator.throw(given) if isinstance(given, LuaError) else generator.send(given)
        except (StopIteration, LuaError):
            raise Diverged from None
        if not _same(request, expected):
            raise Diverged
    return generator


def _same(request: Any, expected: Any) -> bool:
    """Whether two requests of a native are one."""
    if type(request) is not type(expected):
        return False
    if isinstance(request, Call):
        return request.function is expected.function and _all_same(request.args, expected.args)
    if isinstance(request, Resume):
        return request.coroutine is expected.coroutine and _all_same(request.args, expected.args)
    return isinstance(request, Yield) and _all_same(request.values, expected.values)


def _all_same(values: Any, others: Any) -> bool:
    return len(values) == len(others) and all(a is b or a == b for a, b in zip(values, others, strict=True))
