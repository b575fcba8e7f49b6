"""The heap's write primitives outside tables, and how a transaction attaches itself to all of them.

Tables are written by instructions and by natives alike, at C speed. While a transaction is attached, the table classes
themselves are switched to writing with undo, so every write goes through it whoever makes it; detached, nothing is left
of it on the fast path.
"""

from __future__ import annotations

from typing import Any

from ferrous_vm.machine.closures import Closure, Upvalue
from ferrous_vm.machine.transaction import HeapTransaction

Value = Any

_attached: HeapTransaction | None = None


def set_upvalue(upvalue: Upvalue, value: Value) -> None:
    """Assigns a captured local."""
    if _attached is not None:
        _attached.record(_restore_upvalue, upvalue, upvalue.slots[upvalue.index])
    upvalue.slots[upvalue.index] = value


def close_upvalue(upvalue: Upvalue) -> None:
    """Moves a captured local out of its frame."""
    if _attached is not None:
        _attached.record(_reopen_upvalue, upvalue, upvalue.slots, upvalue.index)
    upvalue.close()


def set_environment(closure: Closure, environment: Value) -> None:
    """Gives a function another table of globals (`setfenv`)."""
    if _attached is not None:
        _attached.record(_restore_environment, closure, closure.environment)
    closure.environment = environment


def _restore_upvalue(upvalue: Upvalue, value: Value) -> None:
    upvalue.slots[upvalue.index] = value


def _reopen_upvalue(upvalue: Upvalue, slots: list[Value], index: int) -> None:
    upvalue.slots = slots
    upvalue.index = index


def _restore_environment(closure: Closure, environment: Value) -> None:
    closure.environment = environment
