"""The editor: mistakes are told while one types, and Redis and Lua are documented where they are written."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.workbench import Workbench


def test_a_mistake_is_underlined_explained_and_put_right(workbench: Workbench) -> None:
    workbench.script("local v = redis.call('GET', KEYS[1])\nif v == nil then return 0 end\nreturn v", ["k"])
    underlined = workbench.page.locator(".cm-lintRange-warning")
    expect(underlined).to_have_text("v == nil")
    underlined.hover()
    workbench.page.get_by_role("button", name="Compare with false").click()
    expect(workbench.page.get_by_role("textbox", name="Lua script")).to_contain_text("if v == false then")


def test_syntax_errors_are_told_before_a_run(workbench: Workbench) -> None:
    workbench.script("return = 1")
    expect(workbench.page.locator(".cm-lintRange-error")).to_be_visible()


def test_commands_are_completed_inside_redis_call(workbench: Workbench) -> None:
    workbench.script("return 1")
    workbench.write("Script", "")
    workbench.page.keyboard.type("redis.call('HINCR")
    option = workbench.page.get_by_role("option", name="HINCRBYFLOAT")
    expect(option).to_be_visible()
    expect(workbench.page.get_by_text("HINCRBY key field increment")).to_be_visible()
    option.click()
    expect(workbench.page.get_by_role("textbox", name="Lua script")).to_contain_text("redis.call('HINCRBYFLOAT'")


def test_commands_and_library_are_explained_on_hover(workbench: Workbench) -> None:
    workbench.script("local t = redis.call('TTL', KEYS[1])\nreturn tonumber(t)", ["k"])
    workbench.page.get_by_text("'TTL'").hover()
    expect(workbench.page.get_by_text("Get the time to live for a key in seconds")).to_be_visible()
    workbench.page.mouse.move(5, 5)
    workbench.page.get_by_text("tonumber", exact=True).hover()
    expect(workbench.page.get_by_text("The number a string stands for")).to_be_visible()
