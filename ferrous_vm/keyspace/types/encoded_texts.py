"""What a string is stored as: an integer where its text is one."""

from __future__ import annotations

from ferrous_vm.keyspace.arguments.parsing import to_integer


def encoded(text: bytes) -> int | bytes:
    """What SET stores for `text`: an int where Redis would encode one (`tryObjectEncoding`)."""
    if len(text) <= 20:
        number = to_integer(text)
        if number is not None:
            return number
    return text
