"""Values as RDB files and DUMP payloads hold them: a type byte and a body (rdb.c `rdbSaveObject`, `rdbLoadObject`).

Written byte for byte as Redis 7.0.15 writes them, where its own order is not that of a seeded hash. Read in every type
of RDB version 1 to 10 but modules. Reading checks everything there is to check, always: what Redis would take on trust
(`sanitize-dump-payload no`) and could crash on later is Corrupt here.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, Final

from ferrous_vm.keyspace.arguments.parsing import to_float
from ferrous_vm.keyspace.database import Value
from ferrous_vm.keyspace.encodings import listpack
from ferrous_vm.keyspace.encodings.rdb_streams import load_stream, save_stream
from ferrous_vm.keyspace.encodings.rdb_strings import Corrupt, Reader, save_length, save_string
from ferrous_vm.keyspace.encodings.ziplists import read_ziplist, read_zipmap, write_ziplist
from ferrous_vm.keyspace.server.thresholds import Thresholds
from ferrous_vm.keyspace.types.encoded_texts import encoded
from ferrous_vm.keyspace.types.hashes import Hash
from ferrous_vm.keyspace.types.lists import List
from ferrous_vm.keyspace.types.sets import Set
from ferrous_vm.keyspace.types.sorted_sets import SortedSet
from ferrous_vm.keyspace.types.streams import Stream

STRING, LIST, SET, ZSET, HASH, ZSET_2 = range(6)
HASH_ZIPMAP, LIST_ZIPLIST, SET_INTSET, ZSET_ZIPLIST, HASH_ZIPLIST = range(9, 14)
(
    LIST_QUICKLIST,
    STREAM_LISTPACKS,
    HASH_LISTPACK,
    ZSET_LISTPACK,
    LIST_QUICKLIST_2,
    STREAM_LISTPACKS_2,
    SET_LISTPACK,
    STREAM_LISTPACKS_3,
) = range(14, 22)

STREAM_LISTPACKS_4: Final = 26
_PLAIN, _PACKED = 1, 2
"""Containers of a quicklist node: one huge element, or a listpack."""
_DOUBLE: Final = struct.Struct("<d")
_INTSET_HEADER: Final = struct.Struct("<II")
_INTEGER_SCORES: Final = 2.0**62
"""Scores up to here are stored as integers where they are whole (`double2ll`)."""
_INFINITIES: Final = {253: math.nan, 254: math.inf, 255: -math.inf}

_ESTIMATED_OVERHEAD: Final = 8
_EMPTY_LISTPACK: Final = listpack.HEADER_SIZE + 1
_SAFE_NODE: Final = 8192
_NODE_BYTES: Final = {-1: 4096, -2: 8192, -3: 16384, -4: 32768, -5: 65536}
"""Bytes of a list node for each negative list-max-listpack-size (`optimization_level`, quicklist.c)."""


class EmptyValue(Exception):
    """A collection without elements: an RDB file's is passed over, a DUMP payload's is no value."""


# Writing


def save_value(value: Value, thresholds: Thresholds) -> tuple[int, bytes]:
    """The type and the body of a stored value."""
    if isinstance(value, int):
        return STRING, save_string(b"%d" % value)
    if isinstance(value, bytes | bytearray):
        return STRING, save_string(bytes(value))
    save = _SAVERS.get(type(value))
    if save is None:  # a hash some of whose fields have an end
        from ferrous_vm.keyspace.encodings.rdb_timed_hashes import save_timed_hash

        return save_timed_hash(value)  # type: ignore[arg-type]
    return save(value, thresholds)


def _save_packed(elements: Iterable[bytes]) -> bytes:
    return save_string(listpack.encode(elements))


def _packed(thresholds: Thresholds) -> Callable[[Iterable[bytes]], bytes]:
    """What packs elements as the server does it: in listpacks, before 7.0 in ziplists."""
    return _save_ziplist if thresholds.profile.packs_in_ziplists else _save_packed


def _save_ziplist(elements: Iterable[bytes]) -> bytes:
    return save_string(write_ziplist(elements))


def _save_hash(value: Hash, thresholds: Thresholds) -> tuple[int, bytes]:
    words = [side for pair in value.fields.items() for side in pair]
    if not value.is_table:
        kind = HASH_ZIPLIST if thresholds.profile.packs_in_ziplists else HASH_LISTPACK
        return kind, _packed(thresholds)(words)
    return HASH, save_length(len(value)) + b"".join(map(save_string, words))


def _save_set(value: Set, _: Thresholds) -> tuple[int, bytes]:
    members = value.members()
    if value.encoding() == b"intset":
        return SET_INTSET, save_string(_intset([int(member) for member in members]))
    if value.is_packed:
        return SET_LISTPACK, _save_packed(members)
    return SET, save_length(len(members)) + b"".join(map(save_string, members))


def _intset(numbers: Sequence[int]) -> bytes:
    """An intset: as wide as its widest number, ascending (intset.c)."""
    width = next(size for size in (2, 4, 8) if all(-(1 << size * 8 - 1) <= n < 1 << size * 8 - 1 for n in numbers))
    packed = (number.to_bytes(width, "little", signed=True) for number in numbers)
    return _INTSET_HEADER.pack(width, len(numbers)) + b"".join(packed)


def _packed_score(score: float, double_text: Callable[[float], bytes]) -> bytes:
    """A score in a listpack (`zzlInsertAt`)."""
    if abs(score) <= _INTEGER_SCORES and score == int(score):
        return b"%d" % int(score)
    return double_text(score)


def _save_sorted_set(value: SortedSet, thresholds: Thresholds) -> tuple[int, bytes]:
    if not value.is_skiplist:
        double_text = thresholds.profile.double_text
        former = thresholds.profile.packs_in_ziplists
        to_text = double_text if former else partial(_packed_score, double_text=double_text)
        pairs = [side for score, member in value.ranks for side in (member, to_text(score))]
        return ZSET_ZIPLIST if former else ZSET_LISTPACK, _packed(thresholds)(pairs)
    scores = (save_string(member) + _DOUBLE.pack(score) for score, member in reversed(value.ranks))
    return ZSET_2, save_length(len(value)) + b"".join(scores)


def _save_list(value: List, thresholds: Thresholds) -> tuple[int, bytes]:
    nodes = list_nodes(value, thresholds.list_size)
    if thresholds.profile.packs_in_ziplists:
        return LIST_QUICKLIST, save_length(len(nodes)) + b"".join(map(_save_ziplist, nodes))
    packed = (save_length(_PACKED) + _save_packed(node) for node in nodes)
    return LIST_QUICKLIST_2, save_length(len(nodes)) + b"".join(packed)


def list_nodes(value: List, fill: int) -> list[list[bytes]]:
    """The nodes of a list that has only grown, first at its tail and then at its head (quicklist.c)."""
    before, after = value.halves()
    nodes = _grown(after, (), fill)
    outwards = _grown(before, nodes[0], fill)
    nodes[0] = outwards[0][::-1] + nodes[0]
    return [node[::-1] for node in reversed(outwards[1:])] + nodes


def fits_one_node(value: List, fill: int) -> bool:
    """Whether a list is small enough for one node (`listTypeTryConversionAppend`, t_list.c)."""
    size = _EMPTY_LISTPACK + sum(map(listpack.element_size, value))
    return size <= _NODE_BYTES[fill] if fill < 0 else size <= _SAFE_NODE and len(value) <= fill


def _grown(elements: Iterable[bytes], held: Sequence[bytes], fill: int) -> list[list[bytes]]:
    """What each node takes of `elements`, one after the other; the first node holds something already."""
    taken: list[list[bytes]] = [[]]
    size, count = _EMPTY_LISTPACK + sum(map(listpack.element_size, held)), len(held)
    for element in elements:
        grown = size + len(element) + _ESTIMATED_OVERHEAD
        fits = grown <= _NODE_BYTES[fill] if fill < 0 else grown <= _SAFE_NODE and count < fill
        if count and not fits:
            taken.append([])
            size, count = _EMPTY_LISTPACK, 0
        taken[-1].append(element)
        size += listpack.element_size(element)
        count += 1
    return taken


def _save_stream(value: Stream, thresholds: Thresholds) -> tuple[int, bytes]:
    with_activity = thresholds.profile.consumers_tell_of_activity
    if thresholds.profile.packs_in_ziplists:
        return STREAM_LISTPACKS, save_stream(value, with_counters=False)
    body = save_stream(value, with_activity=with_activity)
    if thresholds.profile.tells_of_producers:
        from ferrous_vm.keyspace.encodings.rdb_producers import save_producers

        return STREAM_LISTPACKS_4, body + save_producers(value.producers)
    return STREAM_LISTPACKS_3 if with_activity else STREAM_LISTPACKS_2, body


_SAVERS: Final[dict[type, Callable[[Any, Thresholds], tuple[int, bytes]]]] = {
    Hash: _save_hash,
    List: _save_list,
    Set: _save_set,
    SortedSet: _save_sorted_set,
    Stream: _save_stream,
}
"""How each collection is written."""


# Reading


def load_value(kind: int, reader: Reader, thresholds: Thresholds) -> Value:
    """The value of type `kind` that comes next. Raises Corrupt, or EmptyValue for a collection without elements."""
    load = _LOADERS.get(kind)
    if kind == STREAM_LISTPACKS_4 and thresholds.profile.tells_of_producers:
        load = _LOADERS[STREAM_LISTPACKS_3]
    if thresholds.profile.packs_in_ziplists and kind > STREAM_LISTPACKS:
        raise Corrupt
    if kind in _LATER and not thresholds.profile.consumers_tell_of_activity:
        raise Corrupt
    if load is None:
        if thresholds.profile.field_rules is None:
            raise Corrupt
        from ferrous_vm.keyspace.encodings.rdb_timed_hashes import load_timed_hash

        load = partial(load_timed_hash, kind)
    value: Value = load(reader, thresholds)
    if kind == STREAM_LISTPACKS_4 and isinstance(value, Stream):
        from ferrous_vm.keyspace.encodings.rdb_producers import load_producers

        value.producers = load_producers(reader)
    if isinstance(value, int | bytes | Stream) or len(value):
        return value
    raise EmptyValue


def _strings(reader: Reader, count: int) -> list[bytes]:
    """The next `count` strings; there is no trusting that there are so many."""
    strings = []
    for _ in range(count):
        strings.append(reader.string())
    return strings


def _elements(reader: Reader) -> list[bytes]:
    """The elements of the next listpack."""
    try:
        return listpack.decode(reader.string())
    except listpack.CorruptListpack as error:
        raise Corrupt from error


def _pairs(words: Sequence[bytes]) -> dict[bytes, bytes]:
    """Fields and values, or members and scores, that stand in turn; none may stand twice."""
    pairs = dict(zip(words[::2], words[1::2], strict=False))
    if len(words) % 2 or 2 * len(pairs) != len(words):
        raise Corrupt
    return pairs


def _load_list(reader: Reader, _: Thresholds) -> List:
    return List(_strings(reader, reader.length()))


def _load_quicklist(reader: Reader, _: Thresholds) -> List:
    elements: list[bytes] = []
    for _node in range(reader.length()):
        elements += read_ziplist(reader.string())
    return List(elements)


def _load_quicklist_2(reader: Reader, _: Thresholds) -> List:
    elements: list[bytes] = []
    for _node in range(reader.length()):
        container = reader.length()
        if container not in (_PLAIN, _PACKED):
            raise Corrupt
        elements += (reader.string(),) if container == _PLAIN else _elements(reader)
    return List(elements)


def _set_of(members: Sequence[bytes], thresholds: Thresholds) -> Set:
    made = Set(thresholds, members)
    if len(made) != len(members):
        raise Corrupt
    return made


def _load_set(reader: Reader, thresholds: Thresholds) -> Set:
    return _set_of(_strings(reader, reader.length()), thresholds)


def _load_intset(reader: Reader, thresholds: Thresholds) -> Set:
    data = reader.string()
    if len(data) < _INTSET_HEADER.size:
        raise Corrupt
    width, count = _INTSET_HEADER.unpack_from(data)
    if width not in (2, 4, 8) or len(data) != _INTSET_HEADER.size + width * count or not count:
        raise Corrupt
    places = range(_INTSET_HEADER.size, len(data), width)
    numbers = [int.from_bytes(data[place : place + width], "little", signed=True) for place in places]
    if any(number >= following for number, following in pairwise(numbers)):
        raise Corrupt
    return _set_of([b"%d" % number for number in numbers], thresholds)


def _load_hash(reader: Reader, thresholds: Thresholds) -> Hash:
    fields = _pairs(_strings(reader, 2 * reader.length()))
    made = Hash(thresholds)
    for field, value in fields.items():
        made.set(field, value)
    return made


def _packed_hash(words: Sequence[bytes], thresholds: Thresholds) -> Hash:
    fields = _pairs(words)
    return Hash.restored(thresholds, fields, len(fields) > thresholds.hash_entries)


def _load_zipmap(reader: Reader, thresholds: Thresholds) -> Hash:
    words = read_zipmap(reader.string())
    is_table = any(len(word) > thresholds.hash_value for word in words)
    fields = _pairs(words)
    return Hash.restored(thresholds, fields, is_table or len(fields) > thresholds.hash_entries)


def _scores(pairs: dict[bytes, bytes]) -> dict[bytes, float]:
    scores = {}
    for member, text in pairs.items():
        score = to_float(text)
        if score is None:
            raise Corrupt
        scores[member] = score
    return scores


def _packed_sorted_set(words: Sequence[bytes], thresholds: Thresholds) -> SortedSet:
    scores = _scores(_pairs(words))
    return SortedSet.restored(thresholds, scores, len(scores) > thresholds.zset_entries)


def _load_sorted_set(read_score: Callable[[Reader], float], reader: Reader, thresholds: Thresholds) -> SortedSet:
    scores: dict[bytes, float] = {}
    for _ in range(reader.length()):
        member, score = reader.string(), read_score(reader)
        if member in scores or math.isnan(score):
            raise Corrupt
        scores[member] = score
    return SortedSet.of(thresholds, scores)


def _binary_score(reader: Reader) -> float:
    (score,) = _DOUBLE.unpack(reader.take(_DOUBLE.size))
    return float(score)


def _textual_score(reader: Reader) -> float:
    """A score as RDB wrote it before version 8 (`rdbLoadDoubleValue`)."""
    size = reader.byte()
    if size in _INFINITIES:
        return _INFINITIES[size]
    score = to_float(reader.take(size))
    if score is None:
        raise Corrupt
    return score


_LATER: Final = (SET_LISTPACK, STREAM_LISTPACKS_3)
"""Types that Redis 7.0 does not know."""

_LOADERS: Final[dict[int, Callable[[Reader, Thresholds], Any]]] = {
    STRING: lambda reader, _: encoded(reader.string()),
    LIST: _load_list,
    SET: _load_set,
    ZSET: partial(_load_sorted_set, _textual_score),
    HASH: _load_hash,
    ZSET_2: partial(_load_sorted_set, _binary_score),
    HASH_ZIPMAP: _load_zipmap,
    LIST_ZIPLIST: lambda reader, _: List(read_ziplist(reader.string())),
    SET_INTSET: _load_intset,
    ZSET_ZIPLIST: lambda reader, thresholds: _packed_sorted_set(read_ziplist(reader.string()), thresholds),
    HASH_ZIPLIST: lambda reader, thresholds: _packed_hash(read_ziplist(reader.string()), thresholds),
    LIST_QUICKLIST: _load_quicklist,
    STREAM_LISTPACKS: partial(load_stream, has_counters=False),
    HASH_LISTPACK: lambda reader, thresholds: _packed_hash(_elements(reader), thresholds),
    ZSET_LISTPACK: lambda reader, thresholds: _packed_sorted_set(_elements(reader), thresholds),
    LIST_QUICKLIST_2: _load_quicklist_2,
    STREAM_LISTPACKS_2: partial(load_stream, has_counters=True),
    SET_LISTPACK: lambda reader, thresholds: _set_of(_elements(reader), thresholds),
    STREAM_LISTPACKS_3: partial(load_stream, has_counters=True, has_activity=True),
}
"""How each type is read; those of modules (6 and 7) are not."""
