"""The page as a person sees it: found by role and label, never by the structure of its code."""

from __future__ import annotations

import contextlib
import re

from playwright.sync_api import Locator, Page, Worker, expect


class Workbench:
    """One open page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, address: str) -> None:
        """Go there and wait until a script can be run, and what helps while one writes is there."""
        self.page.goto(address)
        self.wait_until_ready()
        expect(self.page.get_by_role("textbox", name="Lua script")).to_have_attribute("aria-autocomplete", "list")

    def point_at(self, word: Locator, told: Locator) -> None:
        """Rest the pointer on a word of an editor, and once more until the page tells it: the editor forgets a pointer
        under which it draws the word anew, as when findings come."""
        for _ in range(20):
            word.hover()
            with contextlib.suppress(AssertionError):
                expect(told).to_be_visible(timeout=2000)
                return
            self.page.mouse.move(5, 5)
        expect(told).to_be_visible()

    def wait_until_ready(self) -> None:
        """Until Python is there and nothing runs."""
        expect(self.page.get_by_role("contentinfo")).to_contain_text("ready")

    @property
    def engine(self) -> Worker:
        """The worker that Python is in; another one keeps the copy of the keyspace."""
        return [worker for worker in self.page.workers if "/worker-" in worker.url][-1]

    # What is written

    def write(self, editor: str, text: str) -> None:
        """Replace the text of an editor."""
        self.page.get_by_role("tab", name=editor).click()
        box = self.page.get_by_role("textbox", name="Lua script" if editor == "Script" else "Fixture")
        box.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)

    def script(
        self, text: str, keys: list[str] | None = None, argv: list[str] | None = None, fixture: str = ""
    ) -> None:
        """Fill in everything a run needs."""
        self.write("Fixture", fixture)
        self.write("Script", text)
        self.fields("KEYS", keys or [])
        self.fields("ARGV", argv or [])

    def fields(self, name: str, values: list[str]) -> None:
        """Replace the fields of KEYS or ARGV."""
        group = self.page.get_by_role("group", name=name, exact=True)
        while group.get_by_role("textbox").count():
            group.get_by_role("button", name=f"Remove {name}[1]").click()
        for index, value in enumerate(values, 1):
            group.get_by_role("button", name=f"Add to {name}").click()
            group.get_by_role("textbox", name=f"{name}[{index}]").fill(value)

    # What is done

    def run(self) -> None:
        """Press Run."""
        script = self.page.get_by_role("group", name="Script", exact=True)
        script.get_by_role("button", name=re.compile("^Run")).click()

    def tab(self, name: str) -> None:
        """Show a tab of the results."""
        self.page.get_by_role("tab", name=re.compile(rf"^{name}\b")).click()

    def console(self, line: str) -> None:
        """Type a line into the console, once the line before has been answered."""
        self.tab("Console")
        self.wait_until_ready()
        self.page.get_by_role("textbox", name="Redis command").fill(line)
        self.page.keyboard.press("Enter")

    # What is seen

    def expect_image(self, sentence: str) -> None:
        """Wait until the page says this of the image of Python's memory."""
        self.page.get_by_role("contentinfo").get_by_role("button", name=re.compile("^engine")).click()
        dialog = self.page.get_by_role("dialog", name="Engine")
        expect(dialog.get_by_role("status")).to_contain_text(sentence)
        self.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)

    @property
    def reply(self) -> Locator:
        """The card with the reply."""
        return self.page.get_by_role("region", name="Reply", exact=True)

    @property
    def console_output(self) -> Locator:
        """What the console printed."""
        return self.page.get_by_role("log", name="Console output")

    def key(self, name: str | re.Pattern[str]) -> Locator:
        """A row of the list of keys, once it answers what was asked last: until then the rows of before are shown."""
        keys = self.page.get_by_role("listbox", name="Keys").and_(self.page.locator("[aria-busy=false]"))
        return keys.get_by_role("option", name=name)

    def error_on_line(self, line: int) -> Locator:
        """The sentence under a line of the editor."""
        return self.page.get_by_role("note", name=f"Error on line {line}", exact=True)
