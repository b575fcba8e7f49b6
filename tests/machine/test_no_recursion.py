"""Nothing re-enters the machine: deep Lua needs no deep Python."""

import sys
import traceback

import pytest

import ferrous_vm

DEEP = {
    "calls": b"""
        local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end
        return f(19000)""",
    "pcall": b"""
        local function f(n) if n == 0 then return 0 end return select(2, pcall(f, n - 1)) end
        return f(190)""",
    "index": b"""
        local t = setmetatable({}, {__index = function(t, k) return k == 0 and 0 or t[k - 1] end})
        return t[190]""",
    "concat": b"""
        local mt = {}
        mt.__concat = function(a, b) return b == 0 and 'done' or setmetatable({}, mt) .. (b - 1) end
        return setmetatable({}, mt) .. 190""",
    "sort": b"""
        local function f(n)
          if n > 0 then table.sort({2, 1}, function(a, b) f(n - 1) return a < b end) end
        end
        f(60)""",
    "gsub": b"""
        local function f(n) return n == 0 and '' or (string.gsub('x', 'x', function() return f(n - 1) end)) end
        return f(190)""",
    "coroutines": b"""
        local function f(n) if n > 0 then return coroutine.wrap(function() f(n - 1) end)() end end
        f(190)""",
    "iterators": b"""
        local function f(n) if n > 0 then for _ in function() f(n - 1) end do end end end
        f(190)""",
    "tostring": b"""
        local mt = {}
        local function make(n) return setmetatable({n = n}, mt) end
        mt.__tostring = function(t) return t.n == 0 and 'x' or tostring(make(t.n - 1)) end
        return tostring(make(190))""",
}


@pytest.mark.parametrize("program", DEEP)
def test_deep_lua_runs_in_shallow_python(program):
    lua = ferrous_vm.Lua("machine")
    here = len(traceback.extract_stack())
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(here + 60)
    try:
        lua.run(DEEP[program])
    finally:
        sys.setrecursionlimit(before)


def test_the_loop_is_on_the_python_stack_once():
    depths = []

    def look(text):
        names = [frame.name for frame in traceback.extract_stack()]
        depths.append((names.count("advance"), names.count("_run_frames")))

    ferrous_vm.Lua("machine").run(
        b"print(1) pcall(function() print(2) end) table.sort({2, 1}, function(a, b) print(3) return a < b end)"
        b" string.gsub('x', '.', print) for _ in coroutine.wrap(function() print(4) end) do end"
        b" local t = setmetatable({}, {__index = print}) local x = t.x",
        stdout=look,
    )
    assert depths
    assert set(depths) <= {(1, 1), (1, 0)}
