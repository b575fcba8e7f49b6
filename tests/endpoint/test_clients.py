"""redis-py and valkey-py, without a socket and with one."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

import pytest

from ferrous_vm import Server
from ferrous_vm.endpoint import Endpoint
from ferrous_vm.endpoint.in_process import pool

pytestmark = pytest.mark.host

CLIENTS = {"redis": "Redis", "valkey": "Valkey"}
"""Packages, and what each calls a client."""


@pytest.mark.parametrize("name", CLIENTS)
@pytest.mark.parametrize("protocol", [2, 3])
def test_a_client_talks_to_a_server_in_its_process(name: str, protocol: int) -> None:
    package = import_module(name)
    server = Server()

    def connect() -> Any:
        options = {"decode_responses": True, "protocol": protocol}
        return getattr(package, CLIENTS[name])(connection_pool=pool(server, package, **options))

    with connect() as client, connect() as other:
        limiter = client.register_script("return redis.call('INCRBY', KEYS[1], ARGV[1])")
        assert [limiter(keys=["n"], args=[2]) for _ in range(2)] == [2, 4]
        assert client.pipeline().hset("h", mapping={"a": 1}).hgetall("h").execute() == [1, {"a": "1"}]
        listener = other.pubsub(ignore_subscribe_messages=True)
        listener.subscribe("news")
        listener.get_message(timeout=1)
        client.publish("news", "hello")
        assert listener.get_message(timeout=1)["data"] == "hello"
        with pytest.raises(package.ResponseError, match="WRONGTYPE"):
            client.lpush("h", "x")
        client.rpush("list", "job")
        assert other.blpop(["list"], timeout=1) in (("list", "job"), ["list", "job"])


@pytest.mark.parametrize("name", CLIENTS)
def test_an_asynchronous_client_waits_for_another(name: str) -> None:
    package = import_module(f"{name}.asyncio")
    server = Server()

    async def talk() -> None:
        waits, pushes = (getattr(package, CLIENTS[name])(connection_pool=pool(server, package)) for _ in range(2))
        waiting = asyncio.create_task(waits.blpop(["list"], timeout=5))
        while not (await pushes.info("clients"))["blocked_clients"]:
            await asyncio.sleep(0)
        await pushes.rpush("list", "job")
        assert tuple(await waiting) == (b"list", b"job")
        await waits.aclose()
        await pushes.aclose()

    asyncio.run(asyncio.wait_for(talk(), 60))


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_talks_to_an_endpoint(name: str) -> None:
    package = import_module(name)
    with Endpoint() as endpoint:
        host, port = endpoint.address[:2]
        with getattr(package, CLIENTS[name])(host=host, port=port) as client:
            assert client.ping()
            assert client.eval("return {KEYS[1], ARGV[1]}", 1, "k", b"\xff") == [b"k", b"\xff"]
