"""A work holds several scripts, in tabs, on one keyspace."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from e2e.test_sharing import link_of
from e2e.test_tabs import another_tab, saved
from e2e.test_works import drop, file_menu, name_of, open_files, script_of, versions_of
from e2e.workbench import Workbench

LIBRARY = "#!lua name=counters\nredis.register_function('more', function(keys) return redis.call('INCR', keys[1]) end)"


def scripts_of(page: Page) -> Locator:
    return page.get_by_role("tablist", name="Scripts of this work").get_by_role("tab")


def script_tab(page: Page, name: str) -> Locator:
    return page.get_by_role("tablist", name="Scripts of this work").get_by_role("tab", name=name, exact=True)


def script_menu(page: Page, item: str) -> None:
    page.get_by_role("button", name=re.compile("^Script [^ ]+$")).click()
    page.get_by_role("menuitem", name=item).click()


def test_scripts_are_written_each_with_its_own_undo_and_run_on_one_keyspace(
    workbench: Workbench, errors: list[str]
) -> None:
    page = workbench.page
    workbench.script("return redis.call('INCR', KEYS[1])", ["n"])
    page.get_by_text("Options").click()
    page.get_by_role("checkbox", name="Start from the fixture").uncheck()
    page.get_by_role("button", name="Add a script").click()
    expect(scripts_of(page)).to_have_text(["main", "script-2"])
    page.keyboard.type("return redis.call('GET', 'n') -- two", delay=15)
    expect(script_of(page)).to_have_text("return redis.call('GET', 'n') -- two")
    expect(page.get_by_role("textbox", name="KEYS[1]")).to_have_count(0)
    workbench.run()
    expect(workbench.reply).to_have_text("(nil)")

    # Where one was, and with what was typed there last, quickly back and forth.
    page.keyboard.press("Alt+PageUp")
    expect(script_of(page)).to_contain_text("INCR")
    script_of(page).click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(" -- one", delay=15)
    for _ in range(4):
        page.keyboard.press("Alt+PageDown")
    expect(script_of(page)).to_be_focused()
    page.keyboard.type("!")
    expect(script_of(page)).to_have_text("return redis.call('INCR', KEYS[1]) -- one!")
    page.keyboard.press("ControlOrMeta+z")
    page.keyboard.press("ControlOrMeta+z")
    expect(script_of(page)).to_have_text("return redis.call('INCR', KEYS[1])")
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 1")

    script_tab(page, "script-2").click()
    expect(page.get_by_role("tabpanel", name="Reply")).to_contain_text("of main")
    workbench.run()
    expect(workbench.reply).to_have_text('"1"')
    script_of(page).click()
    page.keyboard.press("ControlOrMeta+z")
    expect(script_of(page)).not_to_contain_text("two")

    # The text goes on where it was when another tab was shown, too.
    page.keyboard.press("ControlOrMeta+y")
    page.get_by_role("tab", name="Fixture").click()
    page.get_by_role("tab", name=re.compile("^Script")).first.click()
    script_of(page).click()
    page.keyboard.press("ControlOrMeta+z")
    expect(script_of(page)).not_to_contain_text("two")


def test_scripts_are_named_moved_copied_deleted_and_put_back(workbench: Workbench, errors: list[str]) -> None:
    page = workbench.page
    workbench.script("return 'main'")
    page.get_by_role("button", name="Add a script").click()
    page.keyboard.type("return 'other'")
    script_menu(page, "Rename")
    name = page.get_by_role("textbox", name="Name of the script")
    page.keyboard.type("main")
    page.keyboard.press("Enter")
    expect(scripts_of(page)).to_have_text(["main", "main-2"])
    expect(script_tab(page, "main-2")).to_be_focused()
    page.keyboard.press("F2")
    name.fill("free  it")
    page.keyboard.press("Enter")
    expect(script_tab(page, "free-it")).to_be_focused()
    page.keyboard.press("F2")
    name.fill("never")
    page.keyboard.press("Escape")
    script_menu(page, "Duplicate")
    expect(script_tab(page, "free-it-2")).to_be_focused()
    for place in (1, 0):
        page.keyboard.press("Alt+ArrowLeft")
        expect(scripts_of(page).nth(place)).to_be_focused()
    expect(scripts_of(page)).to_have_text(["free-it-2", "main", "free-it"])
    page.keyboard.press("ArrowRight")
    expect(script_tab(page, "main")).to_be_focused()
    expect(script_of(page)).to_have_text("return 'main'")
    page.keyboard.press("Delete")
    expect(scripts_of(page)).to_have_text(["free-it-2", "free-it"])
    workbench.run()
    expect(workbench.reply).to_have_text('"other"')
    page.get_by_role("alert").get_by_role("button", name="Put it back").click()
    expect(scripts_of(page)).to_have_text(["free-it-2", "main", "free-it"])
    expect(script_of(page)).to_have_text("return 'main'")

    for left in (2, 0):
        script_menu(page, "Delete")
        expect(scripts_of(page)).to_have_count(left)
    expect(page.get_by_role("button", name="Add a script")).to_be_visible()
    version = versions_of(page).get_by_role("option").first
    expect(version).to_contain_text("before a script was deleted")
