"""Scripts made to hurt, on the page: each ends with Lua's sentence or a limit, and the next run is unaffected.

The browser's stack is not Node's: what nests deep is tried here once more.
"""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.workbench import Workbench

DEEP = {
    "brackets": ("return " + "(" * 5000, "chunk has too many syntax levels"),
    "levels of syntax": ("return " + "(" * 150 + "7" + ")" * 150, "(integer) 7"),
    "fields": ("local t = {} t.t = t return t" + ".t" * 5000 + " == t and 7", "(integer) 7"),
    "arguments": ("return tostring(" + "1," * 300 + "1)", "function or expression too complex near '1'"),
    "calls": ("local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end return f(19900)", "19900"),
    "endless recursion": ("local function f() return 1 + f() end return f()", "stack overflow"),
    "C calls": ("local function f() local _, e = pcall(f) error(e, 0) end return f()", "C stack overflow"),
    "look-ups": (
        "local t = setmetatable({}, {__index = function(t, k) return t[k .. 'x'] end}) return t.a",
        "C stack overflow",
    ),
    "a chain of closures": (
        "local f = 7 for i = 1, 100000 do local g = f f = function() return g end end f = nil return 7",
        "(integer) 7",
    ),
    "a chain of tables": ("local t = {} for i = 1, 100000 do t = {t} end t = nil return 7", "(integer) 7"),
    "protected calls": ("local n = 0 for i = 1, 50000 do pcall(function() n = n + 1 end) end return n", "50000"),
    "commands at the end of the stack": (
        "local function f(d) if d > 19900 then pcall(redis.call, 'ZADD', 'z', d, 'm' .. d) end return 1 + f(d + 1) end "
        "pcall(f, 1) return redis.call('ZCARD', 'z') == #redis.call('ZRANGE', 'z', 0, -1) and 7",
        "(integer) 7",
    ),
    "a giant string": ("return #string.rep('x', 1e9)", "string of 1000000000 bytes exceeds the limit"),
}
"""Scripts, and what stands in their reply."""


def test_nothing_deep_or_giant_breaks_the_page(workbench: Workbench) -> None:
    workbench.page.get_by_text("Options").click()
    workbench.page.get_by_label("Time limit").select_option("none")
    for script, reply in DEEP.values():
        workbench.script(script)
        workbench.run()
        expect(workbench.reply).to_contain_text(reply)
        workbench.wait_until_ready()
    workbench.script("return 'unaffected'")
    workbench.run()
    expect(workbench.reply).to_contain_text("unaffected")


ENDLESS = {
    "a loop 5,000 calls deep": (
        "local function f(n) if n == 0 then while true do end end return 1 + f(n - 1) end f(5000)"
    ),
    "a loop at the end of the stack": (
        "local function f(n) if n == 0 then while true do end end return 1 + f(n - 1) end f(19900)"
    ),
    "overflows that are caught": "local function f() return 1 + f() end while true do pcall(f) end",
    "overflows in coroutines": (
        "local function f() return 1 + f() end while true do coroutine.wrap(function() pcall(f) end)() end"
    ),
    "a loop in a look-up 150 deep": (
        "local n, t = 0 t = setmetatable({}, {__index = function(t, k) n = n + 1 "
        "if n > 150 then while true do end end return t[k .. 'x'] end}) return t.a"
    ),
}
"""Scripts that a limit ends where the stack is full: unwinding it must not overflow the browser's own."""


def test_a_limit_may_come_however_deep_the_calls_are(workbench: Workbench) -> None:
    workbench.page.get_by_text("Options").click()
    workbench.page.get_by_label("Time limit").select_option("1 s")
    for script in ENDLESS.values():
        workbench.script(script)
        workbench.run()
        expect(workbench.page.get_by_role("status").filter(has_text="longer than 1 s")).to_be_visible()
        workbench.wait_until_ready()
        workbench.script("return 'unaffected'")
        workbench.run()
        expect(workbench.reply).to_contain_text("unaffected")
        expect(workbench.page.get_by_role("alert")).to_have_count(0)


def test_the_time_limit_ends_a_pattern_that_goes_back_and_forth(workbench: Workbench) -> None:
    workbench.page.get_by_text("Options").click()
    workbench.page.get_by_label("Time limit").select_option("1 s")
    workbench.script("redis.call('SET', 'k', 'v') return ('a'):rep(30000):find(('a-'):rep(8) .. 'b')")
    workbench.run()
    expect(workbench.page.get_by_role("status").filter(has_text="longer than 1 s")).to_be_visible()
    workbench.wait_until_ready()
    workbench.script("return redis.call('EXISTS', 'k')")
    workbench.run()
    expect(workbench.reply).to_contain_text("(integer) 0")
