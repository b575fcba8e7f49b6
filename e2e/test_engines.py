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
from playwright.sync_api import Page, expect

from e2e.conftest import SITE
from e2e.test_sharing import link_of
from e2e.workbench import Workbench
from ferrous_vm.static_server import StaticServer

VERSION = "9.9.9"


def other_wheel(directory: Path) -> str:
    """Writes the engine's wheel once more, as a later version; answers its name."""
    (source,) = (SITE.parent.parent / "ferrous" / "wheel").glob("ferrous_vm-*.whl")
    version = source.name.split("-")[1]
    name = source.name.replace(f"-{version}-", f"-{VERSION}-")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(directory / name, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            content = old.read(entry)
            if entry.endswith(("METADATA", "RECORD")):
                content = content.replace(f"Version: {version}\n".encode(), f"Version: {VERSION}\n".encode())
                content = content.replace(f"ferrous_vm-{version}.dist".encode(), f"ferrous_vm-{VERSION}.dist".encode())
            new.writestr(entry.replace(f"ferrous_vm-{version}.dist", f"ferrous_vm-{VERSION}.dist"), content)
    return name


@pytest.fixture(scope="module")
def site_with_versions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page with an index of packages in its folder `simple`."""
    site = tmp_path_factory.mktemp("site") / "site"
    shutil.copytree(SITE, site, copy_function=os.link)
    index = site / "simple" / "ferrous-vm"
    index.mkdir(parents=True)
    name = other_wheel(index)
    (index / "index.html").write_text(f'<!DOCTYPE html><a href="{name}">{name}</a>\n', encoding="utf-8")
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
    [("8.8.8", "there is none of that version"), ("8.8.9", "there is no network")],
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


def test_a_site_without_other_versions_asks_micropips_index(page: Page) -> None:
    asked: list[str] = []
    page.context.route("https://**", lambda route: (asked.append(route.request.url), route.abort())[1])
    page.goto(link_of({"script": "return 1", "engine": VERSION}))
    expect(page.get_by_role("alert")).to_contain_text("there is none of that version within reach")
    assert any("/ferrous-vm/" in url for url in asked)


def test_the_share_dialog_pins_the_engine_that_is_here(workbench: Workbench) -> None:
    workbench.page.get_by_role("button", name="Share").click()
    link = workbench.page.get_by_role("textbox", name="Link")
    expect(link).to_have_value(re.compile("#v1=.+"))
    plain = link.input_value()
    workbench.page.get_by_role("checkbox", name=re.compile("^Ask for engine")).check()
    expect(link).not_to_have_value(plain)
