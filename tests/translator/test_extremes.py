"""Sizes and depths at which something gives: the answer is Lua's, on both engines, and the next run is unaffected."""

from __future__ import annotations

import contextlib
import gc

import pytest

import ferrous_vm
from ferrous_vm import engines
from ferrous_vm.errors import LimitExceeded, LuaError, LuaSyntaxError
from ferrous_vm.limits import Limits

WIDE = {
    "functions": ("local t = {} %s return t[1500]()", "t[{i}] = function() return {i} end ", 1500, 1500.0),
    "locals": ("local t = {} %s return t[3000]", "do local a{i} = {i} t[{i}] = a{i} end ", 3000, 3000.0),
    "elseifs": ("local x = 3000 if x == 0 then return 0 %s end", "elseif x == {i} then return {i} ", 3000, 3000.0),
    "statements": ("local x = 0 %s return x", "x = x + 1 ", 10_000, 10_000.0),
    "strings": ("local t = {} %s return #t.s3000", "t.s{i} = 'v{i}' ", 3000, 5.0),
    "list items": ("return #{%s}", "{i},", 10_000, 10_000.0),
    "record items": ("return ({%s}).k5000", "k{i} = {i},", 5000, 5000.0),
    "sums": ("local a = 1 return 0%s", " + a", 3000, 3000.0),
    "ands": ("local a = 1 return 0%s", " and a", 3000, 1.0),
    "ors": ("local a return a%s or 5", " or a", 3000, 5.0),
    "fields": ("local t = {} t.t = t return t%s == t and 1", ".t", 3000, 1.0),
}


@pytest.mark.parametrize("what", WIDE)
def test_a_great_many(run, what):
    frame, part, count, expected = WIDE[what]
    source = frame.replace("%s", "".join(part.replace("{i}", str(i)) for i in range(1, count + 1)))
    assert run(source) == [expected]


NESTED = {
    "parentheses": ("return ", "(", "1", ")"),
    "calls": ("local f = function(x) return x end return ", "f(", "1", ")"),
    "negations": ("local a = 1 return ", "- - ", "a", ""),
    "nots": ("return ", "not not ", "1 == 1 and 1", ""),
    "functions": ("return ", "(function() return ", "1", " end)()"),
    "tables": ("local t = ", "{", "1", "}"),
    "ifs": ("", "if true then ", "return 1", " end"),
    "dos": ("", "do ", "return 1", " end"),
    "whiles": ("", "while true do ", "return 1", " end"),
    "fors": ("", "for i = 1, 1 do ", "x = 1", " end"),
    "generic fors": ("", "for k in pairs({1}) do ", "x = 1", " end"),
    "repeats": ("", "repeat ", "x = 1", " until true"),
}


@pytest.mark.parametrize("depth", [15, 21, 45, 60, 85, 190])
@pytest.mark.parametrize("what", NESTED)
def test_deep_nesting_runs_or_is_refused_as_lua_refuses_it(what, depth):
    begin, opening, middle, closing = NESTED[what]
    source = f"{begin}{opening * depth}{middle}{closing * depth}".encode()
    answers = []
    for engine in ("machine", "translator"):
        try:
            lua = ferrous_vm.Lua(engine, limits=Limits(seconds=60))
            answers.append(lua.run(source, name="=p"))
        except LuaSyntaxError as error:
            answers.append(error.message)
    assert answers[0] == answers[1]


@pytest.mark.parametrize("source", ["return " + "t" + ".t" * 300, "return 1", "return setfenv"])
def test_a_chunk_is_parsed_once(engine, monkeypatch, source):
    """Whichever engine runs it in the end."""
    parsed = []
    parse = engines.parse
    monkeypatch.setattr(engines, "parse", lambda *arguments: parsed.append(arguments) or parse(*arguments))
    ferrous_vm.Server(engine).connect().execute(b"EVAL", source.encode(), b"0")
    assert len(parsed) == 1
    with contextlib.suppress(LuaError):
        ferrous_vm.Lua(engine).run(source.encode())
    assert len(parsed) == 2


