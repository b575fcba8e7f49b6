"""Export: the call as lines for redis-cli and programs, copied and saved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.workbench import Workbench

FORMS = {
    "EVAL": "redis-cli EVAL 'return ARGV[1]' 1 k 'it'\\''s'",
    "--eval": "redis-cli --eval my_script.lua k , 'it'\\''s'",
    "EVALSHA": "redis-cli EVALSHA 098e0f0d1448c0a81dafe820f66d460eb09263da 1 k 'it'\\''s'",
    "FUNCTION": "redis-cli FCALL my_script 1 k 'it'\\''s'",
    "redis-py": "keys=['k'], args=[\"it's\"]",
    "ioredis": 'redis.myScript("k", "it\'s")',
    "node-redis": 'myScript(["k"], ["it\'s"])',
    "go-redis": '[]string{"k"}, "it\'s")',
    "Jedis": 'List.of("k"), List.of("it\'s")',
    "Lettuce": 'new String[] {"k"}, new String[] {"it\'s"}',
    "StackExchange.Redis": 'new RedisKey[] { "k" }, new RedisValue[] { "it\'s" }',
    "predis": "['k'], ['it\\'s']",
    "phpredis": "['k'], ['it\\'s']",
    "redis-rb": "['k'], ['it\\'s']",
    "redis-rs": '.arg("it\'s")',
}


def open_export(workbench: Workbench) -> Locator:
    workbench.page.get_by_role("textbox", name="Name", exact=True).fill("My script")
    workbench.page.get_by_role("button", name="Export", exact=True).click()
    return workbench.page.get_by_role("dialog", name="Export")


def test_every_form_carries_the_call(workbench: Workbench, errors: list[str]) -> None:
    workbench.script("return ARGV[1]", ["k"], ["it's"])
    dialog = open_export(workbench)
    form = dialog.get_by_role("combobox", name="Form")
    expect(form.get_by_role("option")).to_have_text([*FORMS, "tests for pytest", "tests for jest"])
    for title, text in FORMS.items():
        form.select_option(title)
        expect(dialog.get_by_role("region", name="Snippet")).to_contain_text(text)


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_a_snippet_is_copied(workbench: Workbench, page: Page, how: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    workbench.script("return ARGV[1]", ["k"], ['"\\x00"'])
    dialog = open_export(workbench)
    dialog.get_by_role("combobox", name="Form").select_option("EVAL")
    expect(dialog.get_by_role("region", name="Snippet")).to_contain_text("--quoted-input")
    button = dialog.get_by_role("button", name="Copy")
    if how == "mouse":
        button.click()
    else:
        button.focus()
        page.keyboard.press("Enter")
    expect(dialog.get_by_role("status")).to_have_text("Copied.")
    copied = "redis-cli --quoted-input EVAL '\"return ARGV[1]\"' 1 k '\"\\x00\"'\n"
    assert page.evaluate("navigator.clipboard.readText()") == copied


def test_the_script_is_saved_for_the_file_form(workbench: Workbench, page: Page, tmp_path: Path) -> None:
    workbench.script("return 'saved é'\n", [], [])
    dialog = open_export(workbench)
    dialog.get_by_role("combobox", name="Form").select_option("--eval")
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Save my_script.lua").click()
    assert Path(download.value.path()).read_text(encoding="utf-8") == "return 'saved é'\n"


def test_the_tests_of_a_work_are_files(workbench: Workbench, page: Page, tmp_path: Path) -> None:
    """The first example has three."""
    dialog = open_export(workbench)
    form = dialog.get_by_role("combobox", name="Form")
    for title, name, text in (
        ("tests for pytest", "test_my_script.py", 'id="somebody else\'s"'),
        ("tests for jest", "my_script.test.mjs", 'test("somebody else\'s", async'),
    ):
        form.select_option(title)
        with page.expect_download() as download:
            dialog.get_by_role("button", name=f"Save {name}").click()
        assert text in Path(download.value.path()).read_text(encoding="utf-8")


def test_a_form_that_cannot_carry_the_call_says_so(workbench: Workbench) -> None:
    workbench.script("return 1", ["k"], ['"\\x00"'])
    dialog = open_export(workbench)
    dialog.get_by_role("combobox", name="Form").select_option("--eval")
    expect(dialog).to_contain_text("An argument holds a NUL byte")
    expect(dialog.get_by_role("button", name="Copy")).to_be_disabled()


def test_a_field_that_cannot_be_read_is_told(workbench: Workbench) -> None:
    workbench.script("return 1", ['"a"b"'])
    expect(open_export(workbench)).to_contain_text(re.compile(r"KEYS\[1\]: .*is not one quoted string"))
