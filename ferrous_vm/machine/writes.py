"""The heap's write primitives outside tables, and how a transaction attaches itself to all of them.

Tables are written by instructions and by natives alike, at C speed. While a transaction is attached, the table classes
themselves write with undo (`values.recording`), and so do the primitives here: every write goes through it, whoever
makes it. Detached, nothing is left of it on the fast path.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ferrous_vm.machine.closures import Closure, Upvalue
from ferrous_vm.machine.transaction import HeapTransaction
from ferrous_vm.values import recording
from ferrous_vm.values.addresses import AddressSpace

Value = Any

_attached: HeapTransaction | None = None


def attach(transaction: HeapTransaction) -> None:
    """From now on every heap write is recorded in `transaction`. Raises StateError if another one is attached."""
    global _attached
    recording.attach(transaction.record)
    _attached = transaction


def detach() -> None:
    """Writes cost nothing extra any more. It may be done twice, and after an `attach` that was interrupted."""
    global _attached
    _attached = None
    recording.detach()


def record(inverse: Callable[..., object], *args: Any) -> None:
    """Something of the heap that is no table changes: what would take it back, if a transaction is attached."""
    if _attached is not None:
        _attached.record(inverse, *args)


class Addresses(AddressSpace):
    """Those of the machine: that an object was given one is undone with the step that asked for it."""

    __slots__ = ()

    def give(self, value: Value) -> int:
        """The next free address, which is that of `value` from now on."""
        address = super().give(value)
        record(self.take_back, value)
        return address


def set_upvalue(upvalue: Upvalue, value: Value) -> None:
    """Assigns a captured local."""
    if _attached is not None:
        _attached.record(_restore_slot, upvalue, upvalue.slots[upvalue.index])
    upvalue.slots[upvalue.index] = value


def open_upvalue(open_upvalues: dict[int, Upvalue], register: int, registers: list[Value]) -> Upvalue:
    """A new upvalue for a register of a running frame (`luaF_findupval`)."""
    upvalue = open_upvalues[register] = Upvalue(registers, register)
    record(open_upvalues.pop, register)
    return upvalue


def close_upvalue(open_upvalues: dict[int, Upvalue], register: int) -> None:
    """Moves a captured local out of its frame (`luaF_close`)."""
    upvalue = open_upvalues.pop(register)
    if _attached is not None:
        _attached.record(_reopen, open_upvalues, register, upvalue, upvalue.slots)
    upvalue.close()


def set_environment(closure: Closure, environment: Value) -> None:
    """Gives a function another table of globals (`setfenv`)."""
    record(_restore_environment, closure, closure.environment)
    closure.environment = environment


def _restore_slot(upvalue: Upvalue, value: Value) -> None:
    upvalue.slots[upvalue.index] = value


def _reopen(open_upvalues: dict[int, Upvalue], register: int, upvalue: Upvalue, slots: list[Value]) -> None:
    open_upvalues[register] = upvalue
    upvalue.slots = slots
    upvalue.index = register


def _restore_environment(closure: Closure, environment: Value) -> None:
    closure.environment = environment
