"""Who sends an entry, as XADD with IDMP or IDMPAUTO is told it (t_stream.c of Redis 8.6)."""

from __future__ import annotations

from typing import Final, NamedTuple

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.arguments.parsing import keyword
from ferrous_vm.keyspace.arguments.readings import NAME, OPTION

_TWICE: Final = b"ERR syntax error, IDMP/IDMPAUTO specified multiple times"
_NO_PRODUCER: Final = b"ERR syntax error, %b requires a non-empty producer ID"
_NO_OWN_ID: Final = b"ERR syntax error, IDMP requires a non-empty idempotent ID"


class Sender(NamedTuple):
    """Who sends an entry: the producer, and its own id of the entry, None to make one of the content."""

    producer: bytes
    own_id: bytes | None


def read_sender(argv: list[bytes], position: int, sender: Sender | None) -> tuple[Sender | None, int]:
    """The sender that the option at `position` of XADD names, and the position behind it; what was given where it is
    no such option. Raises CommandError for empty words and a second one."""
    option = keyword(argv[position])
    width = {b"idmp": 3, b"idmpauto": 2}.get(option)
    if width is None or position + width > len(argv):
        return sender, position
    if sender is not None:
        raise CommandError(_TWICE, argv[position], OPTION)
    if not argv[position + 1]:
        raise CommandError(_NO_PRODUCER % option.upper(), argv[position + 1], NAME)
    if option == b"idmp" and not argv[position + 2]:
        raise CommandError(_NO_OWN_ID, argv[position + 2], NAME)
    own_id = argv[position + 2] if option == b"idmp" else None
    return Sender(argv[position + 1], own_id), position + width
