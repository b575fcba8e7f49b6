"""What the popping commands of lists and sorted sets share: several keys, and blocking.

Nobody else runs while a command does, so nothing could ever be pushed to a client that waits: a command that would
block answers at once what Redis answers when the time is up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import INT64_MAX, integer_in_range, key_count, keyword
from ferrous_vm.keyspace.arguments.readings import CHOICE, KEY_COUNT, NUMBER, OPTION, SURPLUS
from ferrous_vm.keyspace.encodings import long_double
from ferrous_vm.keyspace.replies import NULL_ARRAY, Reply
from ferrous_vm.keyspace.session import Session

_NOT_A_TIMEOUT: Final = b"ERR timeout is not a float or out of range"
_NEGATIVE_TIMEOUT: Final = b"ERR timeout is negative"
_TOO_FEW_KEYS: Final = b"ERR numkeys should be greater than 0"
_TOO_SMALL_COUNT: Final = b"ERR count should be greater than 0"


def blocking_timeout(session: Session, text: bytes) -> None:
    """Check a timeout in seconds (`getTimeoutFromObjectOrReply`, timeout.c); raises CommandError."""
    seconds = long_double.parse(text)
    if seconds is None:
        raise CommandError(_NOT_A_TIMEOUT, text, NUMBER)
    if session.keyspace.profile.timeouts_have_an_end and seconds > 0:
        last = INT64_MAX - session.keyspace.milliseconds()
        if isinstance(seconds, float) or math.ceil(seconds * 1000) > last:
            raise CommandError(messages.TIMEOUT_OUT_OF_RANGE, text, NUMBER)
        return
    if isinstance(seconds, float) or not 0 <= math.ceil(seconds * 1000) <= INT64_MAX:
        # so too for what is too large: on x86 it becomes the smallest integer
        raise CommandError(_NEGATIVE_TIMEOUT, text, NUMBER)


def timed_out(session: Session, at_once: Reply) -> Reply:
    """The reply to a command that would block: `at_once` where blocking is not allowed, else that of a timeout."""
    return NULL_ARRAY if session.may_block else at_once


def numbered_keys(argv: list[bytes], position: int, ends: Mapping[bytes, bool]) -> tuple[list[bytes], bool, int]:
    """``numkeys key [key ...] END [COUNT count]`` from `position` on: keys, end, and count, which is 1 by default.

    Raises CommandError for numbers below 1, and for words that are missing or too many.
    """
    numkeys = key_count(argv[position], _TOO_FEW_KEYS)
    where = position + numkeys + 1
    if where >= len(argv):
        raise CommandError(messages.SYNTAX, argv[position], KEY_COUNT)
    if keyword(argv[where]) not in ends:
        raise CommandError(messages.SYNTAX, argv[where], CHOICE)
    count = 1
    options = argv[where + 1 :]
    if options:
        if keyword(options[0]) != b"count" or len(options) == 1:
            raise CommandError(messages.SYNTAX, options[0], OPTION)
        count = integer_in_range(options[1], 1, INT64_MAX, _TOO_SMALL_COUNT)
        if len(options) > 2:
            raise CommandError(messages.SYNTAX, options[2], SURPLUS)
    return argv[position + 1 : where], ends[keyword(argv[where])], count
