"""The keyspace browser: pages of keys, and the content of one (contract.Browse, contract.Inspect)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from ferrous_vm.keyspace.arguments.glob import matches
from ferrous_vm.workbench import content
from ferrous_vm.workbench.cutting import cut
from ferrous_vm.workbench.escapes import argument, encode, read_argument
from ferrous_vm.workbench.records.keyspace import Browse, Inspect, KeyContent, KeyPage, KeyRow, KeySummary
from ferrous_vm.workbench.workbench import Workbench

SEPARATOR = b":"
"""What parts a key into namespaces, by the custom of Redis: `user:1:name`."""

KEYS_AT_ONCE = 500
"""Keys looked at between two reports of progress."""

LONGEST_FIELD = 20_000
"""Characters of one element."""

LARGEST_EXPORT = 200_000
"""Bytes of a value up to which its commands are shown."""


def browse(workbench: Workbench, request: Browse) -> KeyPage:
    """A page of keys, sorted by name; or of the namespaces and keys within one, namespaces first."""
    databases: Any = workbench.keyspace.databases
    if not 0 <= request.database < len(databases):
        return KeyPage(0, [], _in_use(workbench), workbench.now())
    database = databases[request.database]
    prefix = read_argument(request.namespace or "")
    is_wanted = _filter(request, prefix)
    progress = workbench.progress("Searching key")
    found = []
    for done, key in enumerate(keys := list(database.keys())):
        if is_wanted(key, database):
            found.append(key)
        if not done % KEYS_AT_ONCE:
            progress(done, len(keys))
    spaces: list[tuple[bytes, int]] = []
    if request.namespace is not None:
        spaces, found = _within(found, prefix)
    first, last = max(0, request.offset), max(0, request.offset) + max(0, request.limit)
    rows = [KeySummary(argument(name), "namespace", "", size, None) for name, size in spaces[first:last]]
    keys = sorted(found)[max(0, first - len(spaces)) : max(0, last - len(spaces))]
    rows += [_summary(database, key) for key in keys]
    return KeyPage(len(spaces) + len(found), rows, _in_use(workbench), workbench.now())


def _filter(request: Browse, prefix: bytes) -> Callable[[bytes, Any], bool]:
    """Whether a key is one of those asked for: a search with `*`, `?` or `[` is a pattern like that of KEYS."""
    text = encode(request.search)
    is_pattern = any(character in request.search for character in "*?[")

    def is_wanted(key: bytes, database: Any) -> bool:
        return (
            key.startswith(prefix)
            and request.kind in ("", content.type_name(database.entries[key]))
            and (
                (matches(text, key) if is_pattern else text in key)
                or (
                    request.in_values
                    and any(_holds(element, text) for element in content.elements(database.entries[key]))
                )
            )
        )

    return is_wanted


def _within(keys: list[bytes], prefix: bytes) -> tuple[list[tuple[bytes, int]], list[bytes]]:
    """The namespaces directly within `prefix`, each with how many keys it holds, and the keys directly within it."""
    spaces: Counter[bytes] = Counter()
    direct: list[bytes] = []
    for key in keys:
        end = key.find(SEPARATOR, len(prefix))
        if end < 0:
            direct.append(key)
        else:
            spaces[key[: end + len(SEPARATOR)]] += 1
    return sorted(spaces.items()), direct


def inspect(workbench: Workbench, request: Inspect) -> KeyContent:
    """The elements of one key, and the commands that make it again while they are short."""
    databases: Any = workbench.keyspace.databases
    key = read_argument(request.key)
    database = databases[request.database] if 0 <= request.database < len(databases) else None
    if database is None or not database.is_live(key):
        return KeyContent(None, [], [], 0, [])
    value = database.entries[key]
    start = max(0, request.offset)
    text = encode(request.search)
    found = [place for place, element in enumerate(content.elements(value)) if _holds(element, text)] if text else []
    places = found[start : start + max(0, request.limit)] if text else range(start, start + max(0, request.limit))
    rows = [_row(value, place, element) for place, element in _at(value, places)]
    small = content.size(value) <= LARGEST_EXPORT // 100
    lines = content.recreation(key, value, database.expiries.get(key)) if small else []
    short = sum(map(len, lines)) <= LARGEST_EXPORT
    total = len(found) if text else 1 if content.type_name(value) == "string" else content.size(value)
    return KeyContent(_summary(database, key), content.columns(value), rows, total, lines if short else [])


def _holds(element: content.Element, text: bytes) -> bool:
    """Whether the text stands in an element or its name."""
    name, held = element
    return text in name or text in held


def _at(value: Any, places: Sequence[int]) -> Iterator[tuple[int, content.Element]]:
    """The elements at places, which ascend."""
    if not places:
        return
    wanted = set(places)
    for place, element in enumerate(islice(content.elements(value), places[-1] + 1)):
        if place in wanted:
            yield place, element


def _row(value: Any, place: int, element: content.Element) -> KeyRow:
    fields = content.row(value, element)
    return KeyRow(
        fields=[cut(field, LONGEST_FIELD) for field in fields],
        place=place,
        whole=all(len(field) <= LONGEST_FIELD for field in fields),
    )


def _summary(database: Any, key: bytes) -> KeySummary:
    value = database.entries[key]
    return KeySummary(
        key=argument(key),
        kind=content.type_name(value),
        encoding=content.encoding(database, key),
        size=content.size(value),
        expiry=database.expiries.get(key),
    )


def _in_use(workbench: Workbench) -> list[int]:
    return [database.index for database in workbench.keyspace.databases if len(database)]
