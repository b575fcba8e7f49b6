"""Hashes some of whose fields have an end (t_hash.c of Redis 7.4 and of Valkey 9.0).

A plain `Hash` becomes one of these in place, by its class, when the first field is given an end: it stays the same
object, and a hash without such fields pays nothing. `TimedDatabase` (`keyspace/timed_fields.py`) does that and knows
which hashes are timed.

A field whose end has come is *hidden* first: no command shows it, but it is stored and HLEN counts it, until the active
cycle deletes it. `settle` hides what is due; the database calls it before it hands the hash out.

Redis keeps a small hash in a listpack sorted by the ends, fields without one last (`listpackex`); Valkey stores every
such hash as a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any, Final

from ferrous_vm.keyspace.journal import ElementChange, Opposite
from ferrous_vm.keyspace.types.hashes import Hash

NEVER: Final = 1 << 63
"""Later than any end, which are signed 64 bit integers of Unix milliseconds."""


class Alarm:
    """When the next field of a whole keyspace is due, shared by all its timed hashes; never too late."""

    __slots__ = ("at", "sorts")

    def __init__(self, *, sorts: bool) -> None:
        self.at = NEVER
        self.sorts = sorts
        """Redis's rules rather than Valkey's: small hashes stay sorted listpacks, and a field that is due but not yet
        deleted can be set, deleted and given another end as if it were there."""


class TimedValue(bytes):
    """The value of a field that has an end, as changes tell of it."""

    ends: int
    """Unix milliseconds."""

    @classmethod
    def of(cls, value: bytes | None, ends: int | None) -> bytes | None:
        """The value itself where it has no end."""
        if value is None or ends is None:
            return value
        made = cls(value)
        made.ends = ends
        return made


class Timing:
    """What a timed hash knows of its ends."""

    __slots__ = ("alarm", "ends", "hidden")

    def __init__(self, alarm: Alarm) -> None:
        self.alarm = alarm
        self.ends: dict[bytes, int] = {}
        """The end of each field that has one, in Unix milliseconds."""
        self.hidden: dict[bytes, bytes] = {}
        """Fields that are due and not deleted yet, with their values; they are not among the hash's `fields`."""


