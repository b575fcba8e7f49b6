"""Expiry times given as arguments (t_string.c `getExpireMillisecondsOrReply`, expire.c)."""

from __future__ import annotations

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import INT64_MAX, integer
from ferrous_vm.keyspace.arguments.readings import TIME


def expiry_time(text: bytes, *, seconds: bool, now: int, command: bytes) -> int:
    """The Unix milliseconds that `text` names for SET, GETEX, SETEX and PSETEX; it must be positive.

    `now` is what a relative time counts from, in milliseconds, and 0 for an absolute one. Raises
    CommandError for what is no such time.
    """
    when = integer(text)
    if when <= 0 or (seconds and when > INT64_MAX // 1000):
        raise CommandError(messages.INVALID_EXPIRE_TIME % command, text, TIME)
    if seconds:
        when *= 1000
    if when > INT64_MAX - now:
        raise CommandError(messages.INVALID_EXPIRE_TIME % command, text, TIME)
    return when + now
