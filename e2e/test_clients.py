"""Programs for Node in a page: ioredis, node-redis and BullMQ on the server in the worker, as on a real one."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from e2e.conftest import SITE
from ferrous_vm.static_server import HEADERS, PAGE_POLICY, POLICY
from tests.record.servers import is_there, running

CLIENTS = Path(__file__).parent / "clients"


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The clients and what they are to do, bundled for a page."""
    bundle = tmp_path_factory.mktemp("clients") / "clients.js"
    subprocess.run(["node", CLIENTS / "build.mjs", bundle], check=True)
    return bundle.read_text(encoding="utf-8")


@pytest.fixture
def clients(page: Page, base_url: str, program: str) -> Page:
    """A page with them, under the policy of all pages."""
    found = re.search(r'data-worker="([^"]+)"', (SITE / "embed.html").read_text(encoding="utf-8"))
    assert found is not None
    html = f"<!doctype html><title>Clients</title><script type=module src=clients.js data-worker={found[1]}></script>"
    headers = {**HEADERS, POLICY: PAGE_POLICY}

    def serve(route: Route) -> None:
        is_script = route.request.url.endswith(".js")
        kind = "text/javascript" if is_script else "text/html"
        route.fulfill(body=program if is_script else html, content_type=f"{kind}; charset=utf-8", headers=headers)

    page.route(re.compile(r"/clients\.(?:html|js)$"), serve)
    page.goto("/clients.html")
    return page


@pytest.fixture(scope="module")
def real() -> Iterator[int]:
    """The port of a real server."""
    if not is_there("redis-7.0"):
        pytest.skip("there is no redis-server")
    with running("redis-7.0") as port:
        yield port


def on_server(port: int, what: str) -> Any:
    done = subprocess.run(["node", CLIENTS / "on_server.mjs", str(port), what], check=True, capture_output=True)
    return json.loads(done.stdout)


@pytest.mark.oracle
def test_clients_have_from_the_page_what_a_real_server_gives_them(clients: Page, real: int) -> None:
    assert clients.evaluate("clients()") == on_server(real, "clients")


@pytest.mark.oracle
def test_queues_do_in_the_page_what_they_do_on_a_real_server(clients: Page, real: int) -> None:
    assert clients.evaluate("queues()") == on_server(real, "queues")


ENDLESS = "redis.call('INCR', 'n') while true do end"


def test_an_endless_script_is_ended_and_the_others_go_on(clients: Page) -> None:
    said = clients.evaluate(
        r"""async (script) => {
            const client = new Redis(), other = new Redis();
            const ended = client.eval(script, 0).catch((error) => error.message);
            const after = [client.incr("n"), other.incr("n")];
            return [await ended, ...(await Promise.all(after)).sort()];
        }""",
        ENDLESS,
    )
    assert said == ["ERR Script killed by Ferrous: its host has interrupted it", 2, 3]


def test_a_stop_ends_a_script_and_no_connection(clients: Page) -> None:
    said = clients.evaluate(
        r"""async (script) => {
            const client = new Redis();
            await client.ping();
            const ended = client.eval(script, 0).catch((error) => error.message);
            const soon = () => new Promise((resolve) => setTimeout(resolve, 20, ""));
            while ((await Promise.race([ended, soon()])) === "") engine.interrupt(false);
            return [await ended, await client.get("n"), (await client.client("LIST")).split("\n").length - 1];
        }""",
        ENDLESS,
    )
    assert said == ["ERR Script killed by Ferrous: its host has interrupted it", "1", 1]


def test_clients_connect_again_when_the_worker_has_ended(clients: Page) -> None:
    said = clients.evaluate(
        r"""async () => {
            const client = new Redis({ retryStrategy: () => 50, maxRetriesPerRequest: null });
            let closed = 0;
            client.on("close", () => (closed += 1));
            await client.set("k", "v");
            const waiting = client.brpop("list", 0);
            engine.end("stopped");
            engine.start();
            const other = new Redis();
            const seen = [await other.get("k"), await other.rpush("list", "job"), await waiting];
            return [closed, ...seen];
        }"""
    )
    assert said == [1, None, 1, ["list", "job"]]


def test_whoever_sends_garbage_or_leaves_is_no_harm_to_others(clients: Page) -> None:
    said = clients.evaluate(
        r"""async () => {
            const client = new Redis();
            await client.ping();
            const come = (bytes) => new Promise((resolve) => {
                const socket = net.connect(6379, () => socket.write(bytes));
                let said = "";
                socket.on("data", (data) => (said += data));
                socket.on("close", (hadError) => resolve([said, hadError]));
            });
            const left = net.connect(6379, () => left.write("*3\r\n$3\r\nSET\r\n$1\r\nk", () => left.destroy()));
            const seen = [await come("*1\r\nGARBAGE\r\n"), await come("*1\r\n$4\r\nQUIT\r\n")];
            return [...seen, await client.exists("k"), (await client.client("LIST")).split("\n").length - 1];
        }"""
    )
    assert said == [["-ERR Protocol error: expected '$', got 'G'\r\n", False], ["+OK\r\n", False], 0, 1]


def test_a_large_value_crosses_both_ways_and_a_slow_reader_is_waited_for(clients: Page) -> None:
    said = clients.evaluate(
        r"""async () => {
            const client = new Redis();
            const value = Buffer.alloc(50_000_000, "x");
            const seen = [await client.set("k", value), (await client.getBuffer("k")).equals(value)];
            await client.set("k", value.subarray(0, 1_000_000));
            const slow = net.connect(6379);
            slow.pause();
            slow.write("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n".repeat(20));
            slow.write("*1\r\n$4\r\nQUIT\r\n");
            for (let calls = 0; calls < 30; calls += 1) await client.ping();
            seen.push(slow.readableLength < 5_000_000);
            let read = 0;
            slow.on("data", (data) => (read += data.length));
            slow.resume();
            await new Promise((resolve) => slow.on("close", resolve));
            return [...seen, read];
        }"""
    )
    assert said == ["OK", True, True, 20 * (len(b"$1000000\r\n\r\n") + 1_000_000) + len("+OK\r\n")]


def test_nothing_is_asked_while_nothing_is_to_be_told(clients: Page) -> None:
    asked = clients.evaluate(
        r"""async () => {
            const client = new Redis(), other = new Redis();
            await other.ping();
            const waiting = client.brpop("list", 1);
            while (!/blocked_clients:1/.test(await other.info("clients")));
            const before = asked();
            await waiting;
            return asked() - before;
        }"""
    )
    assert asked <= 2


def test_what_a_page_lacks_is_said(clients: Page) -> None:
    said = clients.evaluate(
        r"""async () => {
            const client = new Redis({ tls: {}, retryStrategy: null });
            const refused = await new Promise((resolve) => client.once("error", resolve));
            let listening;
            try { net.createServer(); } catch (error) { listening = error.message; }
            return [refused.message, listening, ["127.0.0.1", "256.1.1.1", "::1", "fe80::1%eth0", "x"].map(net.isIP)];
        }"""
    )
    assert said == [
        "ENOTSUP: the server in this page has no TLS: connect without it (redis:// and not rediss://)",
        "ENOTSUP: a page cannot listen for connections",
        [4, 0, 6, 6, 0],
    ]
