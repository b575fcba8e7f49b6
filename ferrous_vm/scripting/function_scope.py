"""Which globals the functions of libraries see, and which the code that registers them."""

from __future__ import annotations

from typing import Final

from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

INDEX: Final = LuaString(b"__index")


class FunctionScope:
    """The globals of functions: an empty readonly table, behind which stand the real ones or those of library code."""

    __slots__ = ("_behind", "_library_globals", "_real_globals")

    def __init__(self, real_globals: Table, library_globals: Table, behind: Table) -> None:
        self._real_globals = real_globals
        self._library_globals = library_globals
        self._behind = behind

    def enter_library(self) -> None:
        """Library code is about to be loaded."""
        dict.__setitem__(self._behind, INDEX, self._library_globals)

    def leave_library(self) -> None:
        """Functions see the real globals again."""
        dict.__setitem__(self._behind, INDEX, self._real_globals)
