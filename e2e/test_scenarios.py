"""Scenarios: written key by key, run both ways, explored until something fails, and its call in the debugger."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from e2e.test_works import versions_of
from e2e.workbench import Workbench

TYPED = """-- scenario: Two of them
-- given: SET stock 1
-- always: tonumber(redis("GET", "stock")) >= 0

-- clients: 2 buyer
local left = tonumber(redis("GET", "stock"))
if left > 0 then redis("DECR", "stock") end
"""


def editor(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Scenario: several clients over time")


def press(page: Page, name: str) -> None:
    page.get_by_role("group", name="Scenario", exact=True).get_by_role("button", name=name, exact=True).click()


def write(workbench: Workbench, text: str) -> None:
    """Replace the text of the scenario."""
    workbench.tab("Scenario")
    editor(workbench.page).click()
    workbench.page.keyboard.press("ControlOrMeta+a")
    workbench.page.keyboard.press("Delete")
    workbench.page.keyboard.insert_text(text)


def steps(page: Page, name: str = "Steps of the scenario") -> Locator:
    return page.get_by_role("list", name=name).get_by_role("listitem")


def exploration(page: Page) -> Locator:
    return page.get_by_role("region", name="Exploration")


def test_a_scenario_is_typed_stepped_explored_debugged_and_kept(workbench: Workbench) -> None:
    page = workbench.page
    workbench.tab("Scenario")
    editor(page).click()
    page.keyboard.type(TYPED, delay=5)
    expect(editor(page)).to_contain_text('redis("DECR", "stock") end')
    press(page, "Step")
    expect(steps(page)).to_have_text([re.compile('buyer1: GET stock.*"1"')])
    press(page, "Step")
    expect(steps(page).last).to_contain_text("buyer1: DECR stock")
    expect(page.get_by_role("table", name="Keyspace of the scenario")).to_contain_text('"0"')
    press(page, "Back")
    expect(steps(page)).to_have_count(1)
    page.keyboard.press("Alt+Shift+S")
    expect(page.get_by_role("textbox", name="Lua script")).to_be_focused()
    page.keyboard.press("Alt+Shift+M")
    expect(editor(page)).to_be_focused()
    page.keyboard.press("ControlOrMeta+Enter")
    expect(steps(page)).to_have_count(3)
    page.get_by_role("button", name="Record replies").click()
    told = page.get_by_role("region", name="Steps", exact=True).get_by_role("status")
    expect(told).to_have_text("passed 3 steps")
    expect(editor(page)).to_contain_text('-- expect reply: "1"')

    expect(page.get_by_label("Budget")).to_have_value("200000")
    press(page, "Explore")
    expect(exploration(page)).to_contain_text('It fails after 4 events: always: tonumber(redis("GET", "stock")) >= 0')
    failing = steps(page, "The order that fails")
    expect(failing).to_have_count(4)
    expect(failing.last).to_contain_text("Broken: always")
    exploration(page).get_by_role("button", name="Keep as test").click()
    expect(editor(page)).to_contain_text("-- buyer2 goes on")
    expect(told).to_have_text("failed 1 step of 4")
    expect(page.get_by_role("contentinfo")).to_contain_text("0 keys")
    written = versions_of(page).get_by_role("option").filter(has_text="before the page wrote into the scenario")
    expect(written).not_to_have_count(0)
    page.keyboard.press("Escape")

    write(workbench, TYPED.replace("-- given", "-- giben"))
    expect(workbench.error_on_line(2)).to_contain_text("is `-- given:` meant?")
    press(page, "Run steps")
    expect(page.get_by_role("button", name="line 2", exact=True)).to_be_visible()


def test_a_protocol_is_opened_its_call_debugged_and_its_failure_shared(workbench: Workbench) -> None:
    page = workbench.page
    page.get_by_role("banner").get_by_role("button", name="Examples").click()
    dialog = page.get_by_role("dialog", name="Examples")
    dialog.get_by_role("searchbox").fill("deletes its key")
    dialog.get_by_role("button", name="Open A lock without a token, mended").click()
    press(page, "Explore")
    expect(exploration(page)).to_contain_text("Every order holds:")
    page.get_by_role("banner").get_by_role("button", name="Examples").click()
    dialog.get_by_role("searchbox").fill("deletes its key")
    dialog.get_by_role("button", name="Open A lock without a token, broken").click()
    press(page, "Explore")
    expect(exploration(page)).to_contain_text("deleted the lock of client2")
    page.get_by_label("Budget").select_option("20,000 events")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    exploration(page).get_by_role("button", name="Link").click()
    expect(exploration(page)).to_contain_text("Copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert "#v" in link
    # The address stays: loaded again, the page shows this work.
    assert "#v" not in page.url
    other = page.context.new_page()
    other.goto(link)
    linked = Workbench(other)
    linked.wait_until_ready()
    expect(editor(other)).to_contain_text("-- advance 1001 ms")
    expect(other.get_by_label("Budget")).to_have_value("20000")
    expect(steps(other)).to_have_count(0)
    press(other, "Run steps")
    expect(steps(other).last).to_contain_text("Broken: client1: deleted the lock of client2")
    other.get_by_role("button", name="Debug step 4").click()
    expect(other.get_by_text("This is the call of step 4 of the scenario")).to_be_visible()
    expect(other.get_by_role("textbox", name="Lua script")).to_contain_text("local owner")
    linked.tab("Keyspace")
    expect(linked.key(re.compile("^lock"))).to_be_visible()
    linked.tab("Debug")
    other.get_by_role("button", name="End", exact=True).click()
    linked.tab("Keyspace")
    expect(other.get_by_role("contentinfo")).to_contain_text("0 keys")
    other.close()


ENDLESS = """-- scenario: Endless
-- may: time
-- clients: 4 worker
while true do redis("INCR", "n:" .. me) sleep(7) redis("INCR", "m") end
"""


def test_an_exploration_is_cancelled_and_what_never_ends_is_stopped(workbench: Workbench) -> None:
    page = workbench.page
    workbench.console("SET mine 1")
    write(workbench, ENDLESS)
    page.get_by_label("Budget").select_option("2,000,000 events")
    press(page, "Explore")
    expect(page.get_by_role("group", name="Under way")).to_contain_text("events a second")
    press(page, "Cancel")
    expect(exploration(page)).to_contain_text("You stopped it.")
    expect(exploration(page)).to_contain_text("The others were not tried: it was stopped.")
    write(workbench, "-- scenario: x\n-- script s\nwhile true do end\n-- client A\ncall('s')\n")
    press(page, "Explore")
    expect(exploration(page)).to_contain_text("ran longer than 3 s")
    write(workbench, "-- scenario: x\n-- client A\nwhile true do end\n")
    press(page, "Run steps")
    expect(page.get_by_role("region", name="Steps", exact=True)).to_contain_text("without a call")
    # What a run finds is marked though the exploration before it was of another text.
    write(workbench, "-- scenario: x\n-- given: INCRBY a b\n-- client A\nredis('GET', 'a')\n")
    press(page, "Run steps")
    expect(workbench.error_on_line(2)).to_contain_text("refused")
    workbench.tab("Keyspace")
    expect(workbench.key(re.compile("^mine"))).to_be_visible()


CHARTED = """-- scenario: Tokens and a lease
-- given: SET tokens 3
-- chart: redis("GET", "tokens")
-- chart: redis("GET", "tokens") .. {}

