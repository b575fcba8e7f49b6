"""Which words of a command are keys (db.c `getKeysFromCommandWithSpecs`).

The key specs of the command table tell it for most commands. Where they end in nothing, because a number is wrong, a
spec is marked unknown, or its flags depend on options, a finder of the command's own is asked, as in Redis.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from ferrous_vm.keyspace.arguments.parsing import keyword, to_integer
from ferrous_vm.keyspace.command_table import Row


class KeyPosition(NamedTuple):
    """A key by its place among the words of the command, and what is done with it: names such as `RO` and `access`."""

    word: int
    flags: Sequence[str]


Finder: TypeAlias = Callable[[list[bytes]], list[KeyPosition]]


def may_have_keys(row: Row) -> bool:
    """Whether any argument of the command may be a key (`doesCommandHaveKeys`)."""
    return row.full_name in _FINDERS or _has_key_spec(row)


def _has_key_spec(row: Row) -> bool:
    return any("not_key" not in spec["flags"] for spec in row.key_specs)


def words_with_slots(row: Row, argv: list[bytes]) -> list[int]:
    """The places of what decides where a cluster carries out the command: its keys, or the shard channels it names."""
    return _shard_channels(row, argv) or [position.word for position in key_positions(row, argv)]


def _shard_channels(row: Row, argv: list[bytes]) -> list[int]:
    if not row.key_specs or _has_key_spec(row):
        return []
    found = [_from_first(spec["find_keys"], spec["begin_search"]["spec"]["index"], argv) for spec in row.key_specs]
    return [word for words in found for word in words or ()]


def key_positions(row: Row, argv: list[bytes]) -> list[KeyPosition]:
    """The keys of the command `argv`, which has the arity of `row`; none if they cannot be told."""
    if _has_key_spec(row) and not any("variable_flags" in spec["flags"] for spec in row.key_specs):
        positions = _by_specs(row.key_specs, argv)
        if positions is not None:
            return positions
    finder = _FINDERS.get(row.full_name)
    return [] if finder is None else finder(argv)


_READ_AND_CHANGED: Final = frozenset(b"getset getdel getex pfcount pfmerge xack xclaim xautoclaim".split())
"""Commands that read, with a reader's look-up, a key that they also change."""


_LOOKING_TWICE: Final = frozenset((b"xread", b"xreadgroup"))
"""Commands that look up every key once to see what it is, and once to read it."""


def sources(row: Row, argv: list[bytes]) -> list[bytes]:
    """The keys that the command looks up to read them, as often as it does; a destination is none, unless it is read
    too."""
    if row.full_name == b"pfmerge":  # whose specs cannot be followed if it has no source
        return argv[1:]
    keys = [
        argv[word]
        for word, flags in key_positions(row, argv)
        if "RO" in flags or not flags or row.full_name in _READ_AND_CHANGED
    ]
    return keys * 2 if row.full_name in _LOOKING_TWICE else keys


# Key specs


def _by_specs(specs: list[dict[str, Any]], argv: list[bytes]) -> list[KeyPosition] | None:
    """What the specs tell; None if one of them cannot be followed (`getKeysUsingKeySpecs`)."""
    positions: list[KeyPosition] = []
    for spec in specs:
        if "not_key" in spec["flags"]:
            continue
        begin = spec["begin_search"]
        if begin["type"] == "unknown":
            return None
        first = begin["spec"]["index"] if begin["type"] == "index" else _after_keyword(argv, begin["spec"])
        if first == 0:
            continue
        indexes = _from_first(spec["find_keys"], first, argv)
        if indexes is None or "incomplete" in spec["flags"]:
            return None
        positions += [KeyPosition(index, spec["flags"]) for index in indexes]
    return positions


def _after_keyword(argv: list[bytes], spec: dict[str, Any]) -> int:
    """The index after the keyword, or 0: forwards from `startfrom`, or backwards from so far before the end."""
    wanted: bytes = spec["keyword"].lower().encode()
    startfrom: int = spec["startfrom"]
    argc = len(argv)
    start, end = (startfrom, argc - 1) if startfrom > 0 else (argc + startfrom, 1)
    step = 1 if start <= end else -1
    index = start
    while index != end and 1 <= index < argc:
        if keyword(argv[index]) == wanted:
            return index + 1
        index += step
    return 0


def _from_first(find: dict[str, Any], first: int, argv: list[bytes]) -> range | None:
    """The indexes of the keys from `first` on; None where there cannot be so many."""
    argc, spec = len(argv), find["spec"]
    if find["type"] == "range":
        step, last = spec["keystep"], spec["lastkey"]
        if last >= 0:
            last += first
        elif spec["limit"]:
            last += first + (argc - first) // spec["limit"]
        else:
            last += argc
    elif find["type"] == "keynum":
        step, index = spec["keystep"], first + spec["keynumidx"]
        count = to_integer(argv[index]) if index < argc else None
        if count is None or count < 0:
            return None
        first += spec["firstkey"]
        last = first + count - 1
    else:
        return None
    return range(first, last + 1, step) if first <= last < argc else None


