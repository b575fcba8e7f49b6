"""Which registers an instruction writes: what a debugger follows a value by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ferrous_vm.bytecode.module import Instruction
from ferrous_vm.bytecode.opcodes import MULTIPLE, OPCODES, Opcode

_NONE: Final = range(0)

_Registers = Callable[[int, int, int], range]


def _first(a: int, b: int, c: int) -> range:
    return range(a, a + 1)


def _nothing(a: int, b: int, c: int) -> range:
    return _NONE


_OWN: Final[dict[str, _Registers]] = {
    "LOADNIL": lambda a, b, c: range(a, b + 1),
    "SELF": lambda a, b, c: range(a, a + 2),
    "SELF_RK": lambda a, b, c: range(a, a + 2),
    "CALL": lambda a, b, c: _NONE if c == MULTIPLE else range(a, a + c),
    "VARARG": lambda a, b, c: _NONE if b == MULTIPLE else range(a, a + b),
    "FORPREP": lambda a, b, c: range(a, a + 3),
    "FORLOOP": lambda a, b, c: range(a, a + 4),
    "TFORLOOP": lambda a, b, c: range(a + 2, a + 3 + b),
    **dict.fromkeys(
        ("SETUPVAL", "SETGLOBAL", "SETTABLE", "SETTABLE_RK", "SETTABLE_KR", "SETTABLE_KK", "SETLIST", "CLOSE"), _nothing
    ),
    **dict.fromkeys(("RETURN", "TAILCALL", "JUMP"), _nothing),
}
"""The instructions that do not write just R[A]; those that only jump begin with JUMP."""


def _registers_of(opcode: Opcode) -> _Registers:
    return _OWN.get(opcode.name, _nothing if opcode.name.startswith("JUMP") else _first)


_BY_OPCODE: Final = tuple(map(_registers_of, OPCODES))
if not {opcode.name for opcode in OPCODES} >= _OWN.keys():
    raise ValueError("an effect is of no opcode")


def written(instruction: Instruction) -> range:
    """The registers that an instruction gives values, or may: those that a call leaves open are of no variable."""
    opcode, a, b, c = instruction
    return _BY_OPCODE[opcode](a, b, c)
