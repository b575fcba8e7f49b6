"""The keyboard alone: every part of the page is reached, the map tells how, and borders move."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.workbench import Workbench


def test_the_map_opens_by_its_key_and_closes_by_escape(workbench: Workbench) -> None:
    workbench.page.get_by_role("tab", name="Reply").focus()
    workbench.page.keyboard.press("?")
    keys = workbench.page.get_by_role("dialog", name="Keyboard")
    expect(keys.get_by_role("region", name="The script")).to_contain_text("Dry run")
    expect(keys.get_by_role("region", name="While debugging")).to_contain_text("Step back")
    workbench.page.keyboard.press("Escape")
    expect(keys).to_have_count(0)


KEY_WHEN_A_DIALOG_HAS_CLOSED = """(key) => {
    const watcher = new MutationObserver(() => {
        watcher.disconnect();
        dispatchEvent(new KeyboardEvent("keydown", { key }));
    });
    watcher.observe(document, { subtree: true, attributes: true, attributeFilter: ["open"] });
}"""
"""Presses a key before the browser tells that a dialog is closed: on a busy machine a person's comes as soon."""


@pytest.mark.parametrize("closing", ["Examples", "Keyboard"])
def test_a_key_is_obeyed_while_a_dialog_closes(workbench: Workbench, closing: str) -> None:
    workbench.page.get_by_role("button", name=closing).click()
    expect(workbench.page.get_by_role("dialog", name=closing)).to_be_visible()
    workbench.page.evaluate(KEY_WHEN_A_DIALOG_HAS_CLOSED, "F1")
    workbench.page.keyboard.press("Escape")
    keys = workbench.page.get_by_role("dialog", name="Keyboard")
    expect(keys.get_by_role("region", name="The script")).to_be_visible()
    workbench.page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    expect(workbench.page.get_by_role("button", name=closing)).to_be_focused()


