"""The page's manners: accessible, usable by keyboard alone, on a phone, and offline."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.workbench import Workbench

AXE = (Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

EDITOR = 'class="cm-scroller"'
"""CodeMirror's scrolling element: axe misses that the text within it has the focus and scrolls it."""

TABS = ["Reply", "Trace", "Keys", "Keyspace", "Log", "Console", "Debug", "Tests", "Fixture", "Script"]


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the page as it stands."""
    page.evaluate(AXE)
    result: Any = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{found['id']}: {node['html'][:200]}"
        for found in result["violations"]
        for node in found["nodes"]
        if EDITOR not in node["html"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(browser: Browser, base_url: str, scheme: Any, width: int) -> None:
    size: Any = {"width": width, "height": 850}
    context = browser.new_context(base_url=base_url, color_scheme=scheme, viewport=size, reduced_motion="reduce")
    workbench = Workbench(context.new_page())
    workbench.open("/")
    script = "local k = KEYS redis.log(3, 'x') redis.call('HSET', k[1], 'f', 'v') redis.pcall('GET', k[1]) error('no')"
    workbench.script(script, ["h"])
    workbench.run()
    expect(workbench.error_on_line(1)).to_be_visible()
    found = {}
    for tab in TABS:
        workbench.tab(tab)
        expect(workbench.page.get_by_role("tabpanel", name=re.compile(rf"^{tab}\b"))).to_be_visible()
        found[tab] = violations(workbench.page)
    workbench.tab("Scenario")
    workbench.page.get_by_role("button", name="two buyers").click()
    workbench.page.get_by_role("button", name="Explore", exact=True).click()
    expect(workbench.page.get_by_role("list", name="The order that fails")).to_be_visible()
    workbench.page.get_by_role("button", name="Run steps").click()
    expect(workbench.page.get_by_role("list", name="Steps of the scenario")).to_be_visible()
    workbench.page.get_by_role("button", name="Chart stock").click()
    workbench.page.get_by_role("region", name="Charts").get_by_text("Values").click()
    expect(workbench.page.get_by_role("table", name="Values")).to_be_visible()
    found["Steps"] = violations(workbench.page)
    workbench.tab("Script")
    workbench.tab("Keyspace")
    for dialog in ("Examples", "Export", "Share", "History", "Snapshots"):
        workbench.page.get_by_role("button", name=dialog, exact=True).click()
        expect(workbench.page.get_by_role("dialog", name=dialog)).to_be_visible()
        found[dialog] = violations(workbench.page)
        workbench.page.keyboard.press("Escape")
    workbench.page.get_by_role("button", name=re.compile("^(File|Menu)$")).click()
    expect(workbench.page.get_by_role("menuitem", name="New")).to_be_visible()
    found["menu"] = violations(workbench.page)
    workbench.page.keyboard.press("Escape")
    for dialog, keys in (("Keyboard", "F1"), ("History", "Alt+Shift+H")):
        workbench.page.keyboard.press(keys)
        expect(workbench.page.get_by_role("dialog", name=dialog)).to_be_visible()
        found[dialog] = violations(workbench.page)
        workbench.page.keyboard.press("Escape")
    workbench.page.get_by_role("button", name="Debug", exact=True).click()
    timeline = workbench.page.get_by_role("group", name="Timeline")
    timeline.get_by_role("button", name="Next error").click()
    expect(workbench.page.get_by_label("Why it stopped")).to_have_text("Error 1 of 2")
    timeline.get_by_role("button", name="Zoom in").click()
    found["debugger"] = violations(workbench.page)
    workbench.tab("Keyspace")
    workbench.key(re.compile("^h last command|^h hash")).click()
    found["keyspace of the debugger"] = violations(workbench.page)
    context.close()
    assert {place: wrong for place, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_is_wider_than_a_phone(browser: Browser, base_url: str, width: int) -> None:
    size: Any = {"width": width, "height": 844}
    context = browser.new_context(base_url=base_url, viewport=size)
    workbench = Workbench(context.new_page())
    workbench.open("/")
    workbench.run()
    expect(workbench.reply).to_be_visible()
    for tab in TABS:
        workbench.tab(tab)
        assert workbench.page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_a_phone_has_what_a_desk_has(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    workbench = Workbench(page)
    workbench.open("/")
    workbench.script("return redis.call('INCR', KEYS[1])", ["n"])

    def choose(item: str) -> None:
        page.get_by_role("button", name="Menu", exact=True).tap()
        page.get_by_role("menuitem", name=item).tap()

    choose("Dry run")
    expect(page.get_by_text("nothing was kept")).to_be_visible()
    for item in ("Engine", "Keyboard"):
        choose(item)
        expect(page.get_by_role("dialog", name=item)).to_be_visible()
        page.get_by_role("dialog").get_by_role("button", name="Close").tap()
    choose("Theme: system")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    choose("New")
    expect(page.get_by_role("textbox", name="KEYS[1]")).to_have_count(0)
    context.close()


def test_what_the_buttons_say_is_seen_on_a_tablet(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, viewport={"width": 1024, "height": 768})
    page = context.new_page()
    page.goto("/")
    for word in ("File", "Run", "Debug", "Dry run", "Examples", "Export", "Share"):
        button = page.get_by_role("banner").get_by_role("button", name=word, exact=True)
        expect(button).to_be_visible()
        shown = button.evaluate("button => button.scrollWidth <= button.clientWidth && button.innerText")
        assert word in shown
        box = button.get_by_text(word, exact=True).bounding_box() if word in ("Examples", "Export", "Share") else None
        assert box is None or box["width"] > 30
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024
    context.close()


def test_tabs_are_moved_by_arrows(workbench: Workbench) -> None:
    reply = workbench.page.get_by_role("tab", name="Reply")
    reply.focus()
    workbench.page.keyboard.press("ArrowRight")
    trace = workbench.page.get_by_role("tab", name="Trace")
    expect(trace).to_be_focused()
    expect(trace).to_have_attribute("aria-selected", "true")


def test_ten_thousand_keys_are_drawn_a_page_at_a_time(workbench: Workbench) -> None:
    workbench.page.get_by_text("Options").click()
    workbench.page.get_by_label("Time limit").select_option("none")
    workbench.script("for i = 1, 10000 do redis.call('SET', string.format('key:%05d', i), i) end return 'filled'")
    workbench.run()
    expect(workbench.reply).to_have_text('"filled"')
    workbench.tab("Keyspace")
    keys = workbench.page.get_by_role("listbox", name="Keys")
    expect(keys.get_by_role("option", name="key:00001")).to_be_visible()
    assert keys.get_by_role("option").count() < 100
    keys.focus()
    workbench.page.keyboard.press("End")
    last = keys.get_by_role("option", name="key:10000", selected=True)
    expect(last).to_be_visible()
    expect(last).to_have_attribute("aria-posinset", "10000")
    expect(last).to_have_attribute("aria-setsize", "10000")
    expect(workbench.page.get_by_role("region", name="Key key:10000")).to_be_visible()
    workbench.page.keyboard.press("ArrowUp")
    expect(keys.get_by_role("option", name="key:09999", selected=True)).to_be_visible()
    expect(keys).to_be_focused()
    workbench.page.get_by_role("searchbox", name="Search keys").fill("0777")
    expect(keys.get_by_role("option")).to_have_count(11)
    expect(keys.get_by_role("option", name="key:00777")).to_be_visible()


def test_the_page_works_without_a_network(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url)
    workbench = Workbench(context.new_page())
    workbench.open("/")
    workbench.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    workbench.page.reload()
    workbench.wait_until_ready()
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 1")
    context.close()


def test_a_plain_host_is_isolated_from_the_second_visit_on(browser: Browser, plain_url: str) -> None:
    context = browser.new_context()
    workbench = Workbench(context.new_page())
    workbench.open(plain_url)
    assert not workbench.page.evaluate("crossOriginIsolated")
    workbench.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    workbench.page.reload()
    workbench.wait_until_ready()
    assert workbench.page.evaluate("crossOriginIsolated")
    workbench.run()
    expect(workbench.reply).to_have_text("(integer) 1")
    context.close()


def test_a_finger_finds_what_it_presses(browser: Browser, base_url: str) -> None:
    size: Any = {"width": 390, "height": 844}
    context = browser.new_context(base_url=base_url, viewport=size, is_mobile=True, has_touch=True)
    workbench = Workbench(context.new_page())
    workbench.open("/")
    workbench.page.get_by_text("Options").click()
    workbench.run()
    expect(workbench.reply).to_be_visible()
    workbench.tab("Keyspace")
    small = """() => [...document.querySelectorAll('button, select, summary, [role=tab], [role=option]')]
        .filter((part) => part.checkVisibility() && part.offsetHeight < 40)
        .map((part) => part.getAttribute('aria-label') ?? part.textContent)"""
    assert workbench.page.evaluate(small) == []
    enlarging = """() => [...document.querySelectorAll('input, select, textarea')]
        .filter((field) => field.checkVisibility() && parseFloat(getComputedStyle(field).fontSize) < 16)
        .map((field) => field.getAttribute('aria-label'))"""
    assert workbench.page.evaluate(enlarging) == []
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1024, 1280])
def test_every_tab_is_in_sight(browser: Browser, base_url: str, width: int) -> None:
    size: Any = {"width": width, "height": 768}
    context = browser.new_context(base_url=base_url, viewport=size)
    workbench = Workbench(context.new_page())
    workbench.open("/")
    workbench.script("redis.log(3, 'x') return redis.call('SET', KEYS[1], 1)", ["k"])
    workbench.run()
    expect(workbench.reply).to_be_visible()
    workbench.tab("Scenario")
    for tab in ("Reply", "Debug", "Steps", "Script", "Tests", "Scenario"):
        box = workbench.page.get_by_role("tab", name=tab).bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= width - box["width"]
    context.close()
