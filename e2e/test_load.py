"""A run as large as people make them by mistake: the page answers every press meanwhile, and shows what it can."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from e2e.workbench import Workbench

MANY = """for i = 1, 50000 do redis.call('SET', 'key:' .. i, 'value ' .. i) end
local line = string.rep('x', 1000)
for i = 1, 5000 do redis.log(redis.LOG_NOTICE, i .. line) end
local reply = {}
for i = 1, 100000 do reply[i] = 'element ' .. i end
return reply"""

HUGE = "return string.rep('abcdefghij', 2000000)"

LONGEST_TASK = 200
"""Milliseconds the page's thread may work at one task: what is pressed meanwhile waits so long."""

MOST_ELEMENTS = 5_000

WHEN_DRAWN = """(what) => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => {
    performance.mark(what);
    resolve(document.getElementsByTagName("*").length);
})))"""


def is_light(page: Page, what: str) -> None:
    """What is done by now does not fill the document. The trace is told of it."""
    elements = page.evaluate(WHEN_DRAWN, what)
    assert elements < MOST_ELEMENTS, what


def tasks(trace: bytes) -> Iterator[tuple[float, str]]:
    """The tasks of the page's thread: milliseconds of processor time, and what was done then.

    PerformanceObserver tells of such tasks too, but by the clock on the wall: that of others is in it.
    """
    events = json.loads(trace)["traceEvents"]
    threads = {(one["pid"], one["tid"]) for one in events if one["args"].get("name") == "CrRendererMain"}
    done = sorted((one["ts"], one["name"]) for one in events if "blink.user_timing" in one["cat"])
    for one in events:
        if "RunTask" in one["name"] and (one["pid"], one["tid"]) in threads and "tdur" in one:
            yield one["tdur"] / 1000, next((what for when, what in done if when > one["ts"]), "afterwards")


def test_however_much_a_run_does_the_page_keeps_up(browser: Browser, workbench: Workbench, errors: list[str]) -> None:
    page = workbench.page
    page.get_by_text("Options").click()
    page.get_by_label("Time limit").select_option("none")
    workbench.script(MANY)
    browser.start_tracing(page=page, categories=["toplevel", "blink.user_timing"])
    workbench.run()
    expect(workbench.reply).to_contain_text('1) "element 1"')
    workbench.wait_until_ready()
    is_light(page, "the run")
    _look_at_everything(workbench)
    for panel, told in {"Trace": "Commands 50,000", "Log": "Lines 5,000", "Reply": "50,000 keys"}.items():
        workbench.tab(panel)
        expect(page.get_by_role("tabpanel", name=re.compile(f"^{panel}"))).to_contain_text(told)
    workbench.script(HUGE)
    workbench.run()
    expect(workbench.reply).to_contain_text("abcdefghij")
    workbench.wait_until_ready()
    is_light(page, "the run with a giant reply")
    _look_at_everything(workbench)
    worked = sorted(tasks(browser.stop_tracing()), reverse=True)
    assert len(worked) > 100
    assert worked[0][0] < LONGEST_TASK, worked[:10]


def _look_at_everything(workbench: Workbench) -> None:
    """Every form of the reply, every tab of the results, and both ends of what is listed there."""
    page = workbench.page
    for form in ("RESP", "Tree", "JSON", "Clients", "redis-cli"):
        page.get_by_role("button", name=form, exact=True).click()
        expect(page.get_by_role("button", name=form, exact=True, pressed=True)).to_be_visible()
        expect(workbench.reply).not_to_have_text("…")
        is_light(page, form)
    for panel in ("Keyspace", "Trace", "Log", "Console", "Tests", "Reply"):
        workbench.tab(panel)
        expect(page.get_by_role("tab", name=re.compile(f"^{panel}"), selected=True)).to_be_visible()
        is_light(page, panel)
        for box in page.get_by_role("tabpanel", name=re.compile(f"^{panel}")).get_by_role("table").all():
            box.focus()
            page.keyboard.press("End")
            is_light(page, f"the end of {panel}")


def test_a_keyspace_of_many_keys_comes_and_goes_with_progress_and_a_way_back(
    browser: Browser, workbench: Workbench, errors: list[str], tmp_path: Path
) -> None:
    page = workbench.page
    footer = page.get_by_role("contentinfo")
    under_way = page.get_by_role("group", name="Under way")
    lines = tmp_path / "keys.redis"
    lines.write_text("".join(f"SET key:{number} value\n" for number in range(30_000)))
    workbench.console("SET before 1")
    expect(footer).to_contain_text("1 key")
    workbench.tab("Keyspace")
    browser.start_tracing(page=page, categories=["toplevel", "blink.user_timing"])
    page.get_by_label("Import").set_input_files(lines)
    expect(under_way).to_contain_text(re.compile(r"Importing line [\d,]+ of 30,001"))
    expect(under_way.get_by_role("progressbar")).to_be_visible()
    under_way.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "keys.redis cannot be opened: it was cancelled, and the keyspace is as it was before."
    )
    expect(footer).to_contain_text("1 key")
    expect(page.get_by_role("button", name="Open it as a script")).to_have_count(0)
    page.get_by_label("Import").set_input_files(lines)
    expect(footer).to_contain_text("30,001 keys")
    is_light(page, "the import")
    files = {}
    for form, name in (("commands", "keyspace.redis"), ("rdb", "dump.rdb")):
        with page.expect_download() as download:
            page.get_by_label("Export", exact=True).select_option(form)
        assert download.value.suggested_filename == name
        files[form] = download.value.path()
        is_light(page, f"the export as {form}")
    assert files["commands"].read_bytes().count(b"\n") == 30_001
    page.get_by_label("Export", exact=True).select_option("fixture")
    expect(page.get_by_role("alert")).to_contain_text("too large for a fixture")
    page.get_by_role("button", name="Empty").click()
    expect(footer).to_contain_text("0 keys")
    is_light(page, "emptying it")
    (dump := tmp_path / "dump.rdb").write_bytes(files["rdb"].read_bytes())
    page.get_by_label("Import").set_input_files(dump)
    expect(footer).to_contain_text("30,001 keys")
    is_light(page, "the import of an RDB file")
    for back in ("Undo load", "Undo load", "Redo load"):
        page.get_by_role("button", name=back).first.click()
        workbench.wait_until_ready()
    expect(footer).to_contain_text("0 keys")
    page.get_by_role("button", name="Undo load").first.click()
    expect(footer).to_contain_text("30,001 keys")
    for typed in ("key:2", "key:29", "key:299", "value"):
        page.get_by_label("Search keys").fill(typed)
    page.get_by_text("in values").click()
    expect(workbench.key(re.compile("^key:0 "))).to_be_visible()
    is_light(page, "all the rest")
    worked = sorted(tasks(browser.stop_tracing()), reverse=True)
    assert worked[0][0] < LONGEST_TASK, worked[:10]
