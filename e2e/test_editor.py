"""The editor: mistakes are told while one types, and Redis and Lua are documented where they are written."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from e2e.workbench import Workbench


def test_a_mistake_is_underlined_explained_and_put_right(workbench: Workbench) -> None:
    workbench.script("local v = redis.call('GET', KEYS[1])\nif v == nil then return 0 end\nreturn v", ["k"])
    underlined = workbench.page.locator(".cm-lintRange-warning")
    expect(underlined).to_have_text("v == nil")
    underlined.hover()
    expect(workbench.page.locator(".cm-tooltip-lint")).to_contain_text("is false, not nil, where Redis answers nil")
    advice = workbench.page.get_by_role("note", name="Advice on line 2")
    advice.get_by_role("button", name="Compare with false").click()
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
    page = workbench.page
    workbench.point_at(page.get_by_text("'TTL'"), page.get_by_text("Get the time to live for a key in seconds"))
    page.mouse.move(5, 5)
    workbench.point_at(page.get_by_text("tonumber", exact=True), page.get_by_text("The number a string stands for"))


def test_a_finding_says_why(workbench: Workbench) -> None:
    workbench.script("if redis.call('EXISTS', KEYS[1]) then return 1 end", ["k"])
    workbench.page.locator(".cm-lintRange-warning").hover()
    expect(workbench.page.get_by_text("truthy-zero: Only nil and false are false.")).to_be_visible()


def test_a_command_that_does_the_same_is_told_when_nobody_types(workbench: Workbench) -> None:
    workbench.write("Script", "")
    script = "local v = redis.call('GET', KEYS[1]) redis.call('DEL', KEYS[1]) return v"
    workbench.page.keyboard.type(script, delay=5)
    advice = workbench.page.get_by_role("note", name="Advice on line 1")
    expect(advice).to_contain_text("GETDEL KEYS[1] does all that this script does")
    workbench.page.keyboard.type(" -- now")
    expect(advice).to_contain_text("GETDEL KEYS[1]")
    advice.get_by_role("button", name="Call GETDEL alone").click()
    expect(workbench.page.get_by_role("textbox", name="Lua script")).to_contain_text("return redis.call('GETDEL'")


def test_findings_are_reached_by_keyboard(workbench: Workbench) -> None:
    workbench.write("Script", "local a = 1\nreturn redis.call('GETT', KEYS[1])")
    expect(workbench.page.locator(".cm-lintRange-error")).to_be_visible()
    workbench.page.keyboard.press("ControlOrMeta+Shift+KeyM")
    panel = workbench.page.get_by_role("listbox", name="Diagnostics")
    expect(panel.get_by_role("option")).to_contain_text("Redis 7.0 has no command GETT.")
    panel.get_by_role("button", name="Write GET").click()
    expect(workbench.page.get_by_role("textbox", name="Lua script")).to_contain_text("redis.call('GET', KEYS[1])")


def test_words_of_a_command_are_completed_as_they_are_typed(workbench: Workbench) -> None:
    workbench.write("Script", "")
    workbench.page.keyboard.type("redis.call('set', KEYS[1], ARGV[1], 'keep")
    option = workbench.page.get_by_role("option", name="keepttl")
    option.click()
    expect(workbench.page.get_by_role("textbox", name="Lua script")).to_contain_text("'keepttl'")


def test_local_names_are_completed(workbench: Workbench) -> None:
    workbench.write("Script", "local remaining = 1\n")
    workbench.page.keyboard.type("return rem")
    workbench.page.get_by_role("option", name="remaining").click()
    expect(workbench.page.get_by_role("textbox", name="Lua script")).to_contain_text("return remaining")


def test_blocks_fold(workbench: Workbench) -> None:
    workbench.write("Script", "local function f()\n  local t = {\n    'inner',\n  }\n  return t\nend\nreturn f()")
    text = workbench.page.get_by_role("textbox", name="Lua script")
    workbench.page.get_by_title("Fold line", exact=True).first.click()
    expect(text).not_to_contain_text("inner")
    expect(text).to_contain_text("return f()")
    workbench.page.get_by_title("Unfold line").last.click()
    expect(text).to_contain_text("inner")


def test_text_is_searched(workbench: Workbench) -> None:
    workbench.write("Script", "local first = 1\nlocal second = first\nreturn second")
    workbench.page.keyboard.press("ControlOrMeta+f")
    workbench.page.get_by_role("textbox", name="Find").fill("second")
    workbench.page.get_by_role("button", name="next").click()
    expect(workbench.page.locator(".cm-searchMatch-selected")).to_have_text("second")


def test_commands_of_the_fixture_are_completed_and_explained(workbench: Workbench) -> None:
    workbench.write("Fixture", "")
    workbench.page.keyboard.type("hincrb")
    workbench.page.get_by_role("option", name="hincrbyfloat").click()
    fixture = workbench.page.get_by_role("textbox", name="Fixture")
    expect(fixture).to_have_text(re.compile("^hincrbyfloat key field increment"))
    told = workbench.page.get_by_text("HINCRBYFLOAT key field increment")
    workbench.point_at(fixture.get_by_text("hincrbyfloat"), told)


def test_the_form_of_a_call_stands_above_its_arguments(workbench: Workbench) -> None:
    workbench.write("Script", "")
    workbench.page.keyboard.type("redis.call('HSET', KEYS[1], ")
    form = workbench.page.locator(".cm-signature")
    expect(form).to_contain_text("HSET key field value [field value ...]")
    expect(form.locator("b")).to_have_text("field")
    workbench.page.keyboard.press("Home")
    expect(form).to_have_count(0)
    workbench.page.keyboard.press("End")
    workbench.page.keyboard.press("ControlOrMeta+a")
    workbench.page.keyboard.type("tostring(")
    expect(form).to_contain_text("tostring( value )")


def test_advice_is_allowed_on_its_line(workbench: Workbench) -> None:
    workbench.script("return redis.call('MGET', 'fixed', ARGV[1] .. 'x', 'other')")
    advice = workbench.page.get_by_role("note", name="Advice on line 1")
    expect(advice.get_by_role("button", name="Allow")).to_have_count(1)
    advice.get_by_text("3 more on this line").press("Enter")
    expect(advice).to_contain_text("The key 'other' of MGET stands in the script")
    expect(advice.get_by_role("button", name="Allow")).to_have_count(4)
    advice.get_by_role("button", name="Allow").last.click()  # of the mildest
    expect(advice.get_by_text("2 more on this line")).to_be_visible()
    advice.get_by_role("button", name="Allow").first.click()
    editor = workbench.page.get_by_role("textbox", name="Lua script")
    expect(editor).to_contain_text("allow computed-key, hard-coded-key")
    expect(advice).to_contain_text("several hash slots")
    advice.get_by_role("button", name="Allow").click()
    expect(editor).to_contain_text("-- ferrous: allow computed-key, hard-coded-key, keys-in-several-slots")
    expect(workbench.page.get_by_role("note", name="Advice on line 1")).to_have_count(0)


LONG = f"local long = '{'so long that it has to be scrolled sideways, ' * 3}' .. 1 "


def test_what_does_not_compile_is_told_once_and_cannot_be_allowed(workbench: Workbench) -> None:
    workbench.script("return = 1")
    error = workbench.error_on_line(1)
    expect(error).to_contain_text("unexpected symbol near '='")
    workbench.run()
    expect(workbench.reply).to_contain_text("unexpected symbol near '='")
    expect(workbench.page.get_by_role("note").filter(has_text="unexpected symbol")).to_have_count(1)
    expect(error.get_by_role("button")).to_have_text("Take = away")
    workbench.script("return 1 != 2")
    expect(error.get_by_role("button")).to_have_text("Write ~=")


def edges(shown: Locator) -> tuple[float, float]:
    """Where it begins and ends, from the left."""
    box = shown.bounding_box()
    assert box
    return box["x"], box["x"] + box["width"]


def test_sentences_stay_in_view_when_a_long_line_is_scrolled(workbench: Workbench) -> None:
    workbench.script(LONG + "if redis.call('GET', KEYS[1]) == nil then return long end\nreturn long .. nil", ["k"])
    workbench.run()
    editor = workbench.page.get_by_role("textbox", name="Lua script")
    advice = workbench.page.get_by_role("note", name="Advice on line 1")
    allow = advice.get_by_role("button", name="Allow")
    expect(allow).to_be_visible()
    workbench.page.keyboard.press("Alt+Shift+S")
    workbench.page.keyboard.press("ControlOrMeta+Home")
    workbench.page.keyboard.press("End")
    left, right = edges(workbench.page.get_by_role("region", name="Call"))
    assert edges(editor.get_by_text("local", exact=True))[0] < left
    for shown in (allow, workbench.error_on_line(2).get_by_text("attempt to")):
        start, end = edges(shown)
        assert left < start < end < right
    advice.get_by_role("button", name="Compare with false").click()
    expect(editor).to_contain_text("== false then")


def test_lines_are_wrapped_where_the_person_wants_it(workbench: Workbench) -> None:
    workbench.write("Script", LONG)
    line = workbench.page.get_by_role("textbox", name="Lua script")
    _, before = edges(line)
    workbench.page.get_by_role("button", name="Wrap").click()
    expect(line.get_by_text("1", exact=True)).to_be_in_viewport()
    workbench.page.reload()
    workbench.wait_until_ready()
    assert edges(line)[1] < before
    expect(workbench.page.get_by_role("button", name="Wrap", pressed=True)).to_be_visible()
    workbench.page.keyboard.press("Alt+Shift+W")
    expect(workbench.page.get_by_role("button", name="Wrap", pressed=False)).to_be_visible()


WATCH_TASKS = """() => {
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
    }).observe({ type: "longtask" });
}"""
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
)


@pytest.mark.parametrize("agent", ["", PHONE], ids=["desktop", "phone"])
def test_dictated_text_of_many_lines_comes_at_once(browser: Browser, base_url: str, agent: str) -> None:
    context = browser.new_context(base_url=base_url, user_agent=agent or None, service_workers="block")
    workbench = Workbench(context.new_page())
    workbench.open("/")
    workbench.page.evaluate(WATCH_TASKS)
    for count in (500, 2_000):
        workbench.write("Script", "".join(f"local a{line} = redis.call('GET', KEYS[1])\n" for line in range(count)))
        expect(workbench.page.get_by_role("textbox", name="Lua script")).to_contain_text(f"local a{count - 1} =")
    assert workbench.page.evaluate("longest") < 2_000  # it was 10 s for 500 lines, and 110 s for 2,000
    context.close()


def test_the_script_is_formatted(workbench: Workbench) -> None:
    page = workbench.page
    editor = page.get_by_role("textbox", name="Lua script")
    workbench.write("Script", 'local   n=tonumber( ARGV[1] )\nif n>1 then return {n,"a"} end\nreturn   0')
    page.keyboard.press("Alt+Shift+P")
    expect(editor).to_have_text("local n = tonumber(ARGV[1])if n > 1 then  return { n, 'a' }endreturn 0")
    page.keyboard.press("ControlOrMeta+z")
    expect(editor).to_contain_text("local   n=tonumber( ARGV[1] )")
    workbench.write("Script", "local x = = 1")
    page.keyboard.press("Alt+Shift+P")
    expect(page.get_by_role("alert")).to_contain_text("StyLua does not format it: unexpected token `=` (1:9 to 1:10)")
    workbench.write("Script", "do local   x=1 end\n" * 600)  # of which every line changes
    page.keyboard.press("Alt+Shift+P")
    expect(editor).to_contain_text("local x = 1")
    workbench.write("Script", "local   x=1\n" * 9_000)
    page.keyboard.press("Alt+Shift+P")
    expect(page.get_by_role("alert")).to_contain_text("A script of more than 100,000 characters is not formatted here.")
    workbench.write("Script", "return 1\n")
    page.keyboard.press("Alt+Shift+P")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(editor).to_have_text("return 1")
    page.set_viewport_size({"width": 390, "height": 844})  # a phone has no Alt key
    workbench.write("Script", "return{2}\n")
    page.get_by_role("button", name="Format").click()
    expect(editor).to_have_text("return { 2 }")
    editor.click()
    page.keyboard.press("ControlOrMeta+z")
    expect(editor).to_have_text("return{2}")
    workbench.tab("Fixture")
    expect(page.get_by_role("button", name="Format")).to_have_count(0)
