"""Hashes with ends of fields as RDB holds them: Redis's types 24 and 25 (from version 12 on), Valkey's 22 (from 80 on).

24  the earliest end, 8 bytes; the number of fields; of each its end less the earliest plus 1, or 0, field, value
25  the earliest end, 8 bytes; a listpack of field, value, end or 0
22  the number of fields; of each field, value, and its end in 8 bytes, -1 without one
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from ferrous_vm.keyspace.arguments.parsing import to_integer
from ferrous_vm.keyspace.encodings import listpack
from ferrous_vm.keyspace.encodings.rdb_strings import Corrupt, Reader, save_length, save_string
from ferrous_vm.keyspace.server.thresholds import Thresholds
from ferrous_vm.keyspace.types.hashes import Hash
from ferrous_vm.keyspace.types.timed_hashes import NEVER, Alarm, TimedHash, Timing

HASH: Final = 4
_VALKEY_TABLE, _TABLE, _PACKED = 22, 24, 25
_TIME: Final = struct.Struct("<q")
_UNKNOWN: Final = 2**48 - 1
"""The earliest end of a hash none of whose fields has one."""
_ENDLESS: Final = -1

Fields = list[tuple[bytes, bytes, int | None]]


def save_timed_hash(value: TimedHash) -> tuple[int, bytes]:
    """The type and the body of a hash, as its server writes it (`rdbSaveObject`)."""
    ends = value.timing.ends
    if value.is_table and not ends:
        return HASH, save_length(len(value)) + b"".join(save_string(text) for pair in value.pairs() for text in pair)
    if not value.timing.alarm.sorts:
        parts = (
            save_string(field) + save_string(text) + _TIME.pack(ends.get(field, _ENDLESS))
            for field, text in value.pairs()
        )
        return _VALKEY_TABLE, save_length(len(value)) + b"".join(parts)
    earliest = min(value.earliest(), _UNKNOWN)
    if not value.is_table:
        words = [word for field, text in value.pairs() for word in (field, text, ends.get(field, 0))]
        return _PACKED, _TIME.pack(earliest) + save_string(listpack.encode(words))
    parts = (
        save_length(ends[field] - earliest + 1 if field in ends else 0) + save_string(field) + save_string(text)
        for field, text in value.pairs()
    )
    return _TABLE, _TIME.pack(earliest) + save_length(len(value)) + b"".join(parts)


def load_timed_hash(kind: int, reader: Reader, thresholds: Thresholds) -> Hash:
    """The hash of such a type that comes next. Raises Corrupt, for a type that the server does not know too."""
    rules = thresholds.profile.field_rules
    if rules is None or kind not in _READERS or (kind == _VALKEY_TABLE) is rules.sorts:
        raise Corrupt
    fields = _READERS[kind](reader)
    made = Hash(thresholds)
    made.is_table = not rules.sorts or (kind == _PACKED and len(fields) > thresholds.hash_entries)
    for field, text, _ in fields:
        if not made.set(field, text):
            raise Corrupt
    timed = {field: end for field, _, end in fields if end is not None}
    if not timed and kind != _PACKED:
        return made
    made.timing = Timing(Alarm(sorts=rules.sorts))
    made.__class__ = TimedHash
    assert isinstance(made, TimedHash)
    for field, end in timed.items():
        made.set_end(field, end)
    if kind == _PACKED:  # its order is what it says
        made.fields = {field: text for field, text, _ in fields}
    return made


def _read_valkey(reader: Reader) -> Fields:
    fields: Fields = []
    for _ in range(reader.length()):
        field, text = reader.string(), reader.string()
        (end,) = _TIME.unpack(reader.take(_TIME.size))
        if end < _ENDLESS:
            raise Corrupt
        fields.append((field, text, None if end == _ENDLESS else end))
    return fields


def _read_table(reader: Reader) -> Fields:
    (earliest,) = _TIME.unpack(reader.take(_TIME.size))
    fields: Fields = []
    for _ in range(reader.length()):
        after = reader.length()
        end = earliest + after - 1 if after else None
        fields.append((reader.string(), reader.string(), _checked(end)))
    return fields


def _read_packed(reader: Reader) -> Fields:
    reader.take(_TIME.size)
    try:
        words = listpack.decode(reader.string())
    except listpack.CorruptListpack as error:
        raise Corrupt from error
    if len(words) % 3 or not words:
        raise Corrupt
    fields: Fields = []
    for field, text, time in zip(words[::3], words[1::3], words[2::3], strict=True):
        end = to_integer(time)
        if end is None:
            raise Corrupt
        fields.append((field, text, _checked(end or None)))
    return fields


def _checked(end: int | None) -> int | None:
    if end is not None and not 0 < end < NEVER:
        raise Corrupt
    return end


_READERS: Final[dict[int, Callable[[Reader], Fields]]] = {
    _VALKEY_TABLE: _read_valkey,
    _TABLE: _read_table,
    _PACKED: _read_packed,
}
