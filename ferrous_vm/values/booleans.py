"""Lua's two booleans: singletons of a class of their own.

Python's `True` equals `1.0` and shares its hash, so `t[true]` and `t[1]` would be one key. Truth of a Lua value is
``value is not None and value is not FALSE``; Python's own truth test is never right for one (an empty Table is falsy).
"""

from __future__ import annotations

from typing import Final, final


@final
class Boolean:
    """A Lua boolean (Lua 5.1 manual section 2.2); only `TRUE` and `FALSE` exist, compare them by identity."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name

    def __copy__(self) -> Boolean:
        return self

    def __deepcopy__(self, memo: object) -> Boolean:
        return self


TRUE: Final = Boolean("true")
FALSE: Final = Boolean("false")
