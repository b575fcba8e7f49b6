"""Timeouts in milliseconds (timeout.c `getTimeoutFromObjectOrReply`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import INT64_MAX, integer
from ferrous_vm.keyspace.arguments.readings import INTEGER

if TYPE_CHECKING:
    from ferrous_vm.keyspace.keyspace import Keyspace

_NOT_A_TIMEOUT: Final = b"ERR timeout is not an integer or out of range"


def timeout_of(keyspace: Keyspace, text: bytes) -> int:
    """A timeout in milliseconds, 0 for none; raises CommandError for what is none."""
    timeout = integer(text, _NOT_A_TIMEOUT)
    if timeout < 0:
        raise CommandError(b"ERR timeout is negative", text, INTEGER)
    if keyspace.profile.timeouts_have_an_end and timeout > INT64_MAX - keyspace.milliseconds():
        raise CommandError(messages.TIMEOUT_OUT_OF_RANGE, text, INTEGER)
    return timeout
