"""The page beside a server: its engine is a process of this machine, and it works as the one in a browser does."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from e2e.endpoint import Serving
from e2e.test_stopping import endless, tells_what_was_seen
from e2e.workbench import Workbench


def test_a_script_is_run_stopped_and_debugged(beside: Workbench, errors: list[str]) -> None:
    page = beside.page
    assert not any("/worker-" in worker.url for worker in page.workers)
    assert page.url.endswith("/")  # the token is not shown, and goes with no link
    endless(beside)
    expect(page.get_by_role("group", name="Under way")).to_contain_text(re.compile(r"Running… \d+\.\d s · [\d,]+ comm"))
    page.get_by_role("button", name=re.compile("^Stop")).click()
    tells_what_was_seen(beside, "Stopped.")
    beside.script("local n = redis.call('INCR', KEYS[1])\nreturn n + 1", ["visits"])
    beside.run()
    expect(beside.reply).to_have_text("(integer) 2")
    page.get_by_role("button", name="Debug", exact=True).click()
    expect(page.get_by_role("tabpanel", name=re.compile("^Debug"))).to_contain_text("local n")
    page.get_by_role("contentinfo").get_by_role("button", name=re.compile("^engine")).click()
    expect(page.get_by_role("dialog", name="Engine")).to_contain_text("it runs on this machine")


def test_what_takes_all_memory_is_ended_and_the_keyspace_stays(beside: Workbench, errors: list[str]) -> None:
    page = beside.page
    beside.console("SET before 1")
    expect(beside.console_output).to_contain_text("OK")
    beside.script("local t = {} while true do t[#t + 1] = string.rep('x', 100000) .. #t end")
    beside.tab("Reply")
    beside.run()
    expect(page.get_by_role("status").filter(has_text="more than 512 MB")).to_be_visible()
    beside.console("GET before")
    expect(beside.console_output).to_contain_text('"1"')


def test_a_reload_goes_on_and_a_file_comes_and_goes(beside: Workbench, errors: list[str]) -> None:
    page = beside.page
    beside.console("SET kept 1")
    expect(beside.console_output).to_contain_text("OK")
    expect(page.get_by_role("contentinfo")).to_contain_text("saved")
    page.reload()
    beside.wait_until_ready()
    beside.console("GET kept")
    expect(beside.console_output).to_contain_text('"1"')
    assert not any("/worker-" in worker.url for worker in page.workers)
    beside.tab("Keyspace")
    with page.expect_download() as saved:
        page.get_by_role("combobox", name="Export").select_option("rdb")
    assert saved.value.path().read_bytes().startswith(b"REDIS")


def test_two_pages_have_a_keyspace_each_and_the_application_its_own(beside: Workbench, serving: Serving) -> None:
    second = Workbench(beside.page.context.new_page())
    second.open(serving.address)
    beside.console("SET mine 1")
    expect(beside.console_output).to_contain_text("OK")
    second.console("GET mine")
    expect(second.console_output).to_contain_text("(nil)")
    assert serving.client().get("mine") is None


def test_a_wrong_token_is_told_and_the_page_can_go_on_alone(page: Page, serving: Serving) -> None:
    opened = Workbench(page)
    page.goto(serving.address[:-1] + ("x" if serving.address[-1] != "x" else "y"))
    expect(page.get_by_role("alert")).to_contain_text("This address is not that of the server that runs now")
    expect(page.get_by_role("contentinfo")).to_contain_text("not available")
    page.goto(serving.address)
    opened.wait_until_ready()
    assert not any("/worker-" in worker.url for worker in page.workers)


def test_a_server_that_ends_is_told_and_the_page_goes_on_alone(beside: Workbench, serving: Serving) -> None:
    page = beside.page
    beside.script("return 'mine'")
    expect(page.get_by_role("contentinfo")).to_contain_text("saved")
    serving.end()
    expect(page.get_by_role("alert")).to_contain_text("has ended, or cannot be reached")
    expect(page.get_by_role("button", name="Go on in this browser alone")).to_be_visible()
    expect(page.get_by_role("textbox", name="Lua script")).to_contain_text("return 'mine'")


def test_a_page_of_another_origin_is_refused(page: Page, serving: Serving, plain_url: str) -> None:
    page.goto(f"{plain_url}/icon.svg")
    address = serving.address.replace("http", "ws").replace("#live=", "engine?")
    closed = page.evaluate(
        "address => new Promise((tell) => (new WebSocket(address).onclose = ({ code }) => tell(code)))", address
    )
    assert closed == 1006
