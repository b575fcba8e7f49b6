"""A compiled module as text, for people: `ferrous lua --listing`, and tests of the compiler."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ferrous_vm.bytecode.module import CompiledModule, Constant, Prototype
from ferrous_vm.bytecode.opcodes import MULTIPLE, OPCODES, Operand


def listing(module: CompiledModule) -> str:
    """Every function of the module, each after the one that contains it, one line an instruction."""
    lines: list[str] = []
    waiting = [module.main]
    while waiting:
        prototype = waiting.pop()
        if lines:
            lines.append("")
        lines.extend(_function_lines(prototype))
        waiting.extend(reversed(prototype.prototypes))
    return "\n".join(lines) + "\n"


def instruction_text(prototype: Prototype, pc: int) -> str:
    """One instruction with its operands as they are meant: ``GETTABLE_RK r1 r0 "name"``, ``JUMP ->7``."""
    instruction = prototype.code[pc]
    opcode = OPCODES[instruction[0]]
    shown = [
        _OPERAND_TEXT[kind](prototype, operand) for kind, operand in zip(opcode.operands, instruction[1:], strict=False)
    ]
    return " ".join([opcode.name, *shown])


def constant_text(constant: Constant) -> str:
    """A constant as Lua source would have it; bytes that are not printable ASCII as escapes."""
    if constant is None:
        return "nil"
    if isinstance(constant, bool):
        return "true" if constant else "false"
    if isinstance(constant, float):
        return f"{constant:.14g}"
    return '"' + "".join(map(_character_text, constant)) + '"'


def _character_text(byte: int) -> str:
    if byte in b'"\\':
        return "\\" + chr(byte)
    if byte == ord("\n"):
        return "\\n"
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03d}"


_OPERAND_TEXT: dict[Operand, Callable[[Prototype, int], str]] = {
    Operand.REGISTER: lambda prototype, operand: f"r{operand}",
    Operand.CONSTANT: lambda prototype, operand: constant_text(prototype.constants[operand]),
    Operand.UPVALUE: lambda prototype, operand: f"u{operand}",
    Operand.PROTOTYPE: lambda prototype, operand: f"p{operand}",
    Operand.TARGET: lambda prototype, operand: f"->{operand}",
    Operand.COUNT: lambda prototype, operand: "*" if operand == MULTIPLE else str(operand),
    Operand.SIZE: lambda prototype, operand: str(operand),
    Operand.FLAG: lambda prototype, operand: "true" if operand else "false",
    Operand.INDEX: lambda prototype, operand: str(operand),
}

assert set(_OPERAND_TEXT) == set(Operand), "every kind of operand can be shown"


def _function_lines(prototype: Prototype) -> Iterator[str]:
    if prototype.defined_line:
        title = f"function at lines {prototype.defined_line}-{prototype.end_line}"
    else:
        title = "main function"
    parameters = f"{prototype.parameter_count}{' or more' if prototype.is_vararg else ''} parameters"
    yield f"{title}: {parameters}, {prototype.register_count} registers, {len(prototype.upvalues)} upvalues"
    for number, (source, name) in enumerate(zip(prototype.upvalues, prototype.upvalue_names, strict=True)):
        place = "r" if source.in_register else "u"
        yield f"  u{number} {name.decode('ascii')} is {place}{source.slot} outside"
    for pc in range(len(prototype.code)):
        text = f"{pc:5}  [{prototype.lines[pc]}]  {instruction_text(prototype, pc)}"
        names = [f"{name.kind} {name.name.decode('latin-1')}" for name in prototype.descriptions[pc] if name]
        yield f"{text:<48} ; {', '.join(names)}" if names else text
