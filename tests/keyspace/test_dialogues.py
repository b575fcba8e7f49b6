"""Every dialogue in `dialogues/`, on Ferrous and on a real redis-server 7.0.15: the same bytes, on both protocols."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.keyspace.differential import Pair, run_dialogue

DIALOGUES = sorted((Path(__file__).parent / "dialogues").glob("*.txt"))


@pytest.fixture
def pair(redis_port: int) -> Iterator[Pair]:
    both = Pair(redis_port)
    yield both
    both.close()


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_a_dialogue_gets_the_same_replies(pair: Pair, path: Path) -> None:
    differences = run_dialogue(pair, path.read_text())
    assert not differences, "\n".join(differences)
