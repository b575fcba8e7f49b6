"""What the compiler hands to the machine: self-contained, comparable, printable, without any heap object.

Loading a module into a heap (turning constants into the machine's values) is a separate act of the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ferrous_vm.records import Record

Constant = bool | float | bytes | None
"""A Lua constant: nil, a boolean, a number or a string. `True == 1.0` in Python: tell them apart by type."""

Instruction = tuple[int, int, int, int]
"""(opcode, a, b, c), see `opcodes`."""


class Description(NamedTuple):
    """What Lua calls an operand in an error: ``local 'x'``, ``field 'x'`` (`luaG_typeerror`, `getobjname`).

    `kind` is one of local, global, field, method, upvalue.
    """

    kind: str
    name: bytes


class UpvalueSource(NamedTuple):
    """Where CLOSURE finds an upvalue: in a register of the function that makes the closure, or in its upvalues."""

    in_register: bool
    slot: int


class LocalName(NamedTuple):
    """A local variable as a debugger sees it: visible in `register` while `start <= pc < end`."""

    name: bytes
    register: int
    start: int
    end: int


class Prototype(Record):
    """One compiled function.

    Per instruction, in tuples as long as `code`: `lines` (what Lua 5.1 reports, counted from 1), `nodes` (the
    `number` of the tree node it came from, -1 for none) and `descriptions`, the names of what it works on, for
    messages. A `descriptions` entry is () for an instruction that cannot fail with a named operand, else:

    - GETTABLE.., SETTABLE.., SELF..: one entry, the object indexed
    - arithmetic: two entries, left and right; UNM, LEN: one
    - CONCAT: one for each register B to C
    - CALL, TAILCALL: one, the function; it also names the function in "bad argument #1 to 'insert'"

    An entry is a Description or None. SETTABLE's key error ("table index is nil") names nothing.
    """

    chunk_name: bytes
    defined_line: int
    """0 for the main function."""
    end_line: int
    parameter_count: int
    is_vararg: bool
    needs_arg: bool
    """The register after the parameters gets a table of the extra arguments with their number in `n`."""
    register_count: int
    code: tuple[Instruction, ...]
    constants: tuple[Constant, ...]
    prototypes: tuple[Prototype, ...]
    upvalues: tuple[UpvalueSource, ...]
    upvalue_names: tuple[bytes, ...]
    locals: tuple[LocalName, ...]
    lines: tuple[int, ...]
    nodes: tuple[int, ...]
    descriptions: tuple[tuple[Description | None, ...], ...]

    def local_names(self, pc: int) -> Iterator[LocalName]:
        """The local variables visible at instruction `pc`, in order of register."""
        return (local for local in self.locals if local.start <= pc < local.end)


class CompiledModule(Record):
    """A compiled chunk: `main` is a vararg function without parameters or upvalues."""

    chunk_name: bytes
    main: Prototype

    def active_lines(self) -> set[int]:
        """The lines that have code: a line hook is called for no other (`activelines` of `lua_getinfo`)."""
        lines: set[int] = set()
        waiting = [self.main]
        while waiting:
            prototype = waiting.pop()
            lines.update(prototype.lines)
            waiting.extend(prototype.prototypes)
        return lines
