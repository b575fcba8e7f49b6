"""Streams (t_stream.c): entries in macro nodes, what Redis remembers of them, and consumer groups.

The order of entries is that of their ids. There is one exception: XSETID can take the last id back below entries that
were deleted, and entries added after that stand behind greater tombstones. Then `is_ordered` is False and entries
are found by walking, as Redis does, not by bisection.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sortedcontainers import SortedDict

from ferrous_vm.keyspace.journal import ElementChange, Opposite, Recorder
from ferrous_vm.keyspace.server.thresholds import Thresholds
from ferrous_vm.keyspace.types.stream_groups import Group, part_name
from ferrous_vm.keyspace.types.stream_ids import StreamID, id_text
from ferrous_vm.keyspace.types.stream_nodes import Entry, MacroNode, Words, radix_tree_nodes

if TYPE_CHECKING:
    from ferrous_vm.keyspace.types.stream_producers import Producers

LARGEST_NODE: Final = 1 << 30
"""Bytes of the largest macro node, whatever the configuration says (`STREAM_LISTPACK_MAX_SIZE`)."""


class Counters(NamedTuple):
    """What a stream remembers beside its entries."""

    first_id: StreamID
    last_id: StreamID
    max_deleted_id: StreamID
    entries_added: int
    is_ordered: bool


class Trim(NamedTuple):
    """What to trim: down to `maxlen` entries, or up to the entry `minid`; one of the two is None."""

    maxlen: int | None
    minid: StreamID | None
    is_approximate: bool
    """Remove whole macro nodes only."""
    limit: int
    """Entries to remove at most; 0: any number."""


class Stream:
    """Read freely; written by the primitives only."""

    __slots__ = (
        "_tail",
        "entries_added",
        "first_id",
        "groups",
        "is_ordered",
        "last_id",
        "length",
        "max_deleted_id",
        "nodes",
        "producers",
        "recorder",
        "thresholds",
    )
    type_name = b"stream"

    def __init__(self, thresholds: Thresholds) -> None:
        self.nodes: SortedDict[StreamID, MacroNode] = SortedDict()
        self._tail: MacroNode | None = None
        """The last of the nodes."""
        self.length = 0
        """How many entries are alive."""
        self.first_id: StreamID = 0
        """The id of the first live entry; 0 if there is none."""
        self.last_id: StreamID = 0
        """The greatest id ever added, unless XSETID said otherwise."""
        self.max_deleted_id: StreamID = 0
        """The greatest id ever deleted by XDEL, unless XSETID said otherwise."""
        self.entries_added = 0
        """How many entries were ever added, unless XSETID said otherwise."""
        self.is_ordered = True
        self.groups: dict[bytes, Group] = {}
        self.producers: Producers | None = None
        """What is remembered of who sends entries, where somebody has said who he is."""
        self.thresholds = thresholds
        self.recorder: Recorder | None = None

    @classmethod
    def restored(cls, thresholds: Thresholds, nodes: Mapping[StreamID, MacroNode], counters: Counters) -> Stream | None:
        """A stream of nodes that were stored, without groups; None if the live entries are not in order, or if some
        are beyond the last id."""
        made = cls(thresholds)
        made.nodes = SortedDict(nodes)
        made._find_tail()
        made._set_counters(counters)
        newest = newest_live = -1
        for node in made.nodes.values():
            for place, identifier in enumerate(node.identifiers):
                made.is_ordered &= identifier > newest
                newest = identifier
                if place not in node.dead:
                    if identifier <= newest_live:
                        return None
                    newest_live = identifier
            made.length += node.live
        return made if newest_live <= counters.last_id else None

    def __len__(self) -> int:
        return self.length

    def encoding(self) -> bytes:
        """What OBJECT ENCODING answers."""
        return b"stream"

    def copy(self) -> Stream:
        """An independent stream with the same entries, tombstones and groups (`streamDup`)."""
        twin = Stream(self.thresholds)
        twin.nodes = SortedDict((key, node.copy()) for key, node in self.nodes.items())
        twin._find_tail()
        twin.length = self.length
        twin._set_counters(self.counters())
        twin.producers = self.producers
        twin.groups = {name: group.copy(twin) for name, group in self.groups.items()}
        return twin

    # Reading

    def counters(self) -> Counters:
        """What the stream remembers."""
        return Counters(self.first_id, self.last_id, self.max_deleted_id, self.entries_added, self.is_ordered)

    def groups_by_name(self) -> list[Group]:
        """The groups in the order of Redis's radix tree, which is that of their names."""
        return [self.groups[name] for name in sorted(self.groups)]

    def radix_tree_nodes(self) -> int:
        """Nodes of the radix tree in which Redis keeps the macro nodes."""
        return radix_tree_nodes(list(self.nodes))

    def words(self, identifier: StreamID) -> Words | None:
        """The content of the live entry `identifier`, or None."""
        found = self._locate(identifier)
        return None if found is None else found[0].contents[found[1]]

    def greatest_id(self) -> StreamID | None:
        """The id of the last live entry (`streamLastValidID`)."""
        nodes = (self.nodes[key] for key in reversed(self.nodes))
        return next((node.last_live() for node in nodes if node.live), None)

    def range(self, start: StreamID, end: StreamID, count: int | None = None, reverse: bool = False) -> list[Entry]:
        """Up to `count` live entries with ids from `start` to `end`, the last first if `reverse`."""
        if not self.is_ordered:
            return self._walked_range(start, end, count, reverse)
        found: list[Entry] = []
        for node in self._nodes_within(start, end, reverse):
            places = self._places_within(node, start, end)
            if reverse:
                places.reverse()
            if count is not None and len(found) + len(places) >= count:
                return found + node.entries(places[: count - len(found)])
            found += node.entries(places)
        return found

    def has_tombstones(self, start: StreamID) -> bool:
        """Whether entries from `start` on were deleted, as far as it is remembered (`streamRangeHasTombstones`)."""
        if not self.length or not self.max_deleted_id:
            return False
        if self.first_id > self.max_deleted_id and not self.thresholds.profile.counts_reads_from_last:
            return False
        return start <= self.max_deleted_id

    def entries_added_up_to(self, identifier: StreamID) -> int | None:
        """How many entries were ever added up to `identifier`, where it can be told
        (`streamEstimateDistanceFromFirstEverEntry`)."""
        added = self.entries_added
        if not added:
            return 0
        if self.length and 0 < identifier < self.max_deleted_id and self.thresholds.profile.counts_reads_from_last:
            return None
        if identifier == self.last_id or (not self.length and identifier < self.last_id):
            return added
        if identifier > self.last_id:
            return None
        if not self.max_deleted_id or self.max_deleted_id < self.first_id:
            if identifier < self.first_id:
                return added - self.length
            if identifier == self.first_id:
                return added - self.length + 1
        return None

    def _nodes_within(self, start: StreamID, end: StreamID, reverse: bool) -> Iterator[MacroNode]:
        """The nodes that may hold entries with ids from `start` to `end`."""
        nodes = self.nodes
        first = max(nodes.bisect_right(start) - 1, 0)
        stop = nodes.bisect_right(end)
        return (nodes[key] for key in nodes.islice(first, max(first, stop), reverse))

    @staticmethod
    def _places_within(node: MacroNode, start: StreamID, end: StreamID) -> list[int]:
        identifiers = node.identifiers
        low = bisect_left(identifiers, start) if start > node.key else 0
        high = bisect_right(identifiers, end) if end < identifiers[-1] else len(identifiers)
        return node.live_places(low, high)

    def _walked_range(self, start: StreamID, end: StreamID, count: int | None, reverse: bool) -> list[Entry]:
        """`range` as Redis walks (`streamIteratorGetID`): from the node sought to the first entry beyond."""
        sought = self.nodes.bisect_right(end if reverse else start) - 1
        if reverse:
            order = self.nodes.islice(0, sought + 1 if sought >= 0 else None, reverse=True)
        else:
            order = self.nodes.islice(max(sought, 0))
        nodes = (self.nodes[key] for key in order)
        entries = (entry for node in nodes for entry in node.entries(node.live_places()[:: -1 if reverse else 1]))
        found: list[Entry] = []
        for identifier, words in entries:
            if (identifier < start) if reverse else (identifier > end):
                break
            if start <= identifier <= end:
                found.append((identifier, words))
                if len(found) == count:
                    break
        return found

    def _locate(self, identifier: StreamID) -> tuple[MacroNode, int] | None:
        """The node and place of the live entry `identifier`."""
        if self.is_ordered:
            position = self.nodes.bisect_right(identifier) - 1
            candidates: Iterable[MacroNode] = (self.nodes.peekitem(position)[1],) if position >= 0 else ()
        else:
            candidates = self.nodes.values()
        for node in candidates:
            place = node.place_of(identifier, self.is_ordered)
            if place is not None:
                return node, place
        return None

    def _first_live_id(self) -> StreamID:
        alive = (node for node in self.nodes.values() if node.live)
        return next((node.identifiers[node.first] for node in alive), 0)

    # Primitives: entries

    def append(self, identifier: StreamID, words: list[bytes]) -> None:
        """Add an entry; its id must be greater than `last_id` (`streamAppendItem`). The list is taken over."""
        size = sum(map(len, words))
        node = self._node_for(size)
        recorder = self.recorder
        if recorder is not None:
            facts = ((identifier, None),)
            recorder.record(Stream._undo_append, self, facts, self.counters(), node is None)
        if self._tail is not None and identifier <= self._tail.identifiers[-1]:
            self.is_ordered = False
        if node is None:
            node = self._tail = self.nodes[identifier] = MacroNode(identifier, tuple(words[::2]))
        node.append(identifier, words, size)
        self.length += 1
        self.entries_added += 1
        self.last_id = identifier
        if self.length == 1:
            self.first_id = identifier

    def _node_for(self, size: int) -> MacroNode | None:
        """The last node if it takes another entry of `size` bytes, else None."""
        tail = self._tail
        if tail is None:
            return None
        thresholds = self.thresholds
        node_bytes = thresholds.stream_node_bytes
        if not 0 < node_bytes <= LARGEST_NODE:
            node_bytes = LARGEST_NODE
        return tail if tail.accepts(size, node_bytes, thresholds.stream_node_entries) else None

    def delete(self, identifier: StreamID, *, trimmed: bool = False) -> bool:
        """Delete the entry `identifier`; False if it is not there (`streamDeleteItem`, and what XDEL does then: it
        counts as the greatest that was deleted, unless it was `trimmed`)."""
        found = self._locate(identifier)
        if found is None:
            return False
        node, place = found
        gone = (node,) if node.live == 1 else ()
        places = () if gone else (place,)
        recorder = self.recorder
        if recorder is not None:
            facts = ((identifier, node.contents[place]),)
            recorder.record(Stream._undo_removal, self, facts, self.counters(), self.length, gone, node, places)
        self._remove(gone, node, places)
        self.length -= 1
        if identifier == self.first_id or not self.length:
            self.first_id = self._first_live_id()
        if not trimmed:
            self.max_deleted_id = max(self.max_deleted_id, identifier)
        return True

    def trim(self, trim: Trim) -> int:
        """Remove entries from the front; answers how many (`streamTrim`)."""
        if not self.nodes or (trim.maxlen is not None and self.length <= trim.maxlen):
            return 0
        gone, node, places = self._to_trim(trim)
        if not gone and not places:
            return 0
        removed = sum(each.live for each in gone) + len(places)
        recorder = self.recorder
        if recorder is not None:
            entries = [entry for each in gone for entry in each.entries(each.live_places())]
            facts = tuple(entries + node.entries(places))
            record = recorder.record if removed else recorder.record_unseen
            record(Stream._undo_removal, self, facts, self.counters(), self.length, gone, node, places)
        self._remove(gone, node, places)
        self.length -= removed
        if removed:
            self.first_id = self._first_live_id()
        return removed

    def _to_trim(self, trim: Trim) -> tuple[tuple[MacroNode, ...], MacroNode, Sequence[int]]:
        """The nodes to remove, and the node and places to kill after them."""
        maxlen, minid, is_approximate, limit = trim
        gone: list[MacroNode] = []
        removed = 0
        for node in self.nodes.values():
            remaining = self.length - removed
            if (maxlen is not None and remaining <= maxlen) or (limit and removed + node.live > limit):
                break
            whole = remaining - node.live >= maxlen if maxlen is not None else node.identifiers[-1] < minid  # type: ignore[operator]
            if not whole:
                if is_approximate:
                    break
                if maxlen is not None:
                    return tuple(gone), node, node.leading(remaining - maxlen)
                return tuple(gone), node, self._places_below(node, minid)  # type: ignore[arg-type]
            gone.append(node)
            removed += node.live
        return tuple(gone), node, ()

    @staticmethod
    def _places_below(node: MacroNode, minid: StreamID) -> list[int]:
        """The live entries before the first one, dead or alive, whose id is not below `minid`."""
        stop = next((place for place, identifier in enumerate(node.identifiers) if identifier >= minid), None)
        return node.live_places(0, stop)

    def set_counters(self, last_id: StreamID, entries_added: int, max_deleted_id: StreamID) -> None:
        """What XSETID sets; the last id must not be below that of a live entry."""
        recorder = self.recorder
        if recorder is not None:
            recorder.record_unseen(Stream._undo_counters, self, (), self.counters())
        self.last_id, self.entries_added, self.max_deleted_id = last_id, entries_added, max_deleted_id

    def set_producers(self, producers: Producers | None) -> None:
        """Remember something else of the producers."""
        if self.recorder is not None:
            self.recorder.record_unseen(Stream._undo_producers, self, (), self.producers)
        self.producers = producers

    # Primitives: groups

    def add_group(self, name: bytes, last_id: StreamID, entries_read: int | None) -> Group:
        """A new consumer group, which is not there yet (`streamCreateCG`)."""
        recorder = self.recorder
        if recorder is not None:
            recorder.record_unseen(Stream._undo_group, self, (((name, None), None),), None, name, None)
        group = self.groups[name] = Group(self, name, last_id, entries_read)
        return group

    def remove_group(self, group: Group) -> None:
        """Take a group out with its consumers and deliveries."""
        recorder = self.recorder
        if recorder is not None:
            facts = tuple(((group.name, part), group.describe(part)) for part in group.parts())
            recorder.record_unseen(Stream._undo_group, self, facts, None, group.name, group)
        del self.groups[group.name]

    # Storage

    def _remove(self, gone: Sequence[MacroNode], node: MacroNode, places: Sequence[int]) -> None:
        for each in gone:
            del self.nodes[each.key]
        if gone:
            self._find_tail()
        node.kill(places)

    def _find_tail(self) -> None:
        self._tail = self.nodes.peekitem(-1)[1] if self.nodes else None

    def _set_counters(self, counters: Counters) -> None:
        self.first_id, self.last_id, self.max_deleted_id, self.entries_added, self.is_ordered = counters

    # Inverses. The second argument of each is for `element_changes`, the third the counters before, if they changed.

    def _undo_append(self, _: object, counters: Counters, was_new_node: bool) -> Opposite:
        node = self._tail
        assert node is not None
        again = partial(self._append_again, node, node.identifiers[-1], list(node.contents[-1]), self.counters())
        if was_new_node:
            del self.nodes[node.key]
            self._find_tail()
        node.pop()
        self.length -= 1
        self._set_counters(counters)
        return again

    def _append_again(self, node: MacroNode, identifier: StreamID, words: list[bytes], counters: Counters) -> None:
        self._tail = self.nodes[node.key] = node
        node.append(identifier, words, sum(map(len, words)))
        self.length += 1
        self._set_counters(counters)

    def _undo_removal(
        self,
        _: object,
        counters: Counters,
        length: int,
        gone: Sequence[MacroNode],
        node: MacroNode,
        places: Sequence[int],
    ) -> Opposite:
        again = partial(self._remove_again, gone, node, places, self.length, self.counters())
        for each in gone:
            self.nodes[each.key] = each
        self._find_tail()
        node.revive(places)
        self.length = length
        self._set_counters(counters)
        return again

    def _remove_again(
        self, gone: Sequence[MacroNode], node: MacroNode, places: Sequence[int], length: int, counters: Counters
    ) -> None:
        self._remove(gone, node, places)
        self.length = length
        self._set_counters(counters)

    def _undo_counters(self, _: object, counters: Counters) -> Opposite:
        again = partial(self._set_counters, self.counters())
        self._set_counters(counters)
        return again

    def _undo_group(self, _: object, __: None, name: bytes, group: Group | None) -> Opposite:
        again = partial(self._undo_group, None, None, name, self.groups.get(name))
        if group is None:
            del self.groups[name]
        else:
            self.groups[name] = group
        return again

    def _undo_producers(self, _: object, producers: Producers | None) -> Opposite:
        again = partial(self._undo_producers, None, self.producers)
        self.producers = producers
        return again

    # The diff

    def element_changes(self, records: Sequence[tuple[Any, ...]]) -> list[ElementChange]:
        """What differs from before the first of `records`: entries, groups, consumers, and deliveries.

        Names are an entry's id, or ``group g``, ``group g consumer c``, ``group g pending 1-1``; before and after are
        names and values in turn. Where nothing but the stream's counters differs, these are one element without a name.
        """
        before: dict[Any, Words | None] = {}
        counters: Counters | None = None
        for _, facts, *rest in records:
            for element, words in facts:
                before.setdefault(element, words)
            if counters is None and rest and isinstance(rest[0], Counters):
                counters = rest[0]
        changes = [ElementChange(_name(element), words, self._describe(element)) for element, words in before.items()]
        changes = [change for change in changes if change.before != change.after]
        if not changes and counters is not None and counters != self.counters():
            changes.append(ElementChange(b"", _told(counters), _told(self.counters())))
        return changes

    def _describe(self, element: Any) -> Words | None:
        if isinstance(element, int):
            return self.words(element)
        group = self.groups.get(element[0])
        return None if group is None else group.describe(element[1])


def _name(element: Any) -> bytes:
    return id_text(element) if isinstance(element, int) else part_name(*element)


def _told(counters: Counters) -> Words:
    return (
        b"last-generated-id", id_text(counters.last_id), b"max-deleted-entry-id", id_text(counters.max_deleted_id),
        b"entries-added", b"%d" % counters.entries_added,
    )  # fmt: skip
