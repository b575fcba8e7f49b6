"""Every error of Ferrous, as one tree; each family is caught in exactly one place.

FerrousError
├── LuaSyntaxError      raised by syntax, analysis and compiler; caught by whoever loads a chunk
├── LuaError            raised by scripts and natives; caught by the engine, which unwinds to the nearest pcall
│   └── ArgumentError   a native refuses an argument; the engine names the function as its caller named it
├── CommandError        raised by Redis commands; caught in keyspace.execute, where it becomes an ErrorReply
├── EvaluationFailed    an expression of who debugs has no value; caught where it is shown
├── LimitExceeded       a resource limit or a kill; no pcall sees it, it ends the script
├── HandleError         a handle from outside names nothing
│   ├── InvalidHandle   it never did
│   └── StaleHandle     what it named is gone, or belongs to an earlier run
├── TransactionError    a heap transaction was used in a state that does not allow it: a bug of ours
├── Untranslatable      raised by the translator for a chunk that only the machine can run; caught by hosts
├── PartMissing         a module of the engine cannot be fetched; caught where requests are answered
└── StateError          the host misused an engine: a bug of ours, never catchable by a script

Interrupted is none of them: it is the KeyboardInterrupt that ended a run, caught by whoever catches that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from ferrous_vm.printing import printed


class FerrousError(Exception):
    """The root of the tree; never raised itself."""


class LuaSyntaxError(FerrousError):
    """Source that Lua 5.1 would not compile.

    `message` is the whole sentence as Lua prints it: ``user_script:1: unexpected symbol near '='``.
    `line` is the line the sentence names, counted from 1.
    `span`: where the token it blames begins and ends, as byte offsets; None where only the line is known.
    """

    def __init__(self, message: bytes, line: int, span: tuple[int, int] | None = None) -> None:
        super().__init__(printed(message))
        self.message = message
        self.line = line
        self.span = span


class TracePoint(NamedTuple):
    """One level of the Lua call stack when an error was raised, as `debug.getinfo` would tell it."""

    chunk_name: bytes
    """Lua's chunk name (``@user_script``); ``=[C]`` for a native."""
    line: int
    """The current line, counted from 1; -1 for a native."""


LONGEST_TRACE: Final = 22
"""Levels a traceback tells of, the innermost, as many as `debug.traceback` shows of any stack: a script may catch an
error in each of 20,000 calls within each other."""


class LuaError(FerrousError):
    """A Lua error value on its way to the nearest `pcall` (Lua 5.1 manual section 3.7, `lua_error`).

    `value` is any Lua value. While `level` is not 0, `value` is a string that still lacks the position
    (``chunk:line:``) of the function at that level, as `luaL_where` counts: 1 is the function that called the
    native that raised. The engine adds it, if that function is a Lua function, and sets `level` to 0.
    `traceback` is filled by the engine where the error is raised, innermost level first and at most LONGEST_TRACE, and
    `boundaries` by the machine: the C boundaries that were open there (`nCcalls`).
    """

    def __init__(self, value: object, level: int = 0) -> None:
        super().__init__(value)
        self.value = value
        self.level = level
        self.traceback: Sequence[TracePoint] = ()
        self.boundaries: int | None = None

    def __str__(self) -> str:
        """The value as it is now: with its position, once the engine has added it."""
        value = self.value
        return printed(value) if isinstance(value, bytes) else str(value)


class ArgumentError(LuaError):
    """A native refuses its argument (`luaL_argerror`): ``bad argument #1 to 'insert' (table expected, got nil)``.

    Only the engine knows by what name the native was called, so it completes the sentence: `position` counts
    arguments from 1, `reason` is the text in the brackets. Called as a method, the position counts from self.
    """

    def __init__(self, position: int, reason: bytes) -> None:
        super().__init__(None, level=1)
        self.position = position
        self.reason = reason


class CommandError(FerrousError):
    """A Redis command refuses: `message` is the error reply without its leading minus sign.

    `word`: the very word of the command that is refused, the object itself, where it is one word; and as what it was
    read, of `keyspace/arguments/readings.py`. `keyspace/refusals.py` finds its position for whoever asks.
    """

    def __init__(self, message: bytes, word: bytes | None = None, reading: str = "") -> None:
        super().__init__(printed(message))
        self.message = message
        self.word = word
        self.reading = reading


class LimitExceeded(FerrousError):
    """A resource limit was reached, or the script was killed. `limit` is its name in `limits.Limits`.

    `traceback` is filled by the engine where it stopped, innermost level first.
    """

    def __init__(self, limit: str, message: bytes) -> None:
        super().__init__(printed(message))
        self.limit = limit
        self.message = message
        self.traceback: Sequence[TracePoint] = ()


class EvaluationFailed(FerrousError):
    """What was to be evaluated in a debugged script did not compile, failed, or was cut; `message` says it, `sentence`
    with the place where, if that is known."""

    def __init__(self, message: bytes, sentence: bytes | None = None) -> None:
        super().__init__(printed(message))
        self.message = message
        self.sentence = message if sentence is None else sentence


class EvaluationCut(EvaluationFailed):
    """It did not end by itself."""


class Interrupted(KeyboardInterrupt):
    """An interrupt ended a run where `traceback` says, innermost level first."""

    def __init__(self, traceback: Sequence[TracePoint]) -> None:
        super().__init__()
        self.traceback = traceback


class Untranslatable(FerrousError):
    """Python cannot compile this chunk, or it changes environments: the machine runs it instead."""


class HandleError(FerrousError):
    """A handle that came in from outside does not name an object."""


class InvalidHandle(HandleError):
    """The handle never named an object of this heap."""


class StaleHandle(HandleError):
    """The object the handle named was freed, or the handle is of an earlier run."""


class TransactionError(FerrousError):
    """A heap transaction was asked for something its state does not allow."""


class PartMissing(FerrousError):
    """A part of the engine cannot be fetched; the message is for a person. No ImportError: nobody can do without it."""


class StateError(FerrousError):
    """The host used an engine in a state that does not allow it; `found` and `expected` name the states."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"found {found}, expected {expected}")
        self.found = found
        self.expected = expected
