"""Breakpoints: with conditions and texts, at errors, keys and variables; they belong to the work."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Locator, expect

from e2e.test_debugging import breakpoints_of, debug, locals_of, move, next_line
from e2e.test_sharing import link_of
from e2e.workbench import Workbench

SCRIPT = """local sum = 0
for turn = 1, 5 do
  sum = sum + turn
end
redis.call('SET', KEYS[1], sum)
pcall(error, 'swallowed')
return sum"""


def hits_of(workbench: Workbench) -> Locator:
    return workbench.page.get_by_role("list", name="Met by breakpoints").get_by_role("listitem")


def test_breakpoints_of_every_kind_stay_with_the_work(workbench: Workbench) -> None:
    page = workbench.page
    debug(workbench, SCRIPT)
    page.get_by_role("textbox", name="Lua script").click()
    page.keyboard.press("ControlOrMeta+Home")
    for key in ("ArrowDown", "ArrowDown", "F9"):
        page.keyboard.press(key)
    condition = page.get_by_role("textbox", name="Condition, line 3")
    condition.fill("turn > 3")
    condition.press("Enter")
    expect(hits_of(workbench)).to_have_count(2)
    move(workbench, "Continue")
    expect(next_line(workbench)).to_contain_text("Line 3, time 1")
    expect(locals_of(workbench)).to_contain_text("turn = 4")
    text = page.get_by_role("textbox", name="Text instead of a stop, line 3")
    text.fill("{sum} and {turn}")
    text.press("Enter")
    expect(hits_of(workbench).last).to_contain_text("10 and 5")
    hits_of(workbench).last.get_by_role("button").click()
    expect(locals_of(workbench)).to_contain_text("turn = 5")
    page.get_by_role("textbox", name="Key to stop at").fill("n")
    page.get_by_role("textbox", name="Key to stop at").press("Enter")
    page.get_by_role("combobox", name="Stop at errors").select_option("all")
    move(workbench, "Continue")
    expect(next_line(workbench)).to_contain_text("The next command changes n")
    move(workbench, "Continue")
    expect(next_line(workbench)).to_contain_text("which is caught: swallowed")
    # They follow what is typed, and stay when the page is loaded again.
    page.get_by_role("textbox", name="Lua script").click()
    page.keyboard.press("ControlOrMeta+Home")
    page.keyboard.type("-- a line more\n", delay=5)
    expect(breakpoints_of(workbench)).to_have_text(["line 4"])
    # And a newer script that is pasted over: it is laid out otherwise, and has two more lines.
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("-- one\n-- two\n" + SCRIPT.replace("sum + turn", "sum  +  turn"))
    expect(breakpoints_of(workbench)).to_have_text(["line 5"])
    # And the line itself, when it is moved, joined with others, or goes on from a line break at its beginning.
    page.keyboard.press("ControlOrMeta+Home")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Alt+ArrowDown"):
        page.keyboard.press(key)
    expect(breakpoints_of(workbench)).to_have_text(["line 4"])
    page.keyboard.press("Alt+ArrowUp")
    expect(breakpoints_of(workbench)).to_have_text(["line 5"])
    for key in ("ArrowDown", "Home", "Home", "Enter"):
        page.keyboard.press(key)
    expect(breakpoints_of(workbench)).to_have_text(["line 6"])
    for key in ("ArrowUp", "End", "Delete"):
        page.keyboard.press(key)
    expect(breakpoints_of(workbench)).to_have_text(["line 5"])
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("-- one\n-- two\n" + SCRIPT.replace("sum + turn", "sum  +  turn"))
    expect(breakpoints_of(workbench)).to_have_text(["line 5"])
    # A line that is not what it was is known by its neighbours; and one within another.
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("-- more\n" + SCRIPT.replace("sum + turn", "2 * sum - turn"))
    expect(breakpoints_of(workbench)).to_have_text(["line 4"])
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(
        "-- even\n-- more\n" + SCRIPT.replace(" do\n  sum = sum + turn\nend", " do sum = 2 * sum - turn end")
    )
    expect(breakpoints_of(workbench)).to_have_text(["line 4"])
    # An edit that takes them away brings them back where it is undone; so does the button that removes them.
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    expect(breakpoints_of(workbench)).to_have_count(0)
    page.keyboard.press("ControlOrMeta+z")
    expect(breakpoints_of(workbench)).to_have_text(["line 4"])
    panel = page.get_by_role("region", name="Breakpoints")
    panel.get_by_role("button", name="Remove all").click()
    expect(breakpoints_of(workbench)).to_have_count(0)
    panel.get_by_role("button", name="Undo").click()
    page.reload()
    workbench.wait_until_ready()
    workbench.tab("Debug")
    expect(breakpoints_of(workbench)).to_have_text(["line 4"])
    expect(page.get_by_role("textbox", name="Condition, line 4")).to_have_value("turn > 3")
    expect(page.get_by_role("combobox", name="Stop at errors")).to_have_value("all")


SHOWS = """for turn = 1, 3 do
  redis.debug('turn', turn)
