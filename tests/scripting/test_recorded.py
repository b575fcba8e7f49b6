"""The recorded dialogues on every engine, and the record itself against a live redis-server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ferrous_vm.limits import Limits
from ferrous_vm.server import Server
from tests.record.record_scripting import ask_all
from tests.scripting.recorded_dialogue import DIALOGUES, differences, read_dialogue


@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_ferrous_answers_what_redis_answered(new_server: Callable[..., Server], path: Path, protocol: int) -> None:
    client = new_server(limits=Limits(seconds=60)).connect()  # a busy machine is no reason for another reply
    if protocol == 3:
        client.execute(b"HELLO", b"3")
    found = differences(path, lambda argv: client.execute_resp(*argv), protocol)
    assert not found, "\n".join(found)


@pytest.mark.oracle
@pytest.mark.host
@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_the_record_is_what_redis_answers(redis_port: int, path: Path) -> None:
    recorded = list(read_dialogue(path))
    for protocol in (2, 3):
        for exchange, reply in zip(recorded, ask_all(path, redis_port, protocol), strict=True):
            assert reply == exchange.expected(protocol), f"{path.name}:{exchange.line}"
