"""How long commands took, as LATENCY HISTOGRAM and INFO latencystats tell it (latency.c, server.c, hdr_histogram.c).

Times are those of `Statistics`. A call that was not timed, of a command that Redis calls fast or of a script, is told
as one of a microsecond.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ferrous_vm.keyspace.command_table import Row
    from ferrous_vm.keyspace.keyspace import Keyspace

_FIRST_LEVEL: Final = 1024
"""Nanoseconds; each level is twice the one before (`fillCommandCDF`)."""
_LONGEST: Final = 1_000_000_000
"""Nanoseconds that the longest call counts as (`LATENCY_HISTOGRAM_MAX_VALUE`)."""
_UNTIMED: Final = 1000


def _last_alike(nanoseconds: int) -> int:
    """The greatest of the values that a histogram of two digits does not tell from this one."""
    size = 1 << max(0, nanoseconds.bit_length() - 8)
    return nanoseconds // size * size + size - 1


def _calls(keyspace: Keyspace, row: Row) -> list[tuple[int, int]]:
    """Nanoseconds and how many calls took so long, the shortest first; none if nothing was called or is told."""
    statistics = keyspace.statistics
    total = statistics.calls[row.number]
    if not total or keyspace.configuration.get(b"latency-tracking") != b"yes":
        return []
    counts: dict[int, int] = {}
    for microseconds, count in statistics.durations.get(row, {}).items():
        value = _last_alike(min(max(1, microseconds * 1000), _LONGEST))
        counts[value] = counts.get(value, 0) + count
    untimed = total - sum(counts.values())
    if untimed > 0:
        value = _last_alike(_UNTIMED)
        counts[value] = counts.get(value, 0) + untimed
    return sorted(counts.items())


def cumulative(keyspace: Keyspace, row: Row) -> list[tuple[int, int]]:
    """Levels in microseconds, and how many calls took no longer; each level that more calls reach than the one before.

    None if nothing was called.
    """
    told: list[tuple[int, int]] = []
    level = _FIRST_LEVEL
    reached = 0
    for value, count in _calls(keyspace, row):
        while value > _last_alike(level):
            level *= 2
        reached += count
        microseconds = _last_alike(level) // 1000
        if told and told[-1][0] == microseconds:
            told.pop()
        told.append((microseconds, reached))
    return told


def percentiles(keyspace: Keyspace) -> Iterable[tuple[str, str]]:
    """The fields of INFO latencystats."""
    wanted = keyspace.configuration.get(b"latency-tracking-info-percentiles").decode().split()
    for row in keyspace.commands.rows():
        calls = _calls(keyspace, row)
        if calls:
            told = ",".join(f"p{percent}={_at(calls, float(percent)) / 1000:.3f}" for percent in wanted)
            yield f"latency_percentiles_usec_{row.full_name.decode()}", told


def _at(calls: list[tuple[int, int]], percent: float) -> int:
    """The nanoseconds that so many of a hundred calls do not exceed (`hdr_value_at_percentile`)."""
    needed = max(1, int(percent / 100 * sum(count for _, count in calls) + 0.5))
    for value, count in calls:
        needed -= count
        if needed <= 0:
            return value
    return calls[-1][0]
