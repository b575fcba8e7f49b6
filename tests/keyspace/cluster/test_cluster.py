"""A node of a cluster answers as one of redis-server 7.0.15 does: recorded from three, and beside three where they are.

`python -m tests.record.record_cluster` records the dialogues of this folder.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ferrous_vm
from ferrous_vm import engines
from ferrous_vm.errors import StateError
from ferrous_vm.keyspace.cluster import Cluster, Node
from ferrous_vm.keyspace.slots import SLOTS, hash_tag, slot_of
from tests.keyspace.cluster.real import NODE_OF, Ask, Place, asking, ours, running
from tests.keyspace.differential import agree, steps
from tests.record.record_cluster import DIALOGUES

FOLDER = Path(__file__).parent
HAS_REDIS = shutil.which("redis-server") is not None and shutil.which("redis-cli") is not None
NEEDS_REDIS = pytest.mark.skipif(not HAS_REDIS, reason="redis-server is not installed: nothing to compare with")


def recorded(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def asking_ours(places: list[Place], engine: str = engines.DEFAULT) -> Ask:
    """As `asking`, of a cluster of ours."""
    servers = [ferrous_vm.Server(engine, cluster=cluster) for cluster in ours(places)]
    clients: dict[str, ferrous_vm.Client] = {}

    def ask(name: str, argv: list[bytes]) -> bytes:
        if name not in clients:
            clients[name] = servers[NODE_OF.get(name, 0)].connect()
        return clients[name].execute_resp(*argv)

    return ask


@pytest.mark.parametrize("engine", sorted(engines.ENGINES))
@pytest.mark.parametrize("name", sorted(DIALOGUES))
def test_a_dialogue_gets_the_replies_recorded(name: str, engine: str) -> None:
    recording = recorded(name)
    ask = asking_ours([Place(*one) for one in recording["nodes"]], engine)
    differences = []
    for step, (text, reply) in zip(steps((FOLDER / f"{name}.txt").read_text()), recording["replies"], strict=True):
        assert step.text == text, "the dialogue has changed: python -m tests.record.record_cluster"
        answer = ask(step.client, step.argv)
        if not agree(step, reply.encode("latin-1"), answer):
            differences.append(f"line {step.line}: {text}\n    redis   {reply!r}\n    ferrous {answer!r}")
    assert not differences, "\n".join(differences)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ask, Ask]]:
    """Three real nodes, and ours."""
    with running(tmp_path_factory.mktemp("cluster")) as places, asking(places) as ask:
        yield ask, asking_ours(places)


@NEEDS_REDIS
def test_a_dialogue_gets_the_same_replies(real: tuple[Ask, Ask]) -> None:
    theirs, mine = real
    differences = []
    for step in steps((FOLDER / "three.txt").read_text()):
        one, other = theirs(step.client, step.argv), mine(step.client, step.argv)
        if not agree(step, one, other):
            differences.append(f"line {step.line}: {step.text}\n    redis   {one!r}\n    ferrous {other!r}")
    assert not differences, "\n".join(differences)


@NEEDS_REDIS
def test_nodes_and_their_state_are_told_alike(real: tuple[Ask, Ask]) -> None:
    def table(data: bytes) -> list[list[bytes]]:
        rows = [line.split(b" ") for line in data.split(b"\n")[1:-2]]
        # without the port of the bus, and the times of pings and pongs
        return sorted([[row[0], row[1].partition(b"@")[0], *row[2:4], *row[6:]] for row in rows])

    nodes = [ask("A", [b"CLUSTER", b"NODES"]) for ask in real]
    assert table(nodes[0]) == table(nodes[1])
    infos = [dict(line.split(b":") for line in ask("A", [b"CLUSTER", b"INFO"]).split(b"\r\n")[1:-2]) for ask in real]
    assert {name: value for name, value in infos[1].items() if b"messages" not in name}.items() <= infos[0].items()
    assert infos[1].keys() <= infos[0].keys()


@NEEDS_REDIS
def test_any_key_has_the_slot_it_has_in_redis(real: tuple[Ask, Ask]) -> None:
    theirs, _ = real

    braces = st.text("{}ab\x00\xff", max_size=8).map(lambda key: key.encode("latin-1"))

    @given(st.lists(braces | st.binary(), min_size=1))
    @settings(max_examples=30)
    def check(keys: list[bytes]) -> None:
        for key in keys:
            assert theirs("A", [b"CLUSTER", b"KEYSLOT", key]) == b":%d\r\n" % slot_of(key)

    check()


def test_keys_have_the_slots_recorded() -> None:
    for key, slot in recorded("three")["slots"]:
        assert slot_of(key.encode("latin-1")) == slot, key


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_keys_with_one_tag_have_one_slot(before: bytes, after: bytes) -> None:
    key = before.replace(b"{", b"") + b"{tag}" + after
    assert hash_tag(key) == b"tag"
    assert slot_of(key) == slot_of(b"tag")


def test_ten_thousand_keys_are_one_command() -> None:
    client = ferrous_vm.Server(cluster=Cluster.of(3)).connect()
    same = [b"{b}%d" % number for number in range(10_000)]
    assert client.execute(b"EVAL", b"return #KEYS", b"10000", *same) == 10_000
    other = client.execute_resp(b"EVAL", b"return #KEYS", b"10001", *same, b"b2")
    assert other == b"-CROSSSLOT Keys in request don't hash to the same slot\r\n"


@pytest.mark.parametrize("count", [1, 2, 3, 6, 7, 1000])
def test_nodes_share_all_slots(count: int) -> None:
    cluster = Cluster.of(count)
    assert cluster.served == SLOTS
    assert {node.id for node in cluster.nodes} == {owner.id for owner in cluster.owners if owner}
    if count == 3:
        assert [node.slots for node in cluster.nodes] == [((0, 5460),), ((5461, 10922),), ((10923, 16383),)]


def test_a_cluster_that_cannot_be_is_refused() -> None:
    node = Node(b"a" * 40, b"127.0.0.1", 1, ((0, 10),))
    for nodes, myself in (((), 0), ((node,), 1), ((node, node), 0), ((Node(b"", b"", 0, ((5, 16384),)),), 0)):
        with pytest.raises(StateError):
            Cluster(nodes, myself)
    for count in (0, -1, 1001):
        with pytest.raises(StateError):
            Cluster.of(count)


def test_a_server_alone_knows_no_cluster() -> None:
    server = ferrous_vm.Server()
    assert server.keyspace.cluster is None
    assert not server.connect().session.gated
