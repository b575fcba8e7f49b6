"""The console: redis-cli's manners at the keyboard, on the keyspace of the script."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from e2e.workbench import Workbench


def line(workbench: Workbench) -> Locator:
    """The line at the prompt, with the focus."""
    workbench.tab("Console")
    field = workbench.page.get_by_role("textbox", name="Redis command")
    field.focus()
    return field


def test_the_arguments_are_shown_while_a_command_is_typed(workbench: Workbench) -> None:
    field = line(workbench)
    field.press_sequentially("hset ")
    expect(field).to_have_accessible_description("key field value [field value ...]")
    field.press_sequentially("h f ")
    expect(field).to_have_accessible_description("value [field value ...]")
    field.press("Control+c")
    expect(field).to_have_value("")


def test_tab_goes_through_the_names_and_escape_back(workbench: Workbench) -> None:
    field = line(workbench)
    field.press_sequentially("xa")
    for expected in ("XACK", "XADD", "XAUTOCLAIM", "xa", "XACK"):
        field.press("Tab")
        expect(field).to_have_value(expected)
    field.press("Escape")
    expect(field).to_have_value("xa")


def test_tab_completes_the_words_of_a_command(workbench: Workbench) -> None:
    field = line(workbench)
    field.press_sequentially("zrange board 0 -1 wi")
    field.press("Tab")
    expect(field).to_have_value("zrange board 0 -1 withscores")
    field.fill("SET k G")
    field.press("Tab")
    expect(field).to_have_value("SET k G")
    field.focus()
    field.fill("SET k v G")
    field.press("Tab")
    expect(field).to_have_value("SET k v GET")


def test_history_goes_back_and_is_there_after_a_reload(workbench: Workbench) -> None:
    for typed, answer in (("SET k 1", "OK"), ("GET k", '"1"'), ("AUTH secret", "ERR AUTH")):
        workbench.console(typed)
        expect(workbench.console_output).to_contain_text(answer)
    workbench.page.reload()
    workbench.wait_until_ready()
    field = line(workbench)
    field.fill("draft")
    for key, expected in (("ArrowUp", "GET k"), ("ArrowUp", "SET k 1"), ("ArrowDown", "GET k"), ("ArrowDown", "draft")):
        field.press(key)
        expect(field).to_have_value(expected)


def test_lines_typed_ahead_are_answered_in_their_order(workbench: Workbench) -> None:
    workbench.script("while true do end")
    workbench.run()
    field = line(workbench)
    for typed in ("RPUSH l a", "RPUSH l b", "LRANGE l 0 -1"):
        field.fill(typed)
        field.press("Enter")
        expect(workbench.console_output).to_contain_text(typed)
    workbench.page.get_by_role("button", name="Stop").click()
    in_order = re.compile(r"integer\) 1.*integer\) 2.*1\) \"a\"\s*2\) \"b\"", re.DOTALL)
    expect(workbench.console_output).to_contain_text(in_order)


def test_the_list_is_emptied(workbench: Workbench) -> None:
    workbench.console("PING")
    expect(workbench.console_output).to_contain_text("PONG")
    line(workbench).press("Control+l")
    expect(workbench.console_output).not_to_contain_text("PONG")
    workbench.console("PING")
    expect(workbench.console_output).to_contain_text("PONG")
    workbench.console("clear")
    expect(workbench.console_output).not_to_contain_text("PONG")


def test_the_prompt_tells_transaction_and_database(workbench: Workbench) -> None:
    workbench.console("SELECT 1")
    workbench.console("MULTI")
    workbench.console("SET k v")
    expect(workbench.console_output).to_contain_text("ferrous[1](TX)> SET k v")
    expect(workbench.console_output).to_contain_text("QUEUED")
    workbench.console("EXEC")
    expect(workbench.console_output).to_contain_text("1) OK")


def test_messages_of_a_script_arrive_until_reading_is_stopped(workbench: Workbench) -> None:
    workbench.script("return redis.call('PUBLISH', KEYS[1], 'from the script')", ["news"])
    workbench.console("SUBSCRIBE news")
    expect(workbench.console_output).to_contain_text("Reading messages...")
    workbench.run()
    expect(workbench.console_output).to_contain_text('3) "from the script"')
    workbench.page.get_by_role("button", name="Stop reading").click()
    expect(workbench.page.get_by_role("textbox", name="Redis command")).to_be_focused()


def test_help_repetition_and_resp3(workbench: Workbench) -> None:
    workbench.console("help get")
    expect(workbench.console_output).to_contain_text("summary: Get the value of a key")
    workbench.console("3 INCR n")
    expect(workbench.console_output).to_contain_text(re.compile(r"\(integer\) 1\s*\(integer\) 2\s*\(integer\) 3"))
    workbench.console("HELLO 3")
    workbench.console("HSET h f v")
    workbench.console("HGETALL h")
    expect(workbench.console_output).to_contain_text('1# "f" => "v"')


def test_a_command_that_would_wait_says_so(workbench: Workbench) -> None:
    workbench.console("BLPOP queue 0")
    expect(workbench.console_output).to_contain_text("A server would have waited")
