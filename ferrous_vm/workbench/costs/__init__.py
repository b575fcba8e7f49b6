"""What a script costs: the counts of one call, how they grow with the data, and what they come to on a server
(contract.MeasureCost)."""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.keyspace.encodings.fixtures import commands_in
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.printing import printed
from ferrous_vm.progress import Progress
from ferrous_vm.workbench.calls import Call, read_call
from ferrous_vm.workbench.costs.counts import Counts
from ferrous_vm.workbench.costs.estimate import microseconds
from ferrous_vm.workbench.costs.growing import collections, families
from ferrous_vm.workbench.costs.growth import Growth, measure_growth, measure_growth_of_number
from ferrous_vm.workbench.costs.measuring import SEED, Measuring
from ferrous_vm.workbench.escapes import argument, encode, read_argument
from ferrous_vm.workbench.records.costs import CallCost, CostMeasured, CountGrowth, GrowingKey, MeasureCost, SizedCost
from ferrous_vm.workbench.records.problems import Problem
from ferrous_vm.workbench.workbench import UNBALANCED, Workbench

MOST_KEYS: Final = 200
"""Keys that are offered to be made larger."""

COUNTS: Final[dict[Any, str]] = {
    "instructions": "instructions",
    "commands": "commands",
    "elements": "elements",
    "values": "carried",
    "library": "library",
}
"""What the counts are called where they are told."""


class Unprepared(Exception):
    """The fixture, or the library, failed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def measure(workbench: Workbench, request: MeasureCost) -> CostMeasured:
    """What a call costs on its fixture, and on larger ones. Nothing of it reaches the keyspace of the page.

    Raises FieldError for a key or an argument that cannot be read, KeyboardInterrupt where it is cancelled.
    """
    call = read_call(request)
    progress = workbench.progress("Measuring size")
    try:
        measuring, argv = _prepared(workbench.profile, request, call)
        there = collections(measuring.client.session.database)
        reply, counts = measuring.call(argv)
        alike = families(measuring.client.session.database)
        growth = _growth(workbench.profile, request, call, list(there), progress)
    except Unprepared as error:
        return CostMeasured(None, "", [], [], "", [], [], [], "", error.problem)
    return CostMeasured(
        call=cost(counts),
        error=printed(reply.message) if isinstance(reply, ErrorReply) else "",
        sizes=[SizedCost(point.size, cost(point.counts)) for point in growth.points],
        growths=growths(growth),
        growth=growth.whole,
        grown=[argument(key) for key in growth.keys[:MOST_KEYS]],
        keys=[GrowingKey(argument(key), kind) for key, kind in list(there.items())[:MOST_KEYS]],
        families=list(map(argument, alike[:MOST_KEYS])),
        note=growth.note,
        problem=None,
    )


def _growth(profile: Profile, request: MeasureCost, call: Call, there: list[bytes], progress: Progress) -> Growth:
    def prepare() -> tuple[Measuring, list[bytes]]:
        return _prepared(profile, request, call)

    if request.more:
        return measure_growth_of_number(prepare, read_argument(request.more), progress)
    keys = there if request.grown is None else [read_argument(request.grown)]
    return measure_growth(prepare, keys, progress)


def _prepared(profile: Profile, request: MeasureCost, call: Call) -> tuple[Measuring, list[bytes]]:
    """A server with the fixture on it, and the command that calls the script. Raises Unprepared."""
    held = None if request.clock is None else round(request.clock * 1_000_000)
    measuring = Measuring(held, SEED if request.seed is None else request.seed, profile=profile)
    filling = measuring.server.connect()
    for number, words in commands_in(encode(request.fixture)):
        if words is None:
            raise Unprepared(Problem(number, UNBALANCED))
        reply = filling.execute(*words)
        if isinstance(reply, ErrorReply):
            raise Unprepared(Problem(number, printed(reply.message)))
    if call.protocol == 3:
        measuring.client.execute(b"HELLO", b"3")
    if call.preparation is not None:
        loaded = measuring.client.execute(*call.preparation)
        if isinstance(loaded, ErrorReply):
            raise Unprepared(Problem(None, printed(loaded.message)))
    return measuring, call.command


def cost(counts: Counts) -> CallCost:
    """What is told of the counts of a call."""
    return CallCost(
        instructions=counts.instructions,
        commands=counts.commands,
        elements=round(counts.elements, 1),
        values=counts.carried,
        library=round(counts.library, 1),
        microseconds=round(microseconds(counts), 2),
    )


def growths(growth: Growth) -> list[CountGrowth]:
    """How each count that is told grows."""
    return [CountGrowth(told, growth.classes[name]) for told, name in COUNTS.items() if name in growth.classes]
