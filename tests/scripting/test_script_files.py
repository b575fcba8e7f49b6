"""Scripts from real use, with their expectations, on every engine and on a live redis-server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ferrous_vm.command_line.expectations import check_script, read_script
from ferrous_vm.server import Server
from tests.record.resp import Connection

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.lua"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_does_what_it_says(new_server: Callable[[], Server], path: Path) -> None:
    server = new_server()
    client = server.connect()

    def take_log() -> list[str]:
        return [f"{line.level} {line.message.decode()}" for line in server.take_log()]

    script = read_script(path.read_bytes())
    assert script.calls
    assert check_script(script, lambda argv: client.execute_resp(*argv), take_log) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_redis_does_the_same(redis_port: int, path: Path) -> None:
    connection = Connection(redis_port)
    connection.ask(b"FLUSHALL")
    assert check_script(read_script(path.read_bytes()), lambda argv: connection.ask(*argv)) == []
    connection.close()
