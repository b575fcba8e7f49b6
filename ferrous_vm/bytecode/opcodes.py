"""The instruction set: the one table of opcodes, their operands and their effects.

A register machine in the spirit of Lua 5.1's `lopcodes.h`, with decoded operands: an instruction is a tuple
`(opcode, a, b, c)` of four integers, unused ones 0. Whether an operand is a register or a constant, and whether a
jump happens on success or failure, is part of the opcode, so a handler never asks.

What a machine must grant: a frame begins with its arguments in the first registers and nil in all others (no LOADNIL is
spent on that); with `Prototype.needs_arg`, the register behind the parameters begins with the `arg` table. RETURN and
TAILCALL close the frame's open upvalues. Behind a TAILCALL stands `RETURN A MULTIPLE`, for when the function called is
a native and there is no frame to replace.
"""

from __future__ import annotations

from enum import Enum, IntEnum, unique

MULTIPLE = -1
"""A count operand: all values up to the top (as source), or as many as there are (as target).

An instruction that makes MULTIPLE values (CALL, VARARG) leaves them from register A on and sets the frame's top; the
next instruction that takes MULTIPLE values (CALL, RETURN, SETLIST) takes them up to that top.
"""

FIELDS_PER_FLUSH = 50
"""Items a constructor gathers in registers before one SETLIST stores them (`LFIELDS_PER_FLUSH`)."""


@unique
class Operand(Enum):
    """What the integer in an operand means."""

    REGISTER = "register"
    CONSTANT = "constant"
    """Index into `Prototype.constants`."""
    UPVALUE = "upvalue"
    """Index into the closure's upvalues."""
    PROTOTYPE = "prototype"
    """Index into `Prototype.prototypes`."""
    TARGET = "target"
    """Absolute index of the instruction to go on with."""
    COUNT = "count"
    """A number of values, or MULTIPLE."""
    SIZE = "size"
    """A number of slots to reserve."""
    FLAG = "flag"
    """0 or 1."""
    INDEX = "index"
    """A table index, counted from 1."""


_LETTERS = {
    "R": Operand.REGISTER,
    "K": Operand.CONSTANT,
    "U": Operand.UPVALUE,
    "P": Operand.PROTOTYPE,
    "J": Operand.TARGET,
    "N": Operand.COUNT,
    "S": Operand.SIZE,
    "F": Operand.FLAG,
    "I": Operand.INDEX,
}


