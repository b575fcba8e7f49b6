"""What a run changed, key by key and element by element, from the keyspace's journal (records.keyspace).

A run may change more keys than a page can hold. The first are told at once; the others, and those whose names hold what
a person looks for, while the keyspace is as the run left it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from ferrous_vm.keyspace import journal
from ferrous_vm.keyspace.types.sorted_sets import SortedSet
from ferrous_vm.workbench import content
from ferrous_vm.workbench.cutting import within
from ferrous_vm.workbench.differences import element_change
from ferrous_vm.workbench.escapes import argument, encode
from ferrous_vm.workbench.records.keyspace import ChangeCounts, ChangePart, KeyChange

MOST_KEYS = 1_000
"""Keys that are listed at once."""

LARGEST_PART = 2_000_000
"""Characters of all their changes."""

MOST_ELEMENTS = 200
"""Elements listed for one key."""

Sides = tuple[bytes | None, bytes | None]


class ChangesOfRun(NamedTuple):
    """What the last run changed: which act that was, and where the journal stood then. Once there is another act, or
    time has taken a key, the values are no longer those."""

    found: list[journal.KeyChange]
    act: int
    mark: int


def part(found: Iterable[KeyChange]) -> list[KeyChange]:
    """As many changes as are told at once."""
    return list(within(((one, length(one)) for one in found), MOST_KEYS, LARGEST_PART))


def length(change: KeyChange) -> int:
    """About how many characters a change has."""
    sides = [text for one in change.elements for text in (one.element, one.before, one.after) if text]
    places = [text for one in change.elements for where in one.places for text in (where.before, where.after) if text]
    return 300 + 100 * len(change.elements) + sum(map(len, sides)) + sum(map(len, places))


def counts(found: Sequence[journal.KeyChange]) -> ChangeCounts:
    """How many keys are new, gone, and others."""
    created = sum(1 for one in found if one.before is None)
    deleted = sum(1 for one in found if one.after is None)
    return ChangeCounts(len(found), created, deleted)


def later_part(last: ChangesOfRun, search: str, offset: int) -> ChangePart:
    """More of what the last run changed, from key `offset` on, of those whose names hold `search`."""
    text = encode(search)
    found = [one for one in last.found if text in one.key] if text else last.found
    start = max(0, offset)
    changes = part(map(view, found[start:]))
    return ChangePart(changes, len(found), max(0, len(found) - start - len(changes)), is_gone=False)


def view(change: journal.KeyChange) -> KeyChange:
    """One change of the journal for the page."""
    differing = _differing(change)
    return KeyChange(
        database=change.database,
        key=argument(change.key),
        type_before=None if change.before is None else content.type_name(change.before),
        type_after=None if change.after is None else content.type_name(change.after),
        expiry_before=change.expiry_before,
        expiry_after=change.expiry_after,
        elements=[element_change(name, *sides) for name, sides in differing[:MOST_ELEMENTS]],
        omitted=max(0, len(differing) - MOST_ELEMENTS),
    )


def _differing(change: journal.KeyChange) -> list[tuple[bytes, Sides]]:
    """The elements that differ: named, with both sides."""
    if change.before is change.after:
        side_of = partial(_side, change.before)
        return [(_name(item.element), (side_of(item.before), side_of(item.after))) for item in change.elements]
    before = _content(change.before)
    for item in change.elements:
        side = _side(change.before, item.before)
        if side is None:
            before.pop(_name(item.element), None)
        else:
            before[_name(item.element)] = side
    after = _content(change.after)
    names = dict.fromkeys([*before, *after])
    return [(name, (before.get(name), after.get(name))) for name in names if before.get(name) != after.get(name)]


def _content(value: Any) -> dict[bytes, bytes]:
    if value is None:
        return {}
    found = dict(content.elements(value))
    for name, end in content.ends(value).items():
        if name in found:
            found[name] = _until(found[name], end)
    return found


def _until(value: bytes, end: int) -> bytes:
    """The value of a field that has an end, in Unix milliseconds."""
    return b"%b (expires %b)" % (value, content.instant(end).encode())


def _name(element: Any) -> bytes:
    """The name of an element of the journal: a list's are indexes, and a string's only one has none."""
    return element if isinstance(element, bytes) else b"" if element is None else b"%d" % element


def _side(whole: Any, value: Any) -> bytes | None:
    """A value of the journal, in what the key holds: scores are floats, a set's members only there or not, a
    stream's elements are words."""
    if value is None or type(value) is bytes:
        return value
    if isinstance(value, bytes):
        end = getattr(value, "ends", None)  # the value of a field that has one
        return bytes(value) if end is None else _until(value, end)
    if isinstance(value, tuple):
        return content.line(value).encode()
    if isinstance(value, float) and isinstance(whole, SortedSet):
        return whole.thresholds.profile.double_text(value)
    return b""
