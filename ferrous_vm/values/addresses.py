"""Pseudo addresses: what `tostring` shows of tables and functions, and where pointer keys hash to.

Real addresses would make two runs differ. Each runtime has an `AddressSpace` that hands them out in the order in which
objects first need one, so a run is repeatable; an address is never used twice.
"""

from __future__ import annotations

from typing import Any, Final

_FIRST_ADDRESS: Final = 0x55D0_5C2E_02A0
_SPACING: Final = 0x40
"""Room for a `Table` of Lua 5.1 (64 bytes): no two objects are closer."""


class AddressSpace:
    """A source of distinct addresses."""

    __slots__ = ("_next",)

    def __init__(self) -> None:
        self._next = _FIRST_ADDRESS

    def allocate(self) -> int:
        """The next free address."""
        address = self._next
        self._next = address + _SPACING
        return address

    def give(self, value: Any) -> int:
        """The next free address, which is that of `value` from now on."""
        address: int
        address = value.address = self.allocate()
        return address

    def take_back(self, value: Any) -> None:
        """Undoes the last `give`, which was to `value`."""
        del value.address
        self._next -= _SPACING


current = AddressSpace()
"""The running engine's; it sets it when a run begins."""


def address_of(value: Any) -> int:
    """The address of a table, function, coroutine or userdata; the same for as long as the object lives."""
    address: int | None = getattr(value, "address", None)
    if address is None:
        return current.give(value)
    return address
