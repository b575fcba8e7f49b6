"""Two tabs of one browser: the second knows of the first, and neither overwrites what the other has written."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from e2e.test_sharing import link_of
from e2e.test_works import name_of, script_of, versions_of
from e2e.workbench import Workbench


def another_tab(page: Page, address: str = "/") -> Workbench:
    """One more tab of the same browser."""
    other = Workbench(page.context.new_page())
    other.page.bring_to_front()
    other.open(address)
    return other


def saved(page: Page) -> None:
    expect(page.get_by_role("contentinfo")).to_contain_text("saved in this browser")


def test_the_second_tab_reads_until_it_takes_over(workbench: Workbench, errors: list[str]) -> None:
    first = workbench.page
    workbench.write("Script", "return 'first'")
    saved(first)
    second = another_tab(first).page
    told = second.get_by_role("status", name="Another tab")
    expect(told).to_contain_text("This work is open in another tab")
    expect(second.get_by_role("contentinfo")).to_contain_text("not saved here: another tab has this work")
    expect(script_of(second)).to_have_text("return 'first'")

    # It keeps in step with the other one, and runs what it shows.
    first.bring_to_front()
    script_of(first).click()
    first.keyboard.type("-- more ")
    saved(first)
    second.bring_to_front()
    expect(script_of(second)).to_contain_text("-- more")
    second.keyboard.press("ControlOrMeta+Enter")
    expect(second.get_by_role("region", name="Reply", exact=True)).to_be_visible()

    first.bring_to_front()
    script_of(first).click()
    first.keyboard.press("ControlOrMeta+Home")
    first.keyboard.type("-- unsaved ")
    second.bring_to_front()
    told.get_by_role("button", name="Take it over").click()
    expect(told).to_have_count(0)
    expect(script_of(second)).to_contain_text("-- unsaved")
    expect(first.get_by_role("status", name="Another tab")).to_be_visible()

    # The other way round, when the one that has it is closed.
    second.close()
    expect(first.get_by_role("status", name="Another tab")).to_have_count(0)
    saved(first)


def test_what_the_second_tab_changes_goes_on_as_a_copy(workbench: Workbench, errors: list[str]) -> None:
    first = workbench.page
    workbench.write("Script", "return 'first'")
    saved(first)
    other = another_tab(first)
    second = other.page
    script_of(second).click()
    second.keyboard.press("ControlOrMeta+End")
    second.keyboard.type(" .. 'second'")
    expect(second.get_by_role("status", name="Another tab")).to_have_count(0)
    expect(name_of(second)).to_have_value(re.compile(r" \(copy\)$"))
    saved(second)
    expect(script_of(first)).to_have_text("return 'first'")
    for page, text in ((second, "return 'first' .. 'second'"), (first, "return 'first'")):
        page.bring_to_front()
        page.reload()
        expect(page.get_by_role("contentinfo")).to_contain_text("ready")
        expect(page.get_by_role("status", name="Another tab")).to_have_count(0)
        expect(script_of(page)).to_have_text(text)

    # A tab that is closed leaves its work in the history.
    second.close()
    first.reload()
    expect(first.get_by_role("contentinfo")).to_contain_text("ready")
    version = versions_of(first).get_by_role("option", name="left in a tab that was closed")
    expect(version).to_contain_text("(copy)")
    version.click()
    expect(first.get_by_role("region", name="What would change")).to_contain_text("return 'first' .. 'second'")


def test_the_keyspace_goes_with_the_work(workbench: Workbench, errors: list[str]) -> None:
    first = workbench.page
    workbench.console("SET shared 1")
    expect(first.get_by_role("contentinfo")).to_contain_text("1 key")
    saved(first)
    other = another_tab(first)
    second = other.page
    expect(second.get_by_role("contentinfo")).to_contain_text("1 key")
    other.console("SET mine 1")
    expect(second.get_by_role("contentinfo")).to_contain_text("2 keys")

    # What the first has meanwhile is there when the second takes over; and what the second had can be had again.
    first.bring_to_front()
    workbench.console("MSET a 1 b 2")
    saved(first)
    second.bring_to_front()
    second.get_by_role("button", name="Take it over").click()
    expect(second.get_by_role("contentinfo")).to_contain_text("3 keys")
    other.tab("Keyspace")
    second.get_by_role("button", name=re.compile("^Undo")).click()
    expect(second.get_by_role("contentinfo")).to_contain_text("2 keys")
    saved(second)
    second.reload()
    other.wait_until_ready()
    expect(second.get_by_role("contentinfo")).to_contain_text("2 keys")

    # A copy has a keyspace of its own, which is a snapshot when its tab is closed.
    first.bring_to_front()
    first.get_by_role("button", name="Work on a copy").click()
    workbench.console("SET copied 1")
    saved(first)
    expect(first.get_by_role("contentinfo")).to_contain_text("4 keys")
    expect(second.get_by_role("contentinfo")).to_contain_text("2 keys")
    first.close()
    second.reload()
    other.wait_until_ready()
    other.tab("Keyspace")
    second.get_by_role("button", name="Snapshots").click()
    expect(second.get_by_role("dialog", name="Snapshots")).to_contain_text("(copy), left behind")


def test_a_link_in_a_second_tab_and_an_edited_link_that_is_loaded_again(
    workbench: Workbench, errors: list[str]
) -> None:
    first = workbench.page
    workbench.write("Script", "return 'first'")
    second = another_tab(first, link_of({"name": "Linked", "script": "return 'linked'"})).page
    expect(name_of(second)).to_have_value("Linked")
    expect(second.get_by_role("status", name="Another tab")).to_have_count(0)
    script_of(second).click()
    second.keyboard.press("ControlOrMeta+End")
    second.keyboard.type(" -- edited")
    second.reload()
    expect(second.get_by_role("contentinfo")).to_contain_text("ready")
    expect(script_of(second)).to_have_text("return 'linked' -- edited")
    expect(name_of(second)).to_have_value("Linked")
    first.bring_to_front()
    expect(script_of(first)).to_have_text("return 'first'")


def test_settings_lines_and_versions_of_two_tabs_stand_side_by_side(workbench: Workbench, errors: list[str]) -> None:
    first = workbench.page
    other = another_tab(first)
    second = other.page
    second.get_by_role("button", name=re.compile("^Theme: system")).click()
    workbench.console("SET from first")
    other.console("SET from second")
    first.bring_to_front()
    expect(first.get_by_role("button", name=re.compile("^Theme: light"))).to_be_visible()
    splitter = first.get_by_role("separator", name="Width of the columns")
    splitter.press("ArrowRight")
    workbench.console("SET from third")
    second.reload()
    other.wait_until_ready()
    expect(second.get_by_role("button", name=re.compile("^Theme: light"))).to_be_visible()
    moved = splitter.get_attribute("aria-valuenow") or ""
    expect(second.get_by_role("separator", name="Width of the columns")).to_have_attribute("aria-valuenow", moved)
    other.tab("Console")
    line = second.get_by_role("textbox", name="Redis command")
    for text in ("third", "second", "first"):
        line.press("ArrowUp")
        expect(line).to_have_value(f"SET from {text}")

    # Snapshots of the same name: the second one is not put in the place of the first.
    for page in (first, second):
        page.bring_to_front()
        page.get_by_role("tab", name="Keyspace").click()
        page.get_by_role("button", name="Snapshots").click()
    for page in (first, second):
        page.bring_to_front()
        dialog = page.get_by_role("dialog", name="Snapshots")
        dialog.get_by_role("textbox", name="Name of the snapshot").fill("mine")
    first.get_by_role("dialog", name="Snapshots").get_by_role("button", name="Save").click()
    dialog = second.get_by_role("dialog", name="Snapshots")
    expect(dialog.get_by_role("listitem", name="mine")).to_be_visible()
    expect(dialog.get_by_role("button", name="Replace")).to_be_visible()
