"""What the popping commands of lists and sorted sets share: several keys, and blocking.

A command that finds nothing waits where its client may be given a reply later (`waiting.py`). Elsewhere it answers at
once what Redis answers when the time is up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import INT64_MAX, integer_in_range, key_count, keyword
from ferrous_vm.keyspace.arguments.readings import CHOICE, KEY_COUNT, NUMBER, OPTION, SURPLUS
from ferrous_vm.keyspace.encodings import long_double
from ferrous_vm.keyspace.replies import NO_REPLY, NULL_ARRAY, Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.waiting import REPLICAS, Waiting, waiters_of

_NOT_A_TIMEOUT: Final = b"ERR timeout is not a float or out of range"
_NEGATIVE_TIMEOUT: Final = b"ERR timeout is negative"
_TOO_FEW_KEYS: Final = b"ERR numkeys should be greater than 0"
_TOO_SMALL_COUNT: Final = b"ERR count should be greater than 0"


def blocking_timeout(session: Session, text: bytes) -> int:
    """A timeout in seconds as milliseconds, 0 for none (`getTimeoutFromObjectOrReply`, timeout.c); raises
    CommandError."""
    seconds = long_double.parse(text)
    if seconds is None:
        raise CommandError(_NOT_A_TIMEOUT, text, NUMBER)
    if session.keyspace.profile.timeouts_have_an_end and seconds > 0:
        last = INT64_MAX - session.keyspace.milliseconds()
        if isinstance(seconds, float) or math.ceil(seconds * 1000) > last:
            raise CommandError(messages.TIMEOUT_OUT_OF_RANGE, text, NUMBER)
        return math.ceil(seconds * 1000)
    if isinstance(seconds, float) or not 0 <= math.ceil(seconds * 1000) <= INT64_MAX:
        # so too for what is too large: on x86 it becomes the smallest integer
        raise CommandError(_NEGATIVE_TIMEOUT, text, NUMBER)
    return math.ceil(seconds * 1000)


def wait(
    session: Session,
    argv: list[bytes],
    milliseconds: int,
    kind: bytes,
    keys: list[bytes],
    serve: Callable[[bytes], Reply],
    *,
    at_once: Reply = NULL_ARRAY,
    nothing: Reply = NULL_ARRAY,
    ends_with_key: bool = False,
) -> Reply:
    """The reply to a command that finds nothing: none yet if it begins to wait, for so many milliseconds, 0 for ever.

    The rest is as `Waiting` describes it. Where nothing ever waits (scripts, transactions) it is `at_once`, and where
    the client cannot be told later, that of a timeout.
    """
    if not session.may_block:
        return at_once
    if not session.may_wait:
        return nothing
    deadline = session.keyspace.milliseconds() + milliseconds if milliseconds else None
    row = session.last_command
    assert row is not None
    begun = Waiting(session, row, argv, keys, kind, deadline, serve, nothing=nothing, ends_with_key=ends_with_key)
    waiters_of(session.keyspace).begin(begun)
    return NO_REPLY


def wait_for_replicas(session: Session, argv: list[bytes], milliseconds: int, nothing: Reply) -> Reply:
    """The reply to a command that asks for replicas, which there are none of: `nothing`, when time is up."""
    return wait(session, argv, milliseconds, REPLICAS, [], lambda key: None, at_once=nothing, nothing=nothing)


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
