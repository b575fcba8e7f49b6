"""Links carry the whole work, never run by themselves, and are read with suspicion."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from e2e.workbench import Workbench
from ferrous_vm.server import Server
from ferrous_vm.tape import Tape
from ferrous_vm.tape.works import link_to
from ferrous_vm.workbench.reply_views import view


def link_of(value: object) -> str:
    """A link to any JSON value."""
    packed = zlib.compress(json.dumps(value).encode())
    return "/#v1=" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def test_a_link_restores_everything_and_does_not_run(workbench: Workbench, browser: Browser, base_url: str) -> None:
    workbench.script("return redis.call('GET', KEYS[1]) .. ARGV[1]", ["k é"], ['"\\xff"'], "SET 'k é' v")
    workbench.page.get_by_role("button", name="Share").click()
    link = workbench.page.get_by_role("textbox", name="Link")
    expect(link).to_have_value(re.compile("#v1=.+"))
    address = link.input_value()

    other = Workbench(browser.new_context(base_url=base_url).new_page())
    other.open(address)
    expect(other.page.get_by_role("alert")).to_contain_text("it has not run yet")
    expect(other.reply).to_have_count(0)
    expect(other.page.get_by_role("textbox", name="KEYS[1]")).to_have_value("k é")
    expect(other.page.get_by_role("textbox", name="ARGV[1]")).to_have_value('"\\xff"')
    other.run()
    expect(other.reply).to_have_text('"v\\xff"')


def test_a_call_from_a_tape_opens_with_the_keys_that_it_touched(workbench: Workbench) -> None:
    server = Server(seed=1, profile="valkey-9.1")
    tape = Tape(server)
    tape.start()
    client = server.connect()
    client.execute(b"HSET", b"stock", b"apple", b"1.5", b"raw", b"\0\xff")
    reply = client.execute(
        b"EVAL", b"return {redis.call('HRANDFIELD', KEYS[1]), redis.call('TIME'), ARGV[1]}", b"1", b"stock", b"\xff"
    )
    assert isinstance(reply, list)
    (call,) = tape.kept.all()
    workbench.page.evaluate("link => { location.hash = link }", link_to(call, "valkey-9.1").decode())
    expect(workbench.page.get_by_role("alert")).to_contain_text("it has not run yet")
    workbench.run()
    expect(workbench.reply).to_have_text(view(call.reply).text)
    workbench.tab("Keyspace")
    expect(workbench.page.get_by_role("tabpanel", name=re.compile("^Keyspace"))).to_contain_text("stock")
    workbench.page.get_by_role("tab", name="Tests").click()
    workbench.page.get_by_role("button", name="Run all").click()
    expect(workbench.page.get_by_text("1 passed, 0 failed")).to_be_visible()


def test_the_call_is_exported_in_many_forms(workbench: Workbench) -> None:
    workbench.script("return 'it''s'", ["a b"], ['"\\xff"'])
    workbench.page.get_by_role("button", name="Export", exact=True).click()
    snippet = workbench.page.get_by_role("region", name="Snippet")
    expect(snippet).to_contain_text("redis-cli")
    expect(snippet).to_contain_text("--quoted-input EVAL")
    workbench.page.get_by_role("combobox", name="Form").select_option("redis-py")
    expect(snippet).to_contain_text("register_script")


RECORDED = json.loads((Path(__file__).parent / "links_v1.json").read_text("utf-8"))
"""Links as the first page made them: they are opened for ever."""


def test_links_of_the_first_version_still_work(workbench: Workbench, errors: list[str]) -> None:
    for recorded in RECORDED:
        workbench.page.evaluate("link => { location.hash = link }", recorded["link"])
        expect(workbench.page.get_by_role("alert")).to_contain_text("it has not run yet")
        workbench.run()
        expect(workbench.reply).to_have_text(recorded["reply"])
        expect(workbench.page.get_by_role("alert")).to_have_count(0)
    workbench.page.get_by_role("tab", name="Tests").click()
    workbench.page.get_by_role("button", name="Run all").click()
    expect(workbench.page.get_by_text("1 passed, 0 failed")).to_be_visible()


BAD_LINKS = [
    ("/#v1=AAAA", "damaged"),
    ("/#v1=%00%ff", "cut off or has characters"),
    ("/#v1=", "cut off"),
    ("/#v9=abcd", "newer Ferrous"),
    ("/#<script>alert(1)</script>", "no link of Ferrous"),
    (link_of([1, 2]), "holds no workbench"),
    (link_of({"keys": []}), "holds no script"),
    (link_of({"script": "return 1", "keys": "all"}), '"keys"'),
    (link_of({"script": "return 1", "protocol": 7}), '"protocol"'),
    (link_of({"script": "return 1", "mode": "FLUSHALL"}), '"mode"'),
    (link_of({"script": "return 1", "engine": "../evil"}), '"engine"'),
    (link_of({"script": "x" * 3_000_000}), "two megabytes"),
]


@pytest.mark.parametrize(("address", "sentence"), BAD_LINKS, ids=[sentence for _, sentence in BAD_LINKS])
def test_a_bad_link_is_refused_with_a_sentence(
    open_workbench: Callable[[str], Workbench], errors: list[str], address: str, sentence: str
) -> None:
    workbench = open_workbench(address)
    expect(workbench.page.get_by_role("alert")).to_contain_text(sentence)
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 1")


def test_markup_in_a_link_stays_text(open_workbench: Callable[[str], Workbench], errors: list[str]) -> None:
    markup = "<img src=x onerror=alert(1)>"
    workbench = open_workbench(link_of({"script": f"return '{markup}'", "name": markup, "keys": [markup], "argv": []}))
    workbench.run()
    expect(workbench.reply).to_have_text(f'"{markup}"')


def test_an_unknown_field_of_a_later_link_is_ignored(open_workbench: Callable[[str], Workbench]) -> None:
    workbench = open_workbench(link_of({"script": "return 'later'", "colour": "red", "__proto__": {"x": 1}}))
    workbench.run()
    expect(workbench.reply).to_have_text('"later"')


def test_the_work_is_kept_in_this_browser(workbench: Workbench) -> None:
    workbench.script("return 'kept'")
    expect(workbench.page.get_by_role("contentinfo")).to_contain_text("saved in this browser")
    workbench.page.reload()
    workbench.wait_until_ready()
    workbench.run()
    expect(workbench.reply).to_have_text('"kept"')


def test_what_would_hide_in_a_strangers_link_is_seen(open_workbench: Callable[[str], Workbench]) -> None:
    script = "-- \u202eexe\nredis.log(3, '\u202egpj.x') return redis.error_reply('\u202e' .. KEYS[1])"
    opened = open_workbench(
        link_of(
            {
                "name": "safe\u202egpj",
                "script": script,
                "keys": ["k\u202e"],
                "argv": ['"\u200b"'],
                "keyNames": ["the\u202e lock"],
            }
        )
    )
    expect(opened.page.get_by_role("group", name="KEYS", exact=True)).to_contain_text("the lock")
    expect(opened.page.get_by_role("textbox", name="Name")).to_have_value("safegpj")
    expect(opened.page.get_by_role("textbox", name="KEYS[1]")).to_have_value('"k\\xe2\\x80\\xae"')
    expect(opened.page.get_by_role("textbox", name="ARGV[1]")).to_have_value('"\\xe2\\x80\\x8b"')
    expect(opened.page.get_by_role("textbox", name="Lua script")).to_contain_text("-- U+202Eexe")
    opened.run()
    expect(opened.reply).to_have_text("(error) ERR \\u202ek\\u202e")
    opened.tab("Log")
    expect(opened.page.get_by_role("tabpanel", name="Log")).to_contain_text("\\u202egpj.x")
    opened.page.get_by_role("button", name="History").click()
    history = opened.page.get_by_role("dialog", name="History")
    expect(history.get_by_role("option", selected=True)).to_contain_text("-- \\u202eexe")
    expect(history.get_by_role("region", name="What would change")).to_contain_text("-- \\u202eexe")