def test_a_sum_of_constants_may_be_long(run):
    assert run("return " + "1 + " * 20_000 + "1") == [20_001.0]


def test_300_nested_blocks_are_a_syntax_error(run):
    with pytest.raises(LuaSyntaxError, match="chunk has too many syntax levels"):
        run("do " * 300 + "end " * 300)


def test_what_a_script_loads_may_be_deep_too(run):
    [function, message] = [*run("return loadstring('return ' .. ('('):rep(150) .. '1' .. (')'):rep(150))"), None][:2]
    assert function is not None or message.endswith(b"chunk has too many syntax levels")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("return 1" + "0" * 400, float("inf")),
        ("return -1e400", float("-inf")),
        ("return 1e-400", 0.0),
        ("return #'" + "a" * 1_000_000 + "'", 1e6),
        ("return #[==[" + "]]" * 100_000 + "]==]", 2e5),
        ("return select('#', " + ", ".join(["1"] * 240) + ")", 240.0),
        ("return select('#', unpack({}, 1, 7000))", 7000.0),
        ("local function f(...) return select('#', ...) end return f(unpack({}, 1, 5000))", 5000.0),
        ("local t for i = 1, 2000 do t = {t} end return 1", 1.0),
    ],
)
def test_huge_constants_and_lists(run, source, expected):
    assert run(source) == [expected]


def test_strings_may_not_grow_without_end(engine):
    lua = ferrous_vm.Lua(engine, limits=Limits(seconds=60.0, memory=None))
    with pytest.raises(LimitExceeded, match="exceeds the limit"):
        lua.run(b"local s = ('x'):rep(2 ^ 28) pcall(function() s = s .. s .. s end)")


def test_lua_calls_nest_20000_deep(run):
    source = "local d = 0 local function f() d = d + 1 return 1 + f() end local ok, e = pcall(f) return d, e"
    [depth, message] = run(source)
    assert message == b"p:1: stack overflow"
    assert 19_900.0 <= depth <= 19_996.0  # exactly, unless the frames below are not all Python's
    deep = "local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end return f(19000)"
    assert run(f"{deep}") == [19_000.0]


def test_tail_calls_of_a_function_to_itself_take_nothing(run):
    assert run("local function f(n, a) if n == 0 then return a end return f(n - 1, a + 1) end return f(100000, 0)") == [
        100_000.0
    ]


RECURSIONS = {
    "pcall": "local function f() local ok, e = pcall(f) error(e, 0) end",
    "xpcall": "local function f() local ok, e = xpcall(f, function(e) return e end) error(e, 0) end",
    "__index": "local t = setmetatable({}, {__index = function(t, k) return t[k .. 'x'] end})"
    " local function f() return t.a end",
    "__newindex": "local t = setmetatable({}, {__newindex = function(t, k, v) t[k .. 'x'] = v end})"
    " local function f() t.a = 1 end",
    "__add": "local t = setmetatable({}, {__add = function(a, b) return a + b end})"
    " local function f() return t + 1 end",
    "__div": "local t = setmetatable({}, {__div = function(a, b) return a / b end})"
    " local function f() return t / 1 end",
    "__pow": "local t = setmetatable({}, {__pow = function(a, b) return a ^ b end})"
    " local function f() return 2 ^ t end",
    "__unm": "local t = setmetatable({}, {__unm = function(a) return -a end}) local function f() return -t end",
    "__concat": "local t = setmetatable({}, {__concat = function(a, b) return a .. b end})"
    " local function f() return t .. 'x' end",
    "__lt": "local t = setmetatable({}, {__lt = function(a, b) return a < b end}) local function f() return t < t end",
    "__le": "local t = setmetatable({}, {__le = function(a, b) return a <= b end})"
    " local function f() return t <= t end",
    "__eq": "local m = {__eq = function(a, b) return a == b end}"
    " local a, b = setmetatable({}, m), setmetatable({}, m) local function f() return a == b end",
    "__tostring": "local t = setmetatable({}, {__tostring = function(t) return tostring(t) end})"
    " local function f() return tostring(t) end",
    "gsub": "local function f() return (('a'):gsub('a', f)) end",
    "sort": "local function f() table.sort({3, 2, 1}, function(a, b) f() return a < b end) end",
    "iterator": "local function f() for x in f do end end",
    "wrap": "local function f() return coroutine.wrap(f)() end",
    "resume": "local function f() local ok, e = coroutine.resume(coroutine.create(f)) error(e, 0) end",
    "load": "local function f() return load(f) end",
}


