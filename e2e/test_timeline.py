"""The timeline of a script that is debugged: what happens when, seen, zoomed and gone to; and what commands changed."""

from __future__ import annotations

import contextlib
import re

from playwright.sync_api import Locator, Page, expect

from e2e.test_debugging import move, next_line
from e2e.workbench import Workbench

SCRIPT = """for turn = 1, 10000 do
  redis.call('HSET', KEYS[1], 'f' .. turn % 5, turn)
  if turn % 1000 == 0 then
    redis.log(redis.LOG_NOTICE, 'at ' .. turn)
    redis.call('SET', 'mark', turn)
  end
end
redis.pcall('LPUSH', KEYS[1], 'a')
redis.call('DEL', 'mark')
return 'done'"""
SHORTER = SCRIPT.replace("10000", "2000")


def debug(workbench: Workbench, script: str = SCRIPT, keys: tuple[str, ...] = ("cart",)) -> Locator:
    """Debugs a script; answers its timeline once all is recorded: on a slow machine the beginning is shown before, and
    on one that is busy too the rest takes more than its limit of time."""
    workbench.script(script, list(keys))
    workbench.page.get_by_role("button", name="Debug", exact=True).click()
    expect(next_line(workbench)).to_contain_text("Next: line 1")
    goes_on = workbench.page.get_by_text("The script goes on after moment")
    for _ in range(3):
        with contextlib.suppress(AssertionError):
            expect(goes_on).to_have_count(0, timeout=15_000)
            break
        workbench.page.get_by_role("button", name="Record the rest").click()
    expect(goes_on).to_have_count(0)
    return workbench.page.get_by_role("group", name="Timeline")


def stopped(workbench: Workbench) -> Locator:
    return workbench.page.get_by_label("Why it stopped")


def ticks(timeline: Locator, what: str) -> Locator:
    """The drawn lane."""
    return timeline.get_by_role("img", name=re.compile(rf"^[\d,]+ {what}s? "))


def shown(timeline: Locator) -> tuple[int, int]:
    """The first and the last moment that are shown."""
    slider = timeline.get_by_role("slider", name="Moment")
    return int(slider.get_attribute("min") or 0), int(slider.get_attribute("max") or 0)


def test_what_happens_is_seen_in_lanes_and_gone_to(workbench: Workbench) -> None:
    page = workbench.page
    timeline = debug(workbench)
    names = ["Commands: 10,012", "Errors: 1", "Log lines: 10", "Writes of cart: 10,000"]
    for name in names:
        expect(timeline.get_by_role("group", name=name, exact=True)).to_be_visible()
    expect(timeline.get_by_role("group")).to_have_count(len(names))
    for _ in range(2):
        timeline.get_by_role("button", name="Next log line").press("Enter")
    expect(stopped(workbench)).to_have_text("Log line 2 of 10")
    expect(next_line(workbench)).to_contain_text("Next: line 4")
    timeline.get_by_role("button", name="Next error").click()
    expect(stopped(workbench)).to_have_text("Error 1 of 1")
    expect(next_line(workbench)).to_contain_text("Next: line 8")
    timeline.get_by_role("combobox", name="Key whose writes are shown").select_option("mark")
    expect(timeline.get_by_role("group", name="Writes of mark: 11")).to_be_visible()
    timeline.get_by_role("button", name="Last write of mark").click()
    expect(stopped(workbench)).to_have_text("Write 10 of 11 of mark")
    # A press on a lane goes to what is nearest to it.
    box = ticks(timeline, "write").bounding_box()
    assert box
    page.mouse.click(box["x"] + 1, box["y"] + 5)
    expect(stopped(workbench)).to_have_text("Write 1 of 11 of mark")
    move(workbench, "Step over")
    expect(stopped(workbench)).to_be_hidden()
    # A line of the log, and a key that changed, lead to where they came from.
    workbench.tab("Log")
    page.get_by_role("button", name="Debug at log line 1").click()
    expect(next_line(workbench)).to_contain_text("Next: line 4")
    page.get_by_role("button", name="Debug at the last write of cart").click()
    expect(stopped(workbench)).to_have_text("Write 1,000 of 10,000 of cart")
    # And so do those of a run.
    next_line(workbench).get_by_role("button", name="End", exact=True).click()
    workbench.run()
    workbench.tab("Log")
    page.get_by_role("button", name="Debug at log line 10").click()
    expect(next_line(workbench)).to_contain_text("Next: line 4")
    workbench.tab("Reply")
    page.get_by_role("button", name="Debug at the last write of cart").click()
    expect(stopped(workbench)).to_have_text("Write 10,000 of 10,000 of cart")


