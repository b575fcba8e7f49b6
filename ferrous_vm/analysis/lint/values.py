"""What is known of a value: its possible Lua types, where it comes from, and which reply it is."""

from __future__ import annotations

from typing import Final

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.facts import CommandFacts, Reply, Word
from ferrous_vm.printing import printed
from ferrous_vm.records import MutableRecord, Record, with_changes
from ferrous_vm.syntax import tree

FROM_KEYS: Final = 1
FROM_ARGV: Final = 2
FROM_REPLY: Final = 4
CONSTANT: Final = 8
COMPUTED: Final = 16
"""Made of parts: the other bits tell whence the parts are."""
UNKNOWN: Final = 32
FROM_TIME: Final = 64
DECODED: Final = 128
"""What cjson, cmsgpack or struct made of bytes; the other bits tell whence those are."""
MADE: Final = 256
"""A number that the script counts."""
FROM_KEYSPACE: Final = 512
"""What KEYS, SCAN or RANDOMKEY answers: a node of a cluster names only keys that are its own."""


class CommandCall(MutableRecord):
    """redis.call(...) or redis.pcall(...).

    `words` are the command's words as far as they are constants; `is_open` when the last argument may be several.
    `facts` is None for a command that is not known: a computed name, or one Redis does not have.
    """

    node: tree.Call
    protected: bool
    words: list[Word]
    is_open: bool
    facts: CommandFacts | None
    replies: tuple[Reply, ...]
    protocol: int
    """Of its reply: 2 or 3; 0 where nobody knows."""

    @property
    def name(self) -> str:
        """The command's name as a person writes it."""
        if self.facts is not None:
            return self.facts.name
        return printed((self.words[0] or b"?").upper()) if self.words else "?"

    @property
    def lacks_arguments(self) -> bool:
        """Whether it has fewer than the command takes, so that what it has may be meant for another place."""
        return self.facts is not None and not self.is_open and len(self.words) < abs(self.facts.arity)

    @property
    def by_word(self) -> bool:
        """Whether the reply has an element for each word of the command, some of which may be null."""
        return self.replies == (Reply.TEXTS_BY_WORD,)

    @property
    def is_list(self) -> bool:
        """Whether the reply is surely a list: elements 1, 2, 3 ... and no names."""
        if self.protected or len(self.replies) != 1 or self.protocol != 2:
            return False
        return bool(self.replies[0].elements) and self.replies[0] is not Reply.VARYING

    @property
    def description(self) -> str:
        """What it answers, in words."""
        return self.replies[0].description if len(self.replies) == 1 else "a value"


class Value(Record):
    """What is known of an expression's value.

    `types`: what it can be. `origins`: what it is made of.
    `member`: its name among the globals, ``redis.call`` or ``KEYS``. `constant`: the string or number it is.
    `call`: the command whose reply it is, or one of whose reply's elements (then `is_element`).
    `elements`: what its elements can be, 0 where nothing is known. `fractional`: it is, or may be, no whole number.
    `absent`: the command whose null it is when it is false or nil.
    """

    types: int
    origins: int = UNKNOWN
    member: bytes = b""
    constant: bytes | float | None = None
    call: CommandCall | None = None
    is_element: bool = False
    elements: int = 0
    fractional: bool = False
    absent: CommandCall | None = None

    def union(self, other: Value) -> Value:
        """What is known of a value that is this one or the other."""
        if self == other:
            return self
        same_call = self.call is other.call and self.is_element == other.is_element
        return Value(
            self.types | other.types,
            self.origins | other.origins,
            self.member if self.member == other.member else b"",
            self.constant if self.constant == other.constant else None,
            self.call if same_call else None,
            self.is_element and same_call,
            self.elements | other.elements if self.elements and other.elements else 0,
            self.fractional or other.fractional,
            self.absent or other.absent,
        )

    def limited(self, types: int) -> Value:
        """The value where it is known to be of `types`."""
        kept = self.types & types
        if kept == self.types:
            return self
        return with_changes(self, types=kept, absent=self.absent if kept & lua_types.FALSY else None)


ANYTHING: Final = Value(lua_types.ANY)
NOTHING: Final = Value(lua_types.NIL, CONSTANT)
TEXT: Final = Value(lua_types.STRING)
COUNTED: Final = Value(lua_types.NUMBER, MADE)
TRUTH: Final = Value(lua_types.BOOLEAN)
CODE: Final = Value(lua_types.FUNCTION)
KEY: Final = Value(lua_types.STRING | lua_types.NIL, FROM_KEYS)
ARGUMENT: Final = Value(lua_types.STRING | lua_types.NIL, FROM_ARGV)
