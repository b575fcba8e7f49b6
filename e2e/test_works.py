"""Works as files: a new one, opened, dropped, saved, renamed, pasted over; and the history that tells them apart."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from e2e.test_sharing import link_of
from e2e.workbench import Workbench
from ferrous_vm.printing import visible
from ferrous_vm.server import Server

WORK = {
    "name": "Counter",
    "script": "-- counts\nreturn redis.call('INCR', KEYS[1])",
    "keys": ["n"],
    "fixture": "SET n 4",
    "tests": [{"name": "five", "keys": ["n"], "argv": [], "fixture": "SET n 4", "reply": "(integer) 5"}],
}
OTHER = "local limit = tonumber(ARGV[1])\nif limit > 3 then\n  return 'much'\nend\nreturn 'little'\n"

DROP = """([place, files]) => {
  const transfer = new DataTransfer();
  for (const [name, bytes] of files) transfer.items.add(new File([new Uint8Array(bytes)], name));
  const init = { dataTransfer: transfer, bubbles: true, cancelable: true, composed: true };
  for (const type of ["dragover", "drop"]) place.dispatchEvent(new DragEvent(type, init));
}"""


def file_menu(page: Page, item: str) -> None:
    """Choose from the menu of the work."""
    page.get_by_role("button", name=re.compile("^(File|Menu)$")).click()
    page.get_by_role("menuitem", name=item).click()


def open_files(page: Page, *files: tuple[str, bytes]) -> None:
    """Choose files in the browser's own dialog."""
    payloads: list[FilePayload] = [{"name": name, "mimeType": "", "buffer": content} for name, content in files]
    with page.expect_file_chooser() as chooser:
        file_menu(page, "Open…")
    chooser.value.set_files(payloads)


def drop(place: Locator, *files: tuple[str, bytes]) -> None:
    """Let go of files above an element."""
    place.evaluate_handle("(place, files) => (" + DROP + ")([place, files])", [[name, [*data]] for name, data in files])


