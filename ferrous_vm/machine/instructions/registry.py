"""The table of handlers: one function per opcode, and how an instruction's operands are made ready for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ferrous_vm.bytecode.opcodes import Opcode
from ferrous_vm.machine.closures import Handler, LinkedInstruction

Linker = Callable[[int, int, int, int], LinkedInstruction]
"""Chooses handler and operands of an instruction whose operands decide how it runs (a count, a context).

The fourth argument is the index of the instruction after it: what calls natives sets the frame's `pc` to it, so that a
native that asks where it was called from gets an answer."""

HANDLERS: Final[dict[Opcode, Handler]] = {}
LINKERS: Final[dict[Opcode, Linker]] = {}


def handles(opcode: Opcode) -> Callable[[Handler], Handler]:
    """Registers the handler of an opcode. Raises ValueError if it has one."""

    def register(handler: Handler) -> Handler:
        _claim(opcode)
        HANDLERS[opcode] = handler
        return handler

    return register


def links(opcode: Opcode) -> Callable[[Linker], Linker]:
    """Registers the linker of an opcode instead. Raises ValueError if it has a handler or linker."""

    def register(linker: Linker) -> Linker:
        _claim(opcode)
        LINKERS[opcode] = linker
        return linker

    return register


def require_complete() -> None:
    """Raises ValueError if an opcode has neither a handler nor a linker."""
    missing = [opcode.name for opcode in Opcode if opcode not in HANDLERS and opcode not in LINKERS]
    if missing:
        raise ValueError(f"opcodes without a handler: {', '.join(missing)}")


def _claim(opcode: Opcode) -> None:
    if opcode in HANDLERS or opcode in LINKERS:
        raise ValueError(f"{opcode.name} has two handlers")
