"""Where a run of a script began: what is needed to run it once more as it ran."""

from __future__ import annotations

from typing import Any, NamedTuple

from ferrous_vm.records import Record


class Beginning(NamedTuple):
    """What a run of a script began with: a mark of the journal, the state of chance, the time in seconds, and the order
    of replies that Redis leaves open."""

    mark: int
    random: Any
    time: float
    order: int | None


class LastRun(Record):
    """The last run: what was asked for, where it began, and the seed that it had. `is_there`: the journal leads back to
    there."""

    request: Any
    begun: Beginning
    seed: int
    is_there: bool = True
