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
def test_a_client_watches_what_others_do(name: str) -> None:
    package = import_module(name)
    server = Server()

    def connect() -> Any:
        return getattr(package, CLIENTS[name])(connection_pool=pool(server, package, decode_responses=True))

    with connect() as client, connect() as other, other.monitor() as monitor:
        assert client.ping()
        while monitor.next_command()["command"] != "PING":
            pass
        client.set("k", "1")
        client.eval("return redis.call('INCR', KEYS[1])", 1, "k")
        seen = [monitor.next_command() for _ in range(3)]
        assert [each["command"] for each in seen] == [
            "SET k 1", "EVAL return redis.call('INCR', KEYS[1]) 1 k", "INCR k",
        ]  # fmt: skip
        assert [each["client_type"] for each in seen] == ["tcp", "tcp", "lua"]


@pytest.mark.parametrize("is_in_process", [True, False])
def test_a_cache_within_a_client_forgets_what_others_change(is_in_process: bool) -> None:
    redis = import_module("redis")
    config = import_module("redis.cache").CacheConfig()
    with Endpoint(Server(profile="redis-7.4")) as endpoint:
        options = {"protocol": 3, "cache_config": config, "decode_responses": True}
        if is_in_process:
            client = redis.Redis(connection_pool=pool(endpoint.hub, redis, **options))
        else:
            client = redis.Redis(*endpoint.address, **options)
        other = redis.Redis(*endpoint.address, decode_responses=True)
        with client, other:
            other.set("k", "1")
            assert [client.get("k") for _ in range(3)] == ["1", "1", "1"]
            assert other.info("commandstats")["cmdstat_get"]["calls"] == 1, "two were answered by the cache"
            other.set("k", "2")
            assert client.get("k") == "2"
            assert other.info("stats")["tracking_total_keys"] == 1
            other.flushall()
            assert client.get("k") is None


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