@pytest.mark.parametrize("what", RECURSIONS)
def test_c_boundaries_nest_200_deep(run, what):
    [_, message] = run(f"{RECURSIONS[what]} return pcall(f)")[:2]
    if what != "load":  # which answers the message instead of raising it
        assert message.endswith(b"C stack overflow")
    assert run("return 1") == [1.0]


def test_one_state_survives_every_overflow(engine):
    lua = ferrous_vm.Lua(engine, limits=Limits(seconds=60))
    for source in [*RECURSIONS.values(), "local function f() return 1 + f() end"]:
        lua.run(f"{source} pcall(f)".encode())
        assert lua.run(b"local t = {} for i = 1, 3 do t[i] = i end return #t, pcall(error, 'x', 0)")[0] == 3.0


CHAINS = {
    "of captured locals": "local f = 1 for i = 1, 50000 do local g = f f = function() return g end end f = nil",
    "of parameters": "local function wrap(g) return function() return g end end"
    " local f = 1 for i = 1, 50000 do f = wrap(f) end f = nil",
    "of assigned locals": "local f = 1 for i = 1, 50000 do local g, h = f"
    " f = function() h = h or g return g end end f = nil",
    "alive at the end": "local f = 1 for i = 1, 50000 do local g = f f = function() return g end end held = f",
    "of tables": "local f = {} for i = 1, 50000 do f = {f} end f = nil",
    "of metatables": "local f = {} for i = 1, 50000 do f = setmetatable({}, f) end f = nil",
    "of coroutines": "local f = 1 for i = 1, 2000 do local g = f"
    " f = coroutine.wrap(function() coroutine.yield() return g end) f() end f = nil",
}


@pytest.mark.parametrize("what", CHAINS)
def test_long_chains_can_be_freed(run, what):
    assert run(f"{CHAINS[what]} return 1") == [1.0]
    assert run("held = nil return 1") == [1.0]


@pytest.mark.parametrize("what", CHAINS)
def test_long_chains_end_with_the_engine(engine, what):
    """The collector finds them together with everything else that the engine held."""
    for _ in range(2):
        lua = ferrous_vm.Lua(engine, limits=Limits(seconds=60))
        assert lua.run(CHAINS[what].replace("f = nil", "held = f").encode() + b" return 1") == [1.0]
        del lua
        gc.collect()


CYCLES = {
    "oldest first": "local first = {} local f = first for i = 1, 50000 do local g = f f = function() return g end end"
    " first.last = f",
    "newest first": "local function link() local inner return function(f) inner = f or inner return inner end end"
    " local first = link() local f = first for i = 1, 50000 do local g = link() f(g) f = g end f(first)",
}


@pytest.mark.parametrize("what", CYCLES)
def test_long_chains_can_be_in_cycles(run, what):
    assert run(f"for i = 1, 3 do {CYCLES[what]} end return 1") == [1.0]
    gc.collect()
    assert run("return (function() local f = 1 return function() return f end end)()()") == [1.0]
    gc.collect()


def test_what_a_chain_held_is_gone_after_the_run(run):
    """Nothing keeps a function alive only because it was once a link."""
    counted = run(
        "for i = 1, 10000 do local t = {i} local f = function() return t end f() end"
        " collectgarbage() return collectgarbage('count')"
    )
    assert counted[0] < 1000
