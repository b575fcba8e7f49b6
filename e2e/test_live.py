"""The calls of an application in the page beside its server: they come, are found, and open with all they need."""

from __future__ import annotations

import re
import threading

import pytest
import redis
from playwright.sync_api import Locator, expect

from e2e.endpoint import Serving
from e2e.test_manners import violations
from e2e.workbench import Workbench

LIMITER = """local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return n"""


@pytest.fixture
def beside(beside: Workbench) -> Workbench:
    """The list of calls is open, and calls are listed from now on."""
    beside.tab("Live")
    expect(beside.page.get_by_role("tabpanel", name="Live")).to_contain_text("listed here as it comes")
    return beside


def calls(workbench: Workbench) -> Locator:
    """The rows of the calls, without the titles."""
    table = workbench.page.get_by_role("table", name="Calls, the newest first")
    return table.get_by_role("row").filter(has=workbench.page.get_by_role("button", name=re.compile("^Open call")))


def test_calls_come_are_filtered_and_wait(beside: Workbench, serving: Serving, errors: list[str]) -> None:
    page = beside.page
    web, worker = serving.client("web"), serving.client("worker")
    for n in range(3):
        web.eval(LIMITER, 1, f"user:{n}", 60)
    worker.eval("return ARGV[1]", 0, "job")
    with pytest.raises(redis.ResponseError):
        worker.eval("return redis.call('NOSUCH')", 1, "queue")
    expect(calls(beside)).to_have_count(5)
    expect(calls(beside).first).to_contain_text("queue")
    expect(calls(beside).first).to_contain_text("Unknown Redis command")
    assert violations(page) == []
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
    calls(beside).get_by_role("button", name="Open call 2").click()
    expect(page.get_by_role("alert")).to_contain_text("too large to be kept")
    calls(beside).get_by_role("button", name="Open call 1").click()
    expect(beside.reply).to_have_text('"abab"')


def test_thousands_of_calls_leave_the_page_usable(beside: Workbench, serving: Serving, errors: list[str]) -> None:
    page = beside.page
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
    serving.end()
    expect(beside.page.get_by_role("tabpanel", name="Live").get_by_role("alert")).to_contain_text("has ended")


def waiting(workbench: Workbench) -> Locator:
    """What the page says of a call that waits."""
    return workbench.page.get_by_role("status", name="A call that waits")


def stop_at_the_call(workbench: Workbench) -> None:
    """Mark the script of the one call that is listed."""
    mark = workbench.page.get_by_role("button", name=re.compile("^Stop at calls of"))
    mark.click()
    expect(mark).to_have_attribute("aria-pressed", "true")


class Calling:
    """A call of an application that waits for its reply."""

    def __init__(self, client: redis.Redis, *words: str | int) -> None:
        self.reply: object = None
        self._thread = threading.Thread(target=self._call, args=(client, words), daemon=True)
        self._thread.start()

    def _call(self, client: redis.Redis, words: tuple[str | int, ...]) -> None:
        try:
            self.reply = client.execute_command("EVAL", *words)
        except redis.RedisError as error:
            self.reply = error

    @property
    def waits(self) -> bool:
        return self._thread.is_alive()

    def ends(self) -> object:
        """Its reply."""
        self._thread.join(20)
        assert not self.waits
        return self.reply


