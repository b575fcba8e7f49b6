"""Hashes (t_hash.c), and the example of how a type is written.

A type is a slotted class with
    - its storage, which nothing outside its class writes;
    - `recorder`, None until the database attaches one;
    - *primitives*: few, each the smallest change, each recording its inverse before it changes anything;
    - inverses (private, never recording) that put exactly back what a record holds: value, place and encoding;
    - `element_changes(records)`: what those records mean per element, for the diff;
    - `type_name`, `encoding()`, `__len__`, `copy()`.
It knows no commands, replies or arguments: those are in `commands/hashes.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Any

from ferrous_vm.keyspace.journal import ElementChange, Opposite, Recorder
from ferrous_vm.keyspace.server.thresholds import Thresholds
from ferrous_vm.keyspace.types.key_order import KeyOrder


class Hash:
    """Fields and their values, oldest first: the order of Redis's listpack, and a stable one for its hash table."""

    __slots__ = ("_order", "fields", "is_table", "recorder", "thresholds", "timing")
    type_name = b"hash"
    timing: Any
    """Set once a field was given an end: see `timed_hashes.py`."""

    def __init__(self, thresholds: Thresholds) -> None:
        self.fields: dict[bytes, bytes] = {}
        """Read freely; written by the primitives only."""
        self.is_table = False
        """Encoding hashtable rather than listpack; there is no way back."""
        self.thresholds = thresholds
        self.recorder: Recorder | None = None
        self._order: KeyOrder | None = None

    @classmethod
    def restored(cls, thresholds: Thresholds, fields: dict[bytes, bytes], is_table: bool) -> Hash:
        """A hash that was stored with these fields and this encoding; it takes over `fields`."""
        made = cls(thresholds)
        made.fields, made.is_table = fields, is_table
        return made

    def __len__(self) -> int:
        return len(self.fields)

    def encoding(self) -> bytes:
        """What OBJECT ENCODING answers."""
        return b"hashtable" if self.is_table else b"listpack"

    def copy(self) -> Hash:
        """An independent hash with the same content and encoding."""
        twin = Hash(self.thresholds)
        twin.fields = self.fields.copy()
        twin.is_table = self.is_table
        return twin

    def order(self) -> KeyOrder:
        """The fields with positions, for HSCAN and random fields; built on first use, then kept up to date."""
        if self._order is None:
            self._order = KeyOrder(self.fields)
        return self._order

    # Primitives

    def set(self, field: bytes, value: bytes) -> bool:
        """Give `field` the `value`; True if the field is new (`hashTypeSet`)."""
        fields = self.fields
        is_new = field not in fields
        becomes_table = False
        if not self.is_table:
            thresholds = self.thresholds
            longest = thresholds.hash_value
            is_long = len(value) > longest or len(field) > longest
            becomes_table = is_long or len(fields) + is_new > thresholds.hash_entries
        recorder = self.recorder
        if recorder is not None:
            order = tuple(fields) if becomes_table else ()  # a table may lose it
            recorder.record(Hash._restore, self, field, fields.get(field), self.is_table, order)
        fields[field] = value
        if becomes_table:
            self.is_table = True
        if is_new and self._order is not None:
            self._order.add(field)
        return is_new

    update = set
    """The same for who changes a value rather than replaces it: a field that has an end keeps it (`TimedHash`)."""

    def become_table(self) -> None:
        """Take the general encoding before its time."""
        if not self.is_table:
            if self.recorder is not None:
                self.recorder.record_unseen(Hash._become_packed, self, None, tuple(self.fields))
            self.is_table = True

    def remove(self, field: bytes) -> bool:
        """Take `field` out; False if it is not there (`hashTypeDelete`)."""
        fields = self.fields
        if field not in fields:
            return False
        recorder = self.recorder
        if recorder is not None:
            recorder.record(Hash._restore, self, field, fields[field], self.is_table, self._followers(field))
        del fields[field]
        if self._order is not None:
            self._order.discard(field)
        return True

    # Inverses

    def _followers(self, field: bytes) -> tuple[bytes, ...]:
        """The fields after `field` while order matters, which is while the hash is small."""
        if self.is_table:
            return ()
        names = list(self.fields)
        return tuple(islice(names, names.index(field) + 1, None))

    def _restore(self, field: bytes, value: bytes | None, is_table: bool, followers: tuple[bytes, ...]) -> Opposite:
        again = partial(Hash._restore, self, field, self.fields.get(field), self.is_table, ())
        if value is None:
            del self.fields[field]
            if self._order is not None:
                self._order.discard(field)
        else:
            self.fields[field] = value
            if self._order is not None:
                self._order.add(field)
        for follower in followers:
            self.fields[follower] = self.fields.pop(follower)
        self.is_table = is_table
        return again

    def _become_packed(self, _: None, order: tuple[bytes, ...]) -> Opposite:
        self.fields = {field: self.fields[field] for field in order}  # as a table it may have lost the order
        self.is_table = False
        return partial(setattr, self, "is_table", True)

    def element_changes(self, records: Sequence[tuple[Any, ...]]) -> list[ElementChange]:
        """Each field that differs from before the first of `records`."""
        before: dict[bytes, bytes | None] = {}
        for _, field, value, *_ in records:
            if field is not None:  # nothing is told of a new encoding
                before.setdefault(field, value)
        changes = (ElementChange(field, value, self.fields.get(field)) for field, value in before.items())
        return [change for change in changes if change.before != change.after]
