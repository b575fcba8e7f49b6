"""Tests of a script: recorded from a run, run all at once, carried by the link."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from e2e.workbench import Workbench


def test_a_run_is_recorded_and_a_later_mistake_found(workbench: Workbench, browser: Browser, base_url: str) -> None:
    workbench.script("return redis.call('INCRBY', KEYS[1], ARGV[1])", ["n"], ["2"], "SET n 5")
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 7")
    workbench.page.get_by_role("tab", name="Tests").click()
    while workbench.page.get_by_role("button", name=re.compile("^Remove test")).count():
        workbench.page.get_by_role("button", name=re.compile("^Remove test")).first.click()
    workbench.page.get_by_role("button", name="Record from this run").click()
    workbench.page.get_by_role("button", name="Run all").click()
    expect(workbench.page.get_by_text("1 passed, 0 failed")).to_be_visible()

    workbench.write("Script", "return redis.call('DECRBY', KEYS[1], ARGV[1])")
    workbench.page.get_by_role("tab", name="Tests").click()
    workbench.page.get_by_role("button", name="Run all").click()
    expect(workbench.page.get_by_text("0 passed, 1 failed")).to_be_visible()
    card = workbench.page.get_by_role("region", name="Test test 1")
    expect(card).to_contain_text("(integer) 7")
    expect(card).to_contain_text("(integer) 3")

    workbench.page.get_by_role("button", name="Share").click()
    link = workbench.page.get_by_role("textbox", name="Link")
    expect(link).to_have_value(re.compile("#v1=.+"))
    other = Workbench(browser.new_context(base_url=base_url).new_page())
    other.open(link.input_value())
    other.page.get_by_role("tab", name="Tests").click()
    expect(other.page.get_by_role("textbox", name="Name of test 1")).to_have_value("test 1")


def test_the_tests_of_an_example_pass(workbench: Workbench) -> None:
    workbench.page.get_by_role("button", name="Examples").click()
    workbench.page.get_by_role("searchbox", name="Search examples").fill("lease")
    workbench.page.get_by_role("button", name="Reliable queue").click()
    workbench.page.get_by_role("tab", name="Tests").click()
    workbench.page.get_by_role("button", name="Run all").click()
    expect(workbench.page.get_by_text("3 passed, 0 failed")).to_be_visible()
