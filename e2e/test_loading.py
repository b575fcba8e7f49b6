"""The page loads by itself, from its own files alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from e2e.conftest import RESTORED
from e2e.workbench import Workbench

of_a_start = pytest.mark.skipif(
    RESTORED, reason="is about how Python starts: a restored one has all of the engine at once"
)


def test_the_first_example_runs(workbench: Workbench, errors: list[str]) -> None:
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 1")


def test_a_run_asked_for_early_happens_when_python_is_there(page: Page, errors: list[str]) -> None:
    page.goto("/")
    workbench = Workbench(page)
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 1")


def test_a_recorded_run_is_seen_before_python_is_there_and_is_what_a_run_does(page: Page) -> None:
    held: list[Route] = []
    page.route("**/*.wasm", lambda route: held.append(route))
    page.goto("/")
    recorded = page.get_by_role("region", name="Recorded run")
    expect(recorded).to_contain_text("recorded; Run runs it here")
    expect(page.get_by_role("group", name="Fixture")).to_contain_text("SET lock:invoice:42 7f3e-91ab PX 30000")
    rows = recorded.get_by_role("row").all_inner_texts()
    changes = recorded.get_by_role("listitem").all_inner_texts()
    text = recorded.inner_text()
    assert len(rows) == 3
    assert "(integer) 1" in text
    page.get_by_role("tab", name="Trace").click()
    trace = page.get_by_role("region", name="Recorded commands").get_by_role("row")
    expect(trace).to_have_count(len(rows))
    assert trace.all_inner_texts() == rows
    page.get_by_role("tab", name="Reply").click()
    page.get_by_role("textbox", name="Lua script").click()
    page.keyboard.type("--")
    expect(recorded).to_have_count(0)
    page.keyboard.press("ControlOrMeta+z")
    expect(recorded).to_be_visible()
    workbench = Workbench(page)
    workbench.run()
    expect(recorded).to_be_visible()
    held[0].continue_()
    expect(workbench.reply).to_have_text("(integer) 1")
    expect(recorded).to_have_count(0)
    commands = page.get_by_role("region", name="Commands").get_by_role("row").all_inner_texts()
    assert [row.removesuffix(" ▸") for row in commands] == rows
    assert page.get_by_role("region", name="What changed").get_by_role("listitem").all_inner_texts() == changes


def test_a_newcomer_begins_work_of_their_own(workbench: Workbench) -> None:
    page = workbench.page
    expect(page.get_by_role("region", name="Recorded run")).to_be_visible()
    page.get_by_role("button", name="Edit the fixture").click()
    expect(page.get_by_role("textbox", name="Fixture")).to_be_focused()
    page.get_by_role("button", name="Begin your own").click()
    expect(page.get_by_role("textbox", name="Lua script")).to_be_focused()
    expect(page.get_by_role("region", name="Recorded run")).to_have_count(0)
    expect(page.get_by_role("group", name="Fixture")).to_have_count(0)


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


@of_a_start
def test_progress_is_shown(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)


@of_a_start
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


@pytest.fixture
def page_without_second_part(browser: Browser, base_url: str) -> Iterator[Page]:
    """A page that cannot fetch the engine's second part, nor has a service worker keep it."""
    context = browser.new_context(base_url=base_url, service_workers="block")
    context.route("**/later.zip", lambda route: route.abort())
    yield context.new_page()
    context.close()


def test_the_first_reply_needs_the_first_part_of_the_engine_alone(page_without_second_part: Page) -> None:
    workbench = Workbench(page_without_second_part)
    workbench.open("/")
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 1")


def test_a_second_part_out_of_reach_is_told_and_fetched_when_there_is_a_network(page_without_second_part: Page) -> None:
    workbench = Workbench(page_without_second_part)
    workbench.open("/")
    workbench.script("return redis.call('ZADD', KEYS[1], 1, 'a')", keys=["z"])
    workbench.run()
    reply = page_without_second_part.get_by_role("tabpanel", name="Reply")
    expect(reply).to_contain_text("A part of Ferrous could not be fetched")
    page_without_second_part.context.unroute("**/later.zip")
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 1")


@of_a_start
def test_a_second_part_on_its_way_is_waited_for_and_not_fetched_again(page: Page) -> None:
    """The linter asks first, and gets nothing; then it is fetched at rest, and a run comes in between."""
    seen: list[Request] = []
    asked: list[Route] = []

    def is_second(request: Request) -> bool:
        if request.url.endswith("/later.zip"):
            seen.append(request)
        return len(seen) == 2

    def hold_all_but_the_first(route: Route) -> None:
        asked.append(route)
        if len(asked) == 1:
            route.abort()

    page.route("**/later.zip", hold_all_but_the_first)
    workbench = Workbench(page)
    with page.expect_request(is_second):
        workbench.open("/")
    workbench.script("return redis.call('ZADD', KEYS[1], 1, 'a')", keys=["z"])
    workbench.run()
    expect(page.get_by_role("tabpanel", name="Reply")).to_contain_text("Running")
    asked[1].continue_()
    expect(workbench.reply).to_have_text("(integer) 1")
    assert len(asked) == 2


def test_what_a_run_waits_for_is_none_of_its_time(page: Page) -> None:
    held: list[Route] = []
    waits = False

    def refuse_or_hold(route: Route) -> None:
        if waits:
            held.append(route)
        else:
            route.abort()

    # One route for the whole test: what the page asks for while one route takes another's place meets neither.
    page.route("**/later.zip", refuse_or_hold)
    workbench = Workbench(page)
    workbench.open("/")
    page.get_by_text("Options").click()
    page.get_by_label("Time limit").select_option("1 s")
    workbench.script("return redis.call('ZADD', KEYS[1], 1, 'a')", keys=["z"])
    waits = True
    workbench.run()
    expect(page.get_by_role("contentinfo")).to_contain_text(re.compile(r"running [2-9]\.\d s"))
    for route in held:
        route.continue_()
    expect(workbench.reply).to_have_text("(integer) 1")


def test_lua_is_completed_before_the_engine_has_told_of_its_commands(page: Page) -> None:
    page.route("**/later.zip", lambda route: None)
    workbench = Workbench(page)
    with page.expect_request("**/later.zip"):
        workbench.open("/")
    workbench.write("Script", "")
    page.keyboard.type("local total = ton", delay=150)
    expect(page.get_by_role("option", name="tonumber")).to_be_visible()


def test_what_is_typed_before_the_engine_has_told_of_its_commands_is_explained_when_it_has(page: Page) -> None:
    held: list[Route] = []
    page.route("**/later.zip", lambda route: held.append(route))
    workbench = Workbench(page)
    with page.expect_request("**/later.zip"):
        workbench.open("/")
    workbench.write("Fixture", "")
    page.keyboard.type("hincrb")
    held[0].continue_()
    page.get_by_role("option", name="hincrbyfloat").click()
    expect(page.get_by_role("textbox", name="Fixture")).to_contain_text("hincrbyfloat")
