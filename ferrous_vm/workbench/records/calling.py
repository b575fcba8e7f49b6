"""How a script is called, and what can be called of a library."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record

Mode = Literal["EVAL", "EVAL_RO", "EVALSHA", "FCALL", "FCALL_RO"]
"""The command that calls the script. FCALL takes it for a library, and loads it before."""


class ScriptCall(Record):
    """The call of a script and what it begins with. `keys` and `argv` are fields, `fixture` lines. `function` is what
    FCALL calls of the library.

    `fresh`: begin with an empty keyspace and the fixture, rather than with the keyspace as it is. `clock` holds the
    server's clock at so many seconds, null lets it go; `seed` feeds the server's random choices. `shuffle`: replies
    whose order Redis leaves open come in one that the seed decides, or chance.
    """

    script: str
    keys: list[str]
    argv: list[str]
    fixture: str = ""
    fresh: bool = True
    mode: Mode = "EVAL"
    function: str = ""
    protocol: Literal[2, 3] = 2
    clock: float | None = None
    seed: int | None = None
    shuffle: bool = False


class ScriptRun(ScriptCall):
    """A call on a server that may be a node of a cluster. `cluster`: of so many nodes it is one, 0 for a server alone;
    `node` says which gets the call, from 1, 0 for the one that serves its first key, as cluster clients find it; all of
    the fixture is there."""

    cluster: int = 0
    node: int = 0


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


class LoadLibraries(Record):
    """Load function libraries, each in the place of one of the same name: those beside the script that is called, for
    the fixture and for the console."""

    libraries: list[str]


class LibrariesLoaded(Record):
    """Answers LoadLibraries: of each Redis's sentence where it cannot be loaded, else empty."""

    problems: list[str]


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


ANSWERS: dict[type, type] = {
    Functions: LibraryFunctions,
    LoadLibraries: LibrariesLoaded,
    DescribeInputs: InputsDescribed,
}