class TimedHash(Hash):
    """A hash with ends of fields. The primitives are those of a Hash, and `set_end`."""

    __slots__ = ()
    timing: Timing

    def __len__(self) -> int:
        return len(self.fields) + len(self.timing.hidden)

    def encoding(self) -> bytes:
        """What OBJECT ENCODING answers."""
        return b"hashtable" if self.is_table else b"listpackex"

    def copy(self) -> Hash:
        """An independent hash; Valkey leaves behind what is due."""
        timing = self.timing
        twin = TimedHash(self.thresholds)
        twin.fields = self.fields.copy()
        twin.is_table = self.is_table
        twin.timing = Timing(timing.alarm)
        twin.timing.ends = timing.ends.copy()
        if timing.alarm.sorts:
            twin.timing.hidden = timing.hidden.copy()
        else:
            for field in timing.hidden:
                del twin.timing.ends[field]
        return twin

    def pairs(self) -> Iterator[tuple[bytes, bytes]]:
        """All fields that are stored and their values, those that are due included, in their order."""
        return chain(self.timing.hidden.items(), self.fields.items())

    # Time

    def settle(self, now: int) -> None:
        """Hide the fields that are due at `now`, in Unix milliseconds, and show those that are not: time may have been
        turned back. What is stored stays the same."""
        timing = self.timing
        ends, hidden = timing.ends, timing.hidden
        if timing.alarm.at >= now and not hidden:
            return
        # A command that only reads may be ended anywhere in here: what is done twice does no harm.
        shown = {field: value for field, value in hidden.items() if ends[field] >= now}
        if shown:
            self._order = None
            self.fields = {**shown, **self.fields}
            for field in shown:
                del hidden[field]
        due = [field for field in self.fields if ends.get(field, NEVER) < now]
        if due:
            self._order = None
            for field in due:
                hidden[field] = self.fields[field]
                del self.fields[field]

    def earliest(self) -> int:
        """When the first field is due, or NEVER."""
        return min(self.timing.ends.values(), default=NEVER)

    def overdue(self, since: int) -> list[bytes]:
        """The fields that have been due since `since` at least."""
        return [field for field, end in self.timing.ends.items() if end < since]

    # Primitives

    def set(self, field: bytes, value: bytes) -> bool:
        """Give `field` the `value` and no end; True if the field is new."""
        timing = self.timing
        is_new = field not in self.fields and not (timing.alarm.sorts and field in timing.hidden)
        self._record(field)
        timing.hidden.pop(field, None)
        if timing.ends.pop(field, None) is not None and not self.is_table:
            self.fields.pop(field, None)  # it stands behind all others from now on
        self._store(field, value)
        return is_new

    def update(self, field: bytes, value: bytes) -> bool:
        """Give `field` the `value` and let it keep its end; True if the field is new."""
        if field not in self.fields:
            return self.set(field, value)
        self._record(field)
        self._store(field, value)
        return False

    def _store(self, field: bytes, value: bytes) -> None:
        fields, thresholds = self.fields, self.thresholds
        fields[field] = value
        if self._order is not None:
            self._order.add(field)
        longest = thresholds.hash_value
        if len(value) > longest or len(field) > longest or len(self) > thresholds.hash_entries:
            self.is_table = True

    def remove(self, field: bytes) -> bool:
        """Take `field` out; False if it is not there. One that is due counts as there under Redis's rules only."""
        timing = self.timing
        if field not in self.fields and not (timing.alarm.sorts and field in timing.hidden):
            return False
        self.discard(field)
        return True

    def discard(self, field: bytes) -> None:
        """Take out a field that is stored, due or not."""
        self._record(field)
        self._drop(field)

    def set_end(self, field: bytes, when: int | None) -> None:
        """Let a field that is stored have an end, in Unix milliseconds, or none."""
        self._record(field)
        timing = self.timing
        value = timing.hidden.pop(field, None)
        if value is None:
            value = self.fields[field]
        else:
            self.fields[field] = value
            if self._order is not None:
                self._order.add(field)
        if when is None:
            timing.ends.pop(field, None)
        else:
            timing.ends[field] = when
            timing.alarm.at = min(timing.alarm.at, when)
        if not self.is_table:
            self._sort_in(field, NEVER if when is None else when)

    def _sort_in(self, field: bytes, when: int) -> None:
        """Let a field stand before all whose ends are not earlier, or last if it has none (`listpackExAddInsert`)."""
        fields, ends = self.fields, self.timing.ends
        value = fields.pop(field)
        later: list[bytes] = []
        if when != NEVER:
            names = list(fields)
            place = next((place for place, name in enumerate(names) if ends.get(name, NEVER) >= when), len(names))
            later = names[place:]
        fields[field] = value
        for name in later:
            fields[name] = fields.pop(name)

    # Inverses

    def _record(self, field: bytes) -> None:
        recorder = self.recorder
        if recorder is not None:
            recorder.record(TimedHash._put_back, self, *self._state(field))

    def _state(self, field: bytes) -> tuple[Any, ...]:
        timing = self.timing
        value = self.fields.get(field)
        if value is None:
            value = timing.hidden.get(field)
        order = () if self.is_table else (*timing.hidden, *self.fields)
        return field, value, self.is_table, order, timing.ends.get(field)

    def _put_back(
        self, field: bytes, value: bytes | None, is_table: bool, order: tuple[bytes, ...], end: int | None
    ) -> Opposite:
        again = partial(TimedHash._put_back, self, *self._state(field))
        timing, fields = self.timing, self.fields
        self._drop(field)
        if value is not None:
            fields[field] = value
            if self._order is not None:
                self._order.add(field)
            if end is not None:
                timing.ends[field] = end
                timing.alarm.at = min(timing.alarm.at, end)
        for name in order:
            if name in fields:
                fields[name] = fields.pop(name)
        self.is_table = is_table
        return again

    def _drop(self, field: bytes) -> None:
        timing = self.timing
        timing.ends.pop(field, None)
        timing.hidden.pop(field, None)
        self.fields.pop(field, None)
        if self._order is not None:
            self._order.discard(field)

    def element_changes(self, records: Sequence[tuple[Any, ...]]) -> list[ElementChange]:
        """Each field that differs from before the first of `records`, some of which may be of the hash's time before
        any field had an end: value or end."""
        before: dict[bytes, bytes | None] = {}
        for _, field, *state in records:
            if field is not None and field not in before:
                before[field] = TimedValue.of(state[0], state[-1] if isinstance(state[-1], int) else None)
        timing = self.timing
        changes = []
        for field, value in before.items():
            stored = self.fields.get(field, timing.hidden.get(field))
            after = TimedValue.of(stored, timing.ends.get(field))
            if value != after or getattr(value, "ends", None) != getattr(after, "ends", None):
                changes.append(ElementChange(field, value, after))
        return changes
