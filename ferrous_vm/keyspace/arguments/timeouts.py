"""Timeouts in milliseconds, which nobody waits for here (timeout.c `getTimeoutFromObjectOrReply`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import INT64_MAX, integer
from ferrous_vm.keyspace.arguments.readings import INTEGER

if TYPE_CHECKING:
    from ferrous_vm.keyspace.keyspace import Keyspace

_NOT_A_TIMEOUT: Final = b"ERR timeout is not an integer or out of range"


def check_timeout(keyspace: Keyspace, text: bytes) -> None:
    """Raise CommandError for what is no timeout in milliseconds."""
    timeout = integer(text, _NOT_A_TIMEOUT)
    if timeout < 0:
        raise CommandError(b"ERR timeout is negative", text, INTEGER)
    if keyspace.profile.timeouts_have_an_end and timeout > INT64_MAX - keyspace.milliseconds():
        raise CommandError(messages.TIMEOUT_OUT_OF_RANGE, text, INTEGER)
