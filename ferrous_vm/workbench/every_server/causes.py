"""Which rules make two servers answer differently: found by experiment, not guessed.

The script is run on the second server with one rule as on the first. A part of the outcome that is another one then
hangs on that rule. Where none alone takes a difference away, the first server is tried with single rules of the second.
"""

from __future__ import annotations

from collections.abc import Iterator

from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.keyspace.profiles.told import RULES, Rule
from ferrous_vm.progress import Progress, unwatched
from ferrous_vm.records import with_changes
from ferrous_vm.workbench.every_server.outcomes import Outcome, Part, Runner

Causes = dict[Part, list[str]]
"""Of each part that differs the names of the rules that make it."""


def differing_parts(one: Outcome, other: Outcome) -> list[Part]:
    """The parts that are not the same in both, in the order of the first."""
    parts = dict.fromkeys([*one.parts, *other.parts])
    return [part for part in parts if one.parts.get(part) != other.parts.get(part)]


def causes(
    first: tuple[Profile, Outcome], second: tuple[Profile, Outcome], run: Runner, progress: Progress = unwatched
) -> Causes:
    """Why the outcome on the second server is not that on the first. An interrupt of one of the runs goes on."""
    found: Causes = {part: [] for part in differing_parts(first[1], second[1])}
    rules = list(_differing_rules(first[0], second[0]))
    for done, (name, rule) in enumerate(rules):
        _try(second, first[0], name, rule, run, found)
        progress(done + 1, 2 * len(rules))
    if not all(found.values()):
        for done, (name, rule) in enumerate(rules, len(rules)):
            _try(first, second[0], name, rule, run, found)
            progress(done + 1, 2 * len(rules))
    return found


def _differing_rules(one: Profile, other: Profile) -> Iterator[tuple[str, Rule]]:
    for name, rule in RULES.items():
        if any(getattr(one, field) != getattr(other, field) for field in rule.fields):
            yield name, rule


def _try(known: tuple[Profile, Outcome], source: Profile, name: str, rule: Rule, run: Runner, found: Causes) -> None:
    """Whether a server answers otherwise with one rule of another."""
    profile, outcome = known
    mixed = run(with_changes(profile, **{field: getattr(source, field) for field in rule.fields}))
    if mixed.verdict == "interrupted":
        raise KeyboardInterrupt
    for part in differing_parts(outcome, mixed):
        if part in found and name not in found[part]:
            found[part].append(name)
