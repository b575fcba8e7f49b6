"""Puts our code beside luac's: a module written in the instructions of Lua 5.1, and luac's listing read back.

One instruction of ours may stand for several of Lua's: a test and its jump, TFORLOOP and its jump, CLOSURE and the
instructions behind it that say where the upvalues are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ferrous_vm.bytecode.module import CompiledModule, Prototype
from ferrous_vm.bytecode.opcodes import FIELDS_PER_FLUSH, OPCODES, Opcode, Operand

Line = tuple[str, ...] | tuple[int | None, str, tuple[int, ...]]
"""The numbers of a function's header as luac prints them, or an instruction: line, name, operands."""

_HEADER = re.compile(r"(\d+)(\+?) params?, (\d+) slots?, (\d+) upvalues?, (\d+) locals?, (\d+) constants?, (\d+) func")
_INSTRUCTION = re.compile(r"\t\d+\t\[(-|\d+)\]\t(\w+)\s+([-\d ]*)")


def read_listing(text: str) -> list[Line]:
    """The functions of a luac listing, one after the other."""
    lines: list[Line] = []
    for line in text.split("\n"):
        if header := _HEADER.match(line):
            lines.append(header.groups())
        elif instruction := _INSTRUCTION.match(line):
            operands = tuple(int(operand) for operand in instruction[3].split())
            lines.append((int(instruction[1]), instruction[2], operands))
    return lines


def written(module: CompiledModule) -> list[Line]:
    """The same for a module of ours."""
    lines: list[Line] = []
    waiting = [module.main]
    while waiting:
        prototype = waiting.pop()
        waiting.extend(reversed(prototype.prototypes))
        lines.append(_header(prototype))
        places = _places(prototype)
        for pc in range(len(prototype.code)):
            for line, name, operands in _instruction(prototype, pc, places):
                lines.append((line, name, operands))
    return lines


def _header(prototype: Prototype) -> tuple[str, ...]:
    dots = "+" if prototype.is_vararg else ""
    counted = (prototype.upvalues, prototype.locals, prototype.constants, prototype.prototypes)
    return (str(prototype.parameter_count), dots, str(prototype.register_count), *(str(len(each)) for each in counted))


def _width(prototype: Prototype, opcode: Opcode, prototype_index: int) -> int:
    """How many of Lua's instructions an instruction of ours stands for."""
    if opcode is Opcode.CLOSURE:
        return 1 + len(prototype.prototypes[prototype_index].upvalues)
    return 2 if opcode.name.startswith(("JUMP_", "SET_JUMP", "TFORLOOP")) else 1


def _places(prototype: Prototype) -> list[int]:
    """For each instruction of ours the index of the first one of Lua's; the last entry is their number."""
    places = [0]
    for opcode, _, b, _ in prototype.code:
        places.append(places[-1] + _width(prototype, OPCODES[opcode], b))
    return places


_Written = list[tuple[int | None, str, tuple[int, ...]]]
_RENAMED: dict[Opcode, Callable[[int, int, int], tuple[int, ...]]] = {
    Opcode.LOADBOOL: lambda a, b, c: (a, b, 0),
    Opcode.LOADBOOL_JUMP: lambda a, b, c: (a, b, 1),
    Opcode.SETUPVAL: lambda a, b, c: (b, a),
    Opcode.SETGLOBAL: lambda a, b, c: (b, a),
    Opcode.NEWTABLE: lambda a, b, c: (a, _float_byte(b), _float_byte(c)),
    Opcode.CALL: lambda a, b, c: (a, b + 1, c + 1),
    Opcode.TAILCALL: lambda a, b, c: (a, b + 1, 0),
    Opcode.RETURN: lambda a, b, c: (a, b + 1),
    Opcode.VARARG: lambda a, b, c: (a, b + 1),
    Opcode.SETLIST: lambda a, b, c: (a, max(b, 0), (c - 1) // FIELDS_PER_FLUSH + 1),
}
"""Instructions whose operands Lua writes in another way."""


def _float_byte(size: int) -> int:
    exponent = 0
    while size >= 16:
        size >>= 1
        exponent += 1
    return size if size < 8 else ((exponent + 1) << 3) | (size - 8)


def _instruction(prototype: Prototype, pc: int, places: list[int]) -> _Written:
    number, *operands = prototype.code[pc]
    opcode = OPCODES[number]
    line = prototype.lines[pc]
    # luac shows constants as negative numbers
    operands = [
        -1 - operand if kind is Operand.CONSTANT else operand
        for kind, operand in zip(opcode.operands, operands, strict=False)
    ]
    if Operand.TARGET in opcode.operands:
        target = operands[opcode.operands.index(Operand.TARGET)]
        if opcode is not Opcode.LOADBOOL_JUMP:
            return _jump(opcode, line, operands, places[target] - places[pc + 1])
    base = re.sub("(_RK|_KR|_KK|_JUMP)$", "", opcode.name)
    a, b, c = (*operands, 0, 0)[:3]
    shown = _RENAMED[opcode](a, b, c) if opcode in _RENAMED else tuple(operands)
    instructions: _Written = [(line, base, shown)]
    if opcode is Opcode.CLOSURE:
        for source in prototype.prototypes[b].upvalues:
            instructions.append((None, "MOVE" if source.in_register else "GETUPVAL", (0, source.slot)))
    return instructions


def _jump(opcode: Opcode, line: int, operands: list[int], offset: int) -> _Written:
    """The instruction of Lua that jumps, or the test and the JMP behind it."""
    a, b = operands[:2] if len(operands) > 1 else (operands[0], 0)
    name = opcode.name
    jump = (line, "JMP", (offset,))
    if opcode is Opcode.JUMP:
        return [jump]
    if opcode in (Opcode.FORPREP, Opcode.FORLOOP):
        return [(line, name, (a, offset))]
    if opcode is Opcode.TFORLOOP:
        return [(line, name, (a, b)), (None, "JMP", (offset,))]
    expected = 0 if "NOT" in name else 1
    if opcode in (Opcode.JUMP_IF, Opcode.JUMP_IF_NOT):
        return [(line, "TEST", (a, 0, expected)), jump]
    if opcode in (Opcode.SET_JUMP_IF, Opcode.SET_JUMP_IF_NOT):
        return [(line, "TESTSET", (a, b, expected)), jump]
    comparison = re.sub("JUMP_(NOT_)?(..).*", r"\2", name)
    return [(line, comparison, (expected, a, b)), jump]