# Finders of single commands

_NUMBER: Final = re.compile(rb"[ \t-\r]*([+-]?[0-9]{1,10})").match


def _counted(store: int, count: int, first: int) -> Finder:
    """Commands with a number of keys at `count`, keys from `first` and a destination at `store` (`genericGetKeys`)."""

    def find(argv: list[bytes]) -> list[KeyPosition]:
        number = _NUMBER(argv[count]) if count < len(argv) else None
        keys = int(number[1]) if number else 0
        if not 1 <= keys <= len(argv) - first:
            return []
        indexes = [*range(first, first + keys), *([store] if store else [])]
        return [KeyPosition(index, ()) for index in indexes]

    return find


def _sort(argv: list[bytes]) -> list[KeyPosition]:
    """SORT: the last STORE counts."""
    skipped = {b"limit": 2, b"get": 1, b"by": 1}
    stored, index = 0, 2
    while index < len(argv):
        option = keyword(argv[index])
        if option == b"store" and index + 1 < len(argv):
            stored = index + 1
        index += 1 + skipped.get(option, 0)
    return [*_sort_ro(argv), *([KeyPosition(stored, ("OW", "update"))] if stored else [])]


def _sort_ro(argv: list[bytes]) -> list[KeyPosition]:
    return [KeyPosition(1, ("RO", "access"))]


def _migrate(argv: list[bytes]) -> list[KeyPosition]:
    skipped = {b"auth": 1, b"auth2": 2}
    indexes, index = range(3, 4), 6
    while index < len(argv):
        option = keyword(argv[index])
        if option == b"keys":
            indexes = range(0) if argv[3] else range(index + 1, len(argv))
            break
        index += 1 + skipped.get(option, 0)
    return [KeyPosition(index, ("RW", "access", "delete")) for index in indexes]


def _georadius(argv: list[bytes]) -> list[KeyPosition]:
    stored, index = 0, 5
    while index < len(argv):
        if keyword(argv[index]) in (b"store", b"storedist") and index + 1 < len(argv):
            index += 1
            stored = index
        index += 1
    return [KeyPosition(1, ("RO", "access")), *([KeyPosition(stored, ("OW", "update"))] if stored else [])]


def _xread(argv: list[bytes]) -> list[KeyPosition]:
    skipped = {b"block": 1, b"count": 1, b"group": 2, b"noack": 0}
    index = 1
    while index < len(argv) and keyword(argv[index]) in skipped:
        index += 1 + skipped[keyword(argv[index])]
    keys, odd = divmod(len(argv) - index - 1, 2)
    if index >= len(argv) or keyword(argv[index]) != b"streams" or odd:
        return []
    return [KeyPosition(position, ("RO", "access")) for position in range(index + 1, index + 1 + keys)]


def _set(argv: list[bytes]) -> list[KeyPosition]:
    is_read = any(keyword(argument) == b"get" for argument in argv[3:])
    return [KeyPosition(1, ("RW", "access", "update") if is_read else ("OW", "update"))]


def _bitfield(argv: list[bytes]) -> list[KeyPosition]:
    arguments = {b"get": 2, b"overflow": 1}
    index = 2
    while index < len(argv):
        count = arguments.get(keyword(argv[index]))
        if count is None or index + count >= len(argv):
            return [KeyPosition(1, ("RW", "access", "update"))]
        index += 1 + count
    return [KeyPosition(1, ("RO", "access"))]


_FINDERS: Final[dict[bytes, Finder]] = {
    **dict.fromkeys((b"sintercard", b"zintercard", b"lmpop", b"zmpop"), _counted(0, 1, 2)),
    **dict.fromkeys((b"zunion", b"zinter", b"zdiff"), _counted(0, 1, 2)),
    **dict.fromkeys((b"zunionstore", b"zinterstore", b"zdiffstore"), _counted(1, 2, 3)),
    **dict.fromkeys((b"eval", b"eval_ro", b"evalsha", b"evalsha_ro", b"fcall", b"fcall_ro"), _counted(0, 2, 3)),
    **dict.fromkeys((b"blmpop", b"bzmpop"), _counted(0, 2, 3)),
    **dict.fromkeys((b"georadius", b"georadiusbymember"), _georadius),
    **dict.fromkeys((b"xread", b"xreadgroup"), _xread),
    b"sort": _sort, b"sort_ro": _sort_ro, b"migrate": _migrate, b"set": _set, b"bitfield": _bitfield,
}  # fmt: skip
"""The commands with a finder (`getkeys_proc` in commands.def)."""
