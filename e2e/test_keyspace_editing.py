"""The keyspace changed where it is seen, searched, looked at closely, and made the fixture."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from e2e.workbench import Workbench

FILL = """redis.call('HSET', 'user:1', 'name', 'Ada', 'role', 'admin')
redis.call('SET', 'profile', '{"a":[1,2.50],"b":{}}')
redis.call('ZADD', 'board', 7, 'ada')
for i = 1, 700 do redis.call('RPUSH', 'long', 'item:' .. i) end
return cmsgpack.pack({1, {x = 2}})"""


def fill(workbench: Workbench) -> None:
    workbench.script(FILL)
    workbench.run()
    expect(workbench.reply).to_be_visible()
    workbench.tab("Keyspace")


def chosen(workbench: Workbench, name: str) -> Locator:
    workbench.key(re.compile(f"^{name}\\b")).click()
    return workbench.page.get_by_role("region", name=f"Key {name}", exact=True)


def test_a_person_edits_what_is_seen(workbench: Workbench, page: Page, errors: list[str]) -> None:
    fill(workbench)
    content = chosen(workbench, "user:1")
    content.get_by_role("button", name="Edit name").click()
    page.keyboard.type("Grace Hopper", delay=20)
    page.keyboard.press("Enter")
    expect(content.get_by_role("row").filter(has_text="Grace Hopper")).to_be_visible()
    page.get_by_role("button", name="Undo edit of user:1").click()
    expect(content.get_by_role("row").filter(has_text="Ada")).to_be_visible()
    page.get_by_role("button", name="Redo edit of user:1").click()
    expect(content).to_contain_text("Grace Hopper")

    content.get_by_role("button", name="Edit role").click()
    page.keyboard.type("half", delay=20)
    page.keyboard.press("Escape")
    expect(content.get_by_role("row").filter(has_text="admin")).to_be_visible()
    content.get_by_role("button", name="Add", exact=True).click()
    page.keyboard.type("team", delay=20)
    page.keyboard.press("Tab")
    page.keyboard.type("core", delay=20)
    page.keyboard.press("Enter")
    expect(content.get_by_role("row").filter(has_text="core")).to_be_visible()
    content.get_by_role("button", name="Remove role").click()
    expect(content.get_by_role("row").filter(has_text="admin")).to_have_count(0)

    content.get_by_role("button", name="Rename").click()
    page.keyboard.type("profile", delay=20)
    page.keyboard.press("Enter")
    expect(content.get_by_role("alert")).to_have_text("There is a key of this name already.")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("user:2", delay=20)
    page.keyboard.press("Enter")
    content = page.get_by_role("region", name="Key user:2", exact=True)
    content.get_by_role("button", name="Expiry").click()
    page.keyboard.type("90", delay=20)
    page.keyboard.press("Enter")
    expect(workbench.key(re.compile("user:2.*(90|8\\d) s|user:2.*min"))).to_be_visible()
    content.get_by_role("button", name="Delete key user:2").click()
    expect(workbench.key(re.compile("user:2"))).to_have_count(0)

    board = chosen(workbench, "board")
    board.get_by_role("button", name="Edit ada").click()
    page.keyboard.type("much")
    page.keyboard.press("Enter")
    expect(board.get_by_role("alert")).to_have_text("ERR value is not a valid float")


def test_a_new_key_is_made_and_the_keyspace_becomes_the_fixture(workbench: Workbench, page: Page) -> None:
    workbench.script("return redis.call('LRANGE', 'queue', 0, -1)")
    workbench.tab("Keyspace")
    page.get_by_role("button", name="New key").click()
    form = page.get_by_role("region", name="New key")
    form.get_by_role("combobox", name="Type").select_option("list")
    form.get_by_role("textbox", name="Key").click()
    page.keyboard.type("queue", delay=20)
    page.keyboard.press("Tab")
    page.keyboard.type("first job", delay=20)
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Key queue")).to_contain_text("first job")
    page.get_by_role("combobox", name="Export").select_option("fixture")
    expect(page.get_by_role("tab", name="Fixture")).to_have_attribute("aria-selected", "true")
    workbench.run()
    workbench.tab("Reply")
    expect(workbench.reply).to_contain_text('"first job"')


def test_values_are_searched_and_looked_at(workbench: Workbench, page: Page) -> None:
    fill(workbench)
    content = chosen(workbench, "long")
    content.get_by_role("table").press("End")
    expect(content.get_by_role("row").filter(has_text="item:700")).to_be_visible()
    content.get_by_role("searchbox", name="Search elements").click()
    page.keyboard.type("item:69", delay=20)
    expect(content.get_by_role("status")).to_have_text("11 found")
    expect(content.get_by_role("row").filter(has_text="item:699")).to_be_visible()

    page.get_by_role("checkbox", name="in values").check()
    page.get_by_role("searchbox", name="Search keys").fill("2.50")
    expect(page.get_by_role("listbox", name="Keys").get_by_role("option")).to_have_count(1)
    content = chosen(workbench, "profile")
    content.get_by_role("button", name="View the value").click()
    value = content.get_by_role("group", name="Value of the value")
    expect(value.get_by_role("textbox", name="Value of the value as JSON")).to_contain_text("2.50")
    value.get_by_role("button", name="Hex").click()
    expect(value.get_by_role("textbox", name="Value of the value as Hex")).to_contain_text("7b 22 61 22")

    workbench.tab("Reply")
    page.get_by_role("group", name="Form of the reply").get_by_role("button", name="JSON").click()
    expect(page.get_by_role("textbox", name="Reply as MessagePack")).to_contain_text('"x": 2')
