"""What is typed is what stands there: key by key, with pauses in which the list of completions opens."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from e2e.workbench import Workbench

EXAMPLES = sorted(Path(__file__).parents[1].glob("web/examples/*.lua"))
TYPED = EXAMPLES if os.environ.get("FERROUS_EVERY_EXAMPLE") else EXAMPLES[::6]
"""Those that are typed key by key: all of them takes minutes, and is for a release (`make release-check`)."""

PAUSE = 300
"""Milliseconds in which the list opens, if there is anything to offer."""

SAVED = 1000
"""Milliseconds after which the browser has kept what was typed."""


class Typist:
    """Types a text as a person does, who lets the editor put the spaces before a line, and pauses now and then."""

    def __init__(self, page: Page, seed: int) -> None:
        self.page = page
        self.random = random.Random(seed)
        self.is_in_real_time = True

    @property
    def pauses(self) -> int:
        """How often a line is left in the middle."""
        return self.random.randint(0, 1) if self.is_in_real_time else 2

    def stop_the_clock(self) -> None:
        """From now on pauses take no time; what waits for a time comes when a pause lets it."""
        self.page.clock.pause_at(self.page.evaluate("Date.now()") + 100)
        self.is_in_real_time = False

    def pause(self, milliseconds: int = PAUSE) -> None:
        if self.is_in_real_time:
            self.page.wait_for_timeout(milliseconds)
        else:
            self.page.clock.run_for(milliseconds)

    def type(self, text: str) -> None:
        """Pauses before each Enter, and at other places of the lines."""
        lines = [line.lstrip(" ") for line in text.split("\n")]
        for number, line in enumerate(lines):
            if number:
                self.pause()
                self.page.keyboard.press("Enter")
            places = sorted(self.random.sample(range(len(line) + 1), min(self.pauses, len(line))))
            for start, end in zip([0, *places], [*places, len(line)], strict=True):
                if start:
                    self.pause()
                self.enter(line[start:end])

    def enter(self, text: str) -> None:
        """Key by key; where no time is to be lost, a comment's words beyond the first come as one input."""
        comment = text.find("-- ")
        keys = len(text) if comment < 0 or self.is_in_real_time else comment + 8
        self.page.keyboard.type(text[:keys])
        if text[keys:]:
            self.page.keyboard.insert_text(text[keys:])

    def clear(self) -> None:
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")

    def replace(self, text: str) -> str:
        """Type a text in place of the script, and say what stands there."""
        self.clear()
        self.type(text)
        return self.script()

    def work(self) -> dict[str, str]:
        """What the browser keeps of the work."""
        self.pause(SAVED)
        work: dict[str, str] = json.loads(self.page.evaluate("localStorage['ferrous.work']"))
        return work

    def script(self) -> str:
        return self.work()["script"]


@pytest.mark.parametrize("half", [0, 1])
def test_an_example_comes_out_as_it_is_typed(page: Page, half: int) -> None:
    page.clock.install()
    Workbench(page).open("/")
    page.get_by_role("textbox", name="Lua script").focus()
    typist = Typist(page, seed=half)
    typist.stop_the_clock()
    for example in TYPED[half::2]:
        text = example.read_text()
        assert typist.replace(text) == text, example.name


def test_five_examples_typed_in_real_time(workbench: Workbench) -> None:
    workbench.page.get_by_role("textbox", name="Lua script").focus()
    typist = Typist(workbench.page, seed=5)
    with_blocks = [example for example in EXAMPLES if "\n  " in example.read_text()]
    for example in sorted(with_blocks, key=lambda path: len(path.read_text()))[:5]:
        text = example.read_text()
        assert typist.replace(text) == text, example.name


@pytest.fixture
def typist(page: Page) -> Typist:
    """One in an empty script, whose pauses take no time."""
    page.clock.install()
    Workbench(page).open("/")
    page.get_by_role("textbox", name="Lua script").focus()
    one = Typist(page, seed=1)
    one.stop_the_clock()
    one.clear()
    return one


def completions(page: Page) -> Locator:
    """What the list offers; there may be none."""
    return page.get_by_role("listbox", name="Completions").get_by_role("option")


WHOLE = (
    """
for i = 1, 3 do|end|else|nil|break|true|and|not|or|in|then|local function|redis|return redis.call|pairs
local job|local first, second|for key|for _, item|function name|x = function(red|local function f(ret, end_of
-- tonum|return 'tonum|return [[tonum|job.sta|job:ret|x = 0x1e
""".strip()
    .replace("\n", "|")
    .split("|")
)
"""Lines after which nothing is offered: a word in full, a new name, a field nobody knows, a comment or a string."""


def test_enter_after_a_whole_word_begins_a_line(typist: Typist) -> None:
    for line in WHOLE:
        assert typist.replace(f"{line}\nx").split("\n")[0].rstrip("'])") == line.rstrip("'])")
        typist.replace(line)
        expect(completions(typist.page)).to_have_count(0)


