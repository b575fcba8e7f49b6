"""Work may ask for another version of the engine: fetched from the site's own index, or refused with a sentence."""

from __future__ import annotations

import os
import re
import shutil
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from e2e.conftest import SITE
from e2e.test_sharing import link_of
from e2e.workbench import Workbench
from ferrous_vm.static_server import StaticServer
from pyodide_bridge.contract.session import CONTRACT

VERSION = "9.9.9"
FOREIGN = "9.9.0"
"""A version whose messages are not those of this page."""


def other_wheel(directory: Path, version: str, contract: int = CONTRACT, more: str = "") -> str:
    """Writes the engine's wheel once more, as another version, with `more` in its code; answers its name."""
    (source,) = (SITE.parent.parent / "ferrous" / "wheel").glob("ferrous_vm-*.whl")
    here = source.name.split("-")[1]
    name = source.name.replace(f"-{here}-", f"-{version}-")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(directory / name, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            content = old.read(entry)
            if entry.endswith(("METADATA", "RECORD")):
                content = content.replace(f"Version: {here}\n".encode(), f"Version: {version}\n".encode())
                content = content.replace(f"ferrous_vm-{here}.dist".encode(), f"ferrous_vm-{version}.dist".encode())
            if entry == "ferrous_vm/__init__.py":
                content = content.replace(f'__version__ = "{here}"'.encode(), f'__version__ = "{version}"'.encode())
                content += more.encode()
            if entry == "pyodide_bridge/contract/session.py":
                content = content.replace(b"CONTRACT: Final = %d" % CONTRACT, b"CONTRACT: Final = %d" % contract)
            new.writestr(entry.replace(f"ferrous_vm-{here}.dist", f"ferrous_vm-{version}.dist"), content)
    return name


@pytest.fixture(scope="module")
def site_with_versions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page with an index of packages in its folder `simple`, and with another in `more/engines`."""
    site = tmp_path_factory.mktemp("site") / "site"
    shutil.copytree(SITE, site, copy_function=os.link)
    for folder, versions in (("simple", {VERSION: CONTRACT, FOREIGN: 0}), ("more/engines", {"9.9.8": CONTRACT})):
        index = site / folder / "ferrous-vm"
        index.mkdir(parents=True)
        names = [other_wheel(index, version, contract) for version, contract in versions.items()]
        links = "".join(f'<a href="{name}">{name}</a>\n' for name in names)
        (index / "index.html").write_text(f"<!DOCTYPE html>{links}", encoding="utf-8")
    with StaticServer(site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.address.rstrip("/")
        server.shutdown()


def test_a_link_is_run_by_the_engine_it_asks_for(page: Page, site_with_versions: str) -> None:
    workbench = Workbench(page)
    page.goto(site_with_versions + link_of({"script": "return 'from another engine'", "engine": VERSION}))
    expect(page.get_by_role("contentinfo")).to_contain_text(f"engine {VERSION}")
    workbench.wait_until_ready()
    workbench.run()
    expect(workbench.reply).to_have_text('"from another engine"')


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("8.8.8", "there is none of that version"),
        ("8.8.9", "there is no network"),
        (FOREIGN, "it and this page do not understand each other"),
    ],
)
def test_an_engine_that_cannot_be_had_is_refused(
    page: Page, site_with_versions: str, asked: str, sentence: str
) -> None:
    if "network" in sentence:
        page.route("**/simple/**", lambda route: route.abort())
    page.goto(site_with_versions + link_of({"script": "return 'here'", "engine": asked}))
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(f"This work asks for engine {asked}, which cannot be had: {sentence}")
    alert.get_by_role("button", name=re.compile("^Continue with engine")).click()
    workbench = Workbench(page)
    workbench.wait_until_ready()
    workbench.run()
    expect(workbench.reply).to_have_text('"here"')


def test_a_site_without_other_versions_asks_nobody_else(page: Page, base_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(link_of({"script": "return 1", "engine": VERSION}))
    expect(page.get_by_role("alert")).to_contain_text("the index of engines has no ferrous-vm")
    assert [url for url in asked if not url.startswith(base_url)] == []


def test_the_index_of_engines_is_chosen_in_the_page_and_kept(page: Page, site_with_versions: str) -> None:
    page.goto(site_with_versions + link_of({"script": "return 'from elsewhere'", "engine": "9.9.8"}))
    expect(page.get_by_role("alert")).to_contain_text("there is none of that version within reach")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("dialog", name="Share").get_by_role("button", name="Engine", exact=True).click()
    dialog = page.get_by_role("dialog", name="Engine")
    index = dialog.get_by_role("textbox", name="Index of engines")
    index.fill("http://elsewhere.example/")
    index.press("Tab")
    expect(dialog.get_by_role("alert")).to_contain_text("from its own site and from https:// only")
    index.fill("more/engines")
    index.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("contentinfo")).to_contain_text("engine 9.9.8")
    page.reload()
    expect(page.get_by_role("contentinfo")).to_contain_text("engine 9.9.8")


def test_a_wheel_of_ones_own_runs_until_another_is_chosen(workbench: Workbench, tmp_path: Path) -> None:
    page = workbench.page
    name = other_wheel(tmp_path, "9.9.7")
    page.get_by_role("contentinfo").get_by_role("button", name=re.compile("^engine")).click()
    dialog = page.get_by_role("dialog", name="Engine")
    (tmp_path / "other.whl").write_bytes(b"")
    dialog.get_by_label("Use a wheel").set_input_files(tmp_path / "other.whl")
    expect(dialog.get_by_role("alert")).to_contain_text("other.whl is no wheel of ferrous-vm")
    dialog.get_by_label("Use a wheel").set_input_files(tmp_path / name)
    expect(page.get_by_role("contentinfo")).to_contain_text("engine 9.9.7")
    workbench.wait_until_ready()
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 1")
    page.get_by_role("contentinfo").get_by_role("button", name=re.compile("^engine")).click()
    expect(dialog).to_contain_text(f"from {name}")
    dialog.get_by_role("button", name=re.compile("^Use engine")).click()
    expect(page.get_by_role("contentinfo")).not_to_contain_text("engine 9.9.7")
    workbench.wait_until_ready()


def test_a_wheel_that_is_damaged_is_refused_and_any_by_a_page_that_pip_installed(
    workbench: Workbench, tmp_path: Path
) -> None:
    page = workbench.page
    damaged = tmp_path / "ferrous_vm-9.9.6-py3-none-any.whl"
    damaged.write_bytes(b"PK no wheel")
    page.get_by_role("contentinfo").get_by_role("button", name=re.compile("^engine")).click()
    page.get_by_role("dialog", name="Engine").get_by_label("Use a wheel").set_input_files(damaged)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(f"{damaged.name} cannot be used: it cannot be installed")
    alert.get_by_role("button", name=re.compile("^Continue with engine")).click()
    workbench.wait_until_ready()
    # A wheel has the page without what installs others (toolchain/release_wheel.py).
    page.context.route("**/installer-*/pyodide.mjs", lambda route: route.fulfill(status=404))
    page.get_by_role("contentinfo").get_by_role("button", name=re.compile("^engine")).click()
    page.get_by_role("dialog", name="Engine").get_by_label("Use a wheel").set_input_files(damaged)
    expect(alert).to_contain_text(f"{damaged.name} cannot be used: this page came with pip")
    alert.get_by_role("button", name=re.compile("^Continue with engine")).click()
    workbench.wait_until_ready()


def test_the_share_dialog_pins_the_engine_that_is_here(workbench: Workbench) -> None:
    workbench.page.get_by_role("button", name="Share").click()
    link = workbench.page.get_by_role("textbox", name="Link")
    expect(link).to_have_value(re.compile("#v1=.+"))
    plain = link.input_value()
    workbench.page.get_by_role("checkbox", name=re.compile("^Ask for engine")).check()
    expect(link).not_to_have_value(plain)


HOSTILE = """
import asyncio, js
async def stay():
    for name in await js.caches.keys():
        cache = await js.caches.open(name)
        await cache.put(js.location.origin + "/", js.Response.new("poisoned"))
async def start():
    js.Worker.new("data:text/javascript,caches.open('by a worker of its own')")
    js.indexedDB.open("kept by a stranger")
    await js.navigator.storage.getDirectory()
for attempt in (stay, start):
    asyncio.ensure_future(attempt())
"""
"""Code of a wheel that would stay in the browser when its page is gone."""

KEPT = """async () => {
    const texts = [];
    for (const name of await caches.keys()) {
        const kept = await (await caches.open(name)).match('./');
        texts.push(name.startsWith('ferrous-') ? await kept.text() : name);
    }
    return [...texts, ...(await indexedDB.databases()).map(({name}) => name)].join();
}"""


def test_an_engine_from_elsewhere_cannot_stay_in_the_browser(browser: Browser, base_url: str, tmp_path: Path) -> None:
    name = other_wheel(tmp_path, "9.9.5", more=HOSTILE)
    page = browser.new_context(base_url=base_url).new_page()
    workbench = Workbench(page)
    workbench.open("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.get_by_role("contentinfo").get_by_role("button", name=re.compile("^engine")).click()
    page.get_by_role("dialog", name="Engine").get_by_label("Use a wheel").set_input_files(tmp_path / name)
    expect(page.get_by_role("contentinfo")).to_contain_text("engine 9.9.5")
    workbench.wait_until_ready()
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 1")
    kept = page.evaluate(KEPT)
    assert "Loading the workbench" in kept
    assert "poisoned" not in kept
    assert "stranger" not in kept
    assert "by a worker" not in kept
    page.context.close()


def test_only_an_index_of_engines_is_asked_of_elsewhere(page: Page, base_url: str, tmp_path: Path) -> None:
    """The page may not fetch from https://, the worker of another engine may."""
    name = other_wheel(tmp_path, "9.9.4")
    headers = {"Access-Control-Allow-Origin": "*"}

    def answer(route: Route) -> None:
        if route.request.url.endswith(name):
            route.fulfill(path=tmp_path / name, headers=headers)
        elif route.request.url.endswith("/ferrous-vm/"):
            route.fulfill(body=f'<!DOCTYPE html><a href="{name}">{name}</a>', content_type="text/html", headers=headers)
        else:
            route.fulfill(status=404, headers=headers)

    page.context.route("https://engines.example/**", answer)
    page.goto("/manifest.webmanifest")
    page.evaluate("localStorage.setItem('ferrous.settings', '{\"engineIndex\": \"https://engines.example/simple\"}')")
    page.goto(link_of({"script": "return 'from far away'", "engine": "9.9.4"}))
    workbench = Workbench(page)
    expect(page.get_by_role("contentinfo")).to_contain_text("engine 9.9.4")
    workbench.wait_until_ready()
    workbench.run()
    expect(workbench.reply).to_have_text('"from far away"')
    refused = page.evaluate("fetch('https://engines.example/').then(() => 'fetched', (error) => error.name)")
    assert refused == "TypeError"