end
redis.breakpoint()
return 1"""


def test_a_script_stops_and_tells_by_itself(workbench: Workbench) -> None:
    debug(workbench, SHOWS)
    expect(hits_of(workbench)).to_have_text(
        [*[re.compile(f'line 2.*"turn", {turn}') for turn in (1, 2, 3)], re.compile("line 5")]
    )
    move(workbench, "Continue")
    expect(next_line(workbench)).to_contain_text("redis.breakpoint() called")
    move(workbench, "Reverse continue")
    expect(next_line(workbench)).to_contain_text("Next: line 1")
    hits_of(workbench).nth(1).get_by_role("button").click()
    expect(locals_of(workbench)).to_contain_text("turn = 2")


ENDLESS = "(function() while true do end end)()"
HOSTILE = {
    "script": "\n".join(["redis.call('INCR', KEYS[1])"] * 40),
    "keys": ["n"],
    "breakpoints": {
        "lines": [{"line": line, "condition": ENDLESS, "hits": 0, "log": ""} for line in range(2, 40)],
        "keys": [],
        "changes": [],
        "errors": "none",
    },
    "watches": [ENDLESS, "string.rep('x', 1e9)"],
}


def test_what_a_link_evaluates_waits_for_debug_and_can_be_stopped(open_workbench: Callable[[str], Workbench]) -> None:
    workbench = open_workbench(link_of(HOSTILE))
    page = workbench.page
    workbench.tab("Debug")
    expect(breakpoints_of(workbench)).to_have_count(38)
    workbench.wait_until_ready()
    page.get_by_role("button", name="Debug", exact=True).click()
    expect(next_line(workbench)).to_contain_text("Next: line 1")
    page.get_by_role("button", name=re.compile("^Stop(?! watching)")).click()
    workbench.wait_until_ready()
    expect(next_line(workbench)).to_contain_text("Next: line 1")
    expect(page.get_by_text(re.compile("Python (had to|stopped)"))).to_have_count(0)
    # What was found by then stays, and is known not to be all.
    panel = page.get_by_role("region", name="Breakpoints")
    expect(panel.get_by_role("status").last).to_contain_text("as far as was looked")
    expect(panel.get_by_role("button", name="Look on")).to_be_visible()


RANDOM = """local time = redis.call('TIME')
redis.call('SADD', KEYS[1], 1, 2, 3, 4, 5, 6, 7, 8)
local one = redis.call('SRANDMEMBER', KEYS[1])
local two = time[1] .. ' ' .. time[2] .. ' ' .. one
return two"""


def test_a_link_leads_to_a_moment(workbench: Workbench, browser: Browser, base_url: str) -> None:
    page = workbench.page
    workbench.script(RANDOM, ["members"])
    page.get_by_role("button", name="Debug", exact=True).click()
    for _ in range(4):
        move(workbench, "Step over")
    expect(next_line(workbench)).to_contain_text("Next: line 5")
    page.get_by_role("textbox", name="Expression to watch").fill("two .. '!'")
    page.get_by_role("textbox", name="Expression to watch").press("Enter")
    watched = page.get_by_role("list", name="Watched expressions")
    expect(watched).to_contain_text(re.compile(r"\d+ \d+ \d!"))
    shown = watched.inner_text()
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("checkbox", name=re.compile("^Lead to moment"))).to_be_checked()
    link = page.get_by_role("textbox", name="Link")
    expect(link).to_have_value(re.compile("#v1=.+"))

    other = Workbench(browser.new_context(base_url=base_url).new_page())
    other.open(link.input_value())
    other.wait_until_ready()
    expect(other.page.get_by_text("This work leads to moment")).to_be_visible()
    expect(next_line(other)).to_have_count(0)
    other.page.get_by_role("button", name="Debug", exact=True).click()
    expect(next_line(other)).to_contain_text("Next: line 5")
    expect(other.page.get_by_role("list", name="Watched expressions")).to_have_text(re.compile(r"\d+ \d+ \d!"))
    expect(other.page.get_by_role("list", name="Watched expressions")).to_have_text(shown, use_inner_text=True)
    other.page.context.close()


def test_a_command_and_an_error_are_debugged_where_they_are(workbench: Workbench) -> None:
    page = workbench.page
    # It is the run that was seen, from where it began, though that has changed what it found.
    workbench.script(
        "local n = redis.call('INCR', KEYS[1])\nif n > 1 then return n end\nredis.call('GET', KEYS[1])", ["n"]
    )
    page.get_by_text("fresh keyspace").click()
    page.get_by_role("checkbox", name="Start from the fixture").uncheck()
    workbench.run()
    workbench.tab("Trace")
    page.get_by_role("button", name="Debug at command 2").click()
    expect(next_line(workbench)).to_contain_text("This is the run that was seen, once more")
    expect(locals_of(workbench)).to_contain_text("n = 1")
    move(workbench, "To end")
    next_line(workbench).get_by_role("button", name="End", exact=True).click()
    workbench.tab("Reply")
    page.get_by_role("button", name="Undo run").click()
    workbench.tab("Keyspace")
    expect(page.get_by_text("The keyspace is empty")).to_be_visible()
    page.get_by_role("checkbox", name="Start from the fixture").check()
    workbench.script(
        "redis.call('SET', KEYS[1], 'v')\nredis.call('GET', KEYS[1])\nreturn redis.call('INCR', KEYS[1])", ["k"]
    )
    workbench.run()
    workbench.tab("Reply")
    page.get_by_role("button", name="Debug where it is raised").click()
    expect(next_line(workbench)).to_contain_text("Next: line 3")
    page.get_by_role("button", name="Debug at command 2").first.click()
    expect(next_line(workbench)).to_contain_text("Next: line 2")


LONGER = """local first = 1
local second = 2
local third = first + second
local fourth = third * 2
local fifth = fourth - 1
return fifth"""


def test_a_breakpoint_stays_where_its_line_was_rewritten_with_what_stood_around_it(workbench: Workbench) -> None:
    page = workbench.page
    debug(workbench, LONGER)
    box = page.get_by_role("textbox", name="Lua script")

    def paste(text: str, *, first: int, last: int) -> None:
        """Over lines of the script, as one selects them with the keyboard."""
        box.click()
        for key in (
            "ControlOrMeta+Home",
            *["ArrowDown"] * (first - 1),
            *["Shift+ArrowDown"] * (last - first),
            "Shift+End",
        ):
            page.keyboard.press(key)
        page.keyboard.insert_text(text)

    box.click()
    for key in ("ControlOrMeta+Home", "ArrowDown", "ArrowDown", "F9"):
        page.keyboard.press(key)
    expect(breakpoints_of(workbench)).to_have_text(["line 3"])
    paste("local b = 20\n-- the sum\nlocal c = 30\nlocal d = b + c\nlocal fourth = d", first=2, last=4)
    expect(breakpoints_of(workbench)).to_have_text(["line 3"])
    page.keyboard.press("ControlOrMeta+z")
    expect(breakpoints_of(workbench)).to_have_text(["line 3"])
    # All of it is a newer text, in which even the lines beside it are others.
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(
        "-- new\nlocal first = 1\nlocal b = 2\nlocal c = b\nlocal d = c\nlocal fifth = fourth - 1\nreturn d"
    )
    expect(breakpoints_of(workbench)).to_have_text(["line 4"])
    # Another script has none of it; nor has one without those lines.
    page.keyboard.press("ControlOrMeta+z")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("redis.call('SET', 'k', 1)\nlocal x = redis.call('GET', 'k')\nreturn x")
    expect(breakpoints_of(workbench)).to_have_count(0)
    page.keyboard.press("ControlOrMeta+z")
    expect(breakpoints_of(workbench)).to_have_text(["line 3"])
    paste("", first=2, last=4)
    page.keyboard.press("Delete")
    expect(breakpoints_of(workbench)).to_have_count(0)
