"""`ferrous open`: scripts that are files, written by Ctrl+S and read again when another program changed them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import SITE
from e2e.test_tabs import another_tab
from e2e.test_works import script_of, versions_of
from e2e.workbench import Workbench
from ferrous_vm.command_line.named_files import NamedFilesServer, named

Open = Callable[..., NamedFilesServer]


@pytest.fixture
def open_files(page: Page, tmp_path: Path) -> Iterator[Open]:
    """Opens the page with files of a folder, as `ferrous open` does."""
    with ExitStack() as stack:

        def open_files(**files: bytes) -> NamedFilesServer:
            for name, content in files.items():
                (tmp_path / f"{name}.lua").write_bytes(content)
            server = stack.enter_context(NamedFilesServer(SITE, 0, named([tmp_path])))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
            page.on("dialog", lambda dialog: dialog.accept())
            Workbench(page).open(server.address)
            return server

        yield open_files


def footer(page: Page) -> Locator:
    return page.get_by_role("contentinfo")


def type_first(page: Page, text: str) -> None:
    """Type at the beginning of the script."""
    script_of(page).click()
    page.keyboard.press("ControlOrMeta+Home")
    page.keyboard.type(text)


def test_a_file_is_written_when_it_is_saved_and_no_sooner(
    page: Page, open_files: Open, tmp_path: Path, errors: list[str]
) -> None:
    open_files(stock=b"return 1\n")
    expect(page.get_by_role("alert")).to_contain_text("stock.lua is open here")
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("stock.lua")
    expect(footer(page)).to_contain_text("stock.lua: written")
    type_first(page, "-- more\n")
    expect(footer(page)).to_contain_text("stock.lua: not written")
    assert (tmp_path / "stock.lua").read_bytes() == b"return 1\n"
    page.keyboard.press("ControlOrMeta+s")
    expect(footer(page)).to_contain_text("stock.lua: written")
    assert (tmp_path / "stock.lua").read_bytes() == b"-- more\nreturn 1\n"
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_role("region", name="Reply", exact=True)).to_contain_text("(integer) 1")

    # What is typed and not written outlives a reload, and is not yet in the file.
    type_first(page, "-- unwritten\n")
    page.reload()
    Workbench(page).wait_until_ready()
    expect(script_of(page)).to_contain_text("-- unwritten")
    expect(footer(page)).to_contain_text("stock.lua: not written")
    footer(page).get_by_role("button", name="stock.lua: not written").click()
    expect(footer(page)).to_contain_text("stock.lua: written")
    assert (tmp_path / "stock.lua").read_bytes() == b"-- unwritten\n-- more\nreturn 1\n"


def test_a_file_that_another_program_changes_is_read_again_and_undo_goes_on(
    page: Page, open_files: Open, tmp_path: Path, errors: list[str]
) -> None:
    open_files(stock=b"return 1\n")
    type_first(page, "-- typed\n")
    page.keyboard.press("ControlOrMeta+s")
    expect(footer(page)).to_contain_text("stock.lua: written")
    (tmp_path / "stock.lua").write_bytes(b"-- typed\nreturn 1 + 1\n")
    expect(script_of(page)).to_contain_text("return 1 + 1")
    expect(footer(page)).to_contain_text("stock.lua: read again")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_role("region", name="Reply", exact=True)).to_contain_text("(integer) 2")


def test_what_was_changed_on_both_sides_waits_for_the_person(page: Page, open_files: Open, tmp_path: Path) -> None:
    open_files(stock=b"return 1\n")
    told = page.get_by_role("status", name="File stock.lua")
    for button, text in (("Take the file", "return 'theirs'"), ("Write what is here", "-- here")):
        type_first(page, "-- here\n")
        (tmp_path / "stock.lua").write_bytes(b"return 'theirs' -- %s\n" % button.encode())
        expect(told).to_contain_text("was changed by another program, and here too")
        script_of(page).click()
        page.keyboard.press("ControlOrMeta+s")
        expect(told).to_be_visible()
        assert b"theirs" in (tmp_path / "stock.lua").read_bytes()
        told.get_by_role("button", name=button).click()
        expect(told).to_have_count(0)
        expect(script_of(page)).to_contain_text(text)
        expect(footer(page)).to_contain_text("stock.lua: written" if text == "-- here" else "stock.lua: ")
    assert b"-- here" in (tmp_path / "stock.lua").read_bytes()
    # Neither side is lost: what was here at each Ctrl+S, and what the file was.
    expect(versions_of(page).get_by_role("option")).to_have_count(3)


def test_a_file_that_is_gone_read_only_or_no_text_is_told_and_never_harmed(
    page: Page, open_files: Open, tmp_path: Path
) -> None:
    file = tmp_path / "stock.lua"
    open_files(stock=b"\xef\xbb\xbfreturn 1\r\nreturn 2\r\n", bytes=b"return '\xff'\n", mixed=b"return 3\r\n\n")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("bytes.lua cannot be opened: it is not UTF-8")
    expect(alert).to_contain_text("The lines of stock.lua end with CR LF")
    expect(alert).to_contain_text("stock.lua begins with a byte order mark")
    scripts = page.get_by_role("tablist", name="Scripts")
    scripts.get_by_role("tab", name="stock").click()
    type_first(page, "-- é\n")
    page.keyboard.press("ControlOrMeta+s")
    expect(footer(page)).to_contain_text("2 files: written")
    assert file.read_bytes() == "\ufeff-- é\r\nreturn 1\r\nreturn 2\r\n".encode()

    file.chmod(0o444)
    type_first(page, "-- 2\n")
    page.keyboard.press("ControlOrMeta+s")
    expect(alert).to_contain_text("stock.lua was not written: it cannot be written: it is read-only.")
    file.chmod(0o644)
    file.unlink()
    told = page.get_by_role("status", name="File stock.lua")
    told.get_by_role("button", name="Write it again").click()
    expect(told).to_have_count(0)
    assert file.read_bytes().startswith("\ufeff-- 2\r\n-- é\r\n".encode())
    file.write_bytes(b"\xff")
    expect(told).to_contain_text("it is not UTF-8")
    page.keyboard.press("ControlOrMeta+s")
    assert file.read_bytes() == b"\xff"

    scripts.get_by_role("tab", name="mixed").click()
    type_first(page, "-- 3\n")
    page.keyboard.press("ControlOrMeta+s")
    expect(alert).to_contain_text("mixed.lua was not written: its lines end in more than one way")
    assert (tmp_path / "mixed.lua").read_bytes() == b"return 3\r\n\n"
    alert.get_by_role("button", name="Write it with Unix line ends").click()
    expect(footer(page)).to_contain_text("stock.lua: not written")
    assert (tmp_path / "mixed.lua").read_bytes() == b"-- 3\nreturn 3\n\n"
    assert (tmp_path / "bytes.lua").read_bytes() == b"return '\xff'\n"


def test_two_tabs_other_work_and_the_end_of_the_server(page: Page, open_files: Open, tmp_path: Path) -> None:
    server = open_files(stock=b"return 1\n")
    second = another_tab(page, server.address).page
    expect(footer(second)).to_contain_text("stock.lua: written")
    type_first(second, "-- second\n")
    second.keyboard.press("ControlOrMeta+s")
    expect(footer(second)).to_contain_text("stock.lua: written")
    page.bring_to_front()
    expect(script_of(page)).to_contain_text("-- second")

    # Other work has nothing to do with the file, and there is a way back.
    page.keyboard.press("Alt+Shift+N")
    page.keyboard.press("ControlOrMeta+s")
    footer(page).get_by_role("button", name="Back to stock.lua").click()
    expect(script_of(page)).to_contain_text("-- second")
    assert (tmp_path / "stock.lua").read_bytes() == b"-- second\nreturn 1\n"

    page.context.set_offline(True)
    expect(footer(page)).to_contain_text("ferrous open has ended")
    type_first(page, "-- late\n")
    page.keyboard.press("ControlOrMeta+s")
    expect(page.get_by_role("alert")).to_contain_text(re.compile("stays in this browser"))
    assert (tmp_path / "stock.lua").read_bytes() == b"-- second\nreturn 1\n"
