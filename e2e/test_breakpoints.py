"""Breakpoints: with conditions and texts, at errors, keys and variables; they belong to the work."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from e2e.test_debugging import breakpoints_of, debug, locals_of, move, next_line
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
    page.reload()
    workbench.wait_until_ready()
    workbench.tab("Debug")
    expect(breakpoints_of(workbench)).to_have_text(["line 4"])
    expect(page.get_by_role("textbox", name="Condition, line 4")).to_have_value("turn > 3")
    expect(page.get_by_role("combobox", name="Stop at errors")).to_have_value("all")
