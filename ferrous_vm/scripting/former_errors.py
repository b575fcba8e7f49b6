"""Errors of scripts before Redis 7, where they are texts: loaded for servers that have them (scripting.c of Redis 6.2).

`redis.call` raises the text that `redis.pcall` returns as the `err` field of a table. What the functions themselves
refuse begins with the place that called them. An error that ends a script is completed by a handler written in Lua,
which joins it to its place and fails where that cannot be done.
"""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import LuaError, TracePoint
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.limits import C_CALL_DEPTH_IN_HANDLERS
from ferrous_vm.scripting.error_tables import ERR, Caller, CallerPoint, ErrorForms, raised_at
from ferrous_vm.values.metamethods import OperandError
from ferrous_vm.values.natives import Call, Value
from ferrous_vm.values.numbers import number_to_text
from ferrous_vm.values.operations import concatenate
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

_FRAME: Final = b"ERR Error running script (call to f_%b): %b"
_HANDLER: Final = TracePoint(b"@err_handler_def", 9)
_HANDLER_POSITION: Final = b"err_handler_def:9: "
_LINE_BREAKS: Final = bytes.maketrans(b"\r\n", b"  ")


class ErrorTexts(ErrorForms):
    """Errors as texts."""

    __slots__ = ()

    def raised(self, message: bytes) -> LuaError:
        """The message."""
        return LuaError(LuaString(message))

    def command_raised(self, message: bytes) -> LuaError:
        """The message."""
        return LuaError(LuaString(message))

    def table(self, message: bytes) -> Table:
        """{err=message}, and no mark."""
        return Table({ERR: LuaString(message)})

    def given(self, text: bytes) -> Table:
        """{err=text}, whatever it is."""
        return Table({ERR: LuaString(text)})

    def placed(self, sentence: bytes, caller: CallerPoint) -> bytes:
        """`luaPushError`: nothing is said of what a coroutine began with."""
        point = caller()
        return sentence if point is None else b"%b: %d: %b" % (point.chunk_name, point.line, sentence)

    def aborted(self, error: LuaError, script: bytes, call: Caller, sentence: bytes) -> ErrorReply:
        """The reply of EVAL: what the handler answers, or the handler of its own error, and so on."""
        for _attempt in range(C_CALL_DEPTH_IN_HANDLERS):
            try:
                handled = _handled(error, call)
            except LuaError as failed:
                error = failed
            else:
                return ErrorReply(_one_line(_FRAME % (script, handled)))
        return ErrorReply(_one_line(_FRAME % (script, b"error in error handling")))


def _handled(error: LuaError, call: Caller) -> bytes:
    """What `__redis__err__handler` makes of an error; raises LuaError where it fails itself."""
    place = raised_at(error.traceback)
    joined: Value = error.value
    if place is not None:
        parts = (LuaString(place.chunk_name), LuaString(b":"), float(place.line), LuaString(b": "))
        for part in reversed(parts):
            joined = _joined(part, joined, call, is_local=joined is error.value)
    if type(joined) is float:
        return number_to_text(joined)
    return bytes(joined) if type(joined) is LuaString else b"(null)"


def _joined(left: Value, right: Value, call: Caller, *, is_local: bool) -> Value:
    """``left .. right``, where the second is the handler's local variable, or has no name."""
    try:
        joined = concatenate(left, right)
    except OperandError as error:
        sentence = error.named(b"local", b"err") if is_local else bytes(error.value)  # type: ignore[call-overload]
        failed = LuaError(LuaString(_HANDLER_POSITION + sentence))
        failed.traceback = [_HANDLER]
        raise failed from None
    if isinstance(joined, Call):
        results = call(joined.function, joined.args)
        return results[0] if results else None
    return joined


def _one_line(message: bytes) -> bytes:
    """`addReplyErrorFormat`: a C string whose last line ends are cut and the others spaces."""
    return message.partition(b"\0")[0].rstrip(b"\r\n").translate(_LINE_BREAKS)
