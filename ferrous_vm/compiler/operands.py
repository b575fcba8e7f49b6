"""Operands: values that expressions promise and instructions have not delivered yet (`expdesc` in lparser.h, lcode.c).

Holding an operand back until its user is known is how a constant lands in the instruction that uses it, how `x = a + b`
needs no move, and how `and`, `or` and comparisons become jumps.
"""

from __future__ import annotations

from enum import Enum, auto

from ferrous_vm.analysis.names import Described, describe
from ferrous_vm.bytecode.opcodes import MULTIPLE, Opcode
from ferrous_vm.compiler.code import LARGEST_CONSTANT_OPERAND, NO_REGISTER, FunctionCode
from ferrous_vm.syntax import tree


class Kind(Enum):
    """What an operand is, and what its `info` means."""

    NIL = auto()
    TRUE = auto()
    FALSE = auto()
    STRING = auto()
    """info: index of the constant"""
    NUMBER = auto()
    """the number itself is in `number`: it may still be folded"""
    LOCAL = auto()
    """info: register of the variable"""
    UPVALUE = auto()
    """info: index of the upvalue"""
    GLOBAL = auto()
    """info: index of the constant with the name"""
    INDEXED = auto()
    """info: register of the table; `key`: register of the key, or a constant"""
    JUMP = auto()
    """info: index of a comparison that jumps if the value is true"""
    RELOCATABLE = auto()
    """info: index of an instruction that can put the value into any register"""
    REGISTER = auto()
    """info: register that holds the value"""
    CALL = auto()
    """info: index of the call; how many results it makes is open"""
    VARARG = auto()
    """info: index of the VARARG; how many results it makes is open"""


_CONSTANT_TRUE = frozenset((Kind.STRING, Kind.NUMBER, Kind.TRUE))
_CONSTANT_FALSE = frozenset((Kind.NIL, Kind.FALSE))
_OPEN = frozenset((Kind.CALL, Kind.VARARG))

# A comparison or test and the one that jumps when it does not; both ways round.
_OPPOSITE: dict[int, Opcode] = {
    opcode: Opcode[opcode.name.replace("JUMP_", "JUMP_NOT_", 1)]
    for opcode in Opcode
    if opcode.name.startswith(("JUMP_EQ", "JUMP_LT", "JUMP_LE"))
}
_OPPOSITE |= {opposite: Opcode[opposite.name.replace("_NOT", "")] for opposite in _OPPOSITE.values()}

_VARIANTS = {
    base: tuple(Opcode[base.name + ending] for ending in ("", "_RK", "_KR", "_KK"))
    for base in Opcode
    if base.name + "_KK" in Opcode.__members__
}


class Value:
    """An operand. A key or other operand below zero is a constant: `~operand` is its index.

    `true_jumps`, `false_jumps`: jumps out of the expression that are taken when it is true, false.
    `node`: the expression it came from.
    """

    __slots__ = ("false_jumps", "info", "key", "kind", "node", "number", "true_jumps")

    def __init__(self, kind: Kind, info: int, node: tree.Expression) -> None:
        self.kind = kind
        self.info = info
        self.node = node
        self.key = 0
        self.number = 0.0
        self.true_jumps: list[int] = []
        self.false_jumps: list[int] = []

    @property
    def has_jumps(self) -> bool:
        """Whether some jumps bring the value (`hasjumps`)."""
        return bool(self.true_jumps or self.false_jumps)

    @property
    def is_open(self) -> bool:
        """Whether it may be any number of values."""
        return self.kind in _OPEN

    @property
    def is_numeral(self) -> bool:
        """Whether it is a number known now, so that arithmetic may be folded (`isnumeral`)."""
        return self.kind is Kind.NUMBER and not self.true_jumps and not self.false_jumps

    def become(self, kind: Kind, info: int) -> None:
        """Turn into another kind of operand; pending jumps stay."""
        self.kind = kind
        self.info = info


def variant(base: Opcode, left: int, right: int) -> tuple[Opcode, int, int]:
    """The form of `base` for two operands that may be constants, and the operands as the form wants them."""
    choice = 0
    if left < 0:
        choice, left = 2, ~left
    if right < 0:
        choice, right = choice + 1, ~right
    return _VARIANTS[base][choice], left, right


def release(code: FunctionCode, value: Value) -> None:
    """Free the register of a value that stands in a temporary one (`freeexp`)."""
    if value.kind is Kind.REGISTER:
        code.release(value.info)