def test_a_breakpoint_stops_the_next_call_which_is_debugged(beside: Workbench, serving: Serving) -> None:
    page = beside.page
    serving.client().config_set("busy-reply-threshold", 50)
    beside.script(LIMITER)
    box = page.get_by_role("textbox", name="Lua script")
    box.click()
    page.keyboard.press("ControlOrMeta+Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("F9")
    expect(page.get_by_role("button", name="Breakpoints 1")).to_be_visible()
    application = serving.client("shop")
    assert application.eval("return 'another script'", 0) == "another script"
    call = Calling(application, LIMITER, 1, "user:1", 60)
    expect(waiting(beside)).to_contain_text("by shop, has run and waits with its reply")
    with pytest.raises(redis.RedisError, match="is busy"):  # the name of its class is in the text's place
        serving.client("other").ping()
    waiting(beside).get_by_role("button", name="Debug it").click()
    debugger = page.get_by_role("tabpanel", name=re.compile("^Debug"))
    expect(debugger).to_contain_text("local n")
    page.keyboard.press("F8")
    expect(page.get_by_role("textbox", name="Lua script")).to_contain_text("EXPIRE")
    assert call.waits
    waiting(beside).get_by_role("button", name="Let it go on").click()
    assert call.ends() == 1
    expect(waiting(beside)).to_have_count(0)
    assert serving.client("other").ping()


def test_a_script_is_marked_in_the_list_and_freed(beside: Workbench, serving: Serving) -> None:
    page = beside.page
    application = serving.client("shop")
    application.eval(LIMITER, 1, "user:1", 60)
    stop_at_the_call(beside)
    for expected, width in ((2, 1280), (3, 390)):
        page.set_viewport_size({"width": width, "height": 800})
        call = Calling(application, LIMITER, 1, "user:1", 60)
        expect(waiting(beside)).to_be_in_viewport()
        assert violations(page) == []
        waiting(beside).get_by_role("button", name="Let it go on").click()
        assert call.ends() == expected
        expect(waiting(beside)).to_have_count(0)
    call = Calling(application, LIMITER, 1, "user:1", 60)
    expect(waiting(beside)).to_be_visible()
    waiting(beside).get_by_role("button", name="Stop no more").click()
    assert call.ends() == 4
    expect(page.get_by_role("button", name="Breakpoints", exact=True)).to_have_attribute("aria-pressed", "false")
    assert application.eval(LIMITER, 1, "user:1", 60) == 5


@pytest.mark.parametrize("how", ["close", "reload"])
def test_a_page_that_goes_lets_the_call_go_on(beside: Workbench, serving: Serving, how: str) -> None:
    page = beside.page
    application = serving.client("shop")
    application.eval(LIMITER, 1, "user:1", 60)
    stop_at_the_call(beside)
    call = Calling(application, LIMITER, 1, "user:1", 60)
    expect(waiting(beside)).to_be_visible()
    if how == "close":
        page.close()
    else:
        page.reload()
    assert call.ends() == 2
    assert application.ping()


def test_of_two_pages_either_lets_a_call_go_on(beside: Workbench, serving: Serving) -> None:
    application = serving.client("shop")
    second = Workbench(beside.page.context.new_page())
    second.open(serving.address)
    application.eval(LIMITER, 1, "user:1", 60)
    stop_at_the_call(beside)
    call = Calling(application, LIMITER, 1, "user:1", 60)
    expect(waiting(beside)).to_be_visible()
    waiting(second).get_by_role("button", name="Let it go on").click()
    assert call.ends() == 2
    expect(waiting(beside)).to_have_count(0)


def test_ctrl_c_ends_a_server_whose_call_waits(beside: Workbench, serving: Serving) -> None:
    application = serving.client("shop")
    application.eval(LIMITER, 1, "user:1", 60)
    stop_at_the_call(beside)
    Calling(application, LIMITER, 1, "user:1", 60)
    expect(waiting(beside)).to_be_visible()
    serving.end()
    expect(waiting(beside)).to_have_count(0)


def test_values_of_a_hundred_megabytes_pass(beside: Workbench, serving: Serving, errors: list[str]) -> None:
    application = serving.client("shop")
    assert (
        len(application.eval("redis.call('SET', KEYS[1], ARGV[1]) return ARGV[1]", 1, "large", "x" * 100_000_000))
        == 10**8
    )
    application.eval("return redis.call('STRLEN', KEYS[1])", 1, "large")
    expect(calls(beside).first).to_contain_text("(integer) 100000000")
    beside.run()
    beside.wait_until_ready()
