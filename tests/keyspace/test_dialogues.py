"""Every dialogue in `dialogues/`: the same bytes as a real redis-server 7.0.15, on both protocols.

Once against what such a server answered when the dialogue was recorded, and once against a live one where there is one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.keyspace.differential import Pair, replay, run_dialogue

DIALOGUES = sorted((Path(__file__).parent / "dialogues").glob("*.txt"))


@pytest.fixture
def pair(redis_port: int) -> Iterator[Pair]:
    both = Pair(redis_port)
    yield both
    both.close()


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_a_dialogue_gets_the_replies_recorded(path: Path) -> None:
    if not path.with_suffix(".json").exists():
        pytest.fail("no recording: python -m tests.record.record_dialogues PORT " + path.stem)
    recording = json.loads(path.with_suffix(".json").read_text())
    differences = replay(path.read_text(), recording)
    assert not differences, "\n".join(differences)


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_a_dialogue_gets_the_same_replies(pair: Pair, path: Path) -> None:
    differences = run_dialogue(pair, path.read_text())
    assert not differences, "\n".join(differences)