def set_result_count(code: FunctionCode, value: Value, count: int) -> None:
    """Let an open value make `count` results, or MULTIPLE (`luaK_setreturns`)."""
    if value.kind is Kind.CALL:
        code.code[value.info][3] = count
    elif value.kind is Kind.VARARG:
        instruction = code.code[value.info]
        instruction[2] = count
        instruction[1] = code.reserve(1)


def close(code: FunctionCode, value: Value) -> None:
    """Let an open value be exactly one (`luaK_setoneret`)."""
    if value.kind is Kind.CALL:
        value.become(Kind.REGISTER, code.code[value.info][1])
    elif value.kind is Kind.VARARG:
        code.code[value.info][2] = 1
        value.kind = Kind.RELOCATABLE


def discharge(code: FunctionCode, value: Value) -> None:
    """Turn a variable or open value into one value that is somewhere (`luaK_dischargevars`)."""
    kind = value.kind
    node = value.node.number
    if kind is Kind.LOCAL:
        value.kind = Kind.REGISTER
    elif kind is Kind.GLOBAL:
        value.become(Kind.RELOCATABLE, code.emit(Opcode.GETGLOBAL, 0, value.info, 0, node))
    elif kind is Kind.UPVALUE:
        value.become(Kind.RELOCATABLE, code.emit(Opcode.GETUPVAL, 0, value.info, 0, node))
    elif kind is Kind.INDEXED:
        code.release(value.key)
        code.release(value.info)
        value.become(Kind.RELOCATABLE, _emit_get(code, value))
    elif kind is Kind.CALL or kind is Kind.VARARG:
        close(code, value)


def _emit_get(code: FunctionCode, value: Value) -> int:
    names = (object_name(code, value),)
    node = value.node.number
    if value.key < 0:
        return code.emit(Opcode.GETTABLE_RK, 0, value.info, ~value.key, node, names)
    return code.emit(Opcode.GETTABLE, 0, value.info, value.key, node, names)


def object_name(code: FunctionCode, value: Value) -> Described | None:
    """What messages call the table of an INDEXED value."""
    return describe(code.resolved, value.node.object) if isinstance(value.node, tree.Index) else None


def _discharge_to_register(code: FunctionCode, value: Value, register: int) -> None:
    """Put everything of `value` but its jumps into `register`."""
    discharge(code, value)
    kind = value.kind
    node = value.node.number
    if kind is Kind.RELOCATABLE:
        code.code[value.info][1] = register
    elif kind is Kind.REGISTER:
        if register != value.info:
            code.emit(Opcode.MOVE, register, value.info, 0, node)
    elif kind is Kind.STRING:
        code.emit(Opcode.LOADK, register, value.info, 0, node)
    elif kind is Kind.NUMBER:
        code.emit(Opcode.LOADK, register, code.number_constant(value.number), 0, node)
    elif kind is Kind.NIL:
        code.emit_nil(register, 1)
    elif kind is Kind.TRUE or kind is Kind.FALSE:
        code.emit(Opcode.LOADBOOL, register, int(kind is Kind.TRUE), 0, node)
    else:
        return  # a jump brings its value by where it goes
    value.become(Kind.REGISTER, register)


def to_register(code: FunctionCode, value: Value, register: int) -> None:
    """Put `value` into `register`, whichever way its jumps go (`exp2reg`)."""
    _discharge_to_register(code, value, register)
    if value.kind is Kind.JUMP:
        value.true_jumps.append(value.info)
    if value.has_jumps:
        load_false = load_true = -1
        if code.needs_value(value.true_jumps) or code.needs_value(value.false_jumps):
            skip = [] if value.kind is Kind.JUMP else code.emit_jump()
            load_false = code.mark_target()
            code.emit(Opcode.LOADBOOL_JUMP, register, 0, load_false + 2, value.node.number)
            load_true = code.mark_target()
            code.emit(Opcode.LOADBOOL, register, 1, 0, value.node.number)
            code.patch_here(skip)
        end = code.mark_target()
        code.patch_values(value.false_jumps, end, register, load_false)
        code.patch_values(value.true_jumps, end, register, load_true)
        value.true_jumps = []
        value.false_jumps = []
    value.become(Kind.REGISTER, register)


def to_next_register(code: FunctionCode, value: Value) -> None:
    """Put the value into the next free register (`luaK_exp2nextreg`)."""
    discharge(code, value)
    release(code, value)
    to_register(code, value, code.reserve(1))


