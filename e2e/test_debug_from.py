"""The debugger is opened from a test and from what differs in it, whatever the call; and a link leads to a moment."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Browser, expect

from e2e.test_debugging import move, next_line
from e2e.test_sharing import link_of
from e2e.test_tests import LIBRARY, card, run_all, show_tests
from e2e.test_timeline import stopped
from e2e.workbench import Workbench

TAKE = """local left = tonumber(redis.call('GET', KEYS[1]))
redis.call('SET', 'log', 'begun')
left = left - ARGV[1]
redis.call('SET', KEYS[1], left)
redis.call('SET', 'log', 'done')
return left"""

CALL = {"keys": ["stock"], "argv": ["1"], "fixture": "SET stock 10"}
TESTS = [
    {"name": "takes two", **CALL, "argv": ["2"], "reply": "(integer) 9", "keyspace": "SET stock 8\nSET log done"},
    {"name": "leaves a note", **CALL, "reply": "(integer) 9", "keyspace": "SET stock 9\nSET log over\nSET other 1"},
    {"name": "wants a number", **CALL, "argv": ["x"], "reply": "(integer) 9"},
    {"name": "takes three", **CALL, "argv": ["3"], "reply": "(integer) 7"},
]


DIFFERENCES = {
    "takes two": "Reply\n- (integer) 9\n+ (integer) 8",
    "leaves a note": "log (string)\n- over\n+ done\nother (string, missing)\n- 1",
}
"""What Copy gives of some."""


def expect_keys(workbench: Workbench, *names: str) -> None:
    """The keyspace of the moment that is shown comes to hold these keys."""
    workbench.tab("Keyspace")
    expect(workbench.key(re.compile("."))).to_have_text([re.compile(rf"^{name}") for name in names])


def test_a_failed_test_is_debugged_with_its_own_call(open_workbench: Callable[[str], Workbench]) -> None:
    workbench = open_workbench(link_of({"script": TAKE, "keys": ["mine"], "argv": ["7"], "tests": TESTS}))
    page = workbench.page
    workbench.console("SET mine 1")
    run_all(workbench)
    expect(page.get_by_text("1 passed, 3 failed")).to_be_visible()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for name, text in DIFFERENCES.items():
        page.get_by_role("button", name=f"Copy what differs in {name}").click()
        expect(page.get_by_role("button", name=f"Copy what differs in {name}")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == f"{name}\n{text}"
    # Its reply is wrong: where that is made.
    card(workbench, "takes two").get_by_role("button", name="Debug test takes two").click()
    expect(next_line(workbench)).to_contain_text("Next: line 6")
    expect(next_line(workbench)).to_contain_text("This is the call of the test “takes two”")
    expect(page.get_by_role("list", name="Locals")).to_contain_text("left = 8")
    # What the debugger lists stays in that recording.
    page.get_by_role("button", name="Debug at command 3").click()
    expect(next_line(workbench)).to_contain_text("Next: line 4")
    expect(next_line(workbench)).to_contain_text("takes two")
    # A key is not as expected: where it was written last; or it never was.
    show_tests(workbench)
    card(workbench, "leaves a note").get_by_role("button", name="Debug at the last write of log").click()
    expect(stopped(workbench)).to_have_text("Write 2 of 2 of log")
    expect(next_line(workbench)).to_contain_text("Next: line 5")
    show_tests(workbench)
    card(workbench, "leaves a note").get_by_role("button", name="Debug at the last write of other").click()
    expect(stopped(workbench)).to_have_text("There is no write of other.")
    # It raised an error: where that is.
    show_tests(workbench)
    card(workbench, "wants a number").get_by_role("button", name="Debug where the reply of wants a number").click()
    expect(next_line(workbench)).to_contain_text("Next: line 3")
    # One that passed, from its beginning; what it does is not kept, at the end either.
    show_tests(workbench)
    card(workbench, "takes three").get_by_role("button", name="Debug test takes three").click()
    expect(next_line(workbench)).to_contain_text("Next: line 1")
    move(workbench, "To end")
    expect(next_line(workbench)).to_contain_text("(integer) 7")
    expect_keys(workbench, "log", "stock")
    workbench.tab("Debug")
    next_line(workbench).get_by_role("button", name="End", exact=True).click()
    workbench.wait_until_ready()
    expect_keys(workbench, "mine")


def test_a_list_of_the_run_leads_to_its_own_call(open_workbench: Callable[[str], Workbench]) -> None:
    """A recording of a test, or of other inputs, is not taken for one of the work."""
    workbench = open_workbench(link_of({"script": TAKE, **CALL, "tests": TESTS}))
    page = workbench.page
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 9")
    show_tests(workbench)
    card(workbench, "takes two").get_by_role("button", name="Debug test takes two").click()
    expect(next_line(workbench)).to_contain_text("takes two")
    workbench.tab("Trace")
    page.get_by_role("button", name="Debug at command 3").click()
    expect(next_line(workbench)).to_contain_text("Next: line 4")
    expect(next_line(workbench)).not_to_contain_text("takes two")
    expect(page.get_by_role("list", name="Locals")).to_contain_text("left = 9")


def test_functions_and_resp3_by_link_are_debugged_from_their_tests(open_workbench: Callable[[str], Workbench]) -> None:
    call = {
        "mode": "FCALL_RO",
        "function": "look",
        "protocol": 3,
        "keys": ["h"],
        "argv": [],
        "fixture": "HSET h total 1",
    }
    tests = [
        {"name": "looks", **call, "reply": "1# total => 2"},
        {"name": "adds", **call, "mode": "FCALL", "function": "add", "argv": ["2"], "reply": "(integer) 3"},
    ]
    workbench = open_workbench(link_of({"script": LIBRARY, **call, "tests": tests}))
    page = workbench.page
    page.get_by_role("button", name="Debug", exact=True).click()
    expect(next_line(workbench)).to_contain_text("Next: line 9")
    move(workbench, "To end")
    expect(next_line(workbench)).to_contain_text('1# "total" => "1"')
    run_all(workbench)
    expect(page.get_by_text("1 passed, 1 failed")).to_be_visible()
    card(workbench, "looks").get_by_role("button", name="Debug test looks").click()
    expect(next_line(workbench)).to_contain_text("Next: line 10")
    show_tests(workbench)
    card(workbench, "adds").get_by_role("button", name="Debug test adds").click()
    expect(next_line(workbench)).to_contain_text("Next: line 3")
    page.get_by_role("group", name="Timeline").get_by_role("button", name="Next write of h").click()
    expect(stopped(workbench)).to_have_text("Write 1 of 1 of h")


def test_a_link_to_a_moment_carries_the_keyspace_that_was_there(
    workbench: Workbench, browser: Browser, base_url: str
) -> None:
    page = workbench.page
    workbench.console("SET stock 20")
    workbench.console("SADD more b a c")
    workbench.script(TAKE, ["stock"], ["3"], fixture="SET stock 1")
    page.get_by_text("fresh keyspace").click()
    page.get_by_role("checkbox", name="Start from the fixture").uncheck()
    page.get_by_role("button", name="Debug", exact=True).click()
    expect(next_line(workbench)).to_contain_text("Next: line 1")
    for _ in range(4):
        move(workbench, "Step over")
    expect(page.get_by_role("list", name="Locals")).to_contain_text("left = 17")
    share = page.get_by_role("dialog", name="Share")
    page.get_by_role("button", name="Share").click()
    way = page.get_by_role("checkbox", name=re.compile("^Lead to moment"))
    expect(way).to_be_checked()
    expect(share).to_contain_text("as the fixture, the keyspace that the script began with")
    link = page.get_by_role("textbox", name="Link")
    expect(link).to_have_value(re.compile("#v1=.+"))
    plain = link.input_value()

    other = Workbench(browser.new_context(base_url=base_url).new_page())
    other.open(plain)
    other.page.get_by_role("button", name="Debug", exact=True).click()
    expect(next_line(other)).to_contain_text("Next: line 5")
    expect(other.page.get_by_role("list", name="Locals")).to_contain_text("left = 17")
    expect_keys(other, "log", "more", "stock")
    other.page.context.close()

    page.keyboard.press("Escape")
    editor = page.get_by_role("textbox", name="Lua script")
    editor.click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(" -- more")
    page.get_by_role("button", name="Share").click()
    expect(share.get_by_text("The script has changed since it was recorded")).to_be_visible()
    expect(way).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(TAKE)
    next_line(workbench).get_by_role("button", name="End", exact=True).click()
    workbench.console("SET large " + "x" * 200_000)
    workbench.tab("Debug")
    page.get_by_role("button", name="Debug the script").click()
    expect(next_line(workbench)).to_contain_text("Next: line 1")
    page.get_by_role("button", name="Share").click()
    expect(share).to_contain_text("No link leads to moment 1: the script began with the keyspace as it was")
