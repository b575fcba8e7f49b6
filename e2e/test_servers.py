"""The server that everything runs on is chosen, travels with the work, and is compared with all others."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, expect

from e2e.test_sharing import link_of
from e2e.workbench import Workbench

NUMBER = "redis.call('SET', KEYS[1], 0.1) return redis.call('GET', KEYS[1])"


def test_the_chosen_server_runs_everything_and_travels(workbench: Workbench, context: BrowserContext) -> None:
    page = workbench.page
    server = page.get_by_role("combobox", name="Server", exact=True)
    workbench.script(NUMBER, ["k"])
    server.select_option(label="Redis 7.4")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(workbench.reply).to_have_text('"0.1"')

    workbench.console("HSET h f v")
    workbench.console("HEXPIRE h 1000 FIELDS 1 f")
    expect(workbench.console_output).to_contain_text("1) (integer) 1")
    workbench.wait_until_ready()
    server.select_option(label="Redis 7.0")
    told = page.get_by_role("alert")
    expect(told).to_contain_text("h: its fields have a time to live, and Redis 7.0 has that for whole keys only.")
    expect(told).to_contain_text("The keyspace as it was is among the snapshots.")
    expect(page.get_by_role("contentinfo")).to_contain_text("1 key")
    workbench.tab("Reply")
    expect(page.get_by_role("tabpanel", name="Reply")).to_contain_text("server changed since")

    server.select_option(label="Valkey 9.1")
    expect(page.get_by_role("contentinfo")).to_contain_text("saved in this browser")
    page.reload()
    workbench.wait_until_ready()
    expect(server).to_have_value("valkey-9.1")
    workbench.console("GET k")
    expect(workbench.console_output).to_contain_text('"0.1"')

    other = Workbench(context.new_page())
    other.open(link_of({"script": "return redis.REDIS_VERSION", "server": "redis-9.9"}))
    expect(other.page.get_by_role("alert")).to_contain_text("It asks for the server redis-9.9, which this Ferrous")
    chosen = other.page.get_by_role("combobox", name="Server", exact=True)
    expect(chosen).to_have_value("redis-9.9")
    other.run()
    expect(other.reply).to_have_text('"7.0.15"')
    other.page.goto(link_of({"script": "return redis.REDIS_VERSION", "server": "redis-8.6"}))
    expect(chosen).to_have_value("redis-8.6")
    other.wait_until_ready()
    other.run()
    expect(other.reply).to_have_text('"8.6.3"')


def test_a_script_and_its_tests_are_compared_on_every_server(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script(NUMBER, ["k"])
    page.keyboard.press("Alt+Shift+A")
    every = page.get_by_role("region", name="Every server")
    expect(every.get_by_role("status")).to_have_text("11 servers, 2 different outcomes.")
    table = every.get_by_role("table", name="What differs between servers")
    expect(table.get_by_role("columnheader").first).to_have_text("Redis 6.2, 7.0")
    reply = table.get_by_role("row", name=re.compile("^Reply"))
    expect(reply.get_by_role("rowheader")).to_have_text("Reply")
    expect(reply.get_by_role("cell")).to_have_text(['"0.10000000000000001"', '"0.1"'])
    expect(table).to_contain_text("From Redis 7.2 and Valkey 8.0 on a number is written with few digits")
    expect(table).to_contain_text("Source: util.c, fpconv_dtoa.")

    page.get_by_role("combobox", name="Server", exact=True).select_option(label="Redis 7.2")
    workbench.run()
    expect(every).to_contain_text("have changed since")
    page.get_by_role("tab", name=re.compile("^Tests")).click()
    page.get_by_role("button", name="Record from this run").click()
    page.get_by_role("button", name="Test on all").click()
    verdicts = page.get_by_role("table", name="Tests by server").get_by_role("row", name=re.compile("^test 4"))
    expect(verdicts.get_by_role("cell")).to_have_text(["failed", "passed"])

    workbench.script("while true do end")
    workbench.tab("Reply")
    every.get_by_role("button", name="Run on all").click()
    expect(every.get_by_role("status").first).to_contain_text("Running on Redis 6.2")
    page.get_by_role("button", name=re.compile("^Stop")).click()
    expect(every).to_contain_text("Cancelled: this is what was known by then.")
    workbench.wait_until_ready()
    workbench.script("return 1")
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 1")
