"""What is kept: snapshots of the keyspace, files of it, earlier versions of the work, and work as a file."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from e2e.test_sharing import link_of
from e2e.workbench import Workbench

FILL = "redis.call('HSET', KEYS[1], 'name', 'Ada') redis.call('SET', 'user:count', '1', 'EX', 100) return 'filled'"


def fill(workbench: Workbench) -> None:
    workbench.script(FILL, ["user:1"])
    workbench.run()
    expect(workbench.reply).to_have_text('"filled"')


def open_snapshots(workbench: Workbench) -> Locator:
    workbench.tab("Keyspace")
    workbench.page.get_by_role("button", name="Snapshots").click()
    return workbench.page.get_by_role("dialog", name="Snapshots of the keyspace")


def test_a_snapshot_is_taken_compared_restored_and_deleted(workbench: Workbench, errors: list[str]) -> None:
    fill(workbench)
    dialog = open_snapshots(workbench)
    dialog.get_by_role("textbox", name="Name of the snapshot").fill("filled")
    dialog.get_by_role("button", name="Save (2 keys)").click()
    expect(dialog.get_by_role("status")).to_contain_text("saved as filled")
    workbench.page.keyboard.press("Escape")
    workbench.console("HSET user:1 name Grace")
    workbench.console("DEL user:count")
    expect(workbench.console_output).to_contain_text("(integer) 1")

    dialog = open_snapshots(workbench)
    dialog.get_by_role("button", name="Compare filled with now").click()
    comparison = dialog.get_by_role("region", name="Comparison")
    for line in ("- name  Ada", "+ name  Grace"):
        expect(comparison.get_by_text(line, exact=True)).to_be_visible()
    expect(comparison).to_contain_text("deleted")

    workbench.page.reload()
    workbench.wait_until_ready()
    dialog = open_snapshots(workbench)
    dialog.get_by_role("button", name="Restore filled").click()
    expect(dialog.get_by_role("status")).to_contain_text("that of filled again")
    workbench.page.keyboard.press("Escape")
    expect(workbench.key("user:count")).to_be_visible()
    dialog = open_snapshots(workbench)
    dialog.get_by_role("button", name="Delete filled").click()
    expect(dialog).to_contain_text("None yet")


def test_keys_are_listed_by_namespace(workbench: Workbench) -> None:
    fill(workbench)
    workbench.tab("Keyspace")
    workbench.page.get_by_role("button", name="Namespaces").click()
    namespace = workbench.key(re.compile("^user: namespace"))
    namespace.click()
    expect(workbench.key("user:1")).to_be_visible()
    expect(workbench.key("user:count")).to_be_visible()
    workbench.page.get_by_role("navigation", name="Namespace").get_by_role("button", name="all keys").click()
    expect(namespace).to_contain_text("2 keys")


def test_the_keyspace_goes_out_and_comes_in_as_an_rdb_file(workbench: Workbench, tmp_path: Path) -> None:
    fill(workbench)
    workbench.tab("Keyspace")
    with workbench.page.expect_download() as download:
        workbench.page.get_by_role("combobox", name="Export").select_option("rdb")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.read_bytes().startswith(b"REDIS0010")

    workbench.page.get_by_role("button", name="Empty").click()
    expect(workbench.page.get_by_role("listbox", name="Keys")).to_contain_text("The keyspace is empty")
    workbench.page.get_by_label("Import").set_input_files(file)
    expect(workbench.page.get_by_role("alert")).to_contain_text("dump.rdb was imported")
    expect(workbench.key("user:1")).to_be_visible()


def test_an_example_or_a_link_loses_nothing(workbench: Workbench, errors: list[str]) -> None:
    workbench.script("return 'precious'")
    workbench.page.get_by_role("button", name="Examples").click()
    examples = workbench.page.get_by_role("dialog", name="Examples")
    examples.get_by_role("listitem").first.get_by_role("button").click()
    workbench.page.evaluate("address => { location.hash = address }", link_of({"script": "return 'linked'"})[1:])
    expect(workbench.page.get_by_role("alert")).to_contain_text("came with the link")

    workbench.page.get_by_role("button", name="History").click()
    dialog = workbench.page.get_by_role("dialog", name="History")
    version = dialog.get_by_role("option", name="before an example was opened")
    version.click()
    preview = dialog.get_by_role("region", name="What would change")
    expect(preview.get_by_text("+ return 'precious'")).to_be_visible()
    dialog.get_by_role("button", name="Restore").click()
    workbench.run()
    expect(workbench.reply).to_have_text('"precious"')

    workbench.page.reload()
    workbench.wait_until_ready()
    workbench.page.get_by_role("button", name="History").click()
    expect(dialog.get_by_role("option", name="before an earlier version came back")).to_contain_text("untitled")


def test_work_goes_out_and_comes_in_as_a_file(
    workbench: Workbench, browser: Browser, base_url: str, tmp_path: Path
) -> None:
    large = "-- " + "".join(chr(0x4E00 + index * 7919 % 20_000) for index in range(60_000))
    workbench.script(f"return ARGV[1] {large}", [], ['"\\xff"'])
    workbench.page.get_by_role("button", name="Share").click()
    dialog = workbench.page.get_by_role("dialog", name="Share")
    expect(dialog).to_contain_text("too large for a link")
    with workbench.page.expect_download() as download:
        dialog.get_by_role("button", name="Save as file").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert json.loads(file.read_text("utf-8"))["ferrous"] == 1

    other = Workbench(browser.new_context(base_url=base_url).new_page())
    other.open("/")
    with other.page.expect_file_chooser() as chooser:
        # While the page is busy a key overtakes the driver's wish to be told of the dialog; an answer does not.
        expect(other.page.get_by_role("textbox", name="Lua script")).to_be_visible()
        other.page.keyboard.press("ControlOrMeta+o")
    chooser.value.set_files(file)
    expect(other.page.get_by_role("alert")).to_contain_text("it has not run yet")
    other.run()
    expect(other.reply).to_have_text('"\\xff"')


BAD_FILES: list[tuple[bytes, str]] = [
    (b"{", "it is no JSON"),
    (b'{"script": "return 1"}', "holds no work of Ferrous"),
    (b'{"ferrous": 9, "script": ""}', "newer Ferrous (version 9"),
    (b'{"ferrous": 1}', "holds no script"),
    (b'{"ferrous": 1, "script": "", "engine": "<img>"}', '"engine" is not what'),
    (b'{"ferrous": 1, "script": "", "tests": [{"keys": 1}]}', '"tests[1].keys" is not what'),
    (b'{"ferrous": 1, "script": "' + b"x" * 2_000_001 + b'"}', "two megabytes"),
    (b"REDIS0010nonsense", "corrupt data in RDB file"),
    (b"\xff\xfe\x00", "neither text nor an RDB file"),
    (b"SET a 1\nNOSUCH\n", "line 2: ERR unknown command"),
]


def test_hostile_files_are_refused_with_a_sentence(workbench: Workbench, errors: list[str]) -> None:
    workbench.tab("Keyspace")
    chooser = workbench.page.get_by_label("Import")
    for content, sentence in BAD_FILES:
        payload: FilePayload = {"name": "file", "mimeType": "", "buffer": content}
        chooser.set_input_files(payload)
        expect(workbench.page.get_by_role("alert")).to_contain_text(sentence)
    expect(workbench.page.get_by_role("listbox", name="Keys")).to_contain_text("The keyspace is empty")


def test_a_dropped_file_is_opened(workbench: Workbench) -> None:
    transfer = workbench.page.evaluate_handle(
        """text => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([text], "work.json"));
          return transfer;
        }""",
        json.dumps({"ferrous": 1, "script": "return 'dropped'"}),
    )
    workbench.page.dispatch_event("main", "drop", {"dataTransfer": transfer})
    expect(workbench.page.get_by_role("alert")).to_contain_text("This work came from work.json")
    workbench.run()
    expect(workbench.reply).to_have_text('"dropped"')


def test_a_browser_without_room_says_so(page: Page, errors: list[str]) -> None:
    page.add_init_script(
        "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }"
    )
    workbench = Workbench(page)
    workbench.open("/")
    dialog = open_snapshots(workbench)
    dialog.get_by_role("button", name="Save (0 keys)").click()
    expect(dialog.get_by_role("status")).to_contain_text("no room left")


def test_a_row_of_the_last_question_does_nothing(page: Page, workbench: Workbench) -> None:
    """Until the engine has answered, the list shows what was asked before."""
    fill(workbench)
    workbench.tab("Keyspace")
    expect(workbench.key("user:1")).to_be_visible()
    at_once = """list => {
      document.querySelector('[aria-label="Search keys"]').value = 'count';
      document.querySelector('[aria-label="Search keys"]').dispatchEvent(new Event('input', { bubbles: true }));
      return new Promise((resolve) => new MutationObserver(() => {
        if (list.ariaBusy !== 'true') return;
        list.querySelector('[role=option]').click();
        resolve(true);
      }).observe(list, { attributes: true }));
    }"""
    assert page.get_by_role("listbox", name="Keys").evaluate(at_once)
    expect(workbench.key("user:count")).to_be_visible()
    expect(page.get_by_role("region", name=re.compile("^Key "))).to_have_count(0)


STORED = """async ({settings, console, items}) => {
    localStorage.setItem("ferrous.settings", JSON.stringify(settings));
    localStorage.setItem("ferrous.console", JSON.stringify(console));
    for (const [name, stored] of Object.entries(items)) {
        const opening = indexedDB.open(`ferrous-${name}`);
        opening.onupgradeneeded = () => opening.result.createObjectStore("items");
        await new Promise((resolve) => (opening.onsuccess = resolve));
        const writing = opening.result.transaction("items", "readwrite");
        stored.forEach((item, index) => writing.objectStore("items").put(item, item?.id ?? index));
        await new Promise((resolve) => (writing.oncomplete = resolve));
        opening.result.close();
    }
}"""
"""Puts into the browser what the page keeps there."""


def test_what_is_stored_and_makes_no_sense_is_as_at_first(page: Page, errors: list[str]) -> None:
    page.goto("/manifest.webmanifest")
    shares = {"split": -5, "editorShare": 1e9, "keysShare": "all"}
    settings = {**shares, "theme": "pink", "seconds": -1, "welcomed": "yes", "engineIndex": "javascript:1", "more": 1}
    common = {"when": 1, "size": 1}
    items = {
        "history": [
            {"id": "1", **common, "occasion": "run", "work": {"script": "return 'kept by an earlier build'"}},
            {"id": "2", **common, "occasion": "none", "work": {"script": "return 2"}},
            {"id": "3", **common, "occasion": "run", "work": {"script": 3}},
            None,
        ],
        "snapshots": [{"id": "whole", **common, "keys": 1, "lines": "SET a 1"}, {"id": "torn", **common, "lines": 7}],
    }
    page.evaluate(STORED, {"settings": settings, "console": ["PING", 5, "x" * 20_000], "items": items})
    workbench = Workbench(page)
    workbench.open("/")
    splitter = page.get_by_role("separator", name="Width of the columns")
    expect(splitter).to_have_attribute("aria-valuenow", "54")
    expect(page.get_by_role("button", name="Theme: system")).to_be_visible()
    page.get_by_text("Options").click()
    expect(page.get_by_label("Time limit")).to_have_value("5")
    workbench.script("for i = 1, 200000 do end return 'ran'")
    workbench.run()
    expect(workbench.reply).to_have_text('"ran"')
    page.keyboard.press("Alt+Shift+H")
    versions = page.get_by_role("listbox", name="Versions")
    versions.get_by_role("option", name="untitled").click()
    expect(page.get_by_role("region", name="What would change")).to_contain_text("kept by an earlier build")
    page.keyboard.press("Escape")
    dialog = open_snapshots(workbench)
    expect(dialog).to_contain_text("whole")
    expect(dialog).not_to_contain_text("torn")


def test_a_reload_keeps_the_keyspace_as_far_as_the_footer_says(workbench: Workbench, errors: list[str]) -> None:
    page = workbench.page
    footer = page.get_by_role("contentinfo")
    workbench.console('HSET user:1 name "Ada L" bytes "\\xff"')
    workbench.console("SET short 1 EX 1000")
    workbench.console("SELECT 3")
    workbench.console("RPUSH l a b")
    expect(footer).to_contain_text("3 keys")
    expect(footer).to_contain_text("saved in this browser")
    page.reload()
    workbench.wait_until_ready()
    expect(footer).to_contain_text("3 keys")
    workbench.tab("Keyspace")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    for line, printed in (
        ("HGET user:1 bytes", '"\\xff"'),
        ("TTL short", "(integer) 9"),
        ("SELECT 3", "OK"),
        ("LLEN l", "(integer) 2"),
    ):
        workbench.console(line)
        expect(workbench.console_output).to_contain_text(printed)

    # A run that starts from it, not from the fixture.
    workbench.write("Script", "return redis.call('HGET', KEYS[1], 'name')")
    workbench.fields("KEYS", ["user:1"])
    page.get_by_role("region", name="Call").get_by_text("Options").click()
    page.get_by_label("Start from the fixture").uncheck()
    expect(footer).to_contain_text("saved in this browser")
    page.reload()
    workbench.wait_until_ready()
    workbench.run()
    expect(workbench.reply).to_have_text('"Ada L"')

    workbench.write("Script", "return redis.call('SET', KEYS[1], string.rep('x', 4200000))")
    workbench.run()
    expect(footer).to_contain_text("without the keyspace: its commands have more than 4 MB")
    page.reload()
    workbench.wait_until_ready()
    expect(footer).to_contain_text("0 keys")
    workbench.write("Script", "return redis.call('SET', KEYS[1], 'small')")
    workbench.run()
    expect(footer).to_contain_text(re.compile("saved in this browserHistory"))
