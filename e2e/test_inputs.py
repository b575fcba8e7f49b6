"""KEYS and ARGV: named by the script or the person, moved, pasted many at once, and told when they cannot be read."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Locator, Page, expect

from e2e.test_works import paste
from e2e.workbench import Workbench

SCRIPT = """-- KEYS[1] the lock, ARGV[1]: ttl in ms
local owner = ARGV[2]
return {KEYS[1], ARGV[1], ARGV[2], ARGV[3], #ARGV}
"""


def field(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=re.compile(rf"^{re.escape(name)}"))


def expect_values(page: Page, name: str, values: list[str]) -> None:
    fields = page.get_by_role("group", name=name, exact=True).get_by_role("textbox")
    expect(fields).to_have_count(len(values))
    for index, value in enumerate(values):
        expect(fields.nth(index)).to_have_value(value)


def test_inputs_have_the_names_of_the_script_and_of_the_person(
    workbench: Workbench, browser: Browser, base_url: str, errors: list[str]
) -> None:
    page = workbench.page
    workbench.script(SCRIPT, ["lock:1"], ["500"])
    expect(page.get_by_role("textbox", name="KEYS[1] the lock")).to_have_value("lock:1")
    expect(page.get_by_role("textbox", name="ARGV[1] ttl in ms")).to_have_value("500")

    # What the script names and the call does not pass is a press away.
    page.get_by_role("button", name="Add ARGV[2] owner").click()
    page.keyboard.type("me")
    expect(page.get_by_role("textbox", name="ARGV[2] owner")).to_have_value("me")
    page.get_by_role("button", name="Add ARGV[3]").click()

    page.get_by_role("button", name="Name ARGV[3]").click()
    page.keyboard.type("attempts", delay=60)
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="ARGV[3] attempts")).to_be_visible()
    page.get_by_role("button", name="Name ARGV[2]").press("Enter")
    expect(page.get_by_role("textbox", name="Name of ARGV[2]")).to_have_value("owner")
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Share").click()
    link = page.get_by_role("textbox", name="Link")
    expect(link).to_have_value(re.compile("#v1=.+"))
    other = Workbench(browser.new_context(base_url=base_url).new_page())
    other.open(link.input_value())
    expect(other.page.get_by_role("textbox", name="ARGV[3] attempts")).to_be_visible()
    expect(other.page.get_by_role("textbox", name="ARGV[2] owner")).to_have_value("me")


def test_inputs_are_moved_with_the_keyboard_and_with_the_mouse(workbench: Workbench, errors: list[str]) -> None:
    page = workbench.page
    workbench.script("return ARGV", [], ["a", "b", "c"])
    field(page, "ARGV[1]").press("Alt+ArrowDown")
    expect(field(page, "ARGV[2]")).to_be_focused()
    expect_values(page, "ARGV", ["b", "a", "c"])
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    expect_values(page, "ARGV", ["b", "c", "a"])
    expect(field(page, "ARGV[3]")).to_be_focused()

    # The names of the script before have gone, and the fields have their places.
    expect(page.get_by_role("button", name="Name ARGV[1]: 1", exact=True)).to_be_visible()
    box = page.get_by_role("button", name="Name ARGV[3]").bounding_box()
    to = page.get_by_role("button", name="Name ARGV[1]").bounding_box()
    assert box is not None
    assert to is not None
    page.mouse.move(box["x"] + 4, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(to["x"] + 4, to["y"] + 8, steps=8)
    page.mouse.up()
    expect_values(page, "ARGV", ["a", "b", "c"])
    expect(page.get_by_role("textbox", name=re.compile("^Name of ARGV"))).to_have_count(0)


def test_many_values_are_pasted_at_once(workbench: Workbench, errors: list[str]) -> None:
    page = workbench.page
    workbench.script("return {#ARGV, ARGV[2]}", [], ["first", ""])
    field(page, "ARGV[2]").click()
    paste(page, "two\r\nthree words here\n\nfive\n")
    expect(page.get_by_text("4 lines became 4 fields.")).to_be_visible()
    expect_values(page, "ARGV", ["first", "two", "three words here", "", "five"])
    page.get_by_role("button", name="Make them one value").click()
    workbench.run()
    expect(workbench.reply).to_contain_text('2) "two\\nthree words here\\n\\nfive\\n"')

    page.get_by_role("button", name="Add to KEYS").click()
    paste(page, "user:1 \"two words\" 'it is'")
    expect_values(page, "KEYS", ["user:1 \"two words\" 'it is'"])
    page.get_by_role("button", name="Make them 3 fields").click()
    expect_values(page, "KEYS", ["user:1", '"two words"', "it is"])

    # Words pasted into a text are text.
    field(page, "KEYS[1]").press("End")
    paste(page, " and more")
    expect(field(page, "KEYS[1]")).to_have_value("user:1 and more")
    expect(page.get_by_role("button", name=re.compile("^Make them"))).to_have_count(0)


def test_a_quote_that_is_not_closed_is_told(workbench: Workbench, errors: list[str]) -> None:
    page = workbench.page
    workbench.script("return ARGV[1]", [], [""])
    field(page, "ARGV[1]").click()
    page.keyboard.type('"open', delay=20)
    told = page.get_by_role("group", name="ARGV", exact=True).get_by_role("status")
    expect(told).to_contain_text('ARGV[1]: "open begins with a quote that is not closed')
    expect(field(page, "ARGV[1]")).to_have_attribute("aria-invalid", "true")
    workbench.run()
    expect(page.get_by_role("tabpanel", name="Reply")).to_contain_text("a quote that is not closed")
    page.get_by_role("button", name=re.compile("^Write")).click()
    expect(told).to_have_count(0)
    workbench.run()
    expect(workbench.reply).to_have_text('"\\"open"')


def test_who_types_on_a_button_that_adds_a_field_begins_it(workbench: Workbench, errors: list[str]) -> None:
    page = workbench.page
    workbench.script("local lock = KEYS[1]\nreturn {lock, ARGV[1]}", [], [])
    missing = page.get_by_role("button", name="Add KEYS[1] lock")
    expect(missing).to_be_visible()
    page.keyboard.press("Alt+Shift+I")
    expect(missing).to_be_focused()
    page.keyboard.type("user:1", delay=20)
    expect(field(page, "KEYS[1] lock")).to_have_value("user:1")
    page.get_by_role("button", name="Add to ARGV").focus()
    page.keyboard.type("30 s", delay=20)
    page.keyboard.press("ControlOrMeta+Enter")
    expect(workbench.reply).to_have_text('1) "user:1"\n2) "30 s"')
