"""Errors as Lua tables, and the error reply of a script that was aborted (script_lua.c, eval.c).

Since Redis 7 an error raised by `redis.call` is a table whose `err` field holds code and message without the minus.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from ferrous_vm.errors import LuaError, TracePoint
from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.stdlib.base import text_of
from ferrous_vm.values.booleans import TRUE
from ferrous_vm.values.natives import Call, Value
from ferrous_vm.values.numbers import number_to_text
from ferrous_vm.values.operations import index
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

ERR: Final = LuaString(b"err")
IGNORE_STATISTICS: Final = LuaString(b"ignore_error_stats_update")
"""Redis's own mark on errors it has counted already; scripts can see it."""

CallerPoint: TypeAlias = Callable[[], TracePoint | None]
"""Answers what called the native at work."""

Caller: TypeAlias = Callable[[Value, tuple[Value, ...]], tuple[Value, ...]]
"""Calls a Lua function."""

PLACE: Final = REDIS_7_0_15.sentences.place

_LINE_BREAKS: Final = bytes.maketrans(b"\r\n", b"  ")
_NATIVE: Final = b"=[C]"

_READONLY_VALUE: Final = b"ERR err_handler_def:10: Attempt to modify a readonly table"
_READONLY_PLACE: Final = TracePoint(b"@err_handler_def", 10)
"""What Redis's error handler, a Lua function, says when it cannot write the place into the error value."""


def error_table(message: bytes) -> Table:
    """{err=...}: a message that begins with a minus brings its own code, any other gets ERR (`luaPushErrorBuff`).

    Redis handles these as C strings: what follows a NUL is lost.
    """
    message = message.partition(b"\0")[0]
    code = b"ERR"
    if message[:1] == b"-":
        given, space, rest = message[1:].partition(b" ")
        code, message = (given, rest) if space else (code, given)
    table = Table()
    table.put(ERR, LuaString(b"%b %b" % (code, message.strip(b"\r\n"))))
    return table


class ErrorForms:
    """What errors are in Lua: those of the `redis` table and of commands; and what becomes of one that ends a script.

    Since Redis 7 they are tables. A server of before has `former_errors.ErrorTexts` instead.
    """

    __slots__ = ()

    def raised(self, message: bytes) -> LuaError:
        """What a function of the redis table raises."""
        return LuaError(error_table(message))

    def command_raised(self, message: bytes) -> LuaError:
        """What redis.call raises for the error reply `message` of a command."""
        return LuaError(command_error(message))

    def table(self, message: bytes) -> Table:
        """What redis.pcall and its like return."""
        return error_table(message)

    def given(self, text: bytes) -> Table:
        """What redis.error_reply makes of a text."""
        return error_table(text if text[:1] == b"-" else b"-" + text)

    def placed(self, sentence: bytes, caller: CallerPoint) -> bytes:
        """A refusal of what is no command, with the place of what called it, where the server says it."""
        return sentence

    def aborted(self, error: LuaError, script: bytes, call: Caller, sentence: bytes) -> ErrorReply:
        """`aborted_reply`."""
        return aborted_reply(error, script, call, sentence)


ERROR_TABLES: Final = ErrorForms()


def command_error(message: bytes) -> Table:
    """The table for the error reply `message` of a command, marked as counted."""
    table = error_table(b"-" + message)
    table.put(IGNORE_STATISTICS, TRUE)
    return table


def aborted_reply(error: LuaError, script: bytes, call: Caller, sentence: bytes = PLACE) -> ErrorReply:
    """The reply of a script that ended with `error`; `script` is its SHA-1 in hex, or the function's name.

    ``ERR user_script:1: boom script: <sha1>, on @user_script:1.``: the place is that of the function which raised,
    or of its caller if that is a native (`__redis__err__handler`, eval.c).
    """
    place = raised_at(error.traceback)
    if place is not None and isinstance(error.value, Table) and error.value.readonly:
        return placed_reply(_READONLY_VALUE, _READONLY_PLACE, script, sentence)
    counted = isinstance(error.value, Table) and is_counted(error.value)
    message = error_message(error.value, call)
    reply = placed_reply(message, place, script, sentence, message if counted else None)
    reply.counted = counted
    return reply


def is_counted(table: Table) -> bool:
    """Whether an error table says that the statistics know of it."""
    return table.get(IGNORE_STATISTICS) is TRUE


def placed_reply(
    message: bytes, place: TracePoint | None, script: bytes, sentence: bytes = PLACE, bare: bytes | None = None
) -> ErrorReply:
    """The error reply for `message` (code first), with the suffix that says where, if that is known.

    `sentence` puts the two together, as `Sentences.place`; `bare` is the message in Lua, if that is not without `ERR`.
    """
    message = message.partition(b"\0")[0]
    if place is not None:
        message = sentence % {
            b"message": message,
            b"bare": message.removeprefix(b"ERR ") if bare is None else bare,
            b"script": script,
            b"chunk": place.chunk_name.partition(b"\0")[0],
            b"line": place.line,
        }
    return ErrorReply(message.translate(_LINE_BREAKS))


def raised_at(traceback: Sequence[TracePoint]) -> TracePoint | None:
    """The place an error handler reports: the innermost level, or the one that called it if that is a native."""
    if not traceback:
        return None
    if traceback[0].chunk_name != _NATIVE:
        return traceback[0]
    return traceback[1] if len(traceback) > 1 else None


def error_message(value: Value, call: Caller) -> bytes:
    """Code and message of an error value (`luaExtractErrorInformation` after the error handler).

    A table without an `err` text crashes Redis 7.0.15; it answers as later versions do.
    """
    if not isinstance(value, Table):
        return b"ERR " + bytes(text_of(value))
    field = index(value, ERR)
    if isinstance(field, Call):  # the `__index` of its metatable is a function
        results = call(field.function, field.args)
        field = results[0] if results else None
    if type(field) is LuaString:
        return bytes(field)
    if type(field) is float:
        return number_to_text(field)
    return b"ERR unknown error"
