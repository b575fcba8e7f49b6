"""What RDB files hold behind a stream of type 26: what is remembered of its producers (rdb.c of Redis 8.6)."""

from __future__ import annotations

from ferrous_vm.keyspace.encodings.rdb_strings import Corrupt, Reader, save_length, save_string
from ferrous_vm.keyspace.types.stream_ids import GREATEST_SEQUENCE, SEQUENCE_BITS, StreamID, id_of
from ferrous_vm.keyspace.types.stream_producers import NONE, Producers


def save_producers(producers: Producers | None) -> bytes:
    """The bytes behind a stream that remembers these."""
    told = producers or NONE
    parts = [save_length(told.duration), save_length(told.most), save_length(len(told.known))]
    for producer, entries in told.known.items():
        parts += (save_string(producer), save_length(len(entries)))
        for own_id, identifier in entries.items():
            low = save_length(identifier & GREATEST_SEQUENCE)
            parts += (save_string(own_id), save_length(identifier >> SEQUENCE_BITS), low)
    return b"".join((*parts, save_length(told.added), save_length(told.duplicates)))


def load_producers(reader: Reader) -> Producers:
    """Those that come next. Raises Corrupt where one stands twice."""
    duration, most = reader.length(), reader.length()
    known: dict[bytes, dict[bytes, StreamID]] = {}
    for _ in range(reader.length()):
        producer = reader.string()
        entries: dict[bytes, StreamID] = {}
        for _entry in range(reader.length()):
            own_id, milliseconds = reader.string(), reader.length()
            if own_id in entries:
                raise Corrupt
            entries[own_id] = id_of(milliseconds, reader.length())
        if producer in known:
            raise Corrupt
        known[producer] = entries
    return Producers(duration, most, reader.length(), reader.length(), known)
