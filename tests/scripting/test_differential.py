"""Generated scripts on every engine and on a live redis-server 7.0.15: the same replies, byte for byte.

FERROUS_GENERATED_SCRIPTS sets how many scripts are run (500 if it is not set).
"""

from __future__ import annotations

import os
import re

import pytest

from ferrous_vm import engines
from ferrous_vm.server import Client, Server
from tests.record.resp import Connection
from tests.scripting import generated_edges
from tests.scripting.generated_scripts import Generator

COUNT = int(os.environ.get("FERROUS_GENERATED_SCRIPTS", "500"))
SCRIPTS_PER_SERVER = 25
ADDRESS = re.compile(rb"0x[0-9a-f]{6,}")


def fresh_clients(protocol: int) -> dict[str, Client]:
    """A client of a new server on each engine."""
    clients = {name: Server(name).connect() for name in engines.ENGINES}
    for client in clients.values():
        client.session.protocol = protocol
    return clients


@pytest.mark.oracle
@pytest.mark.host
def test_generated_scripts_get_the_replies_redis_gives(redis_port: int) -> None:
    differences: list[str] = []
    for seed in range(COUNT // SCRIPTS_PER_SERVER):
        differences += compare(redis_port, seed, protocol=2 + seed % 2)
        assert len(differences) < 20, "\n\n".join(differences)
    assert not differences, "\n\n".join(differences)


def compare(port: int, seed: int, protocol: int) -> list[str]:
    """Run the scripts of one seed, in turn, on an empty server; what differs, as text."""
    generator = Generator(seed)
    clients = fresh_clients(protocol)
    redis = Connection(port)
    redis.ask(b"FLUSHALL")
    redis.ask(b"SCRIPT", b"FLUSH")
    if protocol == 3:
        redis.ask(b"HELLO", b"3")
    differences = []
    for number in range(SCRIPTS_PER_SERVER):
        script = generated_edges.script(generator.random) if number % 2 else generator.script()
        name = generator.random.choice((b"EVAL", b"EVAL", b"EVAL", b"EVAL_RO"))
        argv = (name, script, b"2", b"s1", b"h1", b"5", b"b\0")
        real = ADDRESS.sub(b"0x", redis.ask(*argv))
        for engine, client in clients.items():
            ours = ADDRESS.sub(b"0x", client.execute_resp(*argv))
            if ours != real:
                differences.append(
                    f"seed {seed}, script {number}, RESP{protocol}, {engine}: {name.decode()}\n"
                    f"{script.decode('latin-1')}\n    redis   {real!r}\n    ferrous {ours!r}"
                )
    redis.close()
    return differences
