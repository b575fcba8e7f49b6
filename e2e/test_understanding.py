"""What came of a run, explained: errors in plain words, conversions, swallowed errors, and what clients return."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.test_manners import violations
from e2e.workbench import Workbench


def test_an_error_is_explained_and_leads_to_its_line(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script("local n = 1\nreturn redis.call('LPUSH', KEYS[1], n)", ["k"], fixture="SET k v")
    workbench.run()
    meaning = page.get_by_role("region", name="What this error means")
    expect(meaning).to_contain_text('The key "k" holds a string, and LPUSH is a command for another type')
    expect(meaning).to_contain_text("GET, SET and INCR work on strings")
    page.get_by_role("tab", name="Fixture").click()
    meaning.get_by_role("button", name="line 2").click()
    expect(page.get_by_role("textbox", name="Lua script")).to_be_focused()
    page.keyboard.insert_text("-- here ")
    expect(page.get_by_role("textbox", name="Lua script")).to_contain_text("-- here return")


def test_an_error_of_a_missing_argument_names_it(workbench: Workbench) -> None:
    workbench.script("return redis.call('SET', KEYS[1], ARGV[2])", ["k"], ["one"])
    workbench.run()
    meaning = workbench.page.get_by_role("region", name="What this error means")
    expect(meaning).to_contain_text('argument 2 of "SET" is nil')
    expect(meaning).to_contain_text("ARGV[2] is nil: the call passes only 1 ARGV.")


def test_an_error_names_the_word_the_slip_and_where_the_value_came_from(workbench: Workbench) -> None:
    meaning = workbench.page.get_by_role("region", name="What this error means")
    workbench.script("return redis.call('SET', KEYS[1], 'owner-7', 'EX', ARGV[1])", ["lock"], ["600.5"])
    workbench.run()
    expect(meaning).to_contain_text('an integer of 64 bits where argument 4, "600.5" of SET stands')
    workbench.write("Script", "for i = 1, 3 do\n  if i == 2 then continue end\n  redis.call('INCR', KEYS[1])\nend")
    workbench.run()
    expect(meaning).to_contain_text("Lua has no continue: put the rest of the loop into an if")
    prices = "local function price_of(name)\n  return redis.call('HGET', 'prices', name)\nend\n"
    workbench.write("Script", prices + "redis.call('INCR', 'runs')\nreturn 2 * price_of('C')")
    workbench.run()
    expect(meaning).to_contain_text("HGET prices C on line 2 answered no value")
    changes = workbench.page.get_by_role("region", name="What changed")
    expect(changes).to_contain_text("runs")


def test_conversions_are_told_both_ways(workbench: Workbench) -> None:
    workbench.script("redis.call('SET', KEYS[1], 0.1)\nreturn {8.75, name = 'x'}", ["k"])
    workbench.run()
    expect(workbench.reply).to_contain_text("Line 2: 8.75 ([1]) was sent as (integer) 8.")
    log = workbench.page.get_by_role("region", name="Conversions")
    expect(log).to_contain_text("0.10000000000000001")
    expect(log).to_contain_text("argument 2 of SET into the command")
    expect(log).to_contain_text("3 lose something")
    log.get_by_text("1 changes only its type").click()
    expect(log).to_contain_text('{ok = "OK"}')
    workbench.script("local o = cjson.decode(ARGV[1])\nreturn cjson.encode(o)", [], ['{"id":1752940134586123}'])
    workbench.run()
    expect(log).to_contain_text("1.7529401345861e+15")
    expect(log).to_contain_text("cjson in Lua's library")


def test_a_swallowed_error_stands_out_in_the_trace(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script("redis.pcall('INCR', KEYS[1])\nreturn redis.call('GET', KEYS[1])", ["k"], fixture="SET k v")
    workbench.run()
    expect(workbench.reply).to_contain_text('"v"')
    workbench.tab("Trace")
    commands = page.get_by_role("region", name="Commands")
    expect(commands.get_by_role("row", name="INCR k")).to_contain_text("not looked at")
    expect(page.get_by_role("status").filter(has_text="did not end the script")).to_be_visible()
    expect(commands.get_by_role("row", name="GET k")).not_to_contain_text("not looked at")


def test_the_trace_shows_what_lua_got_and_what_was_done_to_keys(workbench: Workbench) -> None:
    page = workbench.page
    script = "redis.call('SET', KEYS[1], 1)\nredis.call('ZUNIONSTORE', 'd', 1, KEYS[2])\nredis.call('GET', 'absent')"
    workbench.script(script, ["{a}x", "b"])
    workbench.run()
    workbench.tab("Trace")
    commands = page.get_by_role("region", name="Commands")
    expect(commands.get_by_role("row", name="SET {a}x 1")).to_contain_text('{ok = "OK"}')
    expect(commands.get_by_role("row", name="GET absent")).to_contain_text("false")
    workbench.tab("Keys")
    keys = page.get_by_role("region", name="Keys of the run")
    expect(keys.get_by_role("row", name="{a}x")).to_contain_text("written")
    expect(keys.get_by_role("row", name="absent")).to_contain_text("read")
    expect(keys).to_contain_text("CROSSSLOT")


def test_where_keys_come_from_is_told_and_what_servers_say(workbench: Workbench) -> None:
    page = workbench.page
    script = "local n = redis.call('INCR', KEYS[1])\nreturn redis.call('SET', 'user:' .. n, ARGV[1])"
    workbench.script(script, ["a"], ["v"], fixture="SET a 6")
    workbench.run()
    workbench.tab("Keys")
    named = page.get_by_role("table", name="Keys that the script names")
    expect(named.get_by_role("row", name="'user:' .. n")).to_contain_text("a literal, a reply")
    expect(named.get_by_role("row", name="KEYS[1]")).to_contain_text("in KEYS")
    page.get_by_role("button", name="Where do the keys come from?").press("Enter")
    report = page.get_by_role("region", name="Keys of the run")
    expect(report.get_by_role("status")).to_have_text("2 keys, 1 not in KEYS, in 2 slots.")
    sources = report.get_by_role("table", name="Keys and how they were used")
    expect(sources.get_by_role("row", name="user:7")).to_contain_text("a literal, the reply of INCR a (line 1)")
    expect(sources.get_by_role("row", name="KEYS[1]")).to_contain_text("15495")
    assert violations(page) == []
    names = report.get_by_role("table", name="Names in one slot")
    expect(names.get_by_role("row", name="{a}:user:7")).to_be_visible()
    said = report.get_by_role("list", name="What servers say")
    expect(said.get_by_role("listitem")).to_have_count(5)
    expect(said.get_by_role("listitem").filter(has_text="Dragonfly")).to_contain_text("refuses")
    expect(said.get_by_role("link", name="Source of what Upstash says")).to_have_attribute(
        "href", re.compile("upstash")
    )
    expect(page.get_by_role("contentinfo")).to_contain_text("ready")
    sources.get_by_role("button", name="line 1").first.click()
    expect(page.get_by_role("tab", name="Script")).to_have_attribute("aria-selected", "true")
    workbench.write("Script", "return redis.call('GET', 'other')")  # key by key, the tab stands open
    expect(named.get_by_role("row", name="'other'")).to_contain_text("11361")
    workbench.run()  # what is told was of the run before
    expect(page.get_by_role("button", name="Where do the keys come from?")).to_be_visible()


CLIENTS = [
    ("redis-py", "[1, b'caf\\xc3\\xa9', None]"),
    ("redis-py, decode_responses=True", "[1, 'café', None]"),
    ("ioredis", "[ 1, 'café', null ]"),
    ("node-redis", "[ 1, 'café', null ]"),
    ("go-redis", '[]interface{}{int64(1), "café", nil}'),
    ("Jedis", '[1L, "café", null]'),
]


@pytest.fixture
def clients(workbench: Workbench) -> Page:
    page = workbench.page
    page.get_by_role("group", name="Form of the reply").get_by_role("button", name="Clients").click()
    return page


def test_clients_return_the_reply_in_their_own_terms(workbench: Workbench, clients: Page) -> None:
    workbench.script("return {1, 'caf\\195\\169', false}")
    workbench.run()
    for client, text in CLIENTS:
        expect(clients.get_by_role("region", name=f"Value in {client}", exact=True)).to_have_text(text)


def test_clients_raise_errors_and_follow_the_protocol(workbench: Workbench, clients: Page) -> None:
    workbench.script("return redis.pcall('NOSUCH')")
    workbench.run()
    expect(clients.get_by_role("region", name="Value in redis-py", exact=True)).to_have_text(
        "redis.exceptions.ResponseError: Unknown Redis command called from script"
    )
    workbench.script("redis.setresp(3) return redis.call('HGETALL', KEYS[1])", ["h"], fixture="HSET h f v")
    clients.get_by_role("region", name="Call").get_by_text("Options").click()
    clients.get_by_role("combobox", name="Protocol").select_option("3")
    workbench.run()
    expect(clients.get_by_role("region", name="Value in node-redis")).to_have_text("{ f: 'v' }")
    expect(clients.get_by_role("region", name="Value in ioredis")).to_have_text("[ 'f', 'v' ]")


def test_what_one_would_want_to_copy_has_a_button_beside_it(workbench: Workbench, errors: list[str]) -> None:
    page = workbench.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    workbench.script(
        "local function fill()\n  redis.log(2, 'filling')\n"
        "  redis.call('HSET', KEYS[1], 'f', 'v')\n  error('no')\nend\nfill()",
        ["h"],
    )
    workbench.run()

    def copied(what: str) -> str:
        page.get_by_role("button", name=f"Copy {what}", exact=True).click()
        expect(page.get_by_role("button", name=f"Copy {what}", exact=True)).to_have_text("Copied")
        return str(page.evaluate("navigator.clipboard.readText()"))

    assert copied("the reply").startswith("(error) ERR user_script:4: no")
    error, *levels = copied("the error and where it stood").split("\n")
    assert error.startswith("(error) ERR user_script:4: no")
    assert levels == ["line 4: error('no')", "line 6: fill()"]
    assert copied("the changes that are listed") == "h (hash, new)\n+ f  v"
    page.get_by_role("button", name="Clients", exact=True).click()
    assert "no" in copied("the value in redis-py")
    workbench.tab("Trace")
    assert copied("the commands that are listed") == "HSET h f v"
    assert copied("command 1 and its reply") == "HSET h f v\n(integer) 1"
    workbench.tab("Log")
    assert copied("the messages that are listed") == "filling"
    assert copied("log line 1") == "filling"
    workbench.console("HGET h f")
    expect(workbench.console_output).to_contain_text('"v"')
    assert copied("what the console shows") == 'ferrous> HGET h f\n"v"'
