"""COMMAND INFO and COMMAND DOCS of every single command, beside a real redis-server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ferrous_vm.keyspace.command_table import rows
from tests.keyspace.differential import Pair


@pytest.fixture
def pair(redis_port: int) -> Iterator[Pair]:
    both = Pair(redis_port)
    yield both
    both.close()


@pytest.mark.parametrize("subcommand", [b"INFO", b"DOCS"])
@pytest.mark.parametrize("protocol", [2, 3])
def test_every_command_is_described_as_redis_describes_it(pair: Pair, protocol: int, subcommand: bytes) -> None:
    pair.begin(protocol)
    for row in rows():
        real, ours = pair.both([b"COMMAND", subcommand, row.full_name])
        if row.subcommands:  # the real server lists them in the order of a seeded hash
            assert sorted(real) == sorted(ours), row
        else:
            assert real == ours, row


@pytest.mark.parametrize("argv", [[b"COMMAND"], [b"COMMAND", b"INFO"], [b"COMMAND", b"DOCS"]])
def test_the_whole_table_has_the_same_content(pair: Pair, argv: list[bytes]) -> None:
    pair.begin(3)
    real, ours = pair.both(argv)
    assert sorted(real) == sorted(ours)
