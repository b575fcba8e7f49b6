"""How a script is called, and what can be called of a library."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record

Mode = Literal["EVAL", "EVAL_RO", "EVALSHA", "FCALL", "FCALL_RO"]
"""The command that calls the script. FCALL takes it for a library, and loads it before."""


class LibraryFunction(Record):
    """A function a library registers."""

    name: str
    description: str
    flags: list[str]


class Functions(Record):
    """Which functions does the library `script` register?"""

    script: str


class LibraryFunctions(Record):
    """Answers Functions; `problem` is Redis's sentence where the library cannot be loaded, else empty."""

    library: str
    functions: list[LibraryFunction]
    problem: str


class DescribeInputs(Record):
    """What does the script call its KEYS and ARGV, and which of these fields cannot be read?"""

    script: str
    keys: list[str]
    argv: list[str]


class Input(Record):
    """One of KEYS or ARGV. `name` is what the script says of it, "" for nothing.

    `problem` is why its field cannot be read, and `literal` the field that stands for the same text; both may be empty.
    """

    name: str
    problem: str
    literal: str


class InputsDescribed(Record):
    """Answers DescribeInputs: as many as there are fields, or as the script names where that is more."""

    keys: list[Input]
    argv: list[Input]


ANSWERS: dict[type, type] = {Functions: LibraryFunctions, DescribeInputs: InputsDescribed}
