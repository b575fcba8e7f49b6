"""From a CompiledModule to code that runs: constants become values, opcodes handlers, counts return contexts.

Linking needs no heap and no machine; what comes out is shared by every machine of the process.
"""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.bytecode.module import CompiledModule, Constant, Instruction, Prototype
from ferrous_vm.bytecode.opcodes import Opcode, Operand
from ferrous_vm.machine.closures import LinkedInstruction, LinkedPrototype
from ferrous_vm.machine.instructions import arithmetic, calls, comparison, control, data, tables
from ferrous_vm.machine.instructions.registry import HANDLERS, LINKERS, require_complete
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.strings import LuaString

__all__ = ["arithmetic", "calls", "comparison", "control", "data", "link", "tables"]

require_complete()

_OPCODES: Final = tuple(Opcode)


def link(module: CompiledModule) -> LinkedPrototype:
    """The main function of a module, ready to run."""
    return _link_prototype(module.main)


def _link_prototype(main: Prototype) -> LinkedPrototype:
    """Links a prototype and those inside it, innermost first, with a stack of its own."""
    linked: dict[int, LinkedPrototype] = {}
    waiting: list[tuple[Prototype, bool]] = [(main, False)]
    while waiting:
        prototype, inner_done = waiting.pop()
        if inner_done:
            linked[id(prototype)] = _link_code(prototype, [linked[id(inner)] for inner in prototype.prototypes])
        else:
            waiting.append((prototype, True))
            waiting.extend((inner, False) for inner in prototype.prototypes)
    return linked[id(main)]


def _link_code(prototype: Prototype, inner: list[LinkedPrototype]) -> LinkedPrototype:
    pools: dict[Operand, list[Any]] = {
        Operand.CONSTANT: [_value_of(constant) for constant in prototype.constants],
        Operand.PROTOTYPE: inner,
    }
    code = [_link_instruction(instruction, pools, next_pc) for next_pc, instruction in enumerate(prototype.code, 1)]
    return LinkedPrototype(prototype, code)


def _link_instruction(instruction: Instruction, pools: dict[Operand, list[Any]], next_pc: int) -> LinkedInstruction:
    opcode = _OPCODES[instruction[0]]
    linker = LINKERS.get(opcode)
    if linker is not None:
        return linker(*instruction[1:], next_pc)
    operands: list[Any] = list(instruction[1:])
    for position, kind in enumerate(opcode.operands):
        if kind in pools:
            operands[position] = pools[kind][operands[position]]
    return (HANDLERS[opcode], operands[0], operands[1], operands[2])


def _value_of(constant: Constant) -> Any:
    """The Lua value of a constant."""
    if isinstance(constant, bool):
        return TRUE if constant else FALSE
    return LuaString(constant) if isinstance(constant, bytes) else constant
