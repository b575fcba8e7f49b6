"""The page with a queue: BullMQ's jobs, their events and the keys behind them, on the server in the worker."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from e2e.test_manners import violations


@pytest.fixture
def queue(page: Page, errors: list[str]) -> Page:
    page.goto("/queue.html")
    expect(page.get_by_role("button", name="Add a job")).to_be_enabled()
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def events(page: Page) -> Locator:
    return page.get_by_role("list", name="Events, the newest first")


def count(page: Page, state: str) -> Locator:
    return page.get_by_label("Jobs by state").locator("div", has=page.get_by_text(state, exact=True)).locator("dd")


def key(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name="Keyspace, as it is now").get_by_role("row", name=re.compile(f"^{name} "))


def test_jobs_are_worked_on_and_told_of_with_their_keys_beside_them(queue: Page) -> None:
    press(queue, "Add a job")
    expect(count(queue, "completed")).to_have_text("1")
    expect(events(queue)).to_contain_text("completed job 1 done")
    queue.get_by_role("button", name="bull:demo:1", exact=True).click()
    expect(queue.get_by_role("region", name="Content of bull:demo:1")).to_contain_text("returnvalue")
    press(queue, "Delayed")
    expect(events(queue)).to_contain_text("delayed job 2")
    expect(key(queue, "bull:demo:delayed")).to_be_visible()
    press(queue, "Priorities")
    press(queue, "Failing")
    press(queue, "Flow")
    expect(count(queue, "completed")).to_have_text("10")
    expect(events(queue)).to_contain_text("after 3 children")
    expect(key(queue, "bull:demo:stalled-check")).to_contain_text(re.compile(r"\d+\.\d s"))
    expect(queue.get_by_text(re.compile(r"^\d+ commands carried out, \d+ of them scripts\.$"))).to_be_visible()
    press(queue, "Remove all jobs")
    expect(events(queue)).to_have_text("None yet: add a job.")


def test_the_worker_is_paused_and_slowed(queue: Page) -> None:
    press(queue, "Pause the worker")
    expect(queue.get_by_role("button", name="Pause the worker")).to_have_attribute("aria-pressed", "true")
    press(queue, "Add a job")
    expect(count(queue, "waiting")).to_have_text("1")
    press(queue, "Two jobs a second")
    press(queue, "Pause the worker")
    expect(count(queue, "completed")).to_have_text("1")


def test_two_thousand_jobs_leave_the_page_usable(queue: Page) -> None:
    press(queue, "2,000 jobs")
    expect(events(queue).get_by_role("listitem").nth(50)).to_be_visible()
    press(queue, "Pause the worker")
    expect(queue.get_by_role("button", name="Pause the worker")).to_have_attribute("aria-pressed", "true")
    assert events(queue).get_by_role("listitem").count() <= 200
    expect(queue.get_by_text(re.compile(r"more keys are not shown"))).to_be_visible()
    assert queue.get_by_role("region", name="Keyspace, as it is now").get_by_role("row").count() <= 61


def test_an_endless_script_is_stopped_and_the_queue_goes_on(queue: Page) -> None:
    press(queue, "Add a job")
    expect(count(queue, "completed")).to_have_text("1")
    press(queue, "Endless script")
    press(queue, "Stop the script")
    expect(queue.get_by_role("status")).to_contain_text("Script killed by Ferrous")
    press(queue, "Add a job")
    expect(count(queue, "completed")).to_have_text("2")


def test_each_page_has_a_server_of_its_own_and_a_reload_begins_anew(queue: Page) -> None:
    press(queue, "Add a job")
    expect(count(queue, "completed")).to_have_text("1")
    other = queue.context.new_page()
    other.goto("/queue.html")
    press(other, "Add a job")
    expect(count(other, "completed")).to_have_text("1")
    queue.reload()
    press(queue, "Add a job")
    expect(events(queue)).to_contain_text("completed job 1 done")
    expect(count(queue, "completed")).to_have_text("1")


def test_everything_is_done_by_keyboard(queue: Page) -> None:
    queue.get_by_role("link", name="Ferrous").focus()
    queue.keyboard.press("Tab")
    expect(queue.get_by_role("button", name="Add a job")).to_be_focused()
    queue.keyboard.press("Enter")
    expect(count(queue, "completed")).to_have_text("1")
    queue.get_by_role("button", name="bull:demo:meta").focus()
    queue.keyboard.press("Enter")
    expect(queue.get_by_role("button", name="bull:demo:meta")).to_have_attribute("aria-expanded", "true")
    expect(queue.get_by_role("region", name="Content of bull:demo:meta")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_with_a_queue_is_for_everybody(browser: Browser, base_url: str, scheme: Any, width: int) -> None:
    size: Any = {"width": width, "height": 850}
    context = browser.new_context(base_url=base_url, color_scheme=scheme, viewport=size, service_workers="block")
    page = context.new_page()
    page.goto("/queue.html")
    press(page, "Flow")
    expect(count(page, "completed")).to_have_text("4")
    page.get_by_role("button", name="bull:demo:events").click()
    expect(page.get_by_role("region", name="Content of bull:demo:events")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_nothing_of_it_is_loaded_with_the_workbench(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()
    assert [url for url in asked if "/queue" in url] == []
