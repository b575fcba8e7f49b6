"""Every error sentence that more than one command can answer, as Redis 7.0.15 words it (server.c, object.c).

A sentence is the error reply without its minus sign. Sentences with a `%b` are completed by the function that raises.
One that belongs to a single command stands beside that command.
"""

from __future__ import annotations

from typing import Final

WRONG_TYPE: Final = b"WRONGTYPE Operation against a key holding the wrong kind of value"
SYNTAX: Final = b"ERR syntax error"
NOT_INTEGER: Final = b"ERR value is not an integer or out of range"
NOT_FLOAT: Final = b"ERR value is not a valid float"
OUT_OF_RANGE: Final = b"ERR value is out of range"
OUT_OF_BOUNDS: Final = b"ERR value is out of range, value must between %d and %d"
OUT_OF_RANGE_POSITIVE: Final = b"ERR value is out of range, must be positive"
NO_SUCH_KEY: Final = b"ERR no such key"
INDEX_OUT_OF_RANGE: Final = b"ERR index out of range"
SAME_OBJECT: Final = b"ERR source and destination objects are the same"
STRING_TOO_LONG: Final = b"ERR string exceeds maximum allowed size (proto-max-bulk-len)"
OFFSET_OUT_OF_RANGE: Final = b"ERR offset is out of range"
INCREMENT_OVERFLOW: Final = b"ERR increment or decrement would overflow"
NAN_OR_INFINITY: Final = b"ERR increment would produce NaN or Infinity"
INVALID_EXPIRE_TIME: Final = b"ERR invalid expire time in '%b' command"
WRONG_ARITY: Final = b"ERR wrong number of arguments for '%b' command"
UNKNOWN_COMMAND: Final = b"ERR unknown command '%b', with args beginning with: %b"
UNKNOWN_SUBCOMMAND: Final = b"ERR unknown subcommand '%b'. Try %b HELP."
TIMEOUT_OUT_OF_RANGE: Final = b"ERR timeout is out of range"
INVALID_CURSOR: Final = b"ERR invalid cursor"
DB_INDEX_OUT_OF_RANGE: Final = b"ERR DB index is out of range"
NOT_IN_CLUSTER: Final = b"ERR %b is not allowed in cluster mode"
UNKNOWN_SUBCOMMAND_OR_ARITY: Final = b"ERR unknown subcommand or wrong number of arguments for '%b'. Try %b HELP."
OUT_OF_MEMORY: Final = b"ERR Ferrous ran out of memory in this command"
OUT_OF_STACK: Final = b"ERR Ferrous ran out of stack in this command"
INTERRUPTED: Final = b"ERR this command was interrupted"
FAILED: Final = b"ERR Ferrous itself failed, which is a bug: %b"


def shown(text: bytes, longest: int | None = None) -> bytes:
    """`text` as sentences show what a user sent: up to a NUL, where C's `%s` ends, and at most `longest` bytes."""
    return text.partition(b"\0")[0][:longest]
