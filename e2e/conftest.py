"""A real Chromium, the built page, and servers of their own for every session of tests."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from e2e import chromium
from e2e.endpoint import Serving
from e2e.workbench import Workbench
from ferrous_vm.static_server import CONTENT_TYPES, StaticServer

SITE = Path(os.environ.get("FERROUS_SITE") or Path(__file__).parents[1] / "build" / "ferrous" / "site")
"""What is tested: `make release-check` names another one."""

QUICKLY_LOADED = "--js-flags=--wasm-lazy-compilation --no-wasm-tier-up --no-wasm-dynamic-tiering"
"""Every test loads Python anew; a third of that would go into compiling better what runs for a moment."""

PATIENCE = 60_000
"""Milliseconds an expectation waits: loading Python on a busy machine takes some of them."""

expect.set_options(timeout=PATIENCE)

RESTORED = bool(os.environ.get("FERROUS_RESTORED"))
"""Whether every page restores Python from an image of its memory: the tests hold there too."""

SHORT_OF_MEMORY = "Object.defineProperty(Navigator.prototype, 'deviceMemory', {get: () => 2})"
"""A device on which no image of Python's memory is taken: that costs two seconds, and few tests have a use for it."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    return {
        **browser_type_launch_args,
        "args": [*chromium.arguments(), QUICKLY_LOADED],
        "executable_path": chromium.executable(),
    }


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    """No service worker: it would fetch the whole site again for every test. Those that need one make a context."""
    return {**browser_context_args, "service_workers": "block"}


@pytest.fixture(scope="session")
def profile_with_image(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, object],
    base_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """What a browser keeps of a person who has been here before: an image of Python's memory, and nothing else."""
    profile = tmp_path_factory.mktemp("profile")
    options: dict[str, Any] = {**browser_type_launch_args, "base_url": base_url, "service_workers": "block"}
    with browser_type.launch_persistent_context(profile, **options) as context:
        opened = Workbench(context.new_page())
        opened.open("/")
        opened.run()
        opened.expect_image("It is there for the next start.")
        opened.page.goto("/icon.svg")
        opened.page.evaluate(
            """async () => {
                localStorage.clear();
                for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
            }"""
        )
    return profile


@pytest.fixture
def context(
    request: pytest.FixtureRequest,
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, object],
    browser_context_args: dict[str, object],
    tmp_path: Path,
) -> Iterator[BrowserContext]:
    """A browser of its own for a test; with FERROUS_RESTORED one that has been here before."""
    if RESTORED:
        profile = shutil.copytree(request.getfixturevalue("profile_with_image"), tmp_path / "profile")
        options: dict[str, Any] = browser_type_launch_args | browser_context_args
        with browser_type.launch_persistent_context(profile, **options) as restored:
            yield restored
    else:
        made = request.getfixturevalue("new_context")()
        made.add_init_script(SHORT_OF_MEMORY)
        yield made


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    with StaticServer(SITE) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.address.rstrip("/")
        server.shutdown()


class PlainHandler(http.server.SimpleHTTPRequestHandler):
    """A static host that knows nothing of the page: no isolation, so no shared memory."""

    extensions_map = CONTENT_TYPES

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def plain_url() -> Iterator[str]:
    """The page as any static host would serve it."""
    handler = functools.partial(PlainHandler, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def errors(page: Page) -> Iterator[list[str]]:
    """What the page complained about; a test that uses this fails when there is something at its end."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    yield found
    assert found == []


@pytest.fixture
def workbench(page: Page) -> Workbench:
    """The page, opened and ready."""
    opened = Workbench(page)
    opened.open("/")
    return opened


@pytest.fixture
def open_workbench(page: Page) -> Callable[[str], Workbench]:
    """Opens the page at an address."""

    def open_at(address: str) -> Workbench:
        opened = Workbench(page)
        opened.open(address)
        return opened

    return open_at


@pytest.fixture
def serving() -> Iterator[Serving]:
    """An endpoint with the page beside it."""
    with Serving(SITE) as started:
        yield started


@pytest.fixture
def beside(page: Page, serving: Serving) -> Workbench:
    """The page at the address that the endpoint tells."""
    opened = Workbench(page)
    opened.open(serving.address)
    return opened