-- steps
-- A: DECR tokens
-- advance 500 ms
-- A: SET lease A PX 100
-- A: DECR tokens
"""

DRAWN_AT_ITS_END = """figure => {
  const canvas = figure.querySelector("canvas");
  const { width, height } = canvas;
  const [left, wide, high] = [width * 0.8, width * 0.2, height * 0.4].map(Math.floor);
  const { data } = canvas.getContext("2d").getImageData(left, 0, wide, high);
  return [...data.keys()].filter((at) => at % 4 === 0 && data[at + 2] - data[at] > 60).length;
}"""
"""How many dots of the line's blue are high up at the right of a chart."""

KEY = "k" * 100
LONG = f"-- scenario: Long\n-- steps\n-- A: SET {KEY} {'x' * 2500}\n-- A: GET {KEY}\n"


def test_a_scenario_is_drawn_and_its_clock_moves_the_keyspace(workbench: Workbench) -> None:
    page = workbench.page
    write(workbench, CHARTED)
    press(page, "Run steps")
    charts = page.get_by_role("region", name="Charts")
    tokens = charts.get_by_role("figure", name='redis("GET", "tokens")', exact=True)
    expect(tokens).to_contain_text("1 of 1 to 3")
    charts.get_by_role("button", name="line 4", exact=True).click()
    expect(charts.get_by_role("figure", name='redis("GET", "tokens") .. {}')).to_contain_text("concatenate")
    page.get_by_role("button", name="Chart lease", exact=True).click()
    expect(editor(page)).to_contain_text('-- chart: redis("PTTL", "lease")')
    lease = charts.get_by_role("figure", name='redis("PTTL", "lease")')
    expect(lease).to_contain_text("100 of -2 to 100")
    # Where several moments are of one millisecond, the last of all, the line goes through each of them.
    page.wait_for_function("figure => (" + DRAWN_AT_ITS_END + ")(figure) > 0", arg=lease.element_handle())
    charts.get_by_text("Values").click()
    values = page.get_by_role("table", name="Values").get_by_role("row")
    expect(values).to_have_count(6)
    expect(values.nth(2).get_by_role("cell")).to_have_text(["1", "0", "A: DECR tokens", "2", "none", "-2"])
    expect(values.nth(4).get_by_role("cell")).to_have_text(["3", "500", "A: SET lease A PX 100", "2", "none", "100"])

    clock = page.get_by_role("slider", name="Clock")
    keys = page.get_by_role("table", name="Keyspace of the scenario")
    expect(clock).to_have_attribute("aria-valuetext", "500 ms, after step 4 of 4")
    expect(keys).to_contain_text("lease")
    clock.press("ArrowLeft")
    expect(keys.get_by_role("row", name=re.compile("^tokens"))).to_contain_text('"2"')
    clock.press("ArrowLeft")
    expect(clock).to_have_attribute("aria-valuetext", "500 ms, after step 2 of 4")
    expect(keys).not_to_contain_text("lease")
    expect(tokens).to_contain_text("2 of 1 to 3")
    clock.press("Home")
    expect(keys.get_by_role("row", name=re.compile("^tokens"))).to_contain_text('"3"')
    expect(keys).to_contain_text("at 0 ms")
    expect(steps(page)).to_have_count(4)
    clock.press("ArrowRight")
    press(page, "Step")
    expect(steps(page)).to_have_count(2)
    expect(clock).to_have_attribute("aria-valuetext", "500 ms, after step 2 of 2")

    # The order that fails is drawn, too, before it is kept.
    write(workbench, TYPED.replace("-- always", '-- chart: redis("GET", "stock")\n-- always'))
    press(page, "Explore")
    failing = exploration(page).get_by_role("region", name="Charts of the order that fails")
    expect(failing.get_by_role("figure", name='redis("GET", "stock")')).to_contain_text("-1 of -1 to 1")

    # A reply that is not told whole is not written down as what is expected.
    write(workbench, LONG)
    press(page, "Run steps")
    expect(steps(page)).to_have_count(2)
    page.get_by_role("button", name="Record replies").click()
    expect(editor(page)).to_contain_text("-- expect reply: OK")
    expect(page.get_by_role("region", name="Steps", exact=True).get_by_role("status")).to_have_text("passed 2 steps")

    # A long key is broken where there is little room.
    page.set_viewport_size({"width": 390, "height": 844})
    expect(keys).to_contain_text(KEY)
    assert keys.evaluate("table => table.offsetWidth") <= 390
