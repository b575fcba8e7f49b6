"""Commands that one server answers by a handler of its own: for where a switch in the common one would say less.

    @own("CONFIG|SET")
    def set_(session, argv): ...

Which module of `keyspace/commands` has those of a profile stands in `OWN` of `rows.py`; it is imported when one of them
is first called.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final

from ferrous_vm.keyspace.command import Absent, Handler
from ferrous_vm.keyspace.command_table import Row

_HANDLERS: Final[dict[bytes, Handler]] = {}
"""By full name."""


def own(*names: str) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler of its own for the commands `names`, in capitals."""

    def register(handler: Handler) -> Handler:
        _HANDLERS.update((name.lower().encode(), handler) for name in names)
        return handler

    return register


class OwnHandler(Absent):
    """A handler of a server's own that is not imported yet."""

    __slots__ = ("_module",)

    def __init__(self, row: Row, module: str) -> None:
        super().__init__(row)
        self._module = module

    def load(self) -> Handler:
        """The handler itself, imported now. Raises LookupError if the module has none."""
        import_module(self._module)
        handler = _HANDLERS.get(self.row.full_name)
        if handler is None:
            raise LookupError(f"{self._module} has no handler for {self.row.full_name.decode()}")
        self.row.handler = handler
        return handler
