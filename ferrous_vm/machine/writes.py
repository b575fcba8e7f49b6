"""The heap's write primitives outside tables, and how a transaction attaches itself to all of them.

Tables are written by instructions and by natives alike, at C speed. While a transaction is attached, the table classes
themselves write with undo (`values.recording`), and so do the primitives here: every write goes through it, whoever
makes it. Detached, nothing is left of it on the fast path.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CellType, FunctionType
from typing import Any

from ferrous_vm.machine.closures import Closure, Upvalue
from ferrous_vm.machine.transaction import HeapTransaction, Inverse
from ferrous_vm.values import recording
from ferrous_vm.values.addresses import AddressSpace
from ferrous_vm.values.natives import Settings

Value = Any

_attached: HeapTransaction | None = None


def attach(transaction: HeapTransaction) -> None:
    """From now on every heap write is recorded in `transaction`. Raises StateError if another one is attached."""
    global _attached
    recording.attach(transaction.record, transaction.places)
    _attached = transaction


def detach() -> None:
    """Writes cost nothing extra any more. It may be done twice, and after an `attach` that was interrupted."""
    global _attached
    _attached = None
    recording.detach()


def record(inverse: Callable[..., Any], *args: Any) -> None:
    """Something of the heap that is no table changes: what would take it back, if a transaction is attached."""
    if _attached is not None:
        _attached.record(inverse, *args)


def remember_attribute(owner: Any, name: str) -> None:
    """An attribute is about to change."""
    record(_swap_attribute, owner, name, getattr(owner, name))


def remembering(native: FunctionType) -> FunctionType:
    """A native that keeps something of its own in a cell, which calling it may change (the iterator of gmatch its
    place, the functions of cjson their settings), as one that remembers that first; any other as it is."""
    cells = [cell for cell in native.__closure__ or () if _contents_class(cell) in (int, float)]
    settings = [cell.cell_contents for cell in native.__closure__ or () if issubclass(_contents_class(cell), Settings)]
    if not cells and not settings:
        return native

    def remember_and_call(*args: Value) -> Value:
        if _attached is not None:
            for cell in cells:
                _attached.record_once(id(cell), _swap_attribute, cell, "cell_contents", cell.cell_contents)
            for each in settings:
                _attached.record_once(id(each), _swap_settings, each, each.savepoint())
        return native(*args)

    return remember_and_call  # type: ignore[return-value]


def _contents_class(cell: CellType) -> type:
    try:
        return cell.cell_contents.__class__  # type: ignore[no-any-return]
    except ValueError:  # not yet filled
        return object


class Addresses(AddressSpace):
    """Those of the machine: that an object was given one is undone with what asked for it."""

    __slots__ = ()

    def give(self, value: Value) -> int:
        """The next free address, which is that of `value` from now on."""
        address = super().give(value)
        record(self._undo_give, value)
        return address

    def _undo_give(self, value: Value) -> Inverse:
        address = value.address
        self.take_back(value)
        return self._give_again, (value, address)

    def _give_again(self, value: Value, address: int) -> Inverse:
        self.allocate()
        value.address = address
        return self._undo_give, (value,)


def set_upvalue(upvalue: Upvalue, value: Value) -> None:
    """Assigns a captured local."""
    if _attached is not None:
        _attached.record_once(id(upvalue), _swap_slot, upvalue, upvalue.slots[upvalue.index])
    upvalue.slots[upvalue.index] = value


def open_upvalue(open_upvalues: dict[int, Upvalue], register: int, registers: list[Value]) -> Upvalue:
    """A new upvalue for a register of a running frame (`luaF_findupval`)."""
    upvalue = open_upvalues[register] = Upvalue(registers, register)
    record(_undo_open, open_upvalues, register)
    return upvalue


def close_upvalue(open_upvalues: dict[int, Upvalue], register: int) -> None:
    """Moves a captured local out of its frame (`luaF_close`)."""
    upvalue = open_upvalues.pop(register)
    if _attached is not None:
        _attached.record(_reopen, open_upvalues, register, upvalue, upvalue.slots)
    upvalue.close()


def set_environment(closure: Closure, environment: Value) -> None:
    """Gives a function another table of globals (`setfenv`)."""
    remember_attribute(closure, "environment")
    closure.environment = environment


# Inverses


def _swap_attribute(owner: Any, name: str, value: Any) -> Inverse:
    now = getattr(owner, name)
    setattr(owner, name, value)
    return _swap_attribute, (owner, name, now)


def _swap_settings(settings: Settings, mark: Any) -> Inverse:
    now = settings.savepoint()
    settings.rollback(mark)
    return _swap_settings, (settings, now)


def _swap_slot(upvalue: Upvalue, value: Value) -> Inverse:
    now = upvalue.slots[upvalue.index]
    upvalue.slots[upvalue.index] = value
    return _swap_slot, (upvalue, now)


def _undo_open(open_upvalues: dict[int, Upvalue], register: int) -> Inverse:
    return _open_again, (open_upvalues, register, open_upvalues.pop(register))


def _open_again(open_upvalues: dict[int, Upvalue], register: int, upvalue: Upvalue) -> Inverse:
    open_upvalues[register] = upvalue
    return _undo_open, (open_upvalues, register)


def _reopen(open_upvalues: dict[int, Upvalue], register: int, upvalue: Upvalue, slots: list[Value]) -> Inverse:
    closed = upvalue.slots
    open_upvalues[register] = upvalue
    upvalue.slots = slots
    upvalue.index = register
    return _close_again, (open_upvalues, register, upvalue, closed)


def _close_again(open_upvalues: dict[int, Upvalue], register: int, upvalue: Upvalue, closed: list[Value]) -> Inverse:
    slots = upvalue.slots
    del open_upvalues[register]
    upvalue.slots = closed
    upvalue.index = 0
    return _reopen, (open_upvalues, register, upvalue, slots)
