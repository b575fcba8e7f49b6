"""Sets (t_set.c, intset.c)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Sequence
from functools import partial
from typing import Any, Final

from ferrous_vm.keyspace.arguments.parsing import to_integer
from ferrous_vm.keyspace.interruption import changes_nothing
from ferrous_vm.keyspace.journal import ElementChange, Opposite, Recorder
from ferrous_vm.keyspace.server.thresholds import Thresholds
from ferrous_vm.keyspace.types.key_order import KeyOrder

_NOTHING: Final = KeyOrder(())
"""What an intset has for its hashtable; never written."""

_OF_A_MEMBER: Final = 3
"""What a record of the journal holds of a member, besides the set."""


class Set:
    """Distinct byte strings, in one of Redis's encodings.

    intset: a few integers, in ascending order, which is the order every command shows.
    listpack: a few members of any kind in the order they were added, on servers since 7.2 (`Profile.set_entries`).
    hashtable: anything. Redis's order is that of a seeded hash; here members stand as they were added, except that the
    last one moves into the place of one that is removed.
    """

    __slots__ = ("_numbers", "_order", "is_packed", "recorder", "thresholds")
    type_name = b"set"

    @changes_nothing
    def __init__(self, thresholds: Thresholds, members: Iterable[bytes] = ()) -> None:
        self._numbers: list[int] | None = []
        """The members of an intset, ascending; None once the set is a hashtable, and there is no way back."""
        self._order = _NOTHING
        """The members of a hashtable or a listpack."""
        self.is_packed = False
        self.thresholds = thresholds
        self.recorder: Recorder | None = None
        for member in members:
            self.add(member)

    def __len__(self) -> int:
        return len(self._order.keys) if self._numbers is None else len(self._numbers)

    def __contains__(self, member: bytes) -> bool:
        numbers = self._numbers
        if numbers is None:
            return member in self._order.positions
        number = to_integer(member)
        return number is not None and _holds(numbers, number)

    def encoding(self) -> bytes:
        """What OBJECT ENCODING answers."""
        if self._numbers is not None:
            return b"intset"
        return b"listpack" if self.is_packed else b"hashtable"

    def copy(self) -> Set:
        """An independent set with the same members and encoding."""
        twin = Set(self.thresholds)
        if self._numbers is None:
            twin._numbers, twin._order, twin.is_packed = None, KeyOrder(self._order.keys), self.is_packed
        else:
            twin._numbers = self._numbers.copy()
        return twin

    def members(self) -> list[bytes]:
        """The members in order, as a list of its own."""
        return self._order.keys.copy() if self._numbers is None else [b"%d" % number for number in self._numbers]

    def lookup(self) -> Container[bytes]:
        """The members as something that tests membership fast; valid until the set changes."""
        return self._order.positions if self._numbers is None else frozenset(self.members())

    def member_at(self, position: int) -> bytes:
        """The member at `position` of `members()`."""
        return self._order.keys[position] if self._numbers is None else b"%d" % self._numbers[position]

    def scan(self, cursor: int, count: int) -> tuple[int, list[bytes]]:
        """One step of SSCAN: the next cursor and about `count` members; an intset and a listpack are answered whole."""
        if self._numbers is not None or self.is_packed:
            return 0, self.members()
        return self._order.scan(cursor, count)

    # Primitives

    def add(self, member: bytes) -> bool:
        """Put `member` in; False if it is there already (`setTypeAdd`)."""
        if self._numbers is not None:
            return self._add_to_intset(self._numbers, member)
        order = self._order
        positions = order.positions
        if member in positions:
            return False
        recorder = self.recorder
        if self.is_packed and not self._fits(len(order.keys), member):
            if recorder is not None:
                recorder.record_unseen(Set._become, self, True)
            self.is_packed = False
        if recorder is not None:
            recorder.record(Set._undo_add, self, member, False, None)
        positions[member] = len(order.keys)
        order.keys.append(member)
        return True

    def remove(self, member: bytes) -> bool:
        """Take `member` out; False if it is not there (`setTypeRemove`)."""
        recorder = self.recorder
        numbers = self._numbers
        if numbers is None:
            order = self._order
            position = order.positions.get(member)
            if position is None:
                return False
            if recorder is not None:
                recorder.record(Set._undo_remove, self, member, True, position)
            if self.is_packed:
                self._order = KeyOrder([*order.keys[:position], *order.keys[position + 1 :]])
            else:
                order.discard(member)
            return True
        number = to_integer(member)
        if number is None or not _holds(numbers, number):
            return False
        position = bisect_left(numbers, number)
        if recorder is not None:
            recorder.record(Set._undo_remove, self, member, True, position)
        del numbers[position]
        return True

    def become_table(self) -> None:
        """Take the general encoding before its time."""
        recorder, numbers = self.recorder, self._numbers
        if numbers is not None:
            if recorder is not None:
                recorder.record_unseen(Set._become_intset, self, numbers)
            self._numbers, self._order = None, KeyOrder([b"%d" % number for number in numbers])
        elif self.is_packed:
            if recorder is not None:
                recorder.record_unseen(Set._become, self, True)
            self.is_packed = False

    def _add_to_intset(self, numbers: list[int], member: bytes) -> bool:
        number = to_integer(member)
        if number is None:
            return self._convert_and_add(numbers, member)
        position = bisect_left(numbers, number)
        if position < len(numbers) and numbers[position] == number:
            return False
        if len(numbers) >= self.thresholds.set_intset_entries:
            return self._convert_and_add([*numbers[:position], number, *numbers[position:]], member)
        recorder = self.recorder
        if recorder is not None:
            recorder.record(Set._undo_add, self, member, False, None)
        numbers.insert(position, number)
        return True

    def _convert_and_add(self, numbers: list[int], member: bytes) -> bool:
        """Become a hashtable of `numbers` and `member`; the old intset goes to the journal as it is."""
        recorder = self.recorder
        if recorder is not None:
            recorder.record(Set._undo_add, self, member, False, self._numbers)
        self._order = KeyOrder([b"%d" % number for number in numbers])
        self.is_packed = to_integer(member) is None and self._fits(len(numbers), member)
        self._order.add(member)
        self._numbers = None
        return True

    def _fits(self, count: int, member: bytes) -> bool:
        """Whether a listpack of `count` members may take one more (`setTypeAddAux`)."""
        return count < self.thresholds.set_entries and len(member) <= self.thresholds.set_value

    # Inverses

    def _undo_add(self, member: bytes, _: bool, intset: list[int] | None) -> Opposite:
        if intset is not None:
            again = partial(self._convert_again, self._order, self.is_packed)
            self._numbers, self._order, self.is_packed = intset, _NOTHING, False
            return again
        if self._numbers is None:
            position = self._order.positions[member]
            self._order.discard(member)
        else:
            position = bisect_left(self._numbers, int(member))
            del self._numbers[position]
        return partial(self._undo_remove, member, True, position)

    def _convert_again(self, order: KeyOrder, is_packed: bool) -> None:
        self._numbers, self._order, self.is_packed = None, order, is_packed

    def _become(self, is_packed: bool) -> Opposite:
        again = partial(self._become, self.is_packed)
        self.is_packed = is_packed
        return again

    def _become_intset(self, numbers: list[int]) -> Opposite:
        again = partial(self._convert_again, self._order, self.is_packed)
        self._numbers, self._order = numbers, _NOTHING
        return again

    def _undo_remove(self, member: bytes, _: bool, position: int) -> Opposite:
        if self.is_packed:
            keys = self._order.keys
            self._order = KeyOrder([*keys[:position], member, *keys[position:]])
        elif self._numbers is None:
            self._order.put_back(member, position)
        else:
            self._numbers.insert(position, int(member))
        return partial(self._undo_add, member, False, None)

    def element_changes(self, records: Sequence[tuple[Any, ...]]) -> list[ElementChange]:
        """The members that came (None, True) or went (True, None) since before the first of `records`."""
        before: dict[bytes, bool] = {}
        for _, *change in records:
            if len(change) == _OF_A_MEMBER:  # nothing is told of a new encoding
                before.setdefault(change[0], change[1])
        changes = ((member, was_member, member in self) for member, was_member in before.items())
        return [ElementChange(member, old or None, new or None) for member, old, new in changes if old != new]


def _holds(numbers: list[int], number: int) -> bool:
    position = bisect_left(numbers, number)
    return position < len(numbers) and numbers[position] == number
