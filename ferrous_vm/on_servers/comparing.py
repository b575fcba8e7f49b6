"""The same calls on several servers, and on the engine as each of them: what differs, and the rule that makes it.

Each server is held against the first, and against the profile that imitates it. Why two servers differ is found by
experiment on the engine (`ferrous_vm/workbench/every_server/causes.py`): it answers as one of them with a single rule
of the other. What differs from one run to the next on the same server is told apart.
"""

from __future__ import annotations

from typing import Final

from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.on_servers.enclosure import enclosed_rules, prefix_of
from ferrous_vm.on_servers.grounds import Ground, carry_out
from ferrous_vm.on_servers.seen import Difference, Seen, Step, differences, see
from ferrous_vm.on_servers.trial import Trial
from ferrous_vm.printing import printed
from ferrous_vm.records import Record
from ferrous_vm.workbench.every_server.causes import causes
from ferrous_vm.workbench.every_server.comparing_servers import Comparison, reasons
from ferrous_vm.workbench.every_server.outcomes import Outcome, Part, SteadyClock, whole_second

_PREFIX: Final = prefix_of(b"ferrous-000000000000")
"""Of the keys on the engine, where the servers have prefixes: as long as those."""


class Found(Record):
    """A difference between a server and the first, or between a server and the engine as its profile; `because` are the
    rules that make it, each with its source, and none where none does."""

    difference: Difference
    because: list[str]
    is_unsteady: bool
    """The first server itself answers otherwise the next time."""


class Compared(Record):
    """What one server does otherwise than the first, and the engine otherwise than that server."""

    from_first: list[Found]
    from_profile: list[Found]


def compare(grounds: list[Ground], steps: list[Step]) -> list[Compared]:
    """Each server held against the first. Raises Misplaced, and Unreachable."""
    engine = Engine(steps, whole_second(), is_enclosed=bool(grounds[0].prefix))
    names = engine.names(grounds[0].profile)

    def look(ground: Ground) -> Seen:
        return carry_out(ground, lambda ask: see(ask, steps, names))[0]

    seen = [look(ground) for ground in grounds]
    from_first = [list(differences(seen[0], one)) for one in seen]
    from_profile = [
        list(differences(one, engine.see(ground.profile))) for one, ground in zip(seen, grounds, strict=True)
    ]
    again = look(grounds[0]) if any((*from_first, *from_profile)) else seen[0]
    unsteady = {_part(one) for one in differences(seen[0], again)}
    return [
        Compared(
            _explained(engine, grounds[0].profile, ground.profile, otherwise, unsteady),
            [Found(one, [], _part(one) in unsteady) for one in of_profile],
        )
        for ground, otherwise, of_profile in zip(grounds, from_first, from_profile, strict=True)
    ]


class Engine:
    """The steps on the engine, as whatever server."""

    def __init__(self, steps: list[Step], begin: int, *, is_enclosed: bool) -> None:
        self._steps = steps
        self._begin = begin
        self._is_enclosed = is_enclosed
        self._names: list[bytes] = []

    def names(self, profile: str) -> list[bytes]:
        """The keys that the steps touch."""
        trial = self._trial(profile_named(profile))
        for step in self._steps:
            trial.ask(step.words)
        self._names = [name.removeprefix(_PREFIX) for name in trial.touched]
        return self._names

    def see(self, profile: str | Profile) -> Seen:
        """What comes of them."""
        return see(self._trial(profile_named(profile)).ask, self._steps, self._names)

    def outcome(self, profile: str | Profile) -> Outcome:
        """The same in parts, as causes are looked for."""
        seen = self.see(profile)
        parts = {Part("reply", number): printed(reply) for number, reply in enumerate(seen.replies)}
        parts |= {Part("key", 0, printed(name)): f"{key.text} {key.after}" for name, key in seen.keys.items()}
        return Outcome("ok", parts, {}, [printed(b" ".join(step.words)) for step in self._steps])

    def _trial(self, profile: Profile) -> Trial:
        rules = enclosed_rules(profile.commands) if self._is_enclosed else []
        return Trial(profile, _PREFIX if rules else b"", rules, clock=SteadyClock(self._begin))


def _part(difference: Difference) -> Part:
    if difference.number is not None:
        return Part("reply", difference.number)
    return Part("key", 0, printed(difference.name))


def _explained(engine: Engine, first: str, other: str, otherwise: list[Difference], unsteady: set[Part]) -> list[Found]:
    """The differences, each with the rules that make it on the engine."""
    if not otherwise or first == other:
        return [Found(one, [], _part(one) in unsteady) for one in otherwise]
    outcomes = {name: engine.outcome(name) for name in (first, other)}
    known = [(profile_named(name), outcomes[name]) for name in (first, other)]
    found = causes(known[0], known[1], engine.outcome)
    comparison = Comparison(outcomes, {other: found})
    return [
        Found(
            one,
            [f"{why.text} ({why.source})" for why in reasons(comparison, [[other]], _part(one))],
            _part(one) in unsteady,
        )
        for one in otherwise
    ]
