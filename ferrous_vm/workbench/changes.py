"""What a run changed, key by key and element by element, from the keyspace's journal (contract.KeyChange)."""

from __future__ import annotations

from typing import Any

from ferrous_vm.keyspace import journal
from ferrous_vm.keyspace.replies import format_double
from ferrous_vm.workbench import content
from ferrous_vm.workbench.escapes import argument
from ferrous_vm.workbench.records.keyspace import ElementChange, KeyChange
from ferrous_vm.workbench.reply_views import cut

MOST_ELEMENTS = 200
"""Elements listed for one key."""

LONGEST_ELEMENT = 2_000
"""Characters of one element."""

Sides = tuple[bytes | None, bytes | None]


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
        elements=[_element(name, sides) for name, sides in differing[:MOST_ELEMENTS]],
        omitted=max(0, len(differing) - MOST_ELEMENTS),
    )


def _element(name: bytes, sides: Sides) -> ElementChange:
    before, after = (None if side is None else cut(argument(side), LONGEST_ELEMENT) for side in sides)
    return ElementChange(cut(argument(name), LONGEST_ELEMENT), before, after)


def _differing(change: journal.KeyChange) -> list[tuple[bytes, Sides]]:
    """The elements that differ: named, with both sides."""
    if change.before is change.after:
        return [(_name(item.element), (_side(item.before), _side(item.after))) for item in change.elements]
    before = _content(change.before)
    for item in change.elements:
        side = _side(item.before)
        if side is None:
            before.pop(_name(item.element), None)
        else:
            before[_name(item.element)] = side
    after = _content(change.after)
    names = dict.fromkeys([*before, *after])
    return [(name, (before.get(name), after.get(name))) for name in names if before.get(name) != after.get(name)]


def _content(value: Any) -> dict[bytes, bytes]:
    return {} if value is None else dict(content.elements(value))


def _name(element: Any) -> bytes:
    """The name of an element of the journal: a list's are indexes, and a string's only one has none."""
    return element if isinstance(element, bytes) else b"" if element is None else b"%d" % element


def _side(value: Any) -> bytes | None:
    """A value of the journal: scores are floats, a set's members only there or not, a stream's elements are words."""
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, tuple):
        return content.line(value).encode()
    return format_double(value) if isinstance(value, float) else b""
