"""What library functions have to do: how much of tables and strings a call goes through.

As in the C functions: bytes count in blocks of 64, of what a function is given and of what it answers; elements of a
table count where the function goes through it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log2
from typing import Any, Final, TypeAlias

from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

BLOCK: Final = 64
"""Bytes that count as one element."""

_Rule: TypeAlias = Callable[[Sequence[Any]], float]


def _whole(args: Sequence[Any]) -> float:
    return len(args[0])


def _sorted(args: Sequence[Any]) -> float:
    return len(args[0]) * log2(len(args[0]) + 1)


def _behind(args: Sequence[Any]) -> float:
    """The elements that are moved, of an insertion or a removal; none at the end."""
    size, place = len(args[0]), args[1] if len(args) > 1 else None
    if place.__class__ is not float or (len(args) == 2 and size == 0):
        return 0
    return max(size - place, 0)


def _inserted(args: Sequence[Any]) -> float:
    return _behind(args) if len(args) > 2 else 0


_WALKS: Final[dict[bytes, _Rule]] = {
    **dict.fromkeys((b"concat", b"foreach", b"foreachi", b"maxn", b"unpack", b"encode", b"pack"), _whole),
    b"sort": _sorted,
    b"insert": _inserted,
    b"remove": _behind,
}
"""The functions that go through the table they are given first."""


def work(name: bytes, args: Sequence[Any], results: Any) -> float:
    """Elements that a call of the library function `name` goes through; what a generator answers is not known."""
    rule = _WALKS.get(name)
    walked = rule(args) if rule is not None and args and isinstance(args[0], Table) else 0
    given = results if results.__class__ is tuple else (results,)
    return walked + sum(len(value) / BLOCK for value in (*args, *given) if value.__class__ is LuaString)
