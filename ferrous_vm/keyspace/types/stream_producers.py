"""What a stream remembers of its producers, so that an entry that is sent again is not added again (Redis 8.6).

Nothing here is ever changed: what an entry changes is another `Producers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from ferrous_vm.keyspace.types.stream_ids import SEQUENCE_BITS, StreamID

LONGEST: Final = 86400
"""Seconds for which a stream may remember at most."""
MOST: Final = 10000
"""Entries of each producer that it may remember at most."""


class Producers(NamedTuple):
    """The producers of one stream."""

    duration: int = 100
    """Seconds for which an entry is remembered."""
    most: int = 100
    """Entries of each producer that are remembered."""
    added: int = 0
    """How many entries came with an id of their producer, ever."""
    duplicates: int = 0
    """How many came again."""
    known: Mapping[bytes, Mapping[bytes, StreamID]] = {}
    """By producer and by its own id the entry that it became, the oldest first."""

    def find(self, producer: bytes, own_id: bytes, now: int) -> StreamID | None:
        """The entry that was sent with this id before, as far as it is remembered; `now` in Unix milliseconds."""
        identifier = self.known.get(producer, {}).get(own_id)
        return None if identifier is None or self._is_over(identifier, now) else identifier

    def _is_over(self, identifier: StreamID, now: int) -> bool:
        return (identifier >> SEQUENCE_BITS) + 1000 * self.duration < now

    def with_entry(self, producer: bytes, own_id: bytes, identifier: StreamID, now: int) -> Producers:
        """The entry is remembered, and the oldest forgotten if there are too many."""
        kept = {one: entry for one, entry in self.known.get(producer, {}).items() if not self._is_over(entry, now)}
        kept.pop(own_id, None)
        kept[own_id] = identifier
        while len(kept) > self.most:
            del kept[next(iter(kept))]
        return self._replace(added=self.added + 1, known={**self.known, producer: kept})

    def with_duplicate(self) -> Producers:
        """An entry came again."""
        return self._replace(duplicates=self.duplicates + 1)

    def with_bounds(self, duration: int, most: int) -> Producers:
        """Others are remembered from now on; if the bounds are new, all are forgotten."""
        if (duration, most) == (self.duration, self.most):
            return self
        return self._replace(duration=duration, most=most, known={})

    def facts(self) -> list[tuple[bytes, int]]:
        """What XINFO STREAM tells of them."""
        return [
            (b"idmp-duration", self.duration),
            (b"idmp-maxsize", self.most),
            (b"pids-tracked", len(self.known)),
            (b"iids-tracked", sum(map(len, self.known.values()))),
            (b"iids-added", self.added),
            (b"iids-duplicates", self.duplicates),
        ]


NONE: Final = Producers()
"""Those of a stream that has no producers."""
