"""On a phone a script is debugged with the thumb: moves are in reach, and the line that comes next is in sight."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from e2e.test_debugging import locals_of, move
from e2e.workbench import Workbench

HEIGHT = 844
LONG = "local n = 0\n" + "\n".join(f"n = n + {number}" for number in range(2, 60)) + "\nreturn n"


def covered(moves: Locator) -> float:
    """How far down the page is seen: the rest is behind the moves."""
    box = moves.bounding_box()
    assert box
    return box["y"]


def test_a_script_is_stepped_through_with_the_thumb(workbench: Workbench) -> None:
    page = workbench.page
    page.set_viewport_size({"width": 390, "height": HEIGHT})
    workbench.script(LONG)
    page.get_by_role("button", name="Debug", exact=True).click()
    moves = page.get_by_role("group", name="Moves")
    names = ["Continue", "Step over", "Step", "Step out"]
    expect(moves.get_by_role("button", name=re.compile("^(?!line )"))).to_have_text([*names, "Back"])
    for name in [*names, "Back"]:
        box = moves.get_by_role("button", name=name, exact=True).bounding_box()
        assert box
        assert (box["x"] >= 0, box["x"] + box["width"] <= 390, box["height"] >= 44) == (True, True, True), name
    for name in ("Zoom in", "Zoom out"):
        box = page.get_by_role("group", name="Timeline").get_by_role("button", name=name).bounding_box()
        assert box
        assert box["width"] >= 26, name
    # Who reads the script sees where it is, above the moves.
    current = page.get_by_role("textbox", name="Lua script").locator("[aria-current=step]")
    for line in range(2, 40):
        move(workbench, "Step over")
        expect(moves.get_by_role("button", name=f"line {line} n = n + {line}")).to_be_visible()
        box = current.bounding_box()
        assert box
        assert 0 <= box["y"] < box["y"] + box["height"] <= covered(moves), line
    # Who reads what the variables hold stays there, and sees the line with the moves.
    locals_of(workbench).scroll_into_view_if_needed()
    page.mouse.wheel(0, 5000)
    expect(locals_of(workbench)).to_contain_text("n = 740")
    before = page.evaluate("scrollY")
    move(workbench, "Step over")
    expect(locals_of(workbench)).to_contain_text("n = 779")
    expect(moves.get_by_role("button", name="line 40 n = n + 40")).to_be_visible()
    assert abs(page.evaluate("scrollY") - before) < 60
    move(workbench, "Back")
    for name in ("Step back", "Back over", "Back out", "Reverse continue", "To start", "Last here", "To end"):
        expect(moves.get_by_role("button", name=name, exact=True)).to_be_visible()
    move(workbench, "Step back")
    expect(locals_of(workbench)).to_contain_text("n = 740")
    moves.get_by_role("button", name="line 39 n = n + 39").click()
    expect(current).to_be_in_viewport()
    box = current.bounding_box()
    assert box
    assert 0 <= box["y"] < covered(moves)
    move(workbench, "Continue")
    expect(moves.get_by_role("button", name="The script has ended.")).to_be_disabled()
