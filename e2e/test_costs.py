"""What a script costs as its data grow, as the page shows it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from e2e.workbench import Workbench


def test_the_cost_is_measured_and_drawn(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script(
        "return redis.call('ZRANK', KEYS[1], 'b')", ["z"], fixture="ZADD z 1 a 2 b\nRPUSH other x\nSET u:1 a\nSET u:2 b"
    )
    workbench.tab("Trace")
    cost = page.get_by_role("region", name="Cost")
    cost.get_by_role("button", name="Measure").click()
    status = cost.get_by_role("status")
    expect(status).to_have_text(
        "O(log n) in other, z. What grows: elements touched O(log n); "
        "not instructions, commands, values in replies, steps of library functions."
    )
    curves = re.compile(r"^Curves for 10 to 10,000 elements: elements touched O\(log n\), from 3\.5 to 13\.3;")
    expect(cost.get_by_role("img", name=curves)).to_be_visible()
    rows = cost.get_by_role("table", name="Cost by size").get_by_role("row")
    expect(rows).to_have_count(12)
    expect(rows.last).to_contain_text("10,000")
    cost.get_by_role("combobox", name="What grows").select_option("other (list)")
    cost.get_by_role("button", name="Measure").click()
    expect(status).to_have_text("O(1) in other. No count grows with them.")
    cost.get_by_role("combobox", name="What grows").select_option("the number of keys u:*")
    cost.get_by_role("button", name="Measure").click()
    expect(status).to_have_text("O(1) in the number of keys u:*. No count grows with them.")
    expect(page.get_by_role("tab", name=re.compile("^Keyspace"))).not_to_contain_text("2")  # nothing of it was kept
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    workbench.write("Script", "return redis.call('ZRANGE', KEYS[1], 0, -1)")
    expect(cost).to_contain_text("The script or its inputs have changed since.")
    cost.get_by_role("combobox", name="What grows").select_option("z (zset)")
    cost.get_by_role("button", name="Measure").click()
    expect(status).to_contain_text("O(n) in z. What grows: elements touched O(n), values in replies O(n);")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_measuring_tells_how_far_it_is_and_is_cancelled(workbench: Workbench) -> None:
    page = workbench.page
    slow = "local t = redis.call('LRANGE', KEYS[1], 0, -1) while #t > 0 do table.remove(t, 1) end"
    workbench.script(slow, ["l"], fixture="RPUSH l a b c")
    workbench.tab("Trace")
    cost = page.get_by_role("region", name="Cost")
    cost.get_by_role("button", name="Measure").click()
    under_way = page.get_by_role("group", name="Under way")
    expect(under_way).to_contain_text(re.compile("Measuring size [5-9] of 10"))
    under_way.get_by_role("button", name="Cancel").click()
    expect(cost.get_by_role("alert")).to_have_text(re.compile("Stopped"))
    workbench.run()
    expect(page.get_by_role("contentinfo")).to_contain_text("ready")
    workbench.write("Fixture", "RPUSH l")
    workbench.tab("Trace")
    cost.get_by_role("button", name="Measure").click()
    expect(cost.get_by_role("alert")).to_contain_text("Line 1 of the fixture fails: ERR wrong number of arguments")