TAKEN = [
    ("ret", ["Enter"], "return"),
    ("tonum", ["Enter"], "tonumber"),
    ("redis.ca", ["Enter"], "redis.call"),
    ("re", ["Enter"], "re\n"),
    ("re", ["Tab"], "repeat"),
    ("re", ["ArrowDown", "Enter"], "repeat"),
    ("re", ["ArrowDown", "ArrowDown", "Enter"], "return"),
    ("enc", ["Enter"], "enc\n"),
    ("enc", ["Tab"], "cjson.encode"),
    ("tnm", ["Tab"], "  tnm"),
    ("whi", ["ArrowDown", "Enter"], "while condition do\n  \nend"),
    ("local remaining = 1 return rema", ["Enter"], "local remaining = 1 return remaining"),
    ("redis.call('hincr", ["Enter"], "redis.call('hincrby')"),
    ("redis.call('zadd', KEYS[1], 'n", ["Tab"], "redis.call('zadd', KEYS[1], 'nx')"),
    ("redis.call('zadd', 'n", ["Tab"], "  redis.call('zadd', 'n')"),
    ("redis.call('object', 'enc", ["Tab"], "redis.call('object', 'encoding')"),
]
"""What is typed, the keys after a pause, and what stands there then."""


def test_what_enter_and_tab_take(typist: Typist) -> None:
    for typed, keys, written in TAKEN:
        typist.clear()
        typist.page.keyboard.type(typed)
        typist.pause()
        for key in keys:
            typist.page.keyboard.press(key)
        assert typist.script() == written
        typist.page.keyboard.press("Escape")  # a snippet ends
        typist.page.get_by_role("textbox", name="Lua script").focus()


def test_escape_closes_the_list_for_the_word(typist: Typist) -> None:
    typist.page.keyboard.type("ret")
    typist.pause()
    expect(completions(typist.page)).not_to_have_count(0)
    typist.page.keyboard.press("Escape")
    for letter in "ur":
        typist.page.keyboard.type(letter)
        typist.pause()
        expect(completions(typist.page)).to_have_count(0)
    typist.page.keyboard.type(" ton")
    typist.pause()
    expect(completions(typist.page)).to_have_text(["tonumber"])


def test_brackets_that_close_themselves_do_not_come_twice(typist: Typist) -> None:
    for text in (
        "redis.register_function({\n  name = 'a', -- it's '90s (old\n  flags = { 'no-writes' },\n})\n",
        "local t = {\n  a = '(',\n  b = \"it's\",\n}\nreturn [[\n(x\n'y\n]] .. t[('a')]\n",
        "if x then\n  endpoint = f(function(a)\n    return a\n  end)\nelseif y then\n  elsewhere = 1\nend\n",
        "f(\n  'a',\n  g(1)\n)\n",
    ):
        assert typist.replace(text) == text


def test_a_bracket_or_quote_typed_by_mistake_is_taken_back_whole(typist: Typist) -> None:
    typist.page.keyboard.type("f('a', ")
    for mistake in "([{'\"":
        typist.page.keyboard.type(mistake)
        typist.pause()
        typist.page.keyboard.press("Backspace")
    typist.page.keyboard.type("'b")
    typist.page.keyboard.type("'")
    typist.page.keyboard.press("Backspace")
    typist.page.keyboard.type("c')")
    assert typist.script() == "f('a', 'bc')"


PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
)


@pytest.mark.parametrize("agent", ["", PHONE], ids=["desktop", "phone"])
def test_an_input_method_composes_word_by_word(browser: Browser, base_url: str, agent: str) -> None:
    context = browser.new_context(base_url=base_url, user_agent=agent or None, service_workers="block")
    page = context.new_page()
    Workbench(page).open("/")
    page.get_by_role("textbox", name="Lua script").focus()
    typist = Typist(page, seed=0)
    typist.clear()
    page.keyboard.insert_text("if KEYS[1] then\n  ")
    keyboard = context.new_cdp_session(page)
    for piece in ("return", " ", "ARGV", ";", "end", " ", "local", " ", "endpoint", "=", "ARGV"):
        if piece == "end":
            page.keyboard.insert_text("\n  ")
        for end in range(1, len(piece) + 1 if piece.isalpha() else 0):
            composed = {"text": piece[:end], "selectionStart": end, "selectionEnd": end}
            keyboard.send("Input.imeSetComposition", composed)
        page.keyboard.insert_text(piece)
        if piece == "end":
            typist.pause()
    assert typist.script() == "if KEYS[1] then\n  return ARGV;\nend local endpoint=ARGV"
    context.close()


def test_lines_of_the_fixture_come_out_as_they_are_typed(typist: Typist) -> None:
    typist.page.get_by_role("tab", name="Fixture").click()
    typist.page.get_by_role("textbox", name="Fixture").focus()
    typist.clear()
    lines = ["SET name keep", "set", "ZADD board 1 nx", 'HSET user "first name" x', "# xadd", "zadd board gt"]
    for line in lines:
        typist.page.keyboard.type(line)
        typist.pause()
        typist.page.keyboard.press("Enter")
    typist.page.keyboard.type("hincrb")
    typist.pause()
    typist.page.keyboard.press("Enter")
    assert typist.work()["fixture"] == "\n".join([*lines, "hincrby"])


def test_lines_of_the_console_are_what_was_typed(workbench: Workbench) -> None:
    workbench.tab("Console")
    workbench.page.get_by_role("textbox", name="Redis command").focus()
    for line in ("SET end 1", "GET en", "OBJECT ENCODING end", "hset h fie 1", "incr"):
        workbench.page.keyboard.type(line)
        workbench.page.wait_for_timeout(PAUSE)
        workbench.page.keyboard.press("Enter")
        expect(workbench.console_output).to_contain_text(f"> {line}")
