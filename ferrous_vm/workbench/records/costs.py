"""What a script costs as its data grow."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record
from ferrous_vm.workbench.records.calling import Mode
from ferrous_vm.workbench.records.problems import Problem


class MeasureCost(Record):
    """What does this call cost as its data grow? It runs on servers of its own, filled with the fixture.

    `grown` is the key that is made larger; null for every list, set, hash, sorted set and stream there is. With `more`,
    a pattern of KEYS, none is: there are ever more keys that match it.
    """

    script: str
    keys: list[str]
    argv: list[str]
    fixture: str
    grown: str | None = None
    more: str = ""
    mode: Mode = "EVAL"
    function: str = ""
    protocol: Literal[2, 3] = 2
    clock: float | None = None
    seed: int | None = None


class CallCost(Record):
    """What one call did: `elements` of the data that its commands touched, `values` inside replies, `library` elements
    and blocks of strings that library functions went through; what that comes to on a server."""

    instructions: int
    commands: int
    elements: float
    values: int
    library: float
    microseconds: float


class SizedCost(Record):
    """The cost of a call where the grown keys have so many elements."""

    size: int
    cost: CallCost


class CountGrowth(Record):
    """How one of the counts grows: `growth` such as O(log n)."""

    count: Literal["instructions", "commands", "elements", "values", "library"]
    growth: str


class GrowingKey(Record):
    """A key of the fixture that can be made larger."""

    key: str
    type: str


class CostMeasured(Record):
    """Answers MeasureCost.

    `call` is on the fixture as it is, `error` the error it ended with, "" for none. `sizes` are the same on ever larger
    `grown` keys, or with ever more that match that pattern, `growths` how each count grows, `growth` the highest of
    them, "" if it is not known; `note` what is to be known besides. `keys` can be made larger, and of `families`,
    patterns that several keys match, there can be more. `problem` is where the fixture failed: then nothing else is
    told.
    """

    call: CallCost | None
    error: str
    sizes: list[SizedCost]
    growths: list[CountGrowth]
    growth: str
    grown: list[str]
    keys: list[GrowingKey]
    families: list[str]
    note: str
    problem: Problem | None


ANSWERS: dict[type, type] = {MeasureCost: CostMeasured}
