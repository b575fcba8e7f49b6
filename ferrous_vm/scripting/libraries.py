"""Function libraries as data: what FUNCTION LOAD registers and FCALL, LIST, STATS and DUMP read (functions.c).

Knows no Lua beyond holding the callbacks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.arguments.readings import NAME
from ferrous_vm.scripting.flags import ScriptFlag
from ferrous_vm.scripting.shebang import check_name
from ferrous_vm.scripting.state import LuaState
from ferrous_vm.values.natives import Value

FUNCTION_NOT_FOUND: Final = b"ERR Function not found"


class Function:
    """One registered function."""

    __slots__ = ("callback", "description", "flags", "library", "name")

    library: Library
    """The library it was registered in."""

    def __init__(self, name: bytes, callback: Value, flags: ScriptFlag, description: bytes | None) -> None:
        self.name = name
        self.callback = callback
        self.flags = flags
        self.description = description


class Library:
    """One library: its source, shebang included, and its functions by name."""

    __slots__ = ("functions", "name", "source", "state")

    state: LuaState
    """The Lua state its functions belong to."""

    def __init__(self, name: bytes, source: bytes) -> None:
        self.name = name
        self.source = source
        self.functions: dict[bytes, Function] = {}

    def register(self, function: Function, said_of: bytes = b"Library") -> None:
        """Add a function. Raises CommandError for a bad name, which is `said_of` it, or one the library has
        (`functionLibCreateFunction`)."""
        check_name(function.name, said_of)
        if function.name in self.functions:
            raise CommandError(b"ERR Function already exists in the library")
        function.library = self
        self.functions[function.name] = function


class Registry:
    """The libraries of a server, and all their functions, whose names are compared without regard to case."""

    def __init__(self) -> None:
        self.libraries: Final[dict[bytes, Library]] = {}
        self._functions: Final[dict[bytes, Function]] = {}

    def function(self, name: bytes) -> Function | None:
        """The function FCALL means by `name`, or None."""
        return self._functions.get(name.lower())

    @property
    def function_count(self) -> int:
        """How many functions all libraries hold."""
        return sum(len(library.functions) for library in self.libraries.values())

    def refuse_existing(self, name: bytes) -> None:
        """Raise CommandError if a library of that name is loaded."""
        if name in self.libraries:
            raise CommandError(b"ERR Library '%b' already exists" % name)

    def add(self, library: Library) -> None:
        """Link a loaded library, in the place of one of the same name. Raises CommandError on a function of another
        library that has one of its names; then nothing is changed."""
        if not library.functions:
            raise CommandError(b"ERR No functions registered")
        self._link([library])

    def join(self, other: Registry, *, replace: bool) -> None:
        """Link all libraries of `other`, or raise CommandError and change nothing (`libraryJoin`)."""
        for name in other.libraries:
            if name in self.libraries and not replace:
                raise CommandError(b"ERR Library %b already exists" % name)
        self._link(other.libraries.values())

    def remove(self, name: bytes) -> None:
        """Unlink a library. Raises CommandError if there is none of that name."""
        library = self.libraries.pop(name, None)
        if library is None:
            raise CommandError(b"ERR Library not found", name, NAME)
        for function in library.functions:
            self._functions.pop(function.lower(), None)

    def clear(self) -> None:
        """Unlink every library."""
        self.libraries.clear()
        self._functions.clear()

    def _link(self, libraries: Iterable[Library]) -> None:
        libraries = list(libraries)
        replaced = {
            name.lower()
            for library in libraries
            if library.name in self.libraries
            for name in self.libraries[library.name].functions
        }
        for library in libraries:
            for name in library.functions:
                if name.lower() in self._functions and name.lower() not in replaced:
                    raise CommandError(b"ERR Function %b already exists" % name)
        for library in libraries:
            if library.name in self.libraries:
                self.remove(library.name)
        for library in libraries:
            self.libraries[library.name] = library
            for name, function in library.functions.items():
                self._functions.setdefault(name.lower(), function)
