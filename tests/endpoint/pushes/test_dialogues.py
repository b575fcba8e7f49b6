"""What each step of a dialogue brought to clients that are told of things, on real servers, is what it brings here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.endpoint.pushes.parties import OurParty
from tests.record.record_pushes import DIALOGUES, clients_of
from tests.record.record_waiting import AGAIN, profiles_of, steps

pytestmark = pytest.mark.host

CASES = [(path, profile) for path in sorted(DIALOGUES.glob("*.txt")) for profile in profiles_of(path.read_text())]


@pytest.mark.parametrize(("path", "profile"), CASES, ids=[f"{path.stem}-{profile}" for path, profile in CASES])
def test_a_step_brings_what_was_recorded(path: Path, profile: str) -> None:
    recording = json.loads(path.with_suffix(".json").read_text())
    plan = steps(path.read_text())
    differences = []
    party = OurParty(clients_of(plan), profile)
    for step, (text, answers) in zip(plan, recording, strict=True):
        assert step == text, "the dialogue has changed: record it again (tests/record/record_pushes.py)"
        if step == AGAIN:
            party = OurParty(clients_of(plan), profile)
            continue
        real = next(brought for names, brought in answers.items() if profile in names.split())
        ours = {name: reply.decode("latin-1") for name, reply in party.ask(step).items()}
        if ours != real:
            differences.append(f"{step}\n    server  {real}\n    ferrous {ours}")
    assert not differences, "\n".join(differences)