@pytest.mark.parametrize(
    ("keys", "role", "name"), [("F1", "dialog", "Keyboard"), ("Alt+Shift+O", "textbox", "Redis command")]
)
def test_keys_are_obeyed_while_dialogs_and_panels_are_fetched(page: Page, keys: str, role: str, name: str) -> None:
    held: list[Route] = []
    page.route("**/assets/rest-*.js", lambda route: held.append(route))
    workbench = Workbench(page)
    page.goto("/")
    workbench.wait_until_ready()
    page.keyboard.press("Alt+Shift+X")
    expect(page.get_by_role("dialog", name="Loading…")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(workbench.reply).to_be_visible()
    page.keyboard.press("Alt+Shift+H")
    page.keyboard.press(keys)
    for route in held:
        route.continue_()
    shown = page.get_by_role(role, name=name)  # type: ignore[arg-type]
    expect(shown.get_by_role("button", name="Close") if role == "dialog" else shown).to_be_focused()


def test_keys_lead_from_a_dialog_to_another_place(workbench: Workbench) -> None:
    editor = workbench.page.get_by_role("textbox", name="Lua script")
    editor.click()
    for keys, name in (("Alt+Shift+X", "Examples"), ("Alt+Shift+H", "History"), ("F1", "Keyboard"), ("F1", "Keyboard")):
        workbench.page.keyboard.press(keys)
        expect(workbench.page.get_by_role("dialog")).to_have_accessible_name(name)
    workbench.page.keyboard.press("ControlOrMeta+Enter")
    expect(workbench.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    workbench.page.keyboard.press("Escape")
    expect(editor).to_be_focused()
    workbench.page.keyboard.press("F1")
    workbench.page.keyboard.press("Alt+Shift+K")
    expect(workbench.page.get_by_role("searchbox", name="Search keys")).to_be_focused()
    expect(workbench.reply).to_have_count(0)


def test_a_question_mark_is_typed_where_one_types(workbench: Workbench) -> None:
    workbench.write("Script", "")
    workbench.page.keyboard.type("-- why?")
    expect(workbench.page.get_by_role("textbox", name="Lua script")).to_have_text("-- why?")
    workbench.page.keyboard.press("F1")
    expect(workbench.page.get_by_role("dialog", name="Keyboard")).to_be_visible()


@pytest.mark.parametrize(
    ("keys", "role", "name"),
    [
        ("Alt+Shift+S", "textbox", "Lua script"),
        ("Alt+Shift+F", "textbox", "Fixture: redis-cli commands that fill the keyspace before the script runs"),
        ("Alt+Shift+I", "textbox", "KEYS[1]"),
        ("Alt+Shift+C", "tab", "Trace"),
        ("Alt+Shift+E", "tab", "Keys"),
        ("Alt+Shift+K", "searchbox", "Search keys"),
        ("Alt+Shift+O", "textbox", "Redis command"),
    ],
)
def test_keys_go_to_a_part_from_within_the_editor(workbench: Workbench, keys: str, role: str, name: str) -> None:
    workbench.page.get_by_role("textbox", name="Lua script").click()
    workbench.page.keyboard.press(keys)
    expect(workbench.page.get_by_role(role, name=name, exact=role == "tab")).to_be_focused()  # type: ignore[arg-type]


def test_a_dry_run_and_a_stop_by_keys(workbench: Workbench) -> None:
    workbench.script("return redis.call('SET', 'k', 'v')")
    workbench.page.keyboard.press("ControlOrMeta+Shift+Enter")
    expect(workbench.page.get_by_role("region", name="What changed")).to_contain_text("nothing was kept")
    workbench.script("while true do end")
    workbench.page.keyboard.press("ControlOrMeta+Enter")
    expect(workbench.page.get_by_role("button", name="Stop")).to_be_visible()
    workbench.page.keyboard.press("ControlOrMeta+.")
    expect(workbench.page.get_by_role("status").filter(has_text="Stopped")).to_be_visible()


def test_what_came_of_a_run_is_announced(workbench: Workbench) -> None:
    announcement = workbench.page.get_by_role("status", name="Last run")
    workbench.script("redis.call('SET', KEYS[1], 1)\nreturn {1, 2}", ["k"])
    workbench.run()
    expect(announcement).to_have_text("Replied 1) (integer) 1 and more. Commands: 1, keys changed: 1.")
    workbench.script("return 1\n+ nil")
    workbench.run()
    expect(announcement).to_contain_text("The script failed on line")


def test_escape_leaves_the_editor(workbench: Workbench) -> None:
    editor = workbench.page.get_by_role("textbox", name="Lua script")
    editor.click()
    workbench.page.keyboard.press("Escape")
    expect(editor).not_to_be_focused()
    workbench.page.keyboard.press("Tab")
    expect(editor).not_to_be_focused()


@pytest.mark.parametrize(
    ("border", "less", "more", "value"),
    [
        ("Width of the columns", "ArrowLeft", "ArrowRight", "54 %"),
        ("Height of the editor", "ArrowUp", "ArrowDown", "as the content needs"),
    ],
)
def test_borders_move_are_remembered_and_put_back(
    workbench: Workbench, border: str, less: str, more: str, value: str
) -> None:
    separator = workbench.page.get_by_role("separator", name=border)
    expect(separator).to_have_attribute("aria-valuetext", value)
    separator.press("Home")
    expect(separator).to_have_attribute("aria-valuenow", "15")
    separator.press(more)
    separator.press(more)
    separator.press(less)
    expect(separator).to_have_attribute("aria-valuenow", "17")
    workbench.page.reload()
    expect(separator).to_have_attribute("aria-valuetext", "17 %")
    separator.dblclick()
    expect(separator).to_have_attribute("aria-valuetext", value)


def test_a_border_is_dragged(workbench: Workbench) -> None:
    separator = workbench.page.get_by_role("separator", name="Height of the editor")
    call = workbench.page.get_by_role("region", name="Call")
    before = call.bounding_box()
    assert before
    separator.hover()
    workbench.page.mouse.down()
    workbench.page.mouse.move(before["x"] + 50, before["y"] - 100)
    workbench.page.mouse.up()
    after = call.bounding_box()
    assert after
    assert after["height"] > before["height"] + 80
