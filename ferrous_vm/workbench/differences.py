"""Where two values of one element differ: short ones are shown whole, of long ones the places that are not the same.

JSON and MessagePack are compared by structure: what stands where, not how it is written. Other values are compared byte
by byte, and each place is shown with what stands around it. Offsets are in bytes from 0, as GETRANGE counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ferrous_vm.printing import visible
from ferrous_vm.workbench.cutting import cut, cut_field
from ferrous_vm.workbench.escapes import argument, quote
from ferrous_vm.workbench.records.keyspace import Difference, ElementChange

if TYPE_CHECKING:
    from ferrous_vm.workbench.value_forms import Part

SHORT: Final = 160
"""Bytes up to which both values are shown whole."""

LONGEST_ELEMENT: Final = 2_000
"""Bytes of a value that is shown alone, and of a name."""

LONGEST_PLACE: Final = 200
"""Bytes of each side that are shown of one place."""

AROUND: Final = 24
"""Bytes before and behind a place that are shown with it."""

APART: Final = 16
"""Equal bytes that part two places."""

MOST_PLACES: Final = 20
"""Places that are listed for one element."""

MOST_COUNTED: Final = 1_000
"""Places that are looked for."""

LARGEST_STRUCTURE: Final = 1_000_000
"""Bytes that are read as JSON or MessagePack."""


def element_change(name: bytes, before: bytes | None, after: bytes | None) -> ElementChange:
    """An element before and after; None where it was, or is, not there."""
    shown = cut_field(name, LONGEST_ELEMENT)
    if before is None or after is None or max(len(before), len(after)) <= SHORT:
        old, new = (None if side is None else cut_field(side, LONGEST_ELEMENT) for side in (before, after))
        return ElementChange(shown, old, new)
    form, places = _compared(before, after)
    found = list(islice(places, MOST_COUNTED))
    more = len(found) - MOST_PLACES
    left = "" if more <= 0 else f"{more:,}{' or' if len(found) == MOST_COUNTED else ''} more places"
    return ElementChange(shown, _size(before), _size(after), form, found[:MOST_PLACES], left)


def _size(value: bytes) -> str:
    return f"{len(value):,} bytes"


def _compared(before: bytes, after: bytes) -> tuple[Any, Iterator[Difference]]:
    """What the values are taken for, and where they differ."""
    from ferrous_vm.workbench.value_forms import json_parts, messagepack_parts  # few runs change what is so long

    if max(len(before), len(after)) <= LARGEST_STRUCTURE:
        for form, read in (("JSON", json_parts), ("MessagePack", messagepack_parts)):
            old = read(before)
            new = read(after) if old is not None else None
            if old is not None and new is not None:
                return form, _differing_paths(_paths(old), _paths(new))
    try:
        before.decode()
        after.decode()
    except UnicodeDecodeError:
        return "binary", _differing_bytes(before, after, False)
    return "text", _differing_bytes(before, after, True)


# Structures


def _paths(parts: list[Part]) -> dict[str, str]:
    """The leaves of a structure by the way to them: ``.user.tags[2]``; of keys that come twice the last counts."""
    found: dict[str, str] = {}
    opened: list[_Opened] = []
    key = ""
    for index, part in enumerate(parts):
        if part.text in ("]", "}"):
            opened.pop()
            continue
        if part.is_key:
            key = _step(_unescaped(part.text))
            continue
        way = opened[-1].step(key) if opened else ""
        if part.text not in ("[", "{"):
            found[way] = _unescaped(part.text)
            continue
        if not part.size:
            found[way] = part.text + parts[index + 1].text
        opened.append(_Opened(way, part.text == "["))
    return found


class _Opened:
    """A list or an object that is being read, and the place of its next part."""

    __slots__ = ("at", "is_list", "way")

    def __init__(self, way: str, is_list: bool) -> None:
        self.way = way
        self.is_list = is_list
        self.at = -1

    def step(self, key: str) -> str:
        self.at += 1
        return f"{self.way}[{self.at}]" if self.is_list else self.way + key


def _unescaped(text: str) -> str:
    """A string without the escapes that JSON leaves to the writer: "\\u0041" is "A"."""
    if not text.startswith('"') or "\\" not in text:
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:  # redis-cli's escapes, of bytes in MessagePack
        return text


def _step(key: str) -> str:
    """The way into a field: ``.name``, or ``["two words"]``."""
    name = key[1:-1] if key.startswith('"') else ""
    return f".{name}" if name.isidentifier() else f"[{key}]"


def _differing_paths(before: dict[str, str], after: dict[str, str]) -> Iterator[Difference]:
    for way in dict.fromkeys([*before, *after]):
        old, new = before.get(way), after.get(way)
        if old != new:
            old, new = (None if side is None else visible(cut(side, LONGEST_PLACE)) for side in (old, new))
            yield Difference(visible(cut(way, LONGEST_PLACE)), old, new)


# Bytes


class _Place(NamedTuple):
    """A stretch of both values that differs."""

    start: int
    end_before: int
    end_after: int


def _differing_bytes(before: bytes, after: bytes, is_text: bool) -> Iterator[Difference]:
    for start, end_before, end_after in _places(before, after):
        while is_text and start and any(_is_inside_letter(side, start) for side in (before, after)):
            start -= 1
        lead = before[max(0, start - AROUND) : start]
        tail = before[end_before : end_before + AROUND]
        old, new = before[start:end_before], after[start:end_after]
        yield Difference(f"byte {start:,}", _side(old), _side(new), _plain(lead), _plain(tail))


def _is_inside_letter(value: bytes, at: int) -> bool:
    return at < len(value) and value[at] & 0xC0 == 0x80


def _places(before: bytes, after: bytes) -> Iterator[_Place]:
    """Values of one length may differ in many places; others from the first to the last byte that is not the same."""
    if len(before) != len(after):
        start = _equal_until(before, after, 0)
        same = _equal_from_end(before, after, min(len(before), len(after)) - start)
        yield _Place(start, len(before) - same, len(after) - same)
        return
    start = _equal_until(before, after, 0)
    while start < len(before):
        end = start + 1
        while end < len(before) and before[end : end + APART] != after[end : end + APART]:
            end += 1
            if end - start > LONGEST_PLACE * 4:
                end = len(before) - _equal_from_end(before, after, len(before) - end)
        yield _Place(start, end, end)
        start = _equal_until(before, after, end)


def _equal_until(before: bytes, after: bytes, start: int) -> int:
    """Where the first difference is, from `start` on."""
    low, high = start, min(len(before), len(after))
    step = 256
    while low < high and before[low : low + step] == after[low : low + step] and low + step <= high:
        low += step
        step *= 2
    high = min(high, low + step)
    while low < high:
        middle = (low + high + 1) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _equal_from_end(before: bytes, after: bytes, most: int) -> int:
    """How many bytes at the end are the same, no more than `most`."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if before[len(before) - middle :] == after[len(after) - middle :]:
            low = middle
        else:
            high = middle - 1
    return low


def _side(value: bytes) -> str | None:
    """What stands at a place on one side; None for nothing."""
    if not value:
        return None
    left = len(value) - LONGEST_PLACE
    return _plain(value[:LONGEST_PLACE]) + (f"… ({left:,} more bytes)" if left > 0 else "")


def _plain(value: bytes) -> str:
    """Bytes without quotes around them; what is no readable text is written with escapes."""
    text = argument(value)
    return text if text.encode("utf-8", "surrogatepass") == value else quote(value)[1:-1]