@unique
class Opcode(IntEnum):
    """Every instruction, once; the value is its position in this table.

    A row gives the kinds of the operands A, B, C by letter (R register, K constant, U upvalue, P prototype,
    J jump target, N count, S size, F flag, I table index) and the effect. R[A] is the register operand A names,
    K[A] the constant. A name ending in _RK, _KR, _KK tells the last two operands apart: R register, K constant;
    without an ending both are registers.
    """

    operands: tuple[Operand, ...]
    effect: str

    def __new__(cls, operands: str, effect: str) -> Opcode:
        member = int.__new__(cls, len(cls.__members__))
        member._value_ = len(cls.__members__)
        member.operands = tuple(_LETTERS[letter] for letter in operands.split())
        member.effect = effect
        return member

    MOVE = "R R", "R[A] := R[B]"
    LOADK = "R K", "R[A] := K[B]"
    LOADBOOL = "R F", "R[A] := B is 1"
    LOADBOOL_JUMP = "R F J", "R[A] := B is 1; go to C"
    LOADNIL = "R R", "R[A], ..., R[B] := nil"
    GETUPVAL = "R U", "R[A] := upvalue B"
    SETUPVAL = "U R", "upvalue A := R[B]"
    GETGLOBAL = "R K", "R[A] := globals[K[B]]"
    SETGLOBAL = "K R", "globals[K[A]] := R[B]"
    GETTABLE = "R R R", "R[A] := R[B][R[C]]"
    GETTABLE_RK = "R R K", "R[A] := R[B][K[C]]"
    SETTABLE = "R R R", "R[A][R[B]] := R[C]"
    SETTABLE_RK = "R R K", "R[A][R[B]] := K[C]"
    SETTABLE_KR = "R K R", "R[A][K[B]] := R[C]"
    SETTABLE_KK = "R K K", "R[A][K[B]] := K[C]"
    NEWTABLE = "R S S", "R[A] := {} with room for B array slots and C hash slots (rounded as Lua 5.1 rounds)"
    SELF = "R R R", "R[A+1] := R[B]; R[A] := R[B][R[C]]"
    SELF_RK = "R R K", "R[A+1] := R[B]; R[A] := R[B][K[C]]"
    ADD = "R R R", "R[A] := R[B] + R[C]"
    ADD_RK = "R R K", "R[A] := R[B] + K[C]"
    ADD_KR = "R K R", "R[A] := K[B] + R[C]"
    ADD_KK = "R K K", "R[A] := K[B] + K[C]"
    SUB = "R R R", "R[A] := R[B] - R[C]"
    SUB_RK = "R R K", "R[A] := R[B] - K[C]"
    SUB_KR = "R K R", "R[A] := K[B] - R[C]"
    SUB_KK = "R K K", "R[A] := K[B] - K[C]"
    MUL = "R R R", "R[A] := R[B] * R[C]"
    MUL_RK = "R R K", "R[A] := R[B] * K[C]"
    MUL_KR = "R K R", "R[A] := K[B] * R[C]"
    MUL_KK = "R K K", "R[A] := K[B] * K[C]"
    DIV = "R R R", "R[A] := R[B] / R[C]"
    DIV_RK = "R R K", "R[A] := R[B] / K[C]"
    DIV_KR = "R K R", "R[A] := K[B] / R[C]"
    DIV_KK = "R K K", "R[A] := K[B] / K[C]"
    MOD = "R R R", "R[A] := R[B] % R[C]"
    MOD_RK = "R R K", "R[A] := R[B] % K[C]"
    MOD_KR = "R K R", "R[A] := K[B] % R[C]"
    MOD_KK = "R K K", "R[A] := K[B] % K[C]"
    POW = "R R R", "R[A] := R[B] ^ R[C]"
    POW_RK = "R R K", "R[A] := R[B] ^ K[C]"
    POW_KR = "R K R", "R[A] := K[B] ^ R[C]"
    POW_KK = "R K K", "R[A] := K[B] ^ K[C]"
    UNM = "R R", "R[A] := -R[B]"
    NOT = "R R", "R[A] := not R[B]"
    LEN = "R R", "R[A] := #R[B]"
    CONCAT = "R R R", "R[A] := R[B] .. ... .. R[C], from the right"
    JUMP = "J", "go to A"
    JUMP_IF = "R J", "if R[A] then go to B"
    JUMP_IF_NOT = "R J", "if not R[A] then go to B"
    SET_JUMP_IF = "R R J", "if R[B] then R[A] := R[B]; go to C"
    SET_JUMP_IF_NOT = "R R J", "if not R[B] then R[A] := R[B]; go to C"
    JUMP_EQ = "R R J", "if R[A] == R[B] then go to C"
    JUMP_EQ_RK = "R K J", "if R[A] == K[B] then go to C"
    JUMP_EQ_KR = "K R J", "if K[A] == R[B] then go to C"
    JUMP_EQ_KK = "K K J", "if K[A] == K[B] then go to C"
    JUMP_NOT_EQ = "R R J", "if not (R[A] == R[B]) then go to C"
    JUMP_NOT_EQ_RK = "R K J", "if not (R[A] == K[B]) then go to C"
    JUMP_NOT_EQ_KR = "K R J", "if not (K[A] == R[B]) then go to C"
    JUMP_NOT_EQ_KK = "K K J", "if not (K[A] == K[B]) then go to C"
    JUMP_LT = "R R J", "if R[A] < R[B] then go to C"
    JUMP_LT_RK = "R K J", "if R[A] < K[B] then go to C"
    JUMP_LT_KR = "K R J", "if K[A] < R[B] then go to C"
    JUMP_LT_KK = "K K J", "if K[A] < K[B] then go to C"
    JUMP_NOT_LT = "R R J", "if not (R[A] < R[B]) then go to C"
    JUMP_NOT_LT_RK = "R K J", "if not (R[A] < K[B]) then go to C"
    JUMP_NOT_LT_KR = "K R J", "if not (K[A] < R[B]) then go to C"
    JUMP_NOT_LT_KK = "K K J", "if not (K[A] < K[B]) then go to C"
    JUMP_LE = "R R J", "if R[A] <= R[B] then go to C"
    JUMP_LE_RK = "R K J", "if R[A] <= K[B] then go to C"
    JUMP_LE_KR = "K R J", "if K[A] <= R[B] then go to C"
    JUMP_LE_KK = "K K J", "if K[A] <= K[B] then go to C"
    JUMP_NOT_LE = "R R J", "if not (R[A] <= R[B]) then go to C"
    JUMP_NOT_LE_RK = "R K J", "if not (R[A] <= K[B]) then go to C"
    JUMP_NOT_LE_KR = "K R J", "if not (K[A] <= R[B]) then go to C"
    JUMP_NOT_LE_KK = "K K J", "if not (K[A] <= K[B]) then go to C"
    CALL = "R N N", "R[A], ... := R[A](R[A+1], ... B arguments), C results"
    TAILCALL = "R N", "return R[A](R[A+1], ... B arguments), in the place of this frame"
    RETURN = "R N", "return R[A], ... B values"
    FORPREP = "R J", "check that R[A], R[A+1], R[A+2] are numbers; R[A] := R[A] - R[A+2]; go to B"
    FORLOOP = "R J", "R[A] := R[A] + R[A+2]; if R[A] has not passed R[A+1] then R[A+3] := R[A]; go to B"
    TFORLOOP = "R N J", "R[A+3], ... B results := R[A](R[A+1], R[A+2]); unless R[A+3] is nil: R[A+2] := R[A+3]; go to C"
    SETLIST = "R N I", "R[A][C], R[A][C+1], ... := R[A+1], R[A+2], ... B values"
    CLOSE = "R", "close every open upvalue of this frame at register A or above"
    CLOSURE = "R P", "R[A] := a closure of prototype B, its upvalues found as its `upvalues` say"
    VARARG = "R N", "R[A], ... := the extra arguments, B values, filled up with nil"


OPCODES: tuple[Opcode, ...] = tuple(Opcode)
"""Every opcode, at the index that an instruction names it by."""
