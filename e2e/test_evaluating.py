"""While a script is debugged: expressions that are watched, values behind lines and under the pointer, what changed."""

from __future__ import annotations

import os
import re

from playwright.sync_api import Locator, expect

from e2e.test_debugging import changed, debug, locals_of, move, next_line
from e2e.workbench import Workbench

SCRIPT = """local limit = 9
local function take(key, n)
  local current = tonumber(redis.call('GET', key))
  local left = limit - current
  return left - n
end
local co = coroutine.wrap(function(a) coroutine.yield(a * 2) end)
co(21)
local rest = take(KEYS[1], 2)
return rest"""


def picture(workbench: Workbench, name: str) -> None:
    """For who looks at it: FERROUS_PICTURES names a folder."""
    folder = os.environ.get("FERROUS_PICTURES")
    if folder:
        workbench.page.screenshot(path=f"{folder}/{name}.png")


def watched(workbench: Workbench) -> Locator:
    return workbench.page.get_by_role("list", name="Watched expressions")


def watch(workbench: Workbench, expression: str) -> None:
    field = workbench.page.get_by_role("textbox", name="Expression to watch")
    field.click()
    workbench.page.keyboard.type(expression, delay=5)
    workbench.page.keyboard.press("Enter")


def test_expressions_are_watched_at_every_moment_and_leave_nothing(workbench: Workbench) -> None:
    debug(workbench, SCRIPT)
    page = workbench.page
    for _ in range(6):
        page.keyboard.press("F11")
    expect(next_line(workbench)).to_contain_text("Next: line 3")
    watch(workbench, "limit - n")
    watch(workbench, "redis.call('SET', key, 99)")
    watch(workbench, "redis.call('GET', key), KEYS")
    watch(workbench, "nosuch")
    watch(workbench, "(function() while true do end end)()")
    expect(watched(workbench)).to_contain_text("limit - n = 7")
    expect(watched(workbench)).to_contain_text("redis.call('GET', key), KEYS [1] = \"4\"")
    expect(watched(workbench)).to_contain_text(
        "nosuch = Script attempted to access nonexistent global variable 'nosuch'"
    )
    expect(watched(workbench)).to_contain_text("cut: it did not end after 50000 instructions")
    watched(workbench).get_by_role("button", name=re.compile("KEYS \\[2\\] = table, 1 entry")).click()
    expect(page.get_by_role("list", name="redis.call('GET', key), KEYS [2]")).to_contain_text('1 = "n"')
    watch(workbench, "left")
    page.keyboard.press("F10")
    page.keyboard.press("F10")
    expect(next_line(workbench)).to_contain_text("Next: line 5")
    expect(watched(workbench)).to_contain_text("left = 5")
    editor = page.get_by_role("textbox", name="Lua script")
    expect(editor.get_by_role("note", name="Values of line 4")).to_have_text("left = 5")
    expect(editor.get_by_role("note", name="Values of line 2")).to_have_text('key = "n", n = 2')
    workbench.point_at(editor.get_by_text("limit").nth(1), page.get_by_role("tooltip"))
    expect(page.get_by_role("tooltip")).to_have_text(re.compile("^(limit = 9|current = 4)$"))
    picture(workbench, "watch")
    watched(workbench).get_by_role("button", name="Stop watching nosuch").click()
    expect(watched(workbench)).not_to_contain_text("nosuch")

    stack = page.get_by_role("region", name="Call stack")
    stack.get_by_role("button", name="Evaluate in main chunk").click()
    expect(watched(workbench)).to_contain_text("left = Script attempted to access nonexistent global variable 'left'")
    expect(editor.get_by_role("note", name="Values of line 1")).to_have_text("limit = 9")
    beside = page.get_by_role("region", name="Globals and coroutines")
    beside.get_by_text("Globals and coroutines").click()
    expect(beside).to_contain_text("ARGV = table, 0 entries")
    beside.get_by_text("function at line 7").click()
    expect(beside).to_contain_text("a = 21")
    beside.get_by_role("button", name="Evaluate in function at line 7").click()
    watch(workbench, "a + 1")
    expect(watched(workbench)).to_contain_text("a + 1 = 22")

    move(workbench, "Step out")
    expect(next_line(workbench)).to_contain_text("Next: line 10")
    expect(stack.get_by_role("list", name="Locals")).to_contain_text("rest = 3")
    move(workbench, "To end")
    expect(next_line(workbench)).to_contain_text("(integer) 3")
    workbench.tab("Keyspace")
    workbench.key(re.compile("^n ")).click()
    expect(page.get_by_role("region", name=re.compile("n$")).get_by_role("cell", name="4")).to_be_visible()


