"""What goes wrong is told: an old browser, an error of the page, no storage; and a newer build is announced."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import SITE
from e2e.workbench import Workbench
from ferrous_vm.static_server import StaticServer


@pytest.mark.parametrize(
    ("removal", "lacks"),
    [
        ("delete window.WebAssembly", "WebAssembly"),
        ("delete window.DecompressionStream", "DecompressionStream"),
        ("delete Array.prototype.with", "Array.prototype.with"),
    ],
)
def test_an_old_browser_is_told_what_it_lacks(page: Page, removal: str, lacks: str) -> None:
    page.add_init_script(removal)
    page.goto("/")
    expect(page.get_by_role("alert")).to_contain_text(f"lacks what that needs: {lacks}. Chrome or Edge")
    expect(page.get_by_role("button")).to_have_count(0)


def test_an_error_of_the_page_is_told(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("button", name="Share")).to_be_visible()
    page.evaluate("setTimeout(() => { throw new RangeError('out of range') })")
    expect(page.get_by_role("alert")).to_contain_text("went wrong (RangeError: out of range)")
    page.get_by_role("alert").get_by_role("button", name="Close").click()
    page.evaluate("void Promise.reject(new Error('not caught'))")
    expect(page.get_by_role("alert")).to_contain_text("went wrong (Error: not caught)")


def test_a_browser_that_keeps_nothing_is_told(page: Page, errors: list[str]) -> None:
    page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('denied') }})")
    page.goto("/")
    page.get_by_role("textbox", name="Name", exact=True).fill("another name")
    expect(page.get_by_role("contentinfo")).to_contain_text("not saved: this browser keeps nothing")


def test_only_the_pages_own_scripts_run(page: Page) -> None:
    page.goto("/")
    refused = page.evaluate(
        """() => new Promise((resolve) => {
            addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
            document.head.append(Object.assign(document.createElement("script"), {textContent: "window.ran = true"}));
        })"""
    )
    assert refused == "script-src-elem"
    assert page.evaluate("window.ran") is None


def test_a_newer_build_is_announced_and_taken(browser: Browser, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(SITE, site)
    context = browser.new_context()
    page = context.new_page()
    with StaticServer(site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        workbench = Workbench(page)
        workbench.open(server.address)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        for name in ("service-worker.js", "service-worker.js.br", "service-worker.js.gz"):
            if (site / name).exists():
                (site / name).unlink()
        source = (SITE / "service-worker.js").read_text(encoding="utf-8")
        (site / "service-worker.js").write_text(f"{source}\n// newer", encoding="utf-8")
        page.evaluate("navigator.serviceWorker.ready.then((registration) => registration.update().then(() => true))")
        announcement = page.get_by_role("alert")
        expect(announcement).to_contain_text("A new version of Ferrous is ready.")
        with page.expect_navigation():
            announcement.get_by_role("button", name="Reload").click()
        expect(page.get_by_role("button", name="Share")).to_be_visible()
        expect(announcement).to_have_count(0)
        server.shutdown()
    context.close()