def test_the_timeline_zooms_with_keys_and_the_wheel(workbench: Workbench) -> None:
    page = workbench.page
    timeline = debug(workbench, SHORTER)
    whole = shown(timeline)
    timeline.get_by_role("button", name="Next log line").click()
    expect(stopped(workbench)).to_have_text("Log line 1 of 2")
    ticks(timeline, "command").hover()
    page.mouse.wheel(0, -1200)
    expect(timeline.get_by_role("status")).to_contain_text("moments ")
    first, last = shown(timeline)
    assert (last - first) * 5 < whole[1]
    page.mouse.wheel(300, 0)
    expect(timeline.get_by_role("slider", name="Moment")).not_to_have_attribute("min", str(first))
    slider = timeline.get_by_role("slider", name="Moment")
    slider.press("0")
    expect(timeline.get_by_role("status")).to_have_count(0)
    assert shown(timeline) == whole
    while shown(timeline)[1] - shown(timeline)[0] > 19:
        before = shown(timeline)
        slider.press("+")
        expect(slider).not_to_have_attribute("max", str(before[1]))
    expect(ticks(timeline, "command")).to_have_attribute("aria-label", re.compile(r"^[12] commands? "))
    first, last = shown(timeline)
    # A move elsewhere is followed.
    timeline.get_by_role("button", name="Next error").click()
    expect(timeline.get_by_role("slider", name="Moment")).not_to_have_attribute("min", str(first))
    expect(ticks(timeline, "error")).to_have_attribute("aria-label", re.compile("^1 error "))
    slider.press("-")
    expect(slider).not_to_have_attribute("max", str(last))


def test_two_fingers_zoom_and_one_drags(workbench: Workbench) -> None:
    page: Page = workbench.page
    timeline = debug(workbench, SHORTER)
    box = ticks(timeline, "command").bounding_box()
    whole = shown(timeline)[1]
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + 5
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *places: float) -> None:
        points = [{"x": place, "y": y, "id": number} for number, place in enumerate(places)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", x - 10, x + 10)
    for apart in range(12, 60, 8):
        touch("touchMove", x - apart, x + apart)
    touch("touchEnd")
    expect(timeline.get_by_role("status")).to_contain_text("moments ")
    first, last = shown(timeline)
    assert (last - first) * 2 < whole
    touch("touchStart", x)
    for away in range(0, 60, 6):
        touch("touchMove", x - away)
    touch("touchEnd")
    expect(timeline.get_by_role("slider", name="Moment")).not_to_have_attribute("min", str(first))
    expect(stopped(workbench)).to_be_hidden()  # to drag is not to press


def test_what_the_last_command_changed_is_marked_in_the_keyspace(workbench: Workbench) -> None:
    page = workbench.page
    debug(workbench, SCRIPT.replace("10000", "1000"))
    workbench.tab("Keyspace")
    panel = page.get_by_role("tabpanel", name=re.compile("^Keyspace"))
    expect(panel.get_by_role("status")).to_contain_text("Before the first command")
    workbench.tab("Debug")
    page.get_by_role("group", name="Timeline").get_by_role("button", name="Next log line").click()
    expect(next_line(workbench)).to_contain_text("Next: line 4")
    workbench.tab("Keyspace")
    expect(panel.get_by_role("status")).to_contain_text("line 2, was number 1,000, HSET cart f0 1000. It changed cart.")
    panel.get_by_role("button", name="cart").click()
    changed = page.get_by_role("group", name="Changed by the last command")
    expect(changed).to_contain_text("- f0 995")
    expect(changed).to_contain_text("+ f0 1000")
    workbench.tab("Debug")
    for _ in range(2):
        move(workbench, "Step over")
    workbench.tab("Keyspace")
    expect(workbench.key(re.compile("^mark last command"))).to_be_visible()
    expect(workbench.key(re.compile("^cart hash"))).to_be_visible()
    expect(changed).to_have_count(0)
    workbench.tab("Debug")
    move(workbench, "To end")
    workbench.tab("Keyspace")
    expect(panel.get_by_role("status")).to_contain_text("DEL mark. It changed mark, which is gone.")


def test_a_lane_that_was_stopped_counts_all_once_a_move_has_looked_on(workbench: Workbench) -> None:
    page = workbench.page
    workbench.script("local s = 0\nfor i = 1, 1500 do\n  s = s + i\nend\nreturn s")
    page.get_by_role("textbox", name="Lua script").click()
    for key in ("ControlOrMeta+Home", "ArrowDown", "ArrowDown", "F9"):
        page.keyboard.press(key)
    workbench.tab("Debug")
    condition = page.get_by_role("textbox", name="Condition, line 3")
    condition.fill("(function() for n = 1, 4000 do end return i % 2 == 0 end)()")
    condition.press("Enter")
    page.get_by_role("button", name="Debug", exact=True).click()
    # The lane looks for itself, and so does the list of what is met; both are stopped at once.
    looks_on = page.get_by_role("button", name="Look on")
    expect(next_line(workbench)).to_contain_text("Next: line 1")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(looks_on).to_be_visible()
    workbench.wait_until_ready()
    lane = page.get_by_role("group", name=re.compile("^Breakpoints: "))
    move(workbench, "Continue")
    expect(next_line(workbench)).to_contain_text("Line 3, time 1")
    expect(lane).to_have_accessible_name("Breakpoints: 750")
    expect(lane).not_to_contain_text("+")
    expect(page.get_by_text("Met 750 times")).to_be_visible()
