"""What is debugged when the page is loaded again is gone, is said so, and is debugged again to the same moment."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from e2e.test_debugging import debug, locals_of, move, next_line
from e2e.workbench import Workbench

CHOOSING = """local who = redis.call('SRANDMEMBER', KEYS[1])
local when = redis.call('TIME')
redis.call('SET', 'chosen', who)
return who .. when[1]"""


def offer(workbench: Workbench) -> Locator:
    return workbench.page.get_by_role("alert").filter(has_text="The page was loaded again")


def reload(workbench: Workbench) -> None:
    workbench.page.reload()
    expect(offer(workbench)).to_be_visible()


def pause_at_line_3(workbench: Workbench) -> tuple[str, str]:
    """What is shown there: the moment, and the variables."""
    workbench.page.get_by_role("button", name="Debug", exact=True).click()
    expect(next_line(workbench)).to_contain_text("Next: line 1")
    move(workbench, "Step over")
    move(workbench, "Step over")
    expect(next_line(workbench)).to_contain_text("Next: line 3")
    return shown(workbench)


def shown(workbench: Workbench) -> tuple[str, str]:
    moment = workbench.page.get_by_text(re.compile(r"^moment \d+ of \d+$")).inner_text()
    return moment, locals_of(workbench).inner_text()


def again(workbench: Workbench) -> None:
    offer(workbench).get_by_role("button", name="Debug to that moment").click()
    expect(offer(workbench)).to_have_count(0)
    expect(next_line(workbench)).to_contain_text("Next: line 3")


def test_it_is_debugged_again_to_the_same_moment(workbench: Workbench) -> None:
    page = workbench.page
    members = " ".join(map(str, range(500)))
    workbench.script(CHOOSING, ["members"], fixture=f"SADD members {members}")
    before = pause_at_line_3(workbench)
    reload(workbench)
    again(workbench)  # at once, while Python still loads
    assert shown(workbench) == before
    # Without a fixture too: the keyspace is as it was before the script.
    next_line(workbench).get_by_role("button", name="End", exact=True).click()
    workbench.console(f"SADD mine {members}")
    expect(workbench.console_output).to_contain_text("(integer) 500")
    page.get_by_text("fresh keyspace").click()
    workbench.fields("KEYS", ["mine"])
    workbench.wait_until_ready()
    workbench.tab("Debug")
    before = pause_at_line_3(workbench)
    reload(workbench)
    workbench.wait_until_ready()
    again(workbench)
    assert shown(workbench) == before
    move(workbench, "To end")
    expect(next_line(workbench)).to_contain_text("The script has ended.")
    next_line(workbench).get_by_role("button", name="End and keep").click()
    # What was not paused is not offered, nor what the person has closed.
    workbench.wait_until_ready()
    page.reload()
    workbench.wait_until_ready()
    expect(offer(workbench)).to_have_count(0)


def test_what_cannot_be_made_again_says_why(workbench: Workbench) -> None:
    page = workbench.page
    debug(workbench, "local n = 1\nlocal m = n + 1\nreturn m")
    page.get_by_role("textbox", name="Lua script").click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(" -- another")
    reload(workbench)
    expect(offer(workbench)).to_contain_text("at moment 1: that has ended, and the keyspace is as it was before it.")
    expect(offer(workbench).get_by_role("button", name="Debug to that moment")).to_have_count(0)
    offer(workbench).get_by_role("button", name="Close").click()
    page.reload()
    workbench.wait_until_ready()
    expect(offer(workbench)).to_have_count(0)
