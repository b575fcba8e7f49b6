"""From the splices that would undo a list's changes to the elements that differ, without rebuilding the old list.

The list as it was is described in terms of the list as it is: stretches of elements that are still there, and the
elements that are gone between them. The cost is that of the splices, not of the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias, Union

from ferrous_vm.keyspace.journal import ElementChange

Splice: TypeAlias = tuple[int, int, tuple[bytes, ...]]
"""Index, how many elements to take out there, and what to put in."""


class _Kept(NamedTuple):
    """Elements from `start` up to `stop` of the list as it is."""

    start: int
    stop: int


_Piece: TypeAlias = Union[_Kept, bytes]  # noqa: UP007 - must stand at run time
"""A stretch that is still there, or one element that is gone."""


def changed_elements(now: Sequence[bytes] | object, splices: Sequence[Splice]) -> list[ElementChange]:
    """What differs between the list before `splices` were recorded and the list `now`; they are given oldest first."""
    values: Sequence[bytes] = now  # type: ignore[assignment]
    pieces: list[_Piece] = [_Kept(0, len(values))]
    for index, count, restored in reversed(splices):
        _splice(pieces, index, count, restored)
    return _compare(pieces, values)


def _size(piece: _Piece) -> int:
    return piece.stop - piece.start if isinstance(piece, _Kept) else 1


def _split(pieces: list[_Piece], index: int) -> int:
    """Make a border before the element at `index`; answer which piece begins there."""
    position = 0
    while position < len(pieces) and index >= (size := _size(pieces[position])):
        index -= size
        position += 1
    if index:
        piece = pieces[position]
        assert isinstance(piece, _Kept)
        border = piece.start + index
        pieces[position : position + 1] = [_Kept(piece.start, border), _Kept(border, piece.stop)]
        position += 1
    return position


def _splice(pieces: list[_Piece], index: int, count: int, restored: tuple[bytes, ...]) -> None:
    first = _split(pieces, index)
    last = _split(pieces, index + count) if count else first
    pieces[first:last] = restored


def _compare(pieces: list[_Piece], now: Sequence[bytes]) -> list[ElementChange]:
    """Walk the old list in order; between two kept stretches, what is gone pairs with what is new."""
    changes: list[ElementChange] = []
    old_index = new_index = 0
    gone: list[bytes] = []
    for piece in [*pieces, _Kept(len(now), len(now))]:
        if not isinstance(piece, _Kept):
            gone.append(piece)
            continue
        added = [now[index] for index in range(new_index, piece.start)]
        for offset in range(max(len(gone), len(added))):
            before = gone[offset] if offset < len(gone) else None
            after = added[offset] if offset < len(added) else None
            if before != after:
                changes.append(ElementChange((old_index if after is None else new_index) + offset, before, after))
        old_index += len(gone) + _size(piece)
        new_index = piece.stop
        gone = []
    return changes
