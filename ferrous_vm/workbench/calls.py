"""How a script is called: its inputs read from a request, and the commands that call it.

A request that calls a script (contract.Run, RunTest, Debug, Export) has the fields `script`, `keys`, `argv`, `mode`,
`function` and `protocol`. EVALSHA loads the script first, FCALL the library, in the place of one of the same name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

from ferrous_vm.errors import CommandError, PartMissing
from ferrous_vm.keyspace.command import Absent
from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.printing import printed
from ferrous_vm.records import Record
from ferrous_vm.scripting.flags import FLAG_NAMES
from ferrous_vm.scripting.libraries import Function
from ferrous_vm.scripting.shebang import library_header
from ferrous_vm.server import Client, Server
from ferrous_vm.workbench.escapes import FieldError, encode, read_argument
from ferrous_vm.workbench.records.calling import (
    Functions,
    LibrariesLoaded,
    LibraryFunction,
    LibraryFunctions,
    LoadLibraries,
)
from ferrous_vm.workbench.workbench import Workbench

QUOTED_WORD: Final = re.compile(rb"""['"]([A-Za-z_]+)['"]""")
"""How a script writes the name of a command, as a rule."""


class Call(Record):
    """A call of a script. `function` is what FCALL names."""

    script: bytes
    keys: list[bytes]
    argv: list[bytes]
    mode: str = "EVAL"
    function: bytes = b""
    protocol: int = 2

    @property
    def sha1(self) -> str:
        """The digest EVALSHA names."""
        return hashlib.sha1(self.script).hexdigest()

    @property
    def is_function(self) -> bool:
        """Whether the script is a library, called by FCALL."""
        return self.mode in ("FCALL", "FCALL_RO")

    @property
    def is_read_only(self) -> bool:
        """Whether the command forbids writes."""
        return self.mode.endswith("_RO")

    @property
    def preparation(self) -> list[bytes] | None:
        """The command that must come before, if there is one."""
        if self.is_function:
            return [b"FUNCTION", b"LOAD", b"REPLACE", self.script]
        return [b"SCRIPT", b"LOAD", self.script] if self.mode == "EVALSHA" else None

    @property
    def command(self) -> list[bytes]:
        """The command that calls it."""
        callee = self.function if self.is_function else self.sha1.encode() if self.mode == "EVALSHA" else self.script
        return [self.mode.encode(), callee, *self.words]

    @property
    def words(self) -> list[bytes]:
        """What follows the script, its digest or the function's name."""
        return [b"%d" % len(self.keys), *self.keys, *self.argv]


def read_call(request: Any) -> Call:
    """The call a request describes. Raises FieldError."""
    return Call(
        script=encode(request.script),
        keys=read_fields("KEYS", request.keys),
        argv=read_fields("ARGV", request.argv),
        mode=request.mode,
        function=encode(request.function),
        protocol=request.protocol,
    )


def read_fields(name: str, fields: list[str]) -> list[bytes]:
    """The bytes of KEYS or ARGV. Raises FieldError, with the number of the one that cannot be read."""
    values: list[bytes] = []
    for index, field in enumerate(fields, 1):
        try:
            values.append(read_argument(field))
        except FieldError as error:
            raise FieldError(f"{name}[{index}]: {error}") from None
    return values


def connect(workbench: Workbench, protocol: int) -> Client:
    """A new connection that speaks the protocol."""
    client = workbench.server.connect()
    if protocol == 3:
        client.execute(b"HELLO", b"3")
    return client


def seed_of(workbench: Workbench, asked: int | None) -> int:
    """What a run's random choices are fed with: the seed that is asked for, or one that chance makes, with which it can
    be run again."""
    return int(workbench.keyspace.random.getrandbits(31)) if asked is None else asked


def order_of(shuffle: bool, seed: int) -> int | None:
    """What decides the order of replies that Redis leaves open; None if they are not shuffled."""
    return seed if shuffle else None


def prepare(server: Server, call: Call) -> None:
    """Do what comes before the time of `call` is taken: no time that is shown is that of an import or a compilation.

    Compiles the script, unless it is a library, and imports the commands it is likely to issue.
    """
    if not call.is_function:
        with suppress(CommandError):  # The call itself will answer it.
            server.scripting.script(call.script)
    for name in {*QUOTED_WORD.findall(call.script), call.command[0]}:
        row = server.keyspace.commands.by_name.get(name.lower())
        if row is not None:
            with suppress(PartMissing):  # Whoever calls the command will be told.
                _load(row)


def _load(row: Row) -> None:
    if isinstance(row.handler, Absent):
        row.handler.load()


def library_functions(workbench: Workbench, request: Functions) -> LibraryFunctions:
    """What a library registers, found by loading it on a server of its own."""
    source = encode(request.script)
    try:
        name = library_header(source).name
    except CommandError as error:
        return LibraryFunctions("", [], printed(error.message))
    server = Server(profile=workbench.profile)
    loaded = server.connect().execute(b"FUNCTION", b"LOAD", source)
    if isinstance(loaded, ErrorReply):
        return LibraryFunctions(printed(name), [], printed(loaded.message))
    (library,) = server.scripting.libraries.libraries.values()
    return LibraryFunctions(printed(name), [_function(function) for function in library.functions.values()], "")


def load_libraries(workbench: Workbench, request: LoadLibraries) -> LibrariesLoaded:
    """Load libraries one after the other; one that cannot be loaded leaves the others alone."""
    return LibrariesLoaded(load_all(workbench, request.libraries))


def load_all(workbench: Workbench, libraries: Iterable[str]) -> list[str]:
    """Load libraries, and answer of each Redis's sentence where it cannot be loaded."""
    client = workbench.server.connect()
    replies = [client.execute(b"FUNCTION", b"LOAD", b"REPLACE", encode(library)) for library in libraries]
    return [printed(reply.message) if isinstance(reply, ErrorReply) else "" for reply in replies]


def _function(function: Function) -> LibraryFunction:
    flags = [printed(name) for name, flag in FLAG_NAMES.items() if flag in function.flags]
    return LibraryFunction(printed(function.name), printed(function.description or b""), flags)
