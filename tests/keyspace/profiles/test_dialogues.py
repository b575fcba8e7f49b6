"""What the servers of the profiles answered, when it was recorded, is what Ferrous answers as each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.keyspace.differential import replay
from tests.record.record_profile_dialogues import DIALOGUES, profiles_of, recording_of

CASES = [(path, profile) for path in sorted(DIALOGUES.glob("*.txt")) for profile in profiles_of(path.read_text())]


@pytest.mark.parametrize(("path", "profile"), CASES, ids=[f"{path.stem}-{profile}" for path, profile in CASES])
def test_a_dialogue_gets_the_replies_recorded(path: Path, profile: str) -> None:
    differences = replay(path.read_text(), recording_of(path, profile), profile)
    assert not differences, "\n".join(differences)