def test_what_has_changed_since_the_last_stop_is_marked(workbench: Workbench) -> None:
    debug(
        workbench, "local sum, list = 0, {1}\nfor i = 1, 2 do\n  sum = sum + i\n  list[#list + 1] = i\nend\nreturn sum"
    )
    for _ in range(3):
        workbench.page.keyboard.press("F11")
    expect(next_line(workbench)).to_contain_text("Next: line 4")
    expect(locals_of(workbench)).to_contain_text("sum = 1 (changed)")
    locals_of(workbench).get_by_role("button", name=re.compile("list = table, 1 entry")).click()
    expect(workbench.page.get_by_role("list", name="list")).to_contain_text("1 = 1")
    workbench.page.keyboard.press("F11")
    expect(locals_of(workbench)).to_contain_text("list = table, 2 entries (changed)")
    expect(workbench.page.get_by_role("list", name="list")).to_contain_text("2 = 1 (changed)")
    expect(locals_of(workbench)).not_to_contain_text("sum = 1 (changed)")
    picture(workbench, "changed")


def test_who_wrote_this_and_where_it_comes_from(workbench: Workbench) -> None:
    script = """local price = redis.call('HGET', 'prices', 'pear')
local t = {}
t.price = price
redis.call('INCR', KEYS[1])
redis.call('INCR', KEYS[1])
redis.call('HSET', 'bill', 'pear', 1, 'plum', 2)
redis.call('HSET', 'bill', 'pear', 3)
return t.price + 1"""
    debug(workbench, script)
    page = workbench.page
    move(workbench, "To end")
    card = page.get_by_role("region", name="Who wrote this")
    next_line(workbench).get_by_role("button", name="Where does what failed come from?").click()
    way = card.get_by_role("list", name="Where the value comes from")
    expect(card.get_by_role("status")).to_have_text("Who wrote false in line 8, where the script failed")
    expect(way).to_contain_text("line 3: was put into the field price")
    expect(way).to_contain_text("line 1: is the reply of HGET prices pear: (nil)")
    picture(workbench, "origin")
    page.get_by_role("button", name="Who wrote n?").or_(page.get_by_role("button", name="n?", exact=True)).first.click()
    writes = card.get_by_role("list", name="Writes")
    expect(writes).to_contain_text("last write before now: 5 → 6 in line 5 by INCR n")
    changed(workbench).get_by_role("button", name="Who wrote the element plum?").click()
    expect(card.get_by_role("status")).to_have_text("Who wrote the key bill, element plum")
    expect(writes).to_have_text(re.compile("last write before now: plum nothing → 2 in line 6 by HSET"))
    writes.get_by_role("button", name=re.compile("^Go to moment")).first.click()
    expect(next_line(workbench)).to_contain_text("Next: line 6")
    locals_of(workbench).get_by_role("button", name=re.compile("^▸ t = table")).click()
    locals_of(workbench).get_by_role("button", name="Who wrote t.price?").click()
    expect(writes).to_contain_text("last write before now: false in line 3")
    card.get_by_role("button", name="Close").click()
    expect(card).to_have_count(0)


def test_where_the_time_goes(workbench: Workbench) -> None:
    script = """local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end
local sum = 0
for i = 1, 5 do sum = sum + fib(i) end
if sum > 100 or redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('DEL', KEYS[1])
end
return redis.call('SET', KEYS[1], sum)"""
    workbench.script(script, ["n"])
    workbench.page.get_by_text("fresh keyspace").click()
    workbench.page.get_by_role("checkbox", name="Start from the fixture").uncheck()
    workbench.run()
    workbench.tab("Trace")
    page = workbench.page
    # It tells of the run that was seen, which has changed what it found, and changes nothing.
    page.get_by_role("region", name="Time").get_by_role("button", name="Where does the time go?").click()
    card = page.get_by_role("region", name="Where the time goes")
    expect(
        card.get_by_role("list", name="Flame chart").get_by_role("button", name=re.compile("^fib, line 1"))
    ).to_have_count(5)
    expect(card).to_contain_text("Never executed: line 8")
    expect(card).to_contain_text("A condition always went the same way: line 7")
    expect(
        card.get_by_role("table", name="Functions").get_by_role(
            "row", name=re.compile(r"^fib line 1 33 164 164 0 \d+\.\d\d ms")
        )
    ).to_be_visible()
    expect(page.get_by_title(re.compile(r"^Executed 33 times, 52 instructions, \d+\.\d\d ms$"))).to_have_text("33")
    expect(page.get_by_title("Never executed")).to_have_text("0")
    picture(workbench, "profile")
    page.emulate_media(color_scheme="dark")
    picture(workbench, "profile_dark")
    page.set_viewport_size({"width": 390, "height": 800})
    picture(workbench, "profile_narrow")
    card.get_by_role("button", name="Close").click()
    expect(page.get_by_title("Never executed")).to_have_count(0)
    workbench.console("SET n 1")
    expect(workbench.console_output).to_contain_text("OK")
    workbench.tab("Trace")
    page.get_by_role("button", name="Where does the time go?").click()
    expect(card).to_contain_text("The keyspace has changed since")
    expect(card).not_to_contain_text("Never executed")


