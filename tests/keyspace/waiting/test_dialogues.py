"""What each step of a dialogue brought to clients that wait, on real servers, is what it brings here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.keyspace.waiting.parties import OurParty
from tests.record.record_waiting import AGAIN, DIALOGUES, profiles_of, steps

CASES = [(path, profile) for path in sorted(DIALOGUES.glob("*.txt")) for profile in profiles_of(path.read_text())]


@pytest.mark.parametrize(("path", "profile"), CASES, ids=[f"{path.stem}-{profile}" for path, profile in CASES])
def test_a_step_brings_what_was_recorded(path: Path, profile: str) -> None:
    recording = json.loads(path.with_suffix(".json").read_text())
    differences = []
    party = OurParty(profile)
    for step, (text, answers) in zip(steps(path.read_text()), recording, strict=True):
        assert step == text, "the dialogue has changed: record it again (tests/record/record_waiting.py)"
        if step == AGAIN:
            party = OurParty(profile)
            continue
        real = next(brought for names, brought in answers.items() if profile in names.split())
        ours = {name: reply.decode("latin-1") for name, reply in party.ask(step).items()}
        if ours != real:
            differences.append(f"{step}\n    server  {real}\n    ferrous {ours}")
    assert not differences, "\n".join(differences)
