"""How a script is called, and what can be called of a library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["EVAL", "EVAL_RO", "EVALSHA", "FCALL", "FCALL_RO"]
"""The command that calls the script. FCALL takes it for a library, and loads it before."""


@dataclass(frozen=True, slots=True)
class LibraryFunction:
    """A function a library registers."""

    name: str
    description: str
    flags: list[str]


@dataclass(frozen=True, slots=True)
class Functions:
    """Which functions does the library `script` register?"""

    script: str


@dataclass(frozen=True, slots=True)
class LibraryFunctions:
    """Answers Functions; `problem` is Redis's sentence where the library cannot be loaded, else empty."""

    library: str
    functions: list[LibraryFunction]
    problem: str


ANSWERS: dict[type, type] = {Functions: LibraryFunctions}
