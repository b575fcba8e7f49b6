"""One numbered database: keys, their values and their expiry times.

How values are stored
    A string is a plain `int` (Redis's int encoding), plain `bytes` (embstr, or raw above 44 bytes) or a
    `strings.RawString` (raw: once modified in place). A collection is an object of one of the classes in
    `keyspace/types/`. There is no entry object between key and value: a small key costs its dictionary slot and bytes.
    Expiry times stand in a dictionary of their own, so that keys without one pay nothing.

How commands reach values
    `lookup(key)` for any type; `find(key, Hash)` for a value of a type that a command needs, raising WRONGTYPE;
    `find_string(key)`. They delete what has expired, and attach the recorder while someone listens, so what they
    answer can be mutated by its primitives at once. `put` adds or replaces a value, `remove` deletes one.
    A collection that became empty is removed by `remove_if_empty`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, TypeVar, Union

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.readings import KEY
from ferrous_vm.keyspace.journal import Opposite, Record, Recorder
from ferrous_vm.keyspace.server.events import EXPIRED, GENERIC, KEY_MISS, KEYEVENT, KEYSPACE, NEW
from ferrous_vm.keyspace.types.key_order import EntryOrder

if TYPE_CHECKING:
    from ferrous_vm.keyspace.keyspace import Keyspace


class Collection(Protocol):
    """What the database asks of a collection."""

    recorder: Recorder | None
    """Who listens to the primitives; set by the database only."""
    type_name: bytes
    """What TYPE answers."""

    def __len__(self) -> int: ...

    def encoding(self) -> bytes:
        """What OBJECT ENCODING answers."""

    def copy(self) -> Collection:
        """An independent value with the same content, for COPY."""


Value: TypeAlias = Union[int, bytes, Collection]  # noqa: UP007 - must stand at run time with a forward reference
CollectionT = TypeVar("CollectionT", bound=Collection)


class Watch:
    """One key that one session watches; the session keeps it, and the database marks it."""

    __slots__ = ("database", "expired", "key", "touched")

    def __init__(self, database: Database, key: bytes, expired: bool) -> None:
        self.database = database
        self.key = key
        self.expired = expired
        """The key's time had come when WATCH did, though nobody had deleted it: deleting it is no change."""
        self.touched = False
        """The key was changed since: EXEC will answer null."""


_STALE_DEADLINES: Final = 64
"""Outdated entries of the heap of deadlines, beyond one for each key that expires, after which it is built anew."""


