"""A script is debugged: forwards and backwards, with its variables, its commands and the keyspace."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from e2e.workbench import Workbench

SCRIPT = """local t = {colour = 'red', inner = {1, 2}}
local n = redis.call('INCR', KEYS[1])
local m = redis.call('INCR', KEYS[1])
return n + m"""


def debug(workbench: Workbench, script: str = SCRIPT) -> None:
    workbench.script(script, ["n"], fixture="SET n 4")
    workbench.page.get_by_role("button", name="Debug", exact=True).click()
    expect(next_line(workbench)).to_contain_text("Next: line 1")


def move(workbench: Workbench, name: str) -> None:
    workbench.page.get_by_role("group", name="Moves").get_by_role("button", name=name, exact=True).click()


def next_line(workbench: Workbench) -> Locator:
    return workbench.page.get_by_role("region", name="Next line")


def locals_of(workbench: Workbench) -> Locator:
    return workbench.page.get_by_role("list", name="Locals")


def changed(workbench: Workbench) -> Locator:
    return workbench.page.get_by_role("region", name="Changed so far")


def test_a_command_is_stepped_over_and_taken_back(workbench: Workbench) -> None:
    debug(workbench)
    move(workbench, "Step")
    expect(next_line(workbench)).to_contain_text("local n = redis.call")
    move(workbench, "Step over")
    expect(next_line(workbench)).to_contain_text("Next: line 3")
    expect(locals_of(workbench)).to_contain_text("n = 5")
    expect(changed(workbench)).to_contain_text("+ 5")
    expect(workbench.page.get_by_role("region", name="Commands so far")).to_contain_text("1 of 2")
    move(workbench, "Step back")
    expect(next_line(workbench)).to_contain_text("Next: line 2")
    expect(locals_of(workbench)).not_to_contain_text("n =")
    expect(changed(workbench)).to_contain_text("0 keys")
    workbench.tab("Keyspace")
    workbench.key(re.compile("^n ")).click()
    expect(workbench.page.get_by_role("region", name=re.compile("n$")).get_by_role("cell", name="4")).to_be_visible()


def test_the_error_a_script_ends_with_is_explained(workbench: Workbench) -> None:
    debug(workbench, "redis.call('SET', KEYS[1], 'v')\nreturn redis.call('LPUSH', KEYS[1], 1)")
    move(workbench, "To end")
    meaning = workbench.page.get_by_role("region", name="What this error means")
    expect(meaning).to_contain_text("holds a string, and LPUSH is a command for another type")
    move(workbench, "Step back")
    expect(meaning).to_have_count(0)


def test_tables_open_and_stay_open(workbench: Workbench) -> None:
    debug(workbench)
    move(workbench, "Step")
    locals_of(workbench).get_by_role("button", name=re.compile("t = table, 2 entries")).click()
    expect(locals_of(workbench)).to_contain_text('"colour" = "red"')
    locals_of(workbench).get_by_role("button", name=re.compile('"inner" =')).click()
    expect(workbench.page.get_by_role("list", name='"inner"')).to_contain_text("2 = 2")
    move(workbench, "Step")
    expect(next_line(workbench)).to_contain_text("Next: line 3")
    expect(workbench.page.get_by_role("list", name='"inner"')).to_contain_text("2 = 2")


def test_the_end_shows_the_reply_and_keeps_the_changes(workbench: Workbench) -> None:
    debug(workbench)
    move(workbench, "To end")
    expect(next_line(workbench)).to_contain_text("(integer) 11")
    next_line(workbench).get_by_role("button", name="End and keep").click()
    workbench.wait_until_ready()
    workbench.console("GET n")
    expect(workbench.console_output).to_contain_text('"6"')


def test_an_unfinished_script_leaves_nothing(workbench: Workbench) -> None:
    workbench.console("SET n 1")
    debug(workbench)
    move(workbench, "To end")
    move(workbench, "Step back")
    expect(changed(workbench)).to_contain_text("+ 6")
    next_line(workbench).get_by_role("button", name="End", exact=True).click()
    workbench.wait_until_ready()
    workbench.console("GET n")
    expect(workbench.console_output).to_contain_text('"1"')


def breakpoints_of(workbench: Workbench) -> Locator:
    """The lines that have a breakpoint, in the list of them."""
    region = workbench.page.get_by_role("region", name="Breakpoints")
    return region.get_by_role("button", name=re.compile(r"^line \d+$"))


def test_breakpoints_and_keys(workbench: Workbench) -> None:
    debug(workbench, "local sum = 0\nfor i = 1, 3 do\n  sum = sum + i\nend\nreturn sum")
    editor = workbench.page.get_by_role("textbox", name="Lua script")
    editor.click()
    workbench.page.keyboard.press("ControlOrMeta+Home")
    workbench.page.keyboard.press("ArrowDown")
    workbench.page.keyboard.press("ArrowDown")
    workbench.page.keyboard.press("F9")
    expect(breakpoints_of(workbench)).to_have_text(["line 3"])
    for value in ("sum = 0", "sum = 1", "sum = 3"):
        move(workbench, "Continue")
        expect(locals_of(workbench)).to_contain_text(value)
        expect(editor.locator("[aria-current=step]")).to_have_text("  sum = sum + i")
    workbench.page.keyboard.press("ControlOrMeta+F11")
    expect(next_line(workbench)).to_contain_text("Next: line 2")
    workbench.page.keyboard.press("F11")
    expect(next_line(workbench)).to_contain_text("Next: line 3")
    workbench.page.keyboard.press("F5")
    expect(next_line(workbench)).to_contain_text("The script has ended.")


def test_a_breakpoint_stands_on_a_line_with_code(workbench: Workbench) -> None:
    workbench.script("local a = 1\n-- a comment\n\nlocal b = a\nreturn b\n-- the end")
    editor = workbench.page.get_by_role("textbox", name="Lua script")
    workbench.tab("Debug")
    editor.click()
    workbench.page.keyboard.press("ControlOrMeta+Home")
    workbench.page.keyboard.press("ArrowDown")
    workbench.page.keyboard.press("F9")
    panel = workbench.page.get_by_role("tabpanel", name=re.compile("^Debug"))
    expect(breakpoints_of(workbench)).to_have_text(["line 4"])
    expect(panel).to_contain_text("Line 2 has no code: the breakpoint stands on line 4.")
    workbench.page.keyboard.press("ControlOrMeta+End")
    workbench.page.keyboard.press("F9")
    expect(panel).to_contain_text("Line 6 has no code, nor have those after it")
    expect(breakpoints_of(workbench)).to_have_text(["line 4"])
    workbench.page.get_by_role("button", name="Debug", exact=True).click()
    expect(next_line(workbench)).to_contain_text("Next: line 1")
    move(workbench, "Step over")
    expect(next_line(workbench)).to_contain_text("Next: line 4")
    move(workbench, "Step over")
    move(workbench, "Reverse continue")
    expect(next_line(workbench)).to_contain_text("Next: line 4")


GENERATOR = """local function generate()
  for i = 1, 3 do
    coroutine.yield(i)
  end
