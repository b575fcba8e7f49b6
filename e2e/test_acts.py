"""Undo, Redo and the clock: what is shown belongs to the keyspace as it is, or says that it does not."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from e2e.workbench import Workbench

FAILS_HALFWAY = "redis.call('SET', KEYS[1], 'written', 'EX', 1000)\nerror('halfway')"


def changed(workbench: Workbench) -> Locator:
    return workbench.page.get_by_role("region", name="What changed")


def test_what_undo_takes_back_is_claimed_no_more_and_redo_brings_it_back(workbench: Workbench) -> None:
    page = workbench.page
    keyspace = page.get_by_role("tab", name=re.compile("^Keyspace"))
    workbench.script(FAILS_HALFWAY, keys=["n"])
    workbench.run()
    expect(changed(workbench)).to_contain_text("these writes persisted")
    expect(keyspace).to_contain_text("±1")
    changed(workbench).get_by_role("button", name="Undo run").click()
    expect(changed(workbench)).to_contain_text("taken back")
    expect(changed(workbench)).not_to_contain_text("persisted")
    expect(keyspace).not_to_contain_text("±")
    expect(page.get_by_role("contentinfo")).to_contain_text("0 keys")
    changed(workbench).get_by_role("button", name="Redo run").click()
    expect(changed(workbench)).to_contain_text("these writes persisted")
    expect(keyspace).to_contain_text("±1")
    workbench.console("TTL n")
    expect(workbench.console_output).to_contain_text(re.compile(r"\(integer\) (9\d\d|1000)"))
    workbench.console("SET m 1")
    workbench.tab("Reply")
    expect(changed(workbench)).to_contain_text("then came SET")
    expect(changed(workbench).get_by_role("button", name=re.compile("^Undo"))).to_have_count(0)


def test_undo_is_offered_only_where_something_changed(workbench: Workbench) -> None:
    workbench.console("SET before 1")
    workbench.page.get_by_text("Options").click()
    workbench.page.get_by_role("checkbox", name="Start from the fixture").uncheck()
    workbench.script("redis.call('SET', 'n', 1) redis.call('DEL', 'n') return 'nothing'")
    workbench.tab("Reply")
    workbench.run()
    expect(workbench.reply).to_have_text('"nothing"')
    expect(changed(workbench)).to_contain_text("Nothing")
    expect(changed(workbench).get_by_role("button")).to_have_count(0)
    workbench.tab("Keyspace")
    expect(workbench.page.get_by_role("button", name="Undo SET")).to_be_enabled()


def test_in_the_editor_undo_is_the_editors(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script("redis.call('SET', 'n', 1) return 'x'", fixture="")
    page.get_by_role("textbox", name="Lua script").click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type("  -- more")
    workbench.run()
    expect(changed(workbench)).to_contain_text("1 key")
    editor = page.get_by_role("textbox", name="Lua script")
    editor.click()
    page.keyboard.press("ControlOrMeta+z")
    expect(editor).not_to_contain_text("-- more")
    expect(changed(workbench)).not_to_contain_text("taken back")
    page.get_by_role("tab", name=re.compile("^Reply")).focus()
    page.keyboard.press("ControlOrMeta+z")
    expect(changed(workbench)).to_contain_text("taken back")
    expect(page.get_by_role("status").filter(has_text="Taken back: run.")).to_be_visible()
    page.keyboard.press("ControlOrMeta+Shift+z")
    expect(changed(workbench).get_by_role("button", name="Undo run")).to_be_visible()


def test_the_clock_moves_the_server_at_once(workbench: Workbench, errors: list[str]) -> None:
    page = workbench.page
    page.get_by_text("Options").click()
    clock = page.get_by_role("textbox", name="Clock, Unix seconds")
    clock.fill("1700000000")
    workbench.console("SET short 1 EX 90")
    workbench.console("SET long 1 EX 5400")
    workbench.tab("Keyspace")
    expect(workbench.key("long")).to_contain_text("90 min")
    page.get_by_role("button", name="+1 min").click()
    expect(workbench.key("long")).to_contain_text("89 min")
    expect(workbench.key("short")).to_contain_text("30 s")
    page.get_by_role("button", name="+1 min").click()
    expect(workbench.key("short")).to_have_count(0)
    expect(page.get_by_role("contentinfo")).to_contain_text("1 key")
    page.get_by_role("button", name="Undo clock").click()
    expect(workbench.key("short")).to_contain_text("30 s")
    expect(clock).to_have_value("1700000060")
    page.get_by_role("button", name="Redo clock").click()
    expect(workbench.key("short")).to_have_count(0)
    expect(clock).to_have_value("1700000120")
    clock.fill("99999999999")  # not yet: it is being typed
    clock.fill("1700000121")
    page.get_by_role("searchbox", name="Search keys").click()
    expect(workbench.key("long")).to_contain_text("88 min")


def test_what_time_is_left_counts_down_and_what_expires_vanishes(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script("redis.call('SET', 'short', 1, 'PX', 4000) return redis.call('SET', 'long', 1, 'EX', 60)")
    workbench.run()
    expect(changed(workbench)).to_contain_text("expires in 59 s")
    expect(changed(workbench)).to_contain_text("has expired")
    expect(page.get_by_role("contentinfo")).to_contain_text("1 key")
    workbench.tab("Keyspace")
    workbench.key("long").click()
    expect(page.get_by_role("region", name="Key long")).to_contain_text(re.compile(r"expires in [45]\d s"))
    expect(workbench.key("short")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo run")).to_be_enabled()