def test_what_is_inside_is_linked_to_the_lines(workbench: Workbench) -> None:
    debug(
        workbench, "local n = 2\nlocal m = n * 3\nlocal function f() return m end\nreturn redis.call('SET', KEYS[1], m)"
    )
    page = workbench.page
    move(workbench, "Step")
    page.get_by_role("group", name="View").get_by_role("button", name="Inside").click()
    code = page.get_by_role("region", name="Bytecode")
    expect(code.locator("[aria-current=step]")).to_contain_text("MUL_RK r1 r0 3")
    registers = page.get_by_role("region", name="Registers")
    expect(registers).to_contain_text("r0 n = 2")
    move(workbench, "Step")
    expect(code.locator("[aria-current=step]")).to_contain_text("CLOSURE")
    expect(registers).to_contain_text("r1 m = 6 (changed)")
    expect(page.get_by_role("region", name="Tree")).to_contain_text("values: Binary operator *")
    python = page.get_by_role("region", name="Python")
    python.get_by_text("l0 = 2.0").hover()
    editor = page.get_by_role("textbox", name="Lua script")
    expect(editor.locator("[aria-current=location]")).to_contain_text("local n = 2")
    editor.get_by_text("local").nth(1).hover()
    expect(python.locator("[aria-current=location]").last).to_contain_text("* 3.0")
    editor.get_by_text("function").hover()
    expect(code.get_by_text(re.compile("^function at lines 3"))).to_have_attribute("aria-current", "location")
    picture(workbench, "inside")
    _scroll_to_what_is_marked(workbench)
    page.get_by_role("group", name="View").get_by_role("button", name="Moment").click()
    expect(next_line(workbench)).to_contain_text("Next: line 4")


def _scroll_to_what_is_marked(workbench: Workbench) -> None:
    """A marked line out of sight is scrolled to, from either side and at each step."""
    page = workbench.page
    page.set_viewport_size({"width": 1280, "height": 340})
    editor = page.get_by_role("textbox", name="Lua script")
    code = page.get_by_role("region", name="Bytecode")
    page.get_by_role("region", name="Registers").get_by_role("heading").scroll_into_view_if_needed()
    editor.get_by_text("return").nth(1).hover()
    marked = code.locator("li[aria-current=location]").first
    expect(marked).to_be_in_viewport()
    page.get_by_role("region", name="Tree").get_by_role("listitem").last.scroll_into_view_if_needed()
    editor.get_by_text("local").first.hover()
    expect(marked).to_be_in_viewport()
    move(workbench, "Step")
    expect(code.locator("[aria-current=step]")).to_be_in_viewport()


def test_a_variable_is_set_and_the_replies_are_compared(workbench: Workbench) -> None:
    debug(workbench, "local n = 2\nlocal m = n * 3\nreturn m")
    page = workbench.page
    move(workbench, "Step")
    locals_of(workbench).get_by_role("button", name="Set n", exact=True).click()
    page.keyboard.type("10 + 1", delay=5)
    page.keyboard.press("Enter")
    card = page.get_by_role("region", name="What was set")
    expect(card.get_by_role("status")).to_have_text("Set: n = 11")
    expect(card).to_contain_text("(integer) 6")
    expect(card).to_contain_text("(integer) 33")
    expect(locals_of(workbench)).to_contain_text("n = 11")
    move(workbench, "To end")
    expect(next_line(workbench)).to_contain_text("(integer) 33")
    picture(workbench, "set")
    card.get_by_role("button", name="Take back").click()
    expect(card).to_have_count(0)
    for way in ("To start", "Step"):
        move(workbench, way)
    locals_of(workbench).get_by_role("button", name="Set n", exact=True).click()
    page.keyboard.type("setmetatable({2}, {__mul = function(a, b) return a[1] + b end})", delay=5)
    page.keyboard.press("Enter")
    expect(card).to_contain_text("(integer) 5")
    card.get_by_role("button", name="Take back").click()
    expect(card).to_have_count(0)
    move(workbench, "To end")
    expect(next_line(workbench)).to_contain_text("(integer) 6")
