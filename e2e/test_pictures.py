"""README's pictures of the page, light and dark. `make pictures` writes them, and what they show, to e2e/pictures."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from e2e.workbench import Workbench

PICTURES = Path(__file__).with_name("pictures")
CONTENTS = PICTURES / "workbench.txt"
"""The parts and controls of the page when the pictures were made."""

WRITING = bool(os.environ.get("FERROUS_PICTURES"))
"""The pictures are to be written, not compared."""

SHOWN = re.compile(r"""^ *- '?((?:region|tab|button) "[^"]+)""", re.MULTILINE)
"""Lines of an aria snapshot that are compared: texts and times of a run are not."""

PNG = b"\x89PNG\r\n\x1a\n"


def contents(page: Page) -> str:
    """What stands on the page: the names of its regions, tabs and buttons in their order, without numbers."""
    found = SHOWN.findall(page.locator("body").aria_snapshot())
    lines = (re.sub(r"[\d.±]+( m?s\b)?", "", line).strip() for line in found)
    return "".join(f'{line}"\n' for line in lines if not line.endswith('"'))


def test_the_pictures_show_the_page_as_it_is(workbench: Workbench) -> None:
    """Not dot by dot, for fonts and times differ: what stands on them stands on the page, and nothing else does."""
    page = workbench.page
    page.set_viewport_size({"width": 1400, "height": 780})
    page.get_by_role("banner").get_by_role("button", name="Examples").click()
    page.get_by_role("dialog", name="Examples").get_by_role("button", name="Token bucket").first.click()
    workbench.run()
    expect(workbench.reply).to_contain_text("7.75")
    expect(page.get_by_role("contentinfo")).to_contain_text("ready")
    if WRITING:
        CONTENTS.write_text(contents(page), encoding="utf-8")
    assert contents(page) == CONTENTS.read_text(encoding="utf-8"), "run `make pictures`, and look at them"
    page.emulate_media(color_scheme="light")
    light = page.screenshot(animations="disabled")
    page.emulate_media(color_scheme="dark")
    dark = page.screenshot(animations="disabled")
    assert light != dark
    for name, picture in (("workbench-light.png", light), ("workbench-dark.png", dark)):
        if WRITING:
            (PICTURES / name).write_bytes(picture)
        assert picture.startswith(PNG)
        assert (PICTURES / name).read_bytes().startswith(PNG)