def script_of(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Lua script")


def name_of(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Name", exact=True)


def paste(page: Page, text: str) -> None:
    """Paste where the focus is."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("ControlOrMeta+v")


def versions_of(page: Page) -> Locator:
    file_menu(page, "History…")
    return page.get_by_role("dialog", name="History").get_by_role("listbox", name="Versions")


@pytest.fixture
def page_with_work(open_workbench: Callable[[str], Workbench], page: Page, errors: list[str]) -> Page:
    open_workbench(link_of(WORK))
    page.get_by_role("alert").get_by_role("button", name="Close").click()
    return page


def test_new_work_is_empty_and_the_former_is_in_the_history(page_with_work: Page) -> None:
    page = page_with_work
    page.keyboard.press("Alt+Shift+N")
    page.keyboard.type("return ARGV[1]")
    expect(name_of(page)).to_have_value("untitled")
    expect(page.get_by_role("textbox", name="KEYS[1]")).to_have_count(0)
    expect(page.get_by_role("tab", name="Tests")).to_have_text("Tests")
    expect(script_of(page)).to_have_text("return ARGV[1]")
    version = versions_of(page).get_by_role("option").first
    expect(version).to_contain_text("Counter")
    expect(version).to_contain_text("before new work was begun")
    expect(version).to_contain_text("-- counts")


def test_a_script_is_opened_dropped_and_saved(page_with_work: Page, tmp_path: Path) -> None:
    page = page_with_work
    open_files(page, ("much or little.lua", OTHER.replace("\n", "\r\n").encode()))
    expect(page.get_by_role("alert")).to_contain_text("was opened as new work; what was here before is in the history")
    expect(page.get_by_role("alert")).to_contain_text("SHA1 is not that of the file")
    expect(name_of(page)).to_have_value("much or little")
    expect(script_of(page)).to_contain_text("local limit")

    with page.expect_download() as download:
        file_menu(page, "Save script as a file")
    assert download.value.suggested_filename == "much-or-little.lua"
    download.value.save_as(tmp_path / "saved.lua")
    assert (tmp_path / "saved.lua").read_text("utf-8") == OTHER

    # Onto the editor itself, which would insert the text.
    drop(script_of(page), ("dropped.lua", b"#!lua name=dropped\nredis.register_function('f', function() return 1 end)"))
    expect(name_of(page)).to_have_value("dropped")
    expect(script_of(page)).not_to_contain_text("local limit")
    expect(page.get_by_role("combobox", name="Function", exact=True)).to_have_value("f")
    names = versions_of(page).get_by_role("option")
    expect(names.nth(0)).to_contain_text("much or little")
    expect(names.nth(1)).to_contain_text("Counter")


def test_files_of_every_kind_are_dropped_at_once(page_with_work: Page, errors: list[str]) -> None:
    page = page_with_work
    server = Server()
    server.connect().execute(b"SET", b"a", b"1")
    rdb = server.save_rdb()
    work = json.dumps({"ferrous": 1, **WORK, "name": "From a file"}).encode()
    drop(page.get_by_role("main"), ("dump.rdb", rdb), ("more.txt", b"SET b 2\nSET c 3\n"), ("work.json", work))
    expect(page.get_by_role("alert")).to_contain_text("This work came from work.json")
    expect(name_of(page)).to_have_value("From a file")
    expect(page.get_by_role("contentinfo")).to_contain_text("3 keys")

    drop(page.get_by_role("main"), ("fill.redis", b"SET n 41"))
    page.get_by_role("alert").get_by_role("button", name="Make it the fixture").click()
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_role("region", name="Reply", exact=True)).to_have_text("(integer) 42")


BAD_FILES: list[tuple[str, bytes, str]] = [
    ("a.lua", b"return '\xff'", "not UTF-8"),
    ("a.lua", b"-" * 2_000_001, "more than two megabytes"),
    ("a.png", b"\x89PNG\r\n\x1a\n", "neither text nor an RDB file"),
    ("a.txt", b"  \n", "it is empty"),
    ("a.json", b'{"ferrous": 1}', "holds no script"),
    ("a\u202eaul.png", b"  \n", "it is empty"),
    ("a.txt", b"local x = 1\nreturn x", "line 1: ERR unknown command"),
]


def test_bad_files_are_told_and_harm_nothing(page_with_work: Page) -> None:
    page = page_with_work
    for name, content, sentence in BAD_FILES:
        open_files(page, (name, content))
        expect(page.get_by_role("alert")).to_contain_text(f"{visible(name)} cannot be opened: ")
        expect(page.get_by_role("alert")).to_contain_text(sentence)
        expect(name_of(page)).to_have_value("Counter")
    page.get_by_role("alert").get_by_role("button", name="Open it as a script").click()
    expect(script_of(page)).to_contain_text("local x = 1")


def test_work_is_saved_and_opened_elsewhere(
    page_with_work: Page, browser: Browser, base_url: str, tmp_path: Path
) -> None:
    page = page_with_work
    name_of(page).fill("Zähler 2")
    with page.expect_download() as download:
        file_menu(page, "Save work as a file")
    assert download.value.suggested_filename == "Zähler-2.ferrous.json"
    file = tmp_path / "work.json"
    download.value.save_as(file)
    other = Workbench(browser.new_context(base_url=base_url).new_page())
    other.open("/")
    open_files(other.page, ("work.json", file.read_bytes()))
    expect(name_of(other.page)).to_have_value("Zähler 2")
    other.page.get_by_role("tab", name="Tests").click()
    other.page.get_by_role("button", name="Run all").click()
    expect(other.page.get_by_text("1 passed, 0 failed")).to_be_visible()


def test_a_work_is_renamed_in_place(page_with_work: Page) -> None:
    page = page_with_work
    name = name_of(page)
    name.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Visits")
    page.keyboard.press("Escape")
    expect(name).to_have_value("Counter")
    name.fill("")
    page.keyboard.press("Enter")
    expect(name).to_have_value("untitled")
    name.fill("Visits")
    page.keyboard.press("Enter")
    expect(name).not_to_be_focused()
    page.get_by_role("button", name="Export").click()
    page.get_by_role("combobox", name="Form").select_option("jedis")
    expect(page.get_by_role("region", name="Snippet")).to_contain_text("Visits")


def test_a_whole_script_pasted_over_another_is_offered_as_new_work(page_with_work: Page) -> None:
    page = page_with_work
    offer = page.get_by_role("status", name="Offer")
    script_of(page).click()
    # Part of the text, and the same script changed elsewhere, are no other work.
    page.keyboard.press("ControlOrMeta+End")
    paste(page, "\n-- a remark that is long enough\n")
    page.keyboard.press("ControlOrMeta+a")
    paste(page, "-- counts\nreturn redis.call('INCRBY', KEYS[1], 2)\n-- a remark that is long enough")
    expect(script_of(page)).to_contain_text("INCRBY")
    expect(offer).to_have_count(0)

    page.keyboard.press("ControlOrMeta+a")
    paste(page, OTHER)
    expect(offer).to_contain_text("It still has the name “Counter” and 1 test")
    offer.get_by_role("button", name="Leave it as it is").click()
    expect(name_of(page)).to_have_value("Counter")
    page.keyboard.press("Escape")

    # First deleted, then pasted.
    script_of(page).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    paste(page, "#!lua name=visits\nredis.register_function('f', function() return 1 end)")
    offer.get_by_role("button", name="Make it new work").click()
    expect(name_of(page)).to_have_value("visits")
    expect(page.get_by_role("tab", name="Tests")).to_have_text("Tests")
    page.get_by_role("button", name="Export").click()
    page.get_by_role("combobox", name="Form").select_option("ioredis")
    expect(page.get_by_role("region", name="Snippet")).not_to_contain_text("Counter")
    page.keyboard.press("Escape")
    version = versions_of(page).get_by_role("option").first
    expect(version).to_contain_text("before another script was pasted")
    expect(version).to_contain_text("local limit")


def test_the_history_tells_versions_apart(page_with_work: Page) -> None:
    page = page_with_work
    script_of(page).click()
    page.keyboard.press("ControlOrMeta+s")
    expect(page.get_by_role("contentinfo")).to_contain_text("version kept")
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(" -- one")
    expect(page.get_by_role("contentinfo")).not_to_contain_text("version kept")
    page.keyboard.press("ControlOrMeta+s")
    page.get_by_role("textbox", name="KEYS[1]").fill("m")
    page.keyboard.press("ControlOrMeta+s")
    open_files(page, ("other.lua", OTHER.encode()))
    versions = versions_of(page).get_by_role("option")
    expect(versions).to_have_count(3)
    expect(versions.nth(0)).to_contain_text("other keys")
    expect(versions.nth(1)).to_contain_text("+1 \u22121 return redis.call('INCR', KEYS[1]) -- one")
    expect(versions.nth(2)).to_contain_text("-- counts")
    search = page.get_by_role("searchbox", name="Search versions")
    search.fill("-- one")
    expect(versions).to_have_count(2)
    search.fill("nothing has this")
    expect(page.get_by_role("dialog", name="History")).to_contain_text("No version has that")


def test_the_menu_is_walked_with_the_keyboard(page_with_work: Page) -> None:
    page = page_with_work
    button = page.get_by_role("button", name="File", exact=True)
    button.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="New")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="History…")).to_be_focused()
    page.keyboard.press("s")
    expect(page.get_by_role("menuitem", name="Save script as a file")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(button).to_be_focused()
    button.click()
    page.get_by_role("main").click(position={"x": 300, "y": 200})
    expect(page.get_by_role("menu")).to_have_count(0)
