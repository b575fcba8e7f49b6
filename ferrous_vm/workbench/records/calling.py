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


ANSWERS: dict[type, type] = {Functions: LibraryFunctions}
