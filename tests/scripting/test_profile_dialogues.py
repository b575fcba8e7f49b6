"""What the servers of the profiles answered to scripts, when recorded, is what Ferrous answers as each of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from ferrous_vm.keyspace import Keyspace
from ferrous_vm.limits import Limits
from ferrous_vm.server import Server
from tests.keyspace.differential import OurClients, replay
from tests.record.record_profile_dialogues import SCRIPTS, profiles_of, recording_of

CASES = [(path, profile) for path in sorted(SCRIPTS.glob("*.txt")) for profile in profiles_of(path.read_text())]


class OurServer(OurClients):
    """Sessions of one server that runs scripts."""

    def __init__(self, engine: str, protocol: int, profile: str) -> None:
        self.engine = engine
        super().__init__(protocol, profile)

    def _new_keyspace(self, profile: str) -> Keyspace:
        return Server(self.engine, profile=profile, clock=self.clock, limits=Limits(seconds=60)).keyspace


@pytest.mark.parametrize(("path", "profile"), CASES, ids=[f"{path.stem}-{profile}" for path, profile in CASES])
def test_a_dialogue_gets_the_replies_recorded(engine: str, path: Path, profile: str) -> None:
    differences = replay(path.read_text(), recording_of(path, profile), profile, partial(OurServer, engine))
    assert not differences, "\n".join(differences)