end
local next = coroutine.wrap(generate)
local a = next()
local b = next()
return a + b"""


def test_a_coroutine_is_stepped_over_and_back_over(workbench: Workbench) -> None:
    workbench.script(GENERATOR)
    workbench.page.get_by_role("button", name="Debug", exact=True).click()
    expect(next_line(workbench)).to_contain_text("Next: line 5")
    for key, line in (
        *(("F10", 6), ("F10", 7), ("F10", 8), ("F10", 9), ("ControlOrMeta+F10", 8), ("F11", 2)),
        *(("F11", 3), ("Shift+F11", 9), ("ControlOrMeta+F11", 3), ("ControlOrMeta+Shift+F11", 8)),
    ):
        workbench.page.keyboard.press(key)
        expect(next_line(workbench)).to_contain_text(f"Next: line {line}")
    workbench.page.keyboard.press("F11")
    for name in ("Last here", "Next here"):
        move(workbench, name)
        expect(next_line(workbench)).to_contain_text("Next: line 2")


def test_the_console_answers_from_the_moment_shown(workbench: Workbench) -> None:
    debug(workbench)
    move(workbench, "Step")
    move(workbench, "Step")
    expect(next_line(workbench)).to_contain_text("Next: line 3")
    workbench.console("GET n")
    expect(workbench.console_output).to_contain_text('"5"')
    workbench.console("MULTI")
    expect(workbench.console_output).to_contain_text("MULTI is not carried out while a script is debugged")
    workbench.console("SET n 9")
    expect(workbench.console_output).to_contain_text("where a new recording begins")
    workbench.tab("Debug")
    expect(next_line(workbench)).to_contain_text("Next: line 3")
    was_set = workbench.page.get_by_role("region", name="What was set")
    expect(was_set).to_contain_text("Set: SET n 9")
    move(workbench, "To end")
    expect(next_line(workbench)).to_contain_text("(integer) 15")
    was_set.get_by_role("button", name="Take back").click()
    move(workbench, "To end")
    expect(next_line(workbench)).to_contain_text("(integer) 11")


ENDLESS = """local n = 0
while true do
  n = redis.call('INCR', KEYS[1])
