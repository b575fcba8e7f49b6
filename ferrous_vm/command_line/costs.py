"""What is expected of a script's cost (expectations.py) held against what is counted, and what `ferrous run --cost`
prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ferrous_vm.command_line.expectations import Failure, Growing, ScriptFile, what_grows
from ferrous_vm.printing import printed
from ferrous_vm.records import Record
from ferrous_vm.workbench.costs import COUNTS, growths
from ferrous_vm.workbench.costs.classes import ORDER
from ferrous_vm.workbench.costs.counts import Counts
from ferrous_vm.workbench.costs.estimate import microseconds
from ferrous_vm.workbench.costs.growing import collections, matching
from ferrous_vm.workbench.costs.growth import Growth, Preparation, measure_growth, measure_growth_of_number
from ferrous_vm.workbench.costs.measuring import Measuring

NOTHING: Final = "no key to be made larger"
NOT_KNOWN: Final = "not known"


def check_costs(script: ScriptFile, profile: str) -> list[Failure]:
    """What is expected of the costs of the script's calls and does not hold on a server of this profile."""
    failures = []
    for number, call in enumerate(script.calls):
        if call.limits:
            measuring, argv = _before(script, profile, number)
            _, counts = measuring.call(argv)
            for name, most in call.limits.items():
                count = getattr(counts, COUNTS[name])
                if count > most:
                    failures.append(Failure(call.line, name, f"<= {most}", f"{count:g}"))
        grown = (_grown_too_much(script, profile, number, one) for one in call.growths)
        failures += [failure for failure in grown if failure is not None]
    return failures


def _before(script: ScriptFile, profile: str, number: int) -> tuple[Measuring, list[bytes]]:
    """A server as it is before a call of the script, and that call."""
    measuring = Measuring(profile=profile)
    for _, command in script.preparation():
        measuring.client.execute(*command)
    for call in script.calls[:number]:
        measuring.client.execute(*script.argv(call))
    return measuring, script.argv(script.calls[number])


def _grown_too_much(script: ScriptFile, profile: str, number: int, growing: Growing) -> Failure | None:
    keys = keys_to_grow(_before(script, profile, number)[0], growing.pattern)
    growth = _measured(lambda: _before(script, profile, number), keys, growing.pattern, of_number=growing.of_number)
    if growth.whole and ORDER[growth.whole] <= ORDER[growing.growth]:
        return None
    number_of = "the number of keys " if growing.of_number else ""
    about = f"growth in {number_of}{printed(growing.pattern)}" if growing.pattern else "growth"
    told = ", ".join(f"{one.count} {one.growth}" for one in growths(growth) if one.growth == growth.whole)
    got = [f"{growth.whole}: {told}"] if growth.whole else [NOT_KNOWN if keys else NOTHING]
    return Failure(script.calls[number].line, about, growing.growth, "\n".join([*got, *filter(None, [growth.note])]))


def _measured(prepare: Preparation, keys: list[bytes], pattern: bytes, *, of_number: bool) -> Growth:
    return measure_growth_of_number(prepare, pattern) if of_number and keys else measure_growth(prepare, keys)


def keys_to_grow(measuring: Measuring, pattern: bytes) -> list[bytes]:
    """The keys that match a pattern of KEYS; the lists, sets, hashes, sorted sets and streams if it is empty."""
    database = measuring.client.session.database
    if pattern:
        return matching(database, pattern)
    return list(collections(database))


class Column(Record):
    """A column of the table that is printed."""

    title: str
    width: int


COLUMNS: Final = (
    Column("n", 8),
    *(Column(name, 13) for name in COUNTS),
    Column("microseconds", 13),
)


def cost_lines(prepare: Preparation, text: bytes) -> Iterator[str]:
    """What a call costs, and how that grows with the keys that match a pattern, or with how many there are."""
    pattern, of_number = what_grows(text)
    measuring, argv = prepare()
    keys = keys_to_grow(measuring, pattern)
    _, counts = measuring.call(argv)
    yield _row([column.title for column in COLUMNS])
    yield _row(["as it is", *_figures(counts)])
    growth = _measured(prepare, keys, pattern, of_number=of_number)
    for point in growth.points:
        yield _row([f"{point.size:,}", *_figures(point.counts)])
    if growth.whole:
        names = ", ".join(map(printed, growth.keys))
        yield f"{growth.whole} in {'the number of keys ' if of_number else ''}{names}: " + ", ".join(
            f"{one.count} {one.growth}" for one in growths(growth)
        )
    if growth.note:
        yield growth.note


def _figures(counts: Counts) -> list[str]:
    return [*(f"{round(getattr(counts, name), 1):,}" for name in COUNTS.values()), f"{microseconds(counts):,.2f}"]


def _row(cells: Sequence[str]) -> str:
    return " ".join(cell.rjust(column.width) for cell, column in zip(cells, COLUMNS, strict=True))
