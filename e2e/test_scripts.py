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
    expect(script_of(page)).to_be_focused()
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

    # An error is marked in the script that raised it, and in no other.
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text("error('here')")
    workbench.run()
    expect(workbench.error_on_line(1)).to_contain_text("here")
    script_tab(page, "main").click()
    script_of(page).click()
    expect(script_of(page)).to_contain_text("INCR")
    expect(workbench.error_on_line(1)).to_have_count(0)
    script_tab(page, "script-2").click()
    expect(workbench.error_on_line(1)).to_contain_text("here")


def test_what_is_typed_into_a_test_belongs_to_the_script_it_was_typed_for(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script("return 'one'")
    page.get_by_role("button", name="Add a script").click()
    page.get_by_role("tab", name=re.compile("^Tests")).click()
    page.get_by_role("button", name="Add test").click()
    cards = page.get_by_role("region", name=re.compile("^Test (?!s on)"))
    expect(cards).to_have_count(1)
    page.keyboard.press("Alt+PageUp")
    expect(cards).to_have_count(3)
    cards.first.get_by_text("Edit").click()
    reply = cards.first.get_by_label("Expected reply")
    reply.click()
    page.keyboard.type("of main")
    page.keyboard.press("Alt+PageDown")
    expect(cards).to_have_count(1)
    expect(reply).to_have_value("")
    page.keyboard.press("Alt+PageUp")
    expect(cards).to_have_count(3)
    expect(reply).to_have_value(re.compile("of main"))


NO_FRAMES = "window.requestAnimationFrame = () => 0"
"""From here on the page draws no frame: what is done in one, or behind one, comes too late for the next key."""


def test_the_next_key_belongs_where_the_focus_goes(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script("return 'main'")
    page.get_by_role("button", name="Add a script").focus()
    page.evaluate(NO_FRAMES)
    page.keyboard.press("Enter")
    expect(script_of(page)).to_be_focused()
    page.keyboard.type("2")
    expect(script_of(page)).to_have_text("2")
    page.keyboard.press("Alt+PageUp")
    expect(script_of(page)).to_be_focused()
    page.keyboard.type(";")
    expect(script_of(page)).to_have_text("return 'main';")
    script_tab(page, "main").focus()
    page.keyboard.press("ArrowRight")
    expect(script_tab(page, "script-2")).to_be_focused()
    page.get_by_role("tab", name="Reply", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name=re.compile("^Trace"))).to_be_focused()


def test_scripts_are_named_moved_copied_deleted_and_put_back(workbench: Workbench, errors: list[str]) -> None:
    page = workbench.page
    workbench.script("return 'main'")
    page.get_by_role("button", name="Add a script").click()
    expect(script_of(page)).to_be_focused()
    page.keyboard.type("return 'other'")
    script_menu(page, "Rename")
    name = page.get_by_role("textbox", name="Name of the script")
    expect(name).to_be_focused()
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
    expect(script_tab(page, "free-it")).to_be_focused()
    page.keyboard.press("F2")
    name.fill("left")
    page.keyboard.press("Alt+PageUp")
    expect(scripts_of(page)).to_have_text(["main", "left"])
    expect(script_tab(page, "main")).to_have_attribute("aria-selected", "true")
    expect(name).to_have_count(0)
    script_tab(page, "left").dblclick()
    name.fill("free-it")
    page.keyboard.press("Enter")
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


SEVERAL = {
    "name": "Counters",
    "script": "return redis.call('GET', KEYS[1])",
    "scriptName": "read",
    "keys": ["n"],
    "fixture": "FCALL more 1 n\nFCALL more 1 n",
    "place": 1,
    "others": [
        {"script": LIBRARY, "scriptName": "library", "function": "more", "keys": ["n"]},
        {
            "script": "return redis.call('INCR', KEYS[1])",
            "scriptName": "write",
            "keys": ["n"],
            "tests": [{"name": "five", "keys": ["n"], "argv": [], "fixture": "SET n 4", "reply": "(integer) 5"}],
        },
    ],
}


def test_a_link_of_several_scripts_is_read_whole_and_libraries_are_loaded(
    open_workbench: Callable[[str], Workbench], errors: list[str]
) -> None:
    workbench = open_workbench(link_of(SEVERAL).replace("#v1=", "#v2="))
    page = workbench.page
    expect(page.get_by_role("alert")).to_contain_text("it has not run yet")
    expect(scripts_of(page)).to_have_text(["library", "read", "write"])
    workbench.run()
    expect(workbench.reply).to_have_text('"2"')
    workbench.console("FCALL more 1 n")
    expect(workbench.console_output).to_contain_text("(integer) 3")

    # A script is debugged while another is looked at.
    page.get_by_role("button", name="Debug", exact=True).click()
    line = page.get_by_role("region", name="Next line")
    expect(line.get_by_role("button", name="End")).to_be_visible()
    script_tab(page, "library").click()
    expect(line).to_contain_text("This is a recording of the script read, and library is shown.")
    expect(page.get_by_role("combobox", name="Function", exact=True)).to_have_value("more")
    script_tab(page, "read").click()
    expect(line).not_to_contain_text("This is a recording")
    line.get_by_role("button", name="End").click()

    # Only another script is looked at in the second tab: that makes no copy.
    saved(page)
    second = another_tab(page).page
    script_tab(second, "library").click()
    expect(script_of(second)).to_contain_text("name=counters")
    expect(second.get_by_role("status", name="Another tab")).to_be_visible()
    expect(name_of(second)).to_have_value("Counters")
    script_of(second).click()
    second.keyboard.type("-")
    expect(second.get_by_role("status", name="Another tab")).to_have_count(0)
    second.close()
    page.bring_to_front()
    expect(script_tab(page, "read")).to_have_attribute("aria-selected", "true")

    # Tests of all scripts.
    page.get_by_role("tab", name="Tests").click()
    page.get_by_role("button", name="Run all of all scripts").click()
    others = page.get_by_role("region", name="Tests of other scripts")
    expect(others).to_contain_text("1 test · 1 passed, 0 failed")
    others.get_by_role("button", name="write").click()
    expect(page.get_by_text("1 passed, 0 failed")).to_be_visible()
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_role("dialog", name="Export")).to_contain_text("Of the script write")
    page.keyboard.press("Escape")

    # All of it travels on, and comes back when the page is loaded again.
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("textbox", name="Link")).to_have_value(re.compile("#v2=.+"))
    page.keyboard.press("Escape")
    page.reload()
    workbench.wait_until_ready()
    expect(scripts_of(page)).to_have_text(["library", "read", "write"])
    expect(script_tab(page, "write")).to_have_attribute("aria-selected", "true")


