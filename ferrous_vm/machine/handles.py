"""Typed handles: how a Lua value is named across a boundary or across time.

Inside the engine a value is its object and Python keeps it alive. A handle is what the page, the recorded history or
a host holds instead: a kind, a slot and the slot's generation. It is validated whenever it comes back in
(`Heap.resolve`).
"""

from __future__ import annotations

from typing import ClassVar, Final, final

from ferrous_vm.errors import InvalidHandle


class Handle:
    """A name for one object of the heap. Equal when kind, slot and generation are; never equal to another kind."""

    __slots__ = ("generation", "index")
    kind: ClassVar[str] = ""

    def __init__(self, index: int, generation: int) -> None:
        self.index = index
        self.generation = generation

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Handle) and (other.kind, other.index, other.generation) == (
            self.kind,
            self.index,
            self.generation,
        )

    def __hash__(self) -> int:
        return hash((self.kind, self.index, self.generation))

    def __repr__(self) -> str:
        return self.token

    @property
    def token(self) -> str:
        """The handle as text, ``table:3:1``: kind, slot, generation. `parse_token` reads it."""
        return f"{self.kind}:{self.index}:{self.generation}"


@final
class StringHandle(Handle):
    """Names a Lua string."""

    __slots__ = ()
    kind = "string"


@final
class TableHandle(Handle):
    """Names a table."""

    __slots__ = ()
    kind = "table"


@final
class FunctionHandle(Handle):
    """Names a function: a closure of Lua code or a native."""

    __slots__ = ()
    kind = "function"


@final
class ThreadHandle(Handle):
    """Names a coroutine."""

    __slots__ = ()
    kind = "thread"


@final
class UserdataHandle(Handle):
    """Names a userdata."""

    __slots__ = ()
    kind = "userdata"


HANDLE_TYPES: Final[dict[str, type[Handle]]] = {
    handle.kind: handle for handle in (StringHandle, TableHandle, FunctionHandle, ThreadHandle, UserdataHandle)
}
"""Every kind of handle, by the word `type()` answers for its values. nil, booleans and numbers need none."""


def parse_token(token: str) -> Handle:
    """The handle a token names. Raises InvalidHandle if the text is not a token; validates nothing else."""
    kind, _, rest = token.partition(":")
    index, _, generation = rest.partition(":")
    handle = HANDLE_TYPES.get(kind)
    if handle is None or not _is_small_number(index) or not _is_small_number(generation):
        raise InvalidHandle(f"not a handle: {token[:40]!r}")
    return handle(int(index), int(generation))


def _is_small_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