class Database:
    """The keys of one database. `entries` and `expiries` are read directly by hot commands and written only here."""

    __slots__ = (
        "attentive",
        "awaited",
        "deadlines",
        "entries",
        "expiries",
        "index",
        "keyspace",
        "missed",
        "order",
        "thresholds",
        "watchers",
    )

    def __init__(self, keyspace: Keyspace, index: int) -> None:
        self.keyspace = keyspace
        self.index = index
        self.thresholds = keyspace.thresholds
        self.missed: list[bytes] | None = None
        """Keys that the running command reads and that are not there, while this is to be told; else None."""
        self.entries: dict[bytes, Value] = {}
        self.expiries: dict[bytes, int] = {}
        self.order: EntryOrder | None = None
        """What `ordered` built, kept up to date from then on."""
        self.deadlines: list[tuple[int, bytes]] | None = None
        """A heap over `expiries` and what it held before, for `purge_expired`; built on its first use."""
        self.watchers: dict[bytes, list[Watch]] = {}
        self.awaited: dict[bytes, dict[int, Any]] = {}
        """Who waits for a key, by client id, the longest waiting first; written by `waiting.py` alone."""
        self.attentive = False
        """True while a journal is open, or a key of this database is watched or awaited: lookups then attach
        recorders."""

    # Reading

    def lookup(self, key: bytes) -> Value | None:
        """The value at `key`, or None; a key whose time has come is deleted first (`expireIfNeeded`, db.c)."""
        if key in self.expiries and self.expiries[key] < self.keyspace.expiry_now():
            self._expire(key)
        value = self.entries.get(key)
        if value is None:
            if self.missed is not None:
                self.tell_miss(key)
        elif self.attentive:
            self._attach(key, value)
        return value

    def find(self, key: bytes, kind: type[CollectionT]) -> CollectionT | None:
        """The collection of class `kind` at `key`, or None; another type raises CommandError, with WRONGTYPE."""
        value = self.entries.get(key)
        if value is None:
            if self.missed is not None:
                self.tell_miss(key)
            return None
        if self.attentive or self.expiries:
            value = self.lookup(key)
            if value is None:
                return None
        if type(value) is not kind and not isinstance(value, kind):
            raise CommandError(messages.WRONG_TYPE, key, KEY)
        return value

    def find_string(self, key: bytes) -> bytes | None:
        """The text of the string at `key`, or None; another type raises CommandError, with WRONGTYPE."""
        value = self.lookup(key)
        if type(value) is bytes or value is None:
            return value
        if type(value) is int:
            return b"%d" % value
        if isinstance(value, bytearray):
            return bytes(value)
        raise CommandError(messages.WRONG_TYPE, key, KEY)

    def exists(self, key: bytes) -> bool:
        """Whether `key` is there and has not expired."""
        if key in self.entries:
            return key not in self.expiries or self.lookup(key) is not None
        if self.missed is not None:
            self.tell_miss(key)
        return False

    def is_live(self, key: bytes) -> bool:
        """`exists` without its side effect: an expired key stays where it is."""
        if key in self.expiries and self.expiries[key] < self.keyspace.expiry_now():
            return False
        return key in self.entries

    def keys(self) -> Iterator[bytes]:
        """Every key that has not expired, oldest first; the database must not change meanwhile."""
        expiries = self.expiries
        if not expiries:
            return iter(self.entries)
        now = self.keyspace.expiry_now()
        never = now + 1
        return (key for key in self.entries if expiries.get(key, never) >= now)

    def __len__(self) -> int:
        """How many keys are stored, those included whose expiry nobody has noticed yet."""
        return len(self.entries)

    def ordered(self) -> EntryOrder:
        """The keys with positions, for SCAN and RANDOMKEY; the first call copies the list of keys."""
        if self.order is None:
            self.order = EntryOrder(self.entries)
        return self.order

    def purge_expired(self) -> None:
        """Delete what has expired, as Redis does ten times a second between commands (`activeExpireCycle`).

        For commands whose answer depends on keys nobody has looked up: DBSIZE, RANDOMKEY, INFO. After the first call
        it costs what has expired since the last.
        """
        if not self.expiries or not self.keyspace.active_expire:
            return
        now = self.keyspace.expiry_now()
        while (when := self.next_expiry()) is not None and when < now:
            self._expire(self._deadlines()[0][1])

    def next_expiry(self) -> int | None:
        """When the next key expires, in Unix milliseconds; None if none does. It costs what `purge_expired` costs."""
        if not self.expiries:
            return None
        deadlines = self._deadlines()
        while deadlines and self.expiries.get(deadlines[0][1]) != deadlines[0][0]:
            heappop(deadlines)
        return deadlines[0][0] if deadlines else None

    def next_to_expire(self) -> bytes | None:
        """The key that expires next, if one does."""
        return None if self.next_expiry() is None else self._deadlines()[0][1]

    def _deadlines(self) -> list[tuple[int, bytes]]:
        if self.deadlines is None:
            self.deadlines = [(when, key) for key, when in self.expiries.items()]
            heapify(self.deadlines)
        return self.deadlines

    def _expire(self, key: bytes) -> None:
        self.remove_by_itself(key)
        self.keyspace.statistics.expired += 1
        if self.thresholds.events:
            self.tell(EXPIRED, b"expired", key)

    # Primitives: the only code that writes entries and expiries

    def timed_count(self) -> int:
        """How many hashes have fields with an end."""
        return 0

    def put(self, key: bytes, value: Value) -> None:
        """Store `value` at `key` and keep the key's expiry (`setKey` with `SETKEY_KEEPTTL`)."""
        entries = self.entries
        if self.attentive:
            before = entries.get(key)
            self.record(key, self.restore_key, key, before, self.expiries.get(key))
            self._attach(key, value)
            if key in self.awaited:
                self.keyspace.waiters.stored(self, key, before, value)
        if key not in entries:
            if self.order is not None:
                self.order.add(key)
            if self.thresholds.events:
                self.tell(NEW, b"new", key)
        entries[key] = value

    def replace(self, key: bytes, value: Value) -> None:
        """Store `value` at `key` without expiry; what has expired there is deleted first, and seen to be (`setKey`)."""
        if key in self.expiries and self.expiries[key] < self.keyspace.expiry_now():
            self._expire(key)
        self.put(key, value)
        if key in self.expiries:
            del self.expiries[key]

    def reencode(self, key: bytes, value: Value) -> None:
        """Store the content of the existing `key` in another encoding: no change to who watches it."""
        journal = self.keyspace.journal
        if journal is not None:
            arguments = (key, self.entries[key], self.expiries.get(key))
            journal.records.append(Record(self, key, self.restore_key, arguments))
        if self.attentive:
            self._attach(key, value)
        self.entries[key] = value

    def remove(self, key: bytes) -> bool:
        """Delete `key` and its expiry; False if it was not there."""
        value = self.entries.get(key)
        if value is None:
            return False
        if self.attentive:
            self.record(key, self.restore_key, key, value, self.expiries.get(key))
            if key in self.awaited:
                self.keyspace.waiters.removed(self, key, value)
        if self.expiries:
            self.expiries.pop(key, None)
        del self.entries[key]
        if self.order is not None:
            self.order.discard(key)
        return True

    def remove_by_itself(self, key: bytes) -> None:
        """`remove`, which no client has asked for: the time of the key has come, or it has to make room."""
        tracking = self.keyspace.tracking
        if tracking is None:
            self.remove(key)
            return
        author, tracking.author = tracking.author, None
        try:
            self.remove(key)
        finally:
            tracking.author = author

    def remove_if_empty(self, key: bytes, collection: Collection) -> None:
        """Delete `key` when its `collection` has lost its last element: Redis keeps no empty collections."""
        if not len(collection):
            self.delete(key)

    def delete(self, key: bytes, *, its_time_is_past: bool = False) -> bool:
        """`remove`, and tell of it: the key is deleted, rather than replaced or moved.

        `its_time_is_past`: a command gave it an end that is past, which some servers take for an end.
        """
        removed = self.remove(key)
        ended = its_time_is_past and self.thresholds.profile.past_ends_are_told
        if removed and ended:
            self.keyspace.statistics.expired += 1
        if removed and self.thresholds.events:
            if ended:
                self.tell(EXPIRED, b"expired", key)
            else:
                self.tell(GENERIC, b"del", key)
        return removed

    def set_expiry(self, key: bytes, when: int | None) -> None:
        """Let the existing `key` expire at Unix milliseconds `when`, or never (None)."""
        expiries = self.expiries
        if self.attentive:
            self.record(key, self.restore_key, key, self.entries[key], expiries.get(key))
        if when is None:
            expiries.pop(key, None)
        else:
            self._expire_at(key, when)

    def _expire_at(self, key: bytes, when: int) -> None:
        self.expiries[key] = when
        deadlines = self.deadlines
        if deadlines is not None:
            heappush(deadlines, (when, key))
            if len(deadlines) > 2 * len(self.expiries) + _STALE_DEADLINES:
                self.deadlines = None

    def clear(self) -> None:
        """Delete every key (FLUSHDB). The old dictionaries go to the journal as they are."""
        if self.attentive:
            self._touch_all(None)
            self._tell_who_waits({})
            self.record(None, self._restore_all, self.entries, self.expiries)
        self._restore_all({}, {})

    def swap(self, other: Database) -> None:
        """Exchange the content with another database (SWAPDB). The journal keeps the dictionaries as they are."""
        self._touch_all(other)
        other._touch_all(self)
        self._tell_who_waits(other.entries)
        other._tell_who_waits(self.entries)
        ours, theirs = (self.entries, self.expiries), (other.entries, other.expiries)
        if self.keyspace.journal is not None:
            self.record(None, self._restore_all, *ours)
            other.record(None, other._restore_all, *theirs)
            ours, theirs = (ours[0].copy(), ours[1].copy()), (theirs[0].copy(), theirs[1].copy())
        self._restore_all(*theirs)
        other._restore_all(*ours)

    # Inverses

    def restore_key(self, key: bytes, value: Value | None, expiry: int | None) -> Opposite:
        """Let a key be what it was: its value, or None if there was no key, and its expiry. Nothing is recorded."""
        entries, expiries = self.entries, self.expiries
        again = partial(self.restore_key, key, entries.get(key), expiries.get(key))
        if value is None:
            if entries.pop(key, None) is not None and self.order is not None:
                self.order.discard(key)
        else:
            if self.order is not None and key not in entries:
                self.order.add(key)
            entries[key] = value
        if expiry is None:
            if expiries:
                expiries.pop(key, None)
        else:
            self._expire_at(key, expiry)
        return again

    def arrange(self, keys: Sequence[bytes]) -> None:
        """Let the keys, which are all there are, stand in this order. Nothing is recorded."""
        arranged = {key: self.entries[key] for key in keys}
        self.entries.clear()
        self.entries.update(arranged)

    def _restore_all(self, entries: dict[bytes, Value], expiries: dict[bytes, int]) -> Opposite:
        again = partial(self._restore_all, self.entries, self.expiries)
        self.entries, self.expiries, self.order, self.deadlines = entries, expiries, None, None
        return again

    # Listening

    def tell(self, kind: int, event: bytes, key: bytes) -> None:
        """`event`, which is of class `kind`, has happened to `key`: tell who subscribed, if the class was asked for
        (`notifyKeyspaceEvent`). Callers look first whether any was: `if database.thresholds.events`."""
        classes, publish = self.thresholds.events, self.keyspace.publish
        if publish is None or not classes & kind:
            return
        if classes & KEYSPACE:
            publish(b"__keyspace@%d__:%b" % (self.index, key), event)
        if classes & KEYEVENT:
            publish(b"__keyevent@%d__:%b" % (self.index, event), key)

    def tell_miss(self, key: bytes) -> None:
        """A command looked for `key` in vain: an event, once for each time that it reads the key."""
        if self.missed is not None and key in self.missed:
            self.missed.remove(key)
            self.tell(KEY_MISS, b"keymiss", key)

    def record(self, key: bytes | None, undo: Callable[..., Opposite], *arguments: Any) -> None:
        """A change at `key` is about to happen: journal its inverse and dirty the transactions that watch the key."""
        journal = self.keyspace.journal
        if journal is not None:
            journal.records.append(Record(self, key, undo, arguments))
        if key in self.watchers:
            self._dirty(key)
        if self.keyspace.tracking is not None and key is not None:
            self.keyspace.tracking.invalidate(key)

    def _dirty(self, key: bytes) -> None:
        for watch in self.watchers[key]:
            if watch.expired and not self.is_live(key):
                watch.expired = False
            else:
                watch.touched = True

    def _touch_all(self, other: Database | None) -> None:
        """Tell who watches keys of this database that it will be emptied, or hold what `other` holds
        (`touchAllWatchedKeysInDb`): a key that was not there and comes expired, or was and stays so, is no change."""
        for key, watches in self.watchers.items():
            here, there = key in self.entries, other is not None and key in other.entries
            if not here and not there:
                continue
            comes_expired = there and other is not None and not other.is_live(key)
            for watch in watches:
                if watch.expired and not there:
                    watch.expired = False
                elif not watch.expired and not here and comes_expired:
                    watch.expired = True
                elif not watch.expired or not comes_expired:
                    watch.touched = True

    def _tell_who_waits(self, entries: dict[bytes, Value]) -> None:
        """These will be the keys of this database."""
        if self.awaited:
            self.keyspace.waiters.exchanged(self, entries)

    def _attach(self, key: bytes, value: Value) -> None:
        """Let `value` tell this database of its changes, until the keyspace detaches it."""
        kind = type(value)
        if kind is bytes or kind is int:
            return
        recorder = value.recorder  # type: ignore[union-attr]
        if recorder is None or recorder.key != key or recorder.database is not self:
            recorder = Recorder(self, key, value)
            value.recorder = recorder  # type: ignore[union-attr]
            self.keyspace.attached.append(recorder)