BAD_SCRIPTS: list[tuple[object, str]] = [
    ([{"script": "", "scriptName": str(number)} for number in range(10_000)], "10001 scripts"),
    ([{"script": "", "scriptName": "read"}], "two of its scripts have the name read"),
    ([{"script": "", "scriptName": "re\u202ead"}], "others[1].scriptName"),
    ([{"script": "", "scriptName": "a", "tests": [{"reply": 1}]}], "others[1].tests[1].reply"),
    ([{"script": "", "scriptName": "two words"}], "others[1].scriptName"),
    ({}, '"others"'),
    ([{"scriptName": "a"}], "others[1].script"),
]
"""Each has another sentence than the one before, so that it is seen to appear."""


def test_several_files_are_one_work_and_bad_ones_are_told(workbench: Workbench, errors: list[str]) -> None:
    page = workbench.page
    for others, sentence in BAD_SCRIPTS:
        content = json.dumps({"ferrous": 2, "script": "", "scriptName": "read", "others": others}).encode()
        drop(page.get_by_role("main"), ("bad.json", content))
        expect(page.get_by_role("alert")).to_contain_text(sentence)
    expect(name_of(page)).to_have_value("Release a lock")

    drop(
        page.get_by_role("main"),
        ("a b.lua", b"return 'a'\r\n"),
        ("a-b.lua", LIBRARY.encode()),
        ("c.lua", b"return '\xff'"),
        ("fill.redis", b"SET n 41"),
    )
    expect(page.get_by_role("alert")).to_contain_text("2 scripts were opened as one new work")
    expect(page.get_by_role("alert")).to_contain_text("c.lua cannot be opened: it is not UTF-8")
    expect(scripts_of(page)).to_have_text(["a-b", "a-b-2"])
    expect(page.get_by_role("contentinfo")).to_contain_text("1 key")
    script_tab(page, "a-b-2").click()
    workbench.fields("KEYS", ["n"])
    expect(page.get_by_role("combobox", name="Function", exact=True)).to_have_value("more")
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 1")
    with page.expect_download() as download:
        file_menu(page, "Save script as a file")
    assert download.value.suggested_filename == "a-b-2.lua"

    # One more script, to the work that was there, with what was written in it since.
    open_files(page, ("more.lua", b"return 'more'"))
    script_of(page).click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(" -- since")
    expect(script_of(page)).to_have_text("return 'more' -- since")
    page.get_by_role("alert").get_by_role("button", name="Add it to a-b, a-b-2 instead").click()
    expect(scripts_of(page)).to_have_text(["a-b", "a-b-2", "more"])
    expect(script_of(page)).to_have_text("return 'more' -- since")

    # Where there is little room every tab comes into sight, and nothing stands over the edge.
    for _ in range(6):
        page.get_by_role("button", name="Add a script").click()
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 700})
        for name in ("a-b", "script-9"):
            script_tab(page, name).click()
            expect(script_tab(page, name)).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("button", name="Add a script")).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollWidth") == width
