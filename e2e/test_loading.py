"""The page loads by itself, from its own files alone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Request, expect

from e2e.workbench import Workbench


def test_the_first_example_runs(workbench: Workbench, errors: list[str]) -> None:
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 1")


def test_a_run_asked_for_early_happens_when_python_is_there(page: Page, errors: list[str]) -> None:
    page.goto("/")
    workbench = Workbench(page)
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 1")


def test_nothing_is_asked_of_anybody_else(page: Page, base_url: str) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    workbench = Workbench(page)
    workbench.open("/")
    workbench.run()
    expect(workbench.reply).to_be_visible()
    assert [url for url in asked if not url.startswith(base_url)] == []


def test_progress_is_shown(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)


def test_what_stands_at_the_bottom_stays_in_its_place(page: Page) -> None:
    page.goto("/")
    footer = page.get_by_role("contentinfo")
    expect(footer).to_contain_text("Loading Python")
    while_loading = footer.bounding_box()
    Workbench(page).wait_until_ready()
    assert footer.bounding_box() == while_loading


def test_a_failed_load_is_told(page: Page) -> None:
    page.route("**/*.wasm", lambda route: route.abort())
    page.goto("/")
    expect(page.get_by_role("alert")).to_contain_text("Python could not be loaded")


def test_a_plain_static_host_will_do(open_workbench: Callable[[str], Workbench], plain_url: str) -> None:
    workbench = open_workbench(plain_url)
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 1")
