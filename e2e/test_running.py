"""A script runs: its reply, its errors on their lines, what it changed, and Stop."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.workbench import Workbench


def test_keys_arguments_and_the_fixture_reach_the_script(workbench: Workbench) -> None:
    workbench.script(
        "return {KEYS[1], ARGV[1], redis.call('GET', KEYS[1])}", ["user:1"], ['"\\x00z"'], "SET user:1 'a b'"
    )
    workbench.run()
    expect(workbench.reply).to_have_text('1) "user:1" 2) "\\x00z" 3) "a b"')


def test_the_keyboard_runs(workbench: Workbench) -> None:
    workbench.script("return 'by keyboard'")
    workbench.page.keyboard.press("ControlOrMeta+Enter")
    expect(workbench.reply).to_have_text('"by keyboard"')


def test_a_syntax_error_stands_on_its_line(workbench: Workbench) -> None:
    workbench.script("local a = 1\nlocal b = = 2\nreturn a")
    workbench.run()
    expect(workbench.error_on_line(2)).to_contain_text("unexpected symbol near '='")
    expect(workbench.reply).to_contain_text("(error) ERR Error compiling script")


def test_a_runtime_error_stands_on_its_line(workbench: Workbench) -> None:
    workbench.script("local t\n\n\nreturn t.x")
    workbench.run()
    expect(workbench.error_on_line(4)).to_contain_text("attempt to index local 't' (a nil value)")


def test_what_the_linter_foresaw_is_told_once(workbench: Workbench) -> None:
    notes = workbench.page.get_by_role("note", name=re.compile("on line 2$"))
    for line, told in (
        ("return nosuch", "There is no global `nosuch`"),
        ("return redis.call('NOSUCH')", "has no command NOSUCH"),
        ("return redis.call('GET')", "GET"),
        ("left = 1", "left"),
        ("local x = nil .. 'a'", "attempt to concatenate"),
    ):
        workbench.script(f"local a = 1\n{line}")
        workbench.run()
        expect(workbench.page.get_by_role("contentinfo").get_by_role("button", name="failed on line 2")).to_be_visible()
        expect(notes).to_contain_text([told])


def test_an_error_goes_away_with_the_next_run(workbench: Workbench) -> None:
    workbench.script("error('no')")
    workbench.run()
    expect(workbench.error_on_line(1)).to_be_visible()
    workbench.script("return 1")
    workbench.run()
    expect(workbench.error_on_line(1)).to_have_count(0)


def test_a_failing_fixture_is_shown_in_the_fixture(workbench: Workbench) -> None:
    workbench.script("return 1", fixture="SET k v\nLPUSH k x")
    workbench.run()
    expect(workbench.error_on_line(2)).to_contain_text("WRONGTYPE")


def test_what_changed_is_told_and_taken_back(workbench: Workbench) -> None:
    workbench.script("return redis.call('HINCRBY', KEYS[1], 'n', 3)", ["h"], fixture="HSET h n 4")
    workbench.run()
    changed = workbench.page.get_by_role("region", name="What changed")
    expect(changed).to_contain_text("- n  4")
    expect(changed).to_contain_text("+ n  7")
    changed.get_by_role("button", name="Undo run").click()
    workbench.console("HGET h n")
    expect(workbench.console_output).to_contain_text('"4"')


def test_the_trace_and_the_log_name_their_lines(workbench: Workbench) -> None:
    workbench.script("redis.log(redis.LOG_WARNING, 'careful')\nreturn redis.call('INCR', 'n')")
    workbench.run()
    workbench.tab("Trace")
    expect(workbench.page.get_by_role("row", name=re.compile(r"^2 INCR n \(integer\) 1"))).to_be_visible()
    workbench.tab("Keys")
    expect(workbench.page.get_by_role("region", name="Keys of the run").get_by_role("row", name="n no")).to_be_visible()
    workbench.tab("Log")
    expect(workbench.page.get_by_role("row", name="warning 1 careful")).to_be_visible()


@pytest.mark.parametrize("is_isolated", [True, False], ids=["interrupt", "new worker"])
def test_stop_ends_an_endless_loop_and_leaves_the_keyspace(
    open_workbench: Callable[[str], Workbench], plain_url: str, is_isolated: bool
) -> None:
    stoppable = open_workbench("/" if is_isolated else plain_url)
    stoppable.engine.evaluate("self.isTheFirst = true")
    stoppable.console("SET n before")
    stoppable.script("redis.call('SET', 'n', 'during') while true do end", fixture="SET other 1")
    stoppable.run()
    stoppable.tab("Reply")
    stoppable.page.get_by_role("button", name="Stop").click()
    expect(stoppable.page.get_by_role("status").filter(has_text="Stopped")).to_be_visible()
    stoppable.wait_until_ready()
    stoppable.console("KEYS *")
    expect(stoppable.console_output).to_contain_text('1) "n"')
    stoppable.console("GET n")
    expect(stoppable.console_output).to_contain_text('"before"')
    expect(stoppable.console_output).not_to_contain_text("other")
    assert stoppable.engine.evaluate("self.isTheFirst === true") == is_isolated


BUSY = "setTimeout(() => { for (const end = performance.now() + 400; performance.now() < end; ) ; })"


def test_stop_is_heard_also_before_python_begins(workbench: Workbench, errors: list[str]) -> None:
    workbench.engine.evaluate("self.isTheFirst = true")
    workbench.script("while true do end")
    workbench.engine.evaluate(BUSY)
    workbench.page.keyboard.press("ControlOrMeta+Enter")
    workbench.page.keyboard.press("ControlOrMeta+.")
    expect(workbench.page.get_by_role("status").filter(has_text="Stopped")).to_be_visible()
    workbench.wait_until_ready()
    assert workbench.engine.evaluate("self.isTheFirst === true")
    workbench.script("return 'alive'")
    workbench.run()
    expect(workbench.reply).to_have_text('"alive"')


def test_stop_is_not_caught_by_pcall(workbench: Workbench) -> None:
    workbench.script("while true do pcall(function() while true do end end) end")
    workbench.run()
    workbench.page.get_by_role("button", name="Stop").click()
    expect(workbench.page.get_by_role("status").filter(has_text="Stopped")).to_be_visible()
    # The time an interrupted script has to stop is not that of the next one.
    workbench.script(
        "local t = redis.call('TIME') "
        "repeat local now = redis.call('TIME') until now[1] + now[2] / 1e6 > t[1] + t[2] / 1e6 + 2 return 'alive'"
    )
    workbench.run()
    expect(workbench.reply).to_have_text('"alive"')


def test_the_time_limit_ends_a_run(workbench: Workbench) -> None:
    workbench.page.get_by_text("Options").click()
    workbench.page.get_by_label("Time limit").select_option("1 s")
    workbench.script("while true do end")
    workbench.run()
    expect(workbench.page.get_by_role("status").filter(has_text="longer than 1 s")).to_be_visible()


def test_the_memory_limit_ends_a_run(workbench: Workbench) -> None:
    workbench.engine.evaluate("self.isTheFirst = true")
    workbench.page.get_by_text("Options").click()
    workbench.page.get_by_label("Time limit").select_option("none")
    workbench.script(
        "redis.call('SET', KEYS[1], 'during') local t = {} while true do t[#t + 1] = ('x'):rep(1000) end",
        keys=["n"],
        fixture="SET n before",
    )
    for _ in range(2):  # what the first run took is there for the second
        workbench.run()
        expect(workbench.page.get_by_role("status").filter(has_text="more than 512 MB of memory")).to_be_visible()
        workbench.wait_until_ready()
    workbench.console("EXISTS n")
    expect(workbench.console_output).to_contain_text("(integer) 0")
    assert workbench.engine.evaluate("self.isTheFirst === true")


def test_a_dead_worker_comes_back_with_its_keyspace(workbench: Workbench, page: Page) -> None:
    workbench.console("SET kept here")
    expect(workbench.console_output).to_contain_text("OK")
    page.workers[0].evaluate("setTimeout(() => { throw new Error('out of memory') })")
    expect(page.get_by_role("alert")).to_contain_text("was started again")
    workbench.wait_until_ready()
    workbench.tab("Keyspace")
    expect(page.get_by_role("button", name=re.compile("^Undo"))).to_be_disabled()
    workbench.console("GET kept")
    expect(workbench.console_output).to_contain_text('"here"')
    workbench.script("return redis.call('NOSUCH')")
    workbench.run()
    expect(page.get_by_role("contentinfo")).to_contain_text("failed on line 1")
    expect(page.get_by_role("alert")).to_be_visible()
    workbench.script("return 'well again'")
    workbench.run()
    expect(page.get_by_role("contentinfo")).to_contain_text("replied after")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_failing_run_is_seen_whatever_is_shown(workbench: Workbench) -> None:
    """The reply is behind another tab, and the line is out of view."""
    page = workbench.page
    workbench.script("local n = 1\n\nerror('on the third')\n" + "n = n + 1\n" * 150, fixture="PING")
    page.keyboard.press("ControlOrMeta+End")
    workbench.tab("Keyspace")
    page.get_by_role("tab", name="Fixture").click()
    workbench.run()
    sentence = workbench.error_on_line(3)
    expect(sentence).to_be_in_viewport()
    reply = page.get_by_role("tab", name=re.compile("^Reply"))
    expect(reply.get_by_role("img", name="failed")).to_be_visible()
    ending = page.get_by_role("contentinfo").get_by_role("button", name="failed on line 3")
    ending.click()
    expect(workbench.reply).to_contain_text("on the third")
    workbench.tab("Trace")
    workbench.write("Fixture", "NOSUCH")
    workbench.run()
    expect(page.get_by_role("contentinfo")).to_contain_text("the fixture failed on line 1")
    expect(reply.get_by_role("img", name="failed")).to_be_visible()
    workbench.script("return 1")
    workbench.run()
    expect(page.get_by_role("contentinfo").get_by_role("button", name=re.compile("^replied after"))).to_be_visible()
    expect(reply.get_by_role("img")).to_have_count(0)
