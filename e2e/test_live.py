"""The calls of an application in the page beside its server: they come, are found, and open with all they need."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import redis
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import SITE
from e2e.endpoint import Serving
from e2e.workbench import Workbench

LIMITER = """local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return n"""


@pytest.fixture
def serving() -> Iterator[Serving]:
    with Serving(SITE) as started:
        yield started


@pytest.fixture
def beside(page: Page, serving: Serving) -> Workbench:
    opened = Workbench(page)
    opened.open(serving.address)
    return opened


def calls(workbench: Workbench) -> Locator:
    """The rows of the calls, without the titles."""
    table = workbench.page.get_by_role("table", name="Calls, the newest first")
    return table.get_by_role("row").filter(has=workbench.page.get_by_role("button", name=re.compile("^Open call")))


def test_calls_come_are_filtered_and_wait(beside: Workbench, serving: Serving, errors: list[str]) -> None:
    page = beside.page
    beside.tab("Live")
    expect(page.get_by_role("tabpanel", name="Live")).to_contain_text("listed here as it comes")
    web, worker = serving.client("web"), serving.client("worker")
    for n in range(3):
        web.eval(LIMITER, 1, f"user:{n}", 60)
    worker.eval("return ARGV[1]", 0, "job")
    with pytest.raises(redis.ResponseError):
        worker.eval("return redis.call('NOSUCH')", 1, "queue")
    expect(calls(beside)).to_have_count(5)
    expect(calls(beside).first).to_contain_text("queue")
    expect(calls(beside).first).to_contain_text("Unknown Redis command")
    page.get_by_role("combobox", name="Client").select_option("web")
    expect(calls(beside)).to_have_count(3)
    page.get_by_role("combobox", name="Client").select_option("all clients")
    page.get_by_role("searchbox", name="Key or argument").fill("user:1")
    expect(calls(beside)).to_have_count(1)
    page.get_by_role("searchbox", name="Key or argument").fill("")
    page.get_by_role("combobox", name="Script").select_option(web.script_load(LIMITER)[:8])
    expect(calls(beside)).to_have_count(3)
    page.get_by_role("combobox", name="Script").select_option("all scripts")
    page.get_by_role("button", name="Pause").click()
    web.eval(LIMITER, 1, "user:9", 60)
    expect(page.get_by_role("status").filter(has_text="1 more call came since")).to_be_visible()
    expect(calls(beside)).to_have_count(5)
    page.get_by_role("button", name="Pause").click()
    expect(calls(beside)).to_have_count(6)
    page.get_by_role("button", name="Clear").click()
    expect(calls(beside)).to_have_count(0)


def test_a_call_opens_with_its_keys_and_what_was_written_is_kept(beside: Workbench, serving: Serving) -> None:
    page = beside.page
    beside.script("return 'mine'")
    application = serving.client()
    application.set("user:1", 7)
    application.eval(LIMITER, 1, "user:1", 60)
    application.set("user:1", 100)
    beside.tab("Live")
    calls(beside).get_by_role("button", name="Open call 1").click()
    expect(beside.reply).to_have_text("(integer) 8")
    expect(page.get_by_role("textbox", name="Lua script")).to_contain_text("redis.call('INCR', KEYS[1])")
    expect(page.get_by_role("region", name="What changed")).to_contain_text("user:1")
    beside.tab("Trace")
    expect(page.get_by_role("tabpanel", name=re.compile("^Trace"))).to_contain_text("INCR user:1")
    page.get_by_role("button", name="Debug", exact=True).click()
    expect(page.get_by_role("tabpanel", name=re.compile("^Debug"))).to_contain_text("local n")
    assert application.get("user:1") == "100"
    page.get_by_role("contentinfo").get_by_role("button", name="History").click()
    expect(page.get_by_role("dialog", name="History")).to_contain_text("before a call of the application was opened")


def test_a_function_opens_too_and_what_is_not_whole_is_told(beside: Workbench, serving: Serving) -> None:
    page = beside.page
    application = serving.client()
    application.function_load(
        "#!lua name=mine\nredis.register_function('twice', function(_, a) return a[1] .. a[1] end)"
    )
    application.fcall("twice", 0, "ab")
    application.set("large", "x" * 400_000)
    application.eval("return #redis.call('GET', KEYS[1])", 1, "large")
    application.eval("return ARGV[1]", 0, "\N{RIGHT-TO-LEFT OVERRIDE}" + "y" * 100_000)
    beside.tab("Live")
    calls(beside).get_by_role("button", name="Open call 2").click()
    expect(page.get_by_role("alert")).to_contain_text("too large to be kept")
    calls(beside).get_by_role("button", name="Open call 1").click()
    expect(beside.reply).to_have_text('"abab"')


def test_thousands_of_calls_leave_the_page_usable(beside: Workbench, serving: Serving, errors: list[str]) -> None:
    page = beside.page
    beside.tab("Live")
    application = serving.client()
    for _ in range(10):
        with application.pipeline(transaction=False) as pipeline:
            for n in range(1000):
                pipeline.eval(LIMITER, 1, f"user:{n}", 60)
            pipeline.execute()
    expect(calls(beside).first).to_contain_text("user:999")
    expect(page.get_by_role("tabpanel", name=re.compile("^Live"))).to_contain_text("came too fast to be listed")
    beside.script("return 'well'")
    beside.tab("Reply")
    beside.run()
    expect(beside.reply).to_have_text('"well"')


def test_who_looks_at_calls_hears_that_the_server_has_ended(beside: Workbench, serving: Serving) -> None:
    beside.tab("Live")
    serving.end()
    expect(beside.page.get_by_role("tabpanel", name="Live").get_by_role("alert")).to_contain_text("has ended")