def to_any_register(code: FunctionCode, value: Value) -> int:
    """The register where the value stands, or is put if it stands in none (`luaK_exp2anyreg`)."""
    discharge(code, value)
    if value.kind is Kind.REGISTER:
        if not value.has_jumps:
            return value.info
        if value.info >= len(code.active):  # not a local's own register
            to_register(code, value, value.info)
            return value.info
    to_next_register(code, value)
    return value.info


def to_value(code: FunctionCode, value: Value) -> None:
    """Resolve variables and jumps; a constant may stay one (`luaK_exp2val`)."""
    if value.has_jumps:
        to_any_register(code, value)
    else:
        discharge(code, value)


def to_operand(code: FunctionCode, value: Value) -> int:
    """A register, or a constant as a negative number: what most instructions take (`luaK_exp2RK`)."""
    to_value(code, value)
    kind = value.kind
    if kind is Kind.STRING:
        if value.info <= LARGEST_CONSTANT_OPERAND:
            return ~value.info
    elif kind in (Kind.NUMBER, Kind.TRUE, Kind.FALSE, Kind.NIL) and len(code.constants) <= LARGEST_CONSTANT_OPERAND:
        if kind is Kind.NUMBER:
            index = code.number_constant(value.number)
        else:
            index = code.plain_constant(None if kind is Kind.NIL else kind is Kind.TRUE)
        value.become(Kind.STRING, index)
        return ~index
    return to_any_register(code, value)


def store(code: FunctionCode, target: Value, value: Value) -> None:
    """Assign `value` to the variable or table slot `target` (`luaK_storevar`)."""
    kind = target.kind
    node = target.node.number
    if kind is Kind.LOCAL:
        release(code, value)
        to_register(code, value, target.info)
        return
    if kind is Kind.UPVALUE:
        code.emit(Opcode.SETUPVAL, target.info, to_any_register(code, value), 0, node)
    elif kind is Kind.GLOBAL:
        code.emit(Opcode.SETGLOBAL, target.info, to_any_register(code, value), 0, node)
    else:
        source = to_operand(code, value)
        opcode, key, source = variant(Opcode.SETTABLE, target.key, source)
        code.emit(opcode, target.info, key, source, node, (object_name(code, target),))
    release(code, value)


def invert(code: FunctionCode, value: Value) -> None:
    """Let a comparison jump when it is false instead of true, or the other way round."""
    instruction = code.code[value.info]
    instruction[0] = _OPPOSITE[instruction[0]]


def _jump_if(code: FunctionCode, value: Value, truth: bool) -> list[int]:
    """Jump if `value` has this truth; the jump keeps the value (`jumponcond`)."""
    node = value.node.number
    if value.kind is Kind.RELOCATABLE and code.code[value.info][0] is Opcode.NOT:
        tested = code.code[value.info][2]
        code.remove_last()
        return [code.emit(Opcode.JUMP_IF_NOT if truth else Opcode.JUMP_IF, tested, 0, 0, node)]
    if value.kind is not Kind.REGISTER:
        _discharge_to_register(code, value, code.reserve(1))
    release(code, value)
    opcode = Opcode.SET_JUMP_IF if truth else Opcode.SET_JUMP_IF_NOT
    return [code.emit(opcode, NO_REGISTER, value.info, 0, node)]


def go_if_true(code: FunctionCode, value: Value) -> None:
    """Go on if `value` is true, and leave by its `false_jumps` if not."""
    discharge(code, value)
    if value.kind in _CONSTANT_TRUE:
        jumps = []
    elif value.kind is Kind.JUMP:
        invert(code, value)
        jumps = [value.info]
    else:
        jumps = _jump_if(code, value, False)
    value.false_jumps += jumps
    code.patch_here(value.true_jumps)
    value.true_jumps = []


def go_if_false(code: FunctionCode, value: Value) -> None:
    """Go on if `value` is false, and leave by its `true_jumps` if not."""
    discharge(code, value)
    if value.kind in _CONSTANT_FALSE:
        jumps = []
    elif value.kind is Kind.JUMP:
        jumps = [value.info]
    else:
        jumps = _jump_if(code, value, True)
    value.true_jumps += jumps
    code.patch_here(value.false_jumps)
    value.false_jumps = []


def multiple(code: FunctionCode, value: Value) -> None:
    """Let an open value make all its results."""
    set_result_count(code, value, MULTIPLE)
