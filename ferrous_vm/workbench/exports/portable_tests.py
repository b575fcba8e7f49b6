"""What of a test holds on any server: its fixture and its expectations without the moment they were recorded at.

A test on the page holds the clock; a server elsewhere does not. So times to live become relative, and the test is run
once more: at another time of another day, with other random choices, and some milliseconds after its fixture. Where
that changes the reply or the keyspace, the test stays here.
"""

from __future__ import annotations

from typing import NamedTuple

from ferrous_vm.keyspace.encodings.fixtures import recreation
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.workbench import content
from ferrous_vm.workbench.calls import connect, read_call
from ferrous_vm.workbench.exports.call import Unavailable
from ferrous_vm.workbench.records.exporting import ExportedTest
from ferrous_vm.workbench.records.testing import RunTest
from ferrous_vm.workbench.testing import SEED, run_test
from ferrous_vm.workbench.workbench import Workbench

Words = list[bytes]

_LATER = 1_000_037.461
"""Seconds to the other time: neither whole minutes nor whole seconds."""

_DELAY = 0.007
"""Seconds between fixture and call; a server elsewhere is no quicker."""

_SLACK = 1_000
"""Milliseconds by which a time to live may differ all the same."""

_CLOCK = 1_700_000_000.0
"""The time of a test that names none."""


class PortableTest(NamedTuple):
    """The commands that come before the call, the reply as RESP2, and the commands that make the keyspace expected.

    `reply` and `keyspace` are None where none is expected.
    """

    fixture: list[Words]
    reply: bytes | None
    keyspace: list[Words] | None


class _Snapshot(NamedTuple):
    """A keyspace: the commands that make it again, without times to live, and those in milliseconds, by key and by key
    and field."""

    commands: list[Words]
    lives: dict[tuple[bytes, ...], int]

    @property
    def timed(self) -> list[Words]:
        return [*self.commands, *(_given(name, b"%d" % life) for name, life in self.lives.items())]

    def agrees(self, other: _Snapshot) -> bool:
        near = all(abs(life - other.lives.get(name, life)) < _SLACK for name, life in self.lives.items())
        return near and self.commands == other.commands and self.lives.keys() == other.lives.keys()


def _given(name: tuple[bytes, ...], life: bytes) -> Words:
    """The command that gives a key, or a field of a hash, its time to live."""
    key, *field = name
    return [b"HPEXPIRE", key, life, b"FIELDS", b"1", *field] if field else [b"PEXPIRE", key, life]


def portable(script: str, test: ExportedTest, profile: Profile) -> PortableTest:
    """The test for a server of that profile elsewhere. Raises Unavailable with the reason why it cannot leave."""
    if test.protocol == 3:
        raise Unavailable("it speaks RESP3")
    clock = _CLOCK if test.clock is None else test.clock
    request = request_of(script, test, clock)
    if run_test(Workbench(profile=profile), request).outcome != "passed":
        raise Unavailable("it does not pass in Ferrous")
    first = _filled(profile, test.fixture, clock)
    fixture = _snapshot(first)
    second = _filled_again(profile, fixture, clock + _LATER)
    second.clock.held = clock + _LATER + _DELAY
    replies = [_reply(request, first, 0), _reply(request, second, 1)]
    if replies[0] != replies[1] or not _snapshot(first).agrees(_snapshot(second)):
        raise Unavailable("what it does depends on the time or on chance, which Ferrous holds and a server does not")
    expected = None if test.keyspace is None else _snapshot(_filled(profile, test.keyspace, clock)).timed
    return PortableTest(fixture.timed, None if test.reply is None else replies[0], expected)


def request_of(script: str, test: ExportedTest, clock: float | None) -> RunTest:
    """What the workbench is asked to run the test."""
    given = {name: getattr(test, name) for name in ExportedTest.__match_args__ if name not in ("name", "clock")}
    return RunTest(script=script, clock=clock, **given)


def _filled(profile: Profile, lines: str, clock: float) -> Workbench:
    workbench = Workbench(profile=profile)
    workbench.clock.held = clock
    workbench.carry_out(lines, fresh=True)
    return workbench


def _filled_again(profile: Profile, snapshot: _Snapshot, clock: float) -> Workbench:
    workbench = Workbench(profile=profile)
    workbench.clock.held = clock
    client = workbench.server.connect()
    for words in snapshot.timed:
        client.execute_resp(*words)
    return workbench


def _reply(request: RunTest, workbench: Workbench, chance: int) -> bytes:
    """What the call replies, with other random choices for another `chance`."""
    call = read_call(request)
    client = connect(workbench, call.protocol)
    workbench.server.seed((SEED if request.seed is None else request.seed) + chance)
    if call.preparation is not None:
        client.execute_resp(*call.preparation)
    return client.execute_resp(*call.command)


def _snapshot(workbench: Workbench) -> _Snapshot:
    """The keyspace in the order of its keys. Raises Unavailable when it has several databases."""
    first, *others = workbench.keyspace.databases
    if any(len(database) for database in others):
        raise Unavailable("it uses several databases")
    commands: list[Words] = []
    ends: dict[tuple[bytes, ...], int] = {}
    for key in sorted(first.keys()):
        value = first.entries[key]
        commands += (words for words in recreation(key, value, None) if words[0] != b"HPEXPIREAT")
        ends |= {(key, field): end for field, end in sorted(content.ends(value).items())}
        if (expiry := first.expiries.get(key)) is not None:
            ends[key,] = expiry
    return _Snapshot(commands, {name: max(end - workbench.now(), 1) for name, end in ends.items()})
