"""DUMP and RESTORE: one value as a payload in RDB format (cluster.c)."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import INT64_MAX, integer, keyword
from ferrous_vm.keyspace.arguments.readings import DATA, INTEGER, KEY, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.database import Value
from ferrous_vm.keyspace.encodings.rdb_strings import Corrupt, Reader, with_footer, without_footer
from ferrous_vm.keyspace.encodings.rdb_values import EmptyValue, load_value, save_value
from ferrous_vm.keyspace.interruption import changes_nothing
from ferrous_vm.keyspace.replies import OK, Reply
from ferrous_vm.keyspace.server.events import GENERIC
from ferrous_vm.keyspace.session import Session

_BUSY_KEY: Final = b"BUSYKEY Target key name already exists."
_BAD_DATA: Final = b"ERR Bad data format"
_HIGHEST_FREQUENCY: Final = 255


@command("DUMP")
def dump(session: Session, argv: list[bytes]) -> Reply:
    """DUMP key"""
    value = session.database.lookup(argv[1])
    if value is None:
        return None
    kind, body = save_value(value, session.keyspace.thresholds)
    return with_footer(bytes((kind,)) + body, session.keyspace.profile.rdb_version)


def _options(argv: list[bytes]) -> tuple[bool, bool]:
    """Whether to replace a key, and whether the time is absolute. Accesses are not timed: IDLETIME and FREQ pass."""
    replace = absolute = idle_given = frequency_given = False
    position = 4
    while position < len(argv):
        option, more = keyword(argv[position]), position + 1 < len(argv)
        if option == b"replace":
            replace = True
        elif option == b"absttl":
            absolute = True
        elif option == b"idletime" and more and not frequency_given:
            position += 1
            idle_given = True
            if integer(argv[position]) < 0:
                raise CommandError(b"ERR Invalid IDLETIME value, must be >= 0", argv[position], INTEGER)
        elif option == b"freq" and more and not idle_given:
            position += 1
            frequency_given = True
            if not 0 <= integer(argv[position]) <= _HIGHEST_FREQUENCY:
                raise CommandError(b"ERR Invalid FREQ value, must be >= 0 and <= 255", argv[position], INTEGER)
        else:
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        position += 1
    return replace, absolute


@changes_nothing
def _value_in(session: Session, payload: bytes) -> Value:
    """The value of a payload. What follows it is not looked at, as in Redis."""
    reader = Reader(without_footer(payload, session.keyspace.profile.rdb_versions))
    try:
        return load_value(reader.byte(), reader, session.keyspace.thresholds)
    except (Corrupt, EmptyValue):
        raise CommandError(_BAD_DATA, payload, DATA) from None


@command("RESTORE", "RESTORE-ASKING")
def restore(session: Session, argv: list[bytes]) -> Reply:
    """RESTORE key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]"""
    replace, absolute = _options(argv)
    database, key = session.database, argv[1]
    if not replace and database.exists(key):
        raise CommandError(_BUSY_KEY, key, KEY)
    when = integer(argv[2])
    if when < 0:
        raise CommandError(b"ERR Invalid TTL value, must be >= 0", argv[2], INTEGER)
    value = _value_in(session, argv[3])
    now = session.keyspace.milliseconds()
    if when and not absolute:
        when += now
    is_over = bool(when) and (when <= now or when > INT64_MAX)
    if is_over:
        database.delete(key)
        return OK
    database.remove(key)
    database.put(key, value)
    if when:
        database.set_expiry(key, when)
    if database.thresholds.events:
        database.tell(GENERIC, b"restore", key)
    return OK
