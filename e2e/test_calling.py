"""How a script is called: presets, functions of a library, the virtual clock, and a seed."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from e2e.workbench import Workbench

LIBRARY = """#!lua name=counters
local function add(keys, args)
  return redis.call('INCRBY', keys[1], args[1])
end
redis.register_function('add', add)
redis.register_function{
  function_name = 'look',
  callback = function(keys) return redis.call('GET', keys[1]) end,
  flags = {'no-writes'},
  description = 'what is counted',
}
"""


def save_preset(page: Page, name: str) -> None:
    page.get_by_role("button", name="Save these inputs as a preset").click()
    page.get_by_role("textbox", name="Name of the preset").fill(name)
    page.keyboard.press("Enter")


def options(page: Page) -> None:
    page.get_by_role("region", name="Call").get_by_text("Options").click()


def test_presets_are_saved_taken_changed_and_deleted(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script("return {KEYS[1], ARGV[1]}", ["a"], ["1"])
    save_preset(page, "first")
    workbench.fields("KEYS", ["b"])
    save_preset(page, "second")
    page.get_by_role("button", name="first").click()
    expect(page.get_by_role("textbox", name="KEYS[1]")).to_have_value("a")
    workbench.run()
    expect(workbench.reply).to_contain_text('1) "a"')
    page.get_by_role("textbox", name="ARGV[1]").fill("2")
    expect(page.get_by_role("button", name="first edited")).to_be_visible()
    page.get_by_role("button", name="Update").click()
    expect(page.get_by_role("button", name="first", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Name of the preset").fill("renamed")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="second").click()
    expect(page.get_by_role("textbox", name="KEYS[1]")).to_have_value("b")
    page.get_by_role("group", name="Presets").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="second")).to_have_count(0)
    page.get_by_role("button", name="renamed").click()
    expect(page.get_by_role("textbox", name="ARGV[1]")).to_have_value("2")


def test_presets_go_with_the_work(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script("return KEYS[1]", ["kept"])
    save_preset(page, "mine")
    workbench.fields("KEYS", ["other"])
    expect(page.get_by_role("contentinfo")).to_contain_text("saved")
    page.reload()
    workbench.wait_until_ready()
    page.get_by_role("button", name="mine").click()
    expect(page.get_by_role("textbox", name="KEYS[1]")).to_have_value("kept")


def test_a_library_says_that_it_wants_fcall_and_its_functions_are_called(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script(LIBRARY, ["n"], ["5"])
    expect(page.get_by_role("status").filter(has_text="function library")).to_be_visible()
    page.get_by_role("button", name="Call it with FCALL").click()
    function = page.get_by_role("combobox", name="Function")
    expect(function).to_have_value("add")
    expect(page.get_by_role("region", name="Call")).to_contain_text("FCALL add · 1 key")
    workbench.run()
    expect(workbench.reply).to_contain_text("(integer) 5")
    function.select_option("look")
    expect(page.get_by_role("region", name="Call")).to_contain_text("what is counted · flags no-writes")
    workbench.write("Fixture", "SET n 12")
    workbench.run()
    expect(workbench.reply).to_contain_text('"12"')


def test_a_function_is_debugged(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script(LIBRARY, ["n"], ["5"])
    page.get_by_role("button", name="Call it with FCALL").click()
    expect(page.get_by_role("combobox", name="Function")).to_have_value("add")
    page.get_by_role("button", name="Debug", exact=True).click()
    expect(page.get_by_role("tabpanel", name=re.compile("^Debug"))).to_contain_text("line 3")


def test_a_function_is_exported(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script(LIBRARY, ["n"], ["5"])
    page.get_by_role("button", name="Call it with FCALL").click()
    expect(page.get_by_role("combobox", name="Function")).to_have_value("add")
    page.get_by_role("button", name="Export").click()
    page.get_by_role("combobox", name="Form").select_option("function")
    expect(page.get_by_role("region", name="Snippet")).to_contain_text("FCALL add 1 n 5")


def test_a_broken_library_says_why(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script("#!lua name=broken\nlocal x = 1\n")
    page.get_by_role("button", name="Call it with FCALL").click()
    expect(page.get_by_role("status").filter(has_text="cannot be loaded")).to_contain_text("No functions registered")


def test_the_virtual_clock_is_held_and_moved(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script("return redis.call('TIME')[1]")
    options(page)
    clock = page.get_by_role("textbox", name="Clock, Unix seconds")
    clock.fill("1700000000")
    group = page.get_by_role("group", name="Virtual clock")
    for step in ("+1 s", "+1 min", "+1 h"):
        group.get_by_role("button", name=step).click()
    expect(clock).to_have_value("1700003661")
    expect(group).to_contain_text("2023-11-14 23:14:21 UTC")
    workbench.run()
    expect(workbench.reply).to_contain_text('"1700003661"')
    clock.fill("")
    group.get_by_role("button", name="Now").click()
    expect(clock).not_to_have_value("")


def test_a_seed_repeats_what_math_random_draws(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script("return math.random(1000000000)")
    options(page)
    page.get_by_role("textbox", name="Seed").fill("7")
    workbench.run()
    expect(workbench.reply).to_contain_text("(integer)")
    first = workbench.reply.inner_text()
    page.get_by_role("textbox", name="Seed").fill("8")
    workbench.run()
    expect(workbench.reply).not_to_have_text(first)
    page.get_by_role("textbox", name="Seed").fill("7")
    workbench.run()
    expect(workbench.reply).to_have_text(first)


def test_members_of_a_set_are_shuffled_as_the_seed_says(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script("redis.call('SADD', 's', 'a', 'b', 'c', 'd', 'e', 'f', 'g') return redis.call('SMEMBERS', 's')")
    workbench.run()
    expect(workbench.reply).to_contain_text('1) "a"\n2) "b"\n3) "c"\n4) "d"')
    inserted = workbench.reply.inner_text()
    options(page)
    page.get_by_role("textbox", name="Seed").fill("3")
    page.get_by_role("checkbox", name="Shuffle what has no order").check()
    workbench.run()
    expect(workbench.reply).not_to_have_text(inserted)
    shuffled = workbench.reply.inner_text()
    assert sorted(line[3:] for line in shuffled.splitlines()) == sorted(line[3:] for line in inserted.splitlines())
    page.get_by_role("textbox", name="Seed").fill("4")
    workbench.run()
    expect(workbench.reply).not_to_have_text(shuffled)
    page.get_by_role("textbox", name="Seed").fill("3")
    workbench.run()
    expect(workbench.reply).to_have_text(shuffled)
    page.get_by_role("checkbox", name="Shuffle what has no order").uncheck()
    workbench.run()
    expect(workbench.reply).to_have_text(inserted)
    node = page.get_by_role("combobox", name="Cluster")
    node.select_option("of 3, where the keys are")
    workbench.fields("KEYS", ["a"])
    workbench.run()  # the third node, where s is not
    expect(workbench.reply).to_contain_text("non local key in a cluster node")
    workbench.fields("KEYS", ["s"])
    workbench.run()
    expect(workbench.reply).to_have_text(inserted)
    node.select_option("of 3, node 3")
    workbench.run()
    expect(workbench.reply).to_contain_text("MOVED")
    expect(page.get_by_role("region", name="Call")).to_contain_text("node 3 of a cluster")
    page.reload()  # it is of the work
    workbench.wait_until_ready()
    workbench.run()
    expect(workbench.reply).to_contain_text("MOVED")


def test_a_field_holds_any_bytes(workbench: Workbench) -> None:
    workbench.script("return {#ARGV[1], ARGV[1]}", [], ['"\\x00\\xff\\n"'])
    workbench.run()
    expect(workbench.reply).to_contain_text("1) (integer) 3")
    expect(workbench.reply).to_contain_text('2) "\\x00\\xff\\n"')
