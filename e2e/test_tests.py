"""Tests of a script: recorded from a run, run on keyspaces of their own, compared, and carried by the link."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Locator, expect

from e2e.test_sharing import link_of
from e2e.workbench import Workbench

LIBRARY = """#!lua name=totals
local function add(keys, args)
  return redis.call('HINCRBY', keys[1], 'total', args[1])
end
redis.register_function('add', add)
redis.register_function{
  function_name = 'look',
  callback = function(keys)
    redis.setresp(3)
    return redis.call('HGETALL', keys[1])
  end,
  flags = {'no-writes'},
}
"""


def show_tests(workbench: Workbench) -> None:
    workbench.page.get_by_role("tab", name="Tests").click()


def remove_all(workbench: Workbench) -> None:
    show_tests(workbench)
    remove = workbench.page.get_by_role("button", name=re.compile("^Remove test"))
    while remove.count():
        remove.first.click()


def run_all(workbench: Workbench) -> None:
    show_tests(workbench)
    workbench.page.get_by_role("button", name="Run all").click()


def card(workbench: Workbench, name: str) -> Locator:
    return workbench.page.get_by_role("region", name=f"Test {name}", exact=True)


def record(workbench: Workbench, script: str, keys: list[str], argv: list[str], fixture: str) -> None:
    """Run a script and make a test of the run."""
    workbench.script(script, keys, argv, fixture)
    workbench.run()
    expect(workbench.reply).to_be_visible()
    remove_all(workbench)
    workbench.page.get_by_role("button", name="Record from this run").click()
    expect(workbench.page.get_by_text("1 passed, 0 failed")).to_be_visible()


def test_a_run_is_recorded_and_a_later_mistake_found(workbench: Workbench, errors: list[str]) -> None:
    record(workbench, "return redis.call('INCRBY', KEYS[1], ARGV[1])", ["n"], ["2"], "SET n 5")
    expect(card(workbench, "test 1")).to_contain_text("(integer) 7")

    workbench.write("Script", "return redis.call('DECRBY', KEYS[1], ARGV[1])")
    show_tests(workbench)
    expect(card(workbench, "test 1")).to_contain_text("not run")
    run_all(workbench)
    expect(workbench.page.get_by_text("0 passed, 1 failed")).to_be_visible()
    difference = card(workbench, "test 1").get_by_role("group", name="Difference")
    for line in ("- (integer) 7", "+ (integer) 3", "- 7", "+ 3"):
        expect(difference.get_by_text(line, exact=True)).to_be_visible()

    difference.get_by_role("button", name="Expect what came").click()
    run_all(workbench)
    expect(workbench.page.get_by_text("1 passed, 0 failed")).to_be_visible()


def test_tests_leave_the_keyspace_alone(workbench: Workbench) -> None:
    record(workbench, "return redis.call('DEL', KEYS[1])", ["n"], [], "SET n 5")
    workbench.console("SET n mine")
    run_all(workbench)
    expect(workbench.page.get_by_text("1 passed, 0 failed")).to_be_visible()
    workbench.console("GET n")
    expect(workbench.console_output).to_contain_text('"mine"')


def test_a_test_is_written_by_hand(workbench: Workbench) -> None:
    workbench.script("return redis.call('SET', KEYS[1], ARGV[1], 'EX', 60)", ["k"], ["v"])
    remove_all(workbench)
    workbench.page.get_by_role("button", name="Add test").click()
    one = card(workbench, "test 1")
    one.get_by_text("Edit").click()
    one.get_by_label("ARGV, one a line").fill('"two words"')
    one.get_by_label("Expected reply").fill("OK")
    one.get_by_label("Clock, Unix seconds").fill("1700000000")
    one.get_by_label("Compare the keyspace too").check()
    one.get_by_label("Expected keyspace, as commands").fill("SET k 'two words' EX 30")
    run_all(workbench)
    difference = one.get_by_role("group", name="Difference")
    expect(difference).to_contain_text("expires in 30 s expected, expires in 1 min came")
    one.get_by_label("Expected keyspace, as commands").fill("SET k 'two words' EX 60")
    run_all(workbench)
    expect(workbench.page.get_by_text("1 passed, 0 failed")).to_be_visible()


def test_a_test_is_opened_in_the_workbench(workbench: Workbench) -> None:
    record(workbench, "return redis.call('GET', KEYS[1])", ["a"], [], "SET a first")
    workbench.fields("KEYS", ["b"])
    workbench.page.get_by_role("button", name="Open test test 1").click()
    expect(workbench.reply).to_have_text('"first"')
    expect(workbench.page.get_by_role("textbox", name="KEYS[1]")).to_have_value("a")


def test_a_failing_fixture_is_told(workbench: Workbench) -> None:
    record(workbench, "return 1", [], [], "")
    one = card(workbench, "test 1")
    one.get_by_text("Edit").click()
    one.get_by_label("Fixture of the test").fill("SET k v\nLPUSH k x")
    run_all(workbench)
    expect(one).to_contain_text("Line 2 of the fixture failed: WRONGTYPE")


def test_tests_travel_with_the_link(workbench: Workbench, browser: Browser, base_url: str) -> None:
    record(workbench, "return redis.call('INCR', KEYS[1])", ["n"], [], "SET n 5")
    workbench.page.get_by_role("button", name="Share").click()
    link = workbench.page.get_by_role("textbox", name="Link")
    expect(link).to_have_value(re.compile("#v1=.+"))
    other = Workbench(browser.new_context(base_url=base_url).new_page())
    other.open(link.input_value())
    run_all(other)
    expect(other.page.get_by_text("1 passed, 0 failed")).to_be_visible()


def test_a_link_of_before_has_no_tests(open_workbench: Callable[[str], Workbench]) -> None:
    workbench = open_workbench(link_of({"script": "return 'old'", "keys": [], "argv": []}))
    workbench.run()
    expect(workbench.reply).to_have_text('"old"')
    show_tests(workbench)
    expect(workbench.page.get_by_role("button", name="Run all")).to_be_disabled()


def test_tests_in_a_link_are_read_with_suspicion(open_workbench: Callable[[str], Workbench]) -> None:
    workbench = open_workbench(link_of({"script": "return 1", "tests": [{"name": "x"}, {"reply": 5}]}))
    expect(workbench.page.get_by_role("alert")).to_contain_text('its "tests[2].reply" is not what it should be')


def test_the_tests_of_an_example_pass(workbench: Workbench) -> None:
    workbench.page.get_by_role("button", name="Examples").click()
    workbench.page.get_by_role("searchbox", name="Search examples").fill("lease died")
    workbench.page.get_by_role("button", name="Reliable queue").click()
    run_all(workbench)
    expect(workbench.page.get_by_text("3 passed, 0 failed")).to_be_visible()


def test_a_test_keeps_the_function_the_command_and_the_protocol_of_its_run(
    workbench: Workbench, browser: Browser, base_url: str, errors: list[str]
) -> None:
    page = workbench.page
    workbench.script(LIBRARY, ["n"], ["5"], "HSET n total 1")
    page.get_by_role("button", name="Call it with FCALL").click()
    function = page.get_by_role("combobox", name="Function", exact=True)
    call = page.get_by_role("region", name="Call")
    expect(function).to_have_value("add")
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 6")
    remove_all(workbench)
    page.get_by_role("button", name="Record from this run").click()
    expect(page.get_by_text("1 passed, 0 failed")).to_be_visible()

    function.select_option("look")
    call.get_by_text("Options").click()
    call.get_by_label("Protocol").select_option("3")
    call.get_by_label("Command").select_option("FCALL_RO")
    workbench.run()
    expect(workbench.reply).to_contain_text('1# "total" => "1"')
    page.get_by_role("button", name="Record from this run").click()
    expect(card(workbench, "test 2")).to_contain_text("FCALL_RO look, RESP3")
    run_all(workbench)
    expect(page.get_by_text("2 passed, 0 failed")).to_be_visible()

    call.get_by_label("Command").select_option("FCALL")
    function.select_option("add")
    card(workbench, "test 1").get_by_text("Edit").click()
    # What is being typed stays, though a run draws everything anew.
    typed = card(workbench, "test 1").get_by_label("Function")
    typed.fill("look")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(workbench.reply).to_have_text("(integer) 6")
    expect(typed).to_be_focused()
    expect(typed).to_have_value("look")
    run_all(workbench)
    expect(page.get_by_text("1 passed, 1 failed")).to_be_visible()
    page.get_by_role("button", name="Open test test 2").click()
    expect(function).to_have_value("look")
    expect(call).to_contain_text("FCALL_RO look")

    page.get_by_role("button", name="Share").click()
    link = page.get_by_role("textbox", name="Link")
    expect(link).to_have_value(re.compile("#v1=.+"))
    other = Workbench(browser.new_context(base_url=base_url).new_page())
    other.open(link.input_value())
    run_all(other)
    expect(other.page.get_by_text("1 passed, 1 failed")).to_be_visible()
    expect(card(other, "test 2")).to_contain_text("FCALL_RO look, RESP3")


def test_tests_of_a_link_of_before_call_as_their_work_did(open_workbench: Callable[[str], Workbench]) -> None:
    """Links were made whose tests say nothing of function, command and protocol."""
    old = {"name": "old", "keys": ["n"], "argv": ["2"], "fixture": "", "reply": "(integer) 2", "keyspace": None}
    work = {"script": LIBRARY, "mode": "FCALL", "function": "add", "tests": [old]}
    workbench = open_workbench(link_of(work))
    workbench.page.get_by_role("combobox", name="Function", exact=True).select_option("look")
    run_all(workbench)
    expect(workbench.page.get_by_text("1 passed, 0 failed")).to_be_visible()