end"""


def test_an_endless_script_is_stopped_and_walked(workbench: Workbench) -> None:
    debug(workbench)
    workbench.script(ENDLESS, ["n"], fixture="SET n 4")
    workbench.page.get_by_role("button", name="Debug", exact=True).click()
    expect(next_line(workbench)).to_contain_text("Next: line 1")
    expect(next_line(workbench)).to_contain_text("The script goes on after moment")
    move(workbench, "Step over")
    expect(next_line(workbench)).to_contain_text("Next: line 3")
    next_line(workbench).get_by_role("button", name="Pause recording").click()
    expect(next_line(workbench).get_by_role("button", name="Record the rest")).to_be_visible()
    move(workbench, "To end")
    workbench.page.get_by_role("button", name=re.compile("^Stop")).click()
    workbench.wait_until_ready()
    move(workbench, "Back over")
    move(workbench, "Last here")
    expect(next_line(workbench)).to_contain_text("Next: line 3")
    next_line(workbench).get_by_role("button", name="End", exact=True).click()
    workbench.wait_until_ready()
    workbench.run()


def test_the_slider_goes_to_any_moment(workbench: Workbench) -> None:
    debug(workbench)
    slider = workbench.page.get_by_role("slider", name="Moment")
    slider.press("End")
    expect(next_line(workbench)).to_contain_text("The script has ended.")
    slider.press("Home")
    expect(workbench.page.get_by_text(re.compile(r"^moment 1 of \d+$"))).to_be_visible()
    slider.press("ArrowRight")
    expect(workbench.page.get_by_text(re.compile(r"^moment 2 of \d+$"))).to_be_visible()


def test_run_ends_the_session(workbench: Workbench) -> None:
    debug(workbench)
    move(workbench, "Step")
    workbench.run()
    workbench.tab("Reply")
    expect(workbench.reply).to_have_text("(integer) 11")
    workbench.tab("Debug")
    expect(workbench.page.get_by_role("button", name="Debug the script")).to_be_visible()


def test_what_cannot_be_debugged_is_told_on_its_line(workbench: Workbench) -> None:
    workbench.script("local a\nreturn = 1")
    workbench.page.get_by_role("button", name="Debug", exact=True).click()
    expect(workbench.error_on_line(2)).to_be_visible()
    expect(workbench.page.get_by_role("status").filter(has_text="nothing to debug, line 2")).to_be_visible()


def test_what_the_last_run_changed_says_that_the_debugger_has_the_keyspace(workbench: Workbench) -> None:
    workbench.script(SCRIPT, ["n"], fixture="SET n 4")
    workbench.run()
    what_changed = workbench.page.get_by_role("region", name="What changed")
    expect(what_changed.get_by_role("button", name="Undo run")).to_be_visible()
    debug(workbench)
    workbench.tab("Reply")
    expect(what_changed).to_contain_text("the keyspace is as the debugger shows it")
    expect(what_changed.get_by_role("button", name="Undo run")).to_have_count(0)
    workbench.tab("Debug")
    next_line(workbench).get_by_role("button", name="End", exact=True).click()
    workbench.tab("Reply")
    expect(what_changed.get_by_role("button", name="Undo run")).to_be_visible()


def test_the_log_all_commands_and_the_stack_of_an_error_are_shown(workbench: Workbench) -> None:
    page = workbench.page
    debug(
        workbench,
        "redis.log(redis.LOG_WARNING, 'before')\nlocal function f()\n  for i = 1, 1100 do redis.call('INCR', 'n') end\n"
        "  redis.log(redis.LOG_NOTICE, 'after')\n  error('deep down')\nend\nf()\nreturn 1",
    )
    expect(page.get_by_role("region", name="Commands so far")).to_contain_text("0 of 1100")
    expect(page.get_by_role("region", name="Log so far")).to_have_count(0)
    move(workbench, "Step over")
    expect(page.get_by_role("region", name="Log so far")).to_contain_text("before")
    expect(page.get_by_role("region", name="Log so far")).not_to_contain_text("after")
    workbench.tab("Log")
    expect(page.get_by_role("row", name="warning 1 before")).to_be_visible()
    workbench.tab("Debug")
    move(workbench, "To end")
    expect(page.get_by_role("region", name="Commands so far")).to_contain_text("1100 of 1100")
    expect(page.get_by_role("region", name="Log so far")).to_contain_text("after")
    stood = page.get_by_role("region", name="Where it stood")
    expect(stood.get_by_role("listitem")).to_have_text(["line 5 error('deep down')", "line 7 f()"])
    move(workbench, "Step back")
    expect(stood).to_have_count(0)
