"""What becomes of a script: its bytecode, its tree, and the Python functions that it runs as."""

from __future__ import annotations

from ferrous_vm.records import Record
from ferrous_vm.workbench.records.debugging import DebugVariable


class Inside(Record):
    """What becomes of a script? With `is_library` it is the text of one."""

    script: str
    is_library: bool = False


class InsideLine(Record):
    """A line of a listing, which comes from `line` of the script; null for none."""

    line: int | None
    depth: int
    text: str


class InsideFunction(Record):
    """A function as the machine runs it: what it is, and its instructions, one a line."""

    title: str
    instructions: list[InsideLine]


class InsideShown(Record):
    """Answers Inside. `problem` says why there is nothing, or no Python; "" where all is there. `omitted` counts lines
    of the three that are left out."""

    functions: list[InsideFunction]
    tree: list[InsideLine]
    python: list[InsideLine]
    problem: str
    omitted: int


class DebugRegisters(Record):
    """Where does the machine stand in the frame `level` of the script that is debugged?"""

    level: int


class DebugRegistersShown(Record):
    """Answers DebugRegisters: the function, as it is numbered in Inside, the instruction that comes next, and what the
    registers hold, named where a variable is in them. `function` is -1 where there is none."""

    function: int
    pc: int
    registers: list[DebugVariable]


ANSWERS: dict[type, type] = {Inside: InsideShown, DebugRegisters: DebugRegistersShown}
