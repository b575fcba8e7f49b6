"""The fixture is checked, completed and explained as it is typed; commands that were passed around are understood."""

from __future__ import annotations

import hashlib
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.test_works import drop, name_of, paste, script_of, versions_of
from e2e.workbench import Workbench

SESSION = """127.0.0.1:6379> SET a 1
OK
127.0.0.1:6379> LPUSH a x
(error) WRONGTYPE Operation against a key holding the wrong kind of value
127.0.0.1:6379> HSET h f "two words"
(integer) 1
127.0.0.1:6379> EVAL "return redis.call('HGET', KEYS[1], ARGV[1])" 1 h f
"two words"
"""
MONITOR = """OK
1339518083.107412 [0 127.0.0.1:60866] "keys" "*"
1339518087.877697 [0 127.0.0.1:60866] "set" "x" "\\xff"
1339518090.420270 [0 127.0.0.1:60866] "dbsize"
"""


@pytest.fixture
def at_fixture(workbench: Workbench, errors: list[str]) -> Page:
    """The page with an empty fixture that is shown."""
    workbench.script("return 1")
    workbench.write("Fixture", "")
    return workbench.page


def fixture_of(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Fixture")


def note(page: Page, line: int) -> Locator:
    return page.get_by_role("note", name=f"Error on line {line}", exact=True)


def test_everything_wrong_is_told_as_it_is_typed(workbench: Workbench, at_fixture: Page) -> None:
    page = at_fixture
    fixture_of(page).click()
    page.keyboard.type("SETT a 1\nSET a\nLPUSH l x\nINCR l\nEXPIRE l soon\nSET q 'open", delay=5)
    page.keyboard.press("Delete")  # The quote that closes itself.
    page.keyboard.press("Escape")
    expect(note(page, 1)).to_contain_text("ERR unknown command 'SETT'. Did you mean SET?")
    expect(note(page, 2)).to_contain_text("wrong number of arguments for 'set' command: SET key value [NX | XX]")
    expect(note(page, 4)).to_contain_text("WRONGTYPE")
    expect(note(page, 5)).to_contain_text('argument 2, "soon" of EXPIRE')
    expect(note(page, 6)).to_contain_text("a quote is not closed")
    expect(page.get_by_role("note")).to_have_count(5)

    note(page, 1).get_by_role("button", name="Change it to SET").click()
    expect(note(page, 1)).to_have_count(0)
    expect(fixture_of(page)).to_contain_text("SET a 1")

    # A run says of its first failing line what is said there already, not twice.
    workbench.run()
    expect(page.get_by_role("tabpanel", name=re.compile("^Reply"))).to_contain_text("line 2")
    expect(note(page, 2)).to_have_count(1)
    assert workbench.page.get_by_role("contentinfo").get_by_text("0 keys").count() == 1


def test_what_is_still_to_be_typed_stands_behind_the_cursor(at_fixture: Page) -> None:
    page = at_fixture
    fixture_of(page).click()
    page.keyboard.type("HSET user:1")
    expect(fixture_of(page)).to_contain_text("HSET user:1 field value [field value ...]")
    page.keyboard.type(" name ")
    expect(fixture_of(page)).to_contain_text("HSET user:1 name value [field value ...]")
    page.keyboard.type("Ada")
    page.keyboard.press("Enter")
    expect(fixture_of(page)).to_have_text("HSET user:1 name Ada")
    page.keyboard.type("zad")
    expect(page.get_by_role("option", name="zadd")).to_be_visible()


def test_a_session_of_redis_cli_becomes_the_fixture_or_work(workbench: Workbench, at_fixture: Page) -> None:
    page = at_fixture
    fixture_of(page).click()
    page.keyboard.type("SET first 1\n")
    paste(page, SESSION)
    offer = page.get_by_role("status", name="Offer")
    expect(offer).to_contain_text("a session of redis-cli: 4 commands, of which 3 fill a keyspace")
    offer.get_by_role("button", name="Keep only what fills the keyspace").click()
    expect(fixture_of(page)).to_contain_text("SET first 1SET a 1HSET h f")
    expect(page.get_by_role("note")).to_have_count(0)
    page.keyboard.press("ControlOrMeta+z")
    expect(fixture_of(page)).to_contain_text("127.0.0.1:6379> SET a 1")

    page.keyboard.press("ControlOrMeta+a")
    paste(page, SESSION)
    offer.get_by_role("button", name="Open it as work").click()
    expect(script_of(page)).to_have_text("return redis.call('HGET', KEYS[1], ARGV[1])")
    expect(page.get_by_role("textbox", name="KEYS[1]")).to_have_value("h")
    workbench.run()
    expect(workbench.reply).to_have_text('"two words"')
    version = versions_of(page).get_by_role("option", name="before another script was pasted").first
    expect(version).to_be_visible()


def test_what_monitor_printed_and_calls_are_understood_in_the_script(workbench: Workbench, at_fixture: Page) -> None:
    page = at_fixture
    offer = page.get_by_role("status", name="Offer")
    workbench.write("Script", "return redis.call('GET', KEYS[1])")
    page.keyboard.press("ControlOrMeta+a")
    paste(page, MONITOR)
    expect(offer).to_contain_text("what MONITOR printed: 3 commands, of which 1 fills a keyspace")
    offer.get_by_role("button", name="Use what fills the keyspace as the fixture").click()
    expect(script_of(page)).to_have_text("return redis.call('GET', KEYS[1])")
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.press("Enter")
    paste(page, "redis-cli --eval get.lua x , 'two words'")
    offer.get_by_role("button", name="Take its KEYS and ARGV").click()
    expect(page.get_by_role("textbox", name="KEYS[1]")).to_have_value("x")
    expect(page.get_by_role("textbox", name="ARGV[1]")).to_have_value("two words")
    workbench.run()
    expect(workbench.reply).to_have_text('"\\xff"')

    page.keyboard.press("Alt+Shift+N")
    paste(page, "EVAL \"return {KEYS[1], ARGV[1]}\" 1 k 'it is'")
    offer.get_by_role("button", name="Open it as work").click()
    expect(name_of(page)).to_have_value("untitled")
    workbench.run()
    expect(workbench.reply).to_contain_text('2) "it is"')

    drop(page.get_by_role("main"), ("monitor.txt", MONITOR.encode()))
    expect(page.get_by_role("alert")).to_contain_text("This is what MONITOR printed: 3 commands")
    expect(page.get_by_role("contentinfo")).to_contain_text("1 key")


def test_an_error_and_slowlog_are_understood_in_the_script(workbench: Workbench, errors: list[str]) -> None:
    page = workbench.page
    offer = page.get_by_role("status", name="Offer")
    source = "local hash = KEYS[1]\nreturn redis.call('HGET', hash, ARGV[1])"
    workbench.script(source, ["k"], ["f"])
    wrong = "WRONGTYPE Operation against a key holding the wrong kind of value"
    sha1 = hashlib.sha1(source.encode()).hexdigest()
    script_of(page).click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.press("Enter")
    paste(page, f"redis.exceptions.ResponseError: {wrong} script: {sha1}, on @user_script:2.")
    expect(offer).to_contain_text(f"This is an error in line 2 of the script with the SHA-1 {sha1}: {wrong}.")
    offer.get_by_role("button", name="Go to line 2").click()
    expect(script_of(page)).not_to_contain_text("ResponseError")
    expect(script_of(page)).to_be_focused()
    page.keyboard.type("--", delay=20)
    expect(script_of(page)).to_contain_text("--return redis.call")

    page.keyboard.press("ControlOrMeta+End")
    paste(page, f"ERR user_script:1: x script: {'0' * 40}, on @user_script:1.")
    expect(offer).to_contain_text("which is none of this work's")
    offer.get_by_role("button", name="Leave it as it is").click()
    script_of(page).click()
    page.keyboard.press("ControlOrMeta+z")
    page.keyboard.press("ControlOrMeta+End")
    paste(page, '4) 1) "EVALSHA"\n   2) "abc"\n   3) "1"\n   4) "other"\n   5) "two words"\n5) "127.0.0.1:1"\n')
    expect(offer).to_contain_text("This is an entry of SLOWLOG: EVALSHA with 1 key and 1 argument")
    offer.get_by_role("button", name="Take its KEYS and ARGV").click()
    expect(page.get_by_role("textbox", name="KEYS[1]")).to_have_value("other")
    expect(page.get_by_role("textbox", name="ARGV[1]")).to_have_value("two words")
