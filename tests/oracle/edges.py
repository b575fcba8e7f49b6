"""Templates of calls and statements at the edges of the language: arguments nobody would pass, errors in every place.

Nothing here takes long, much memory, or shows an address.
"""

from __future__ import annotations

from random import Random

from ferrous_vm.syntax.lexer import tokenize
from tests.oracle.fragments import CHUNK_NAMES, TOKENS, repr_lua
from tests.oracle.program import Node
from tests.oracle.templates import Pool, filled


def source_text(random: Random) -> str:
    """A chunk that most likely does not compile."""
    if random.random() < 0.5:
        return f"return {random.choice(LITERALS)}"
    return " ".join(random.choice(TOKENS) for _ in range(random.randint(1, 9)))


POOLS: dict[str, Pool] = {
    "number": (
        "0", "1", "-1", "2", "3", "7", "-0", "0.5", "-0.5", "1.5", "-2.5", "100", "255", "256", "2^31-1", "2^31",
        "-2^31", "-2^31-1", "2^32", "2^32+1", "2^53", "-2^53", "2^53+1", "2^63", "-2^63", "2^64", "1e15", "1e16",
        "123456789012345678", "1e100", "1e308", "-1e308", "2^-1074", "0/0", "1/0", "-1/0", "0.1", "1/3",
        "3.7", "99999.5", "1e-5", "0x7fffffff",
    ),
    "numeral": ("'10'", "' 0x1F '", "'1e2'", "'-0'", "'0x'", "''", "' '", "'1 2'", "'nan'", "'inf'", "'1e'", "'.5'",
                "'5.'", "'.'", "'0x1p4'", "'1\\0'", "'+1'", "'- 1'", "'1_0'", "'\\t7\\n'", "'1e+2'", "'1E400'"),
    "other": ("nil", "true", "false", "{}", "print", "coroutine.create(print)", "newproxy()"),
    "value": ("<number>", "<number>", "<string>", "<string>", "<numeral>", "<other>"),
    "whole": ("<small>", "<small>", "<small>", "<small>", "<number>", "<numeral>", "<other>"),
    "small": ("0", "1", "2", "3", "-1", "-2", "-3", "5", "-7", "1.5", "-1.9", "'2'", "nil"),
    "string": ("''", "'a'", "'abc'", "'hello world'", "'a\\0b'", "'\\0'", "'\\255\\1'", "'%d'", "'x=1, y=22'",
               "'  trim  '", "'THE (quick) fox'", "'((a)(b)'", "'aXbXc'", "'\\r\\n\\\\\"'", "('ab'):rep(60)", "'10'"),
    "table": ("{}", "{1, 2, 3}", "{<value>, <value>}", "{3, 1, 2, 5, 4}", "{'b', 'a', 'c'}", "{nil, 2}", "{n = 3}",
              "{1, nil, 3}", "{[2] = 1, [4] = 2}", "{1, 'x', 2}", "{{}, {}}", "{[1.5] = 1, [-1] = 2, x = 3}",
              "setmetatable({1, 2}, {__index = {3, 3, 3}})", "<other>"),
    # string.format
    "flags": ("", "", "", "-", "+", " ", "#", "0", "-0", "+ ", "#0", "+-# 0", "++++++"),
    "width": ("", "", "", "1", "5", "12", "20", "99", "100", "007"),
    "precision": ("", "", "", ".", ".0", ".1", ".3", ".10", ".20", ".99", ".100", ".3.3"),
    "conversion": ("d", "i", "u", "c", "x", "X", "o", "e", "E", "f", "g", "G", "q", "s", "%", "a", "y", "n", "p", "l",
                   ""),
    "directive": ("%<flags><width><precision><conversion>",),
    # patterns
    "class": ("a", ".", "%a", "%d", "%s", "%w", "%l", "%u", "%p", "%c", "%x", "%z", "%A", "%D", "%S", "%W", "%P", "%.",
              "%%", "b", "X", " ", "[abc]", "[^abc]", "[a-c]", "[%a_]", "[]]", "[^]]", "[%]]", "[a-]", "[-a]", "[%a-z]",
              "[^%s]", "[a-%%]", "[", "[^", "[a", "[]", "[%", "[a-"),
    "repeated": ("<class>", "<class>", "<class>", "<class>*", "<class>+", "<class>-", "<class>?"),
    "item": ("<repeated>", "<repeated>", "<repeated>", "(<repeated>)", "(<repeated><repeated>)", "()", "%b()", "%bxy",
             "%b",
             "%bx", "%f[<class>]", "%f[%w]", "%f", "%fa", "%1", "%2", "%0", "(", ")", "%", "^", "$", "*", "-",
             "((<class>))"),
    "pattern": ("<item>", "<item><item>", "<item><item>", "<item><item><item>", "^<item><item>", "<item>$", "^<item>*$",
                "(<item>)<item>%1", "", "^", "^$"),
    "piece": ("x", "%0", "%1", "%2", "%9", "%%", "%", "%a", "<", "\\0", ""),
    "replacement": ("'<piece>'", "'<piece><piece>'", "'<piece><piece><piece>'", "<table>", "<value>",
                    "{a = 1, abc = false}",
                    "{['a'] = {}}", "function(...) return ... end", "function(a, b) return b end",
                    "function() return <value> end", "string.upper", "{hello = 'bye', [1] = 'one'}"),
    # errors
    "holder": ("<prefix>", "<prefix>", "<prefix>", "...", "true", "1"),
    "prefix": ("a", "G", "t.x", "t[1]", "t['x y']", "t.x.y", "t[t]", "u", "u.x", "('s')", "(nil)", "f()", "t:m()", "s",
               "s.x", "n", "(1)", "(...)", "({})", "t.t", "t.t.t", "(a or G)", "string", "string.nope",
               "f", "({f()})[1]", "t.f", "select(2, f())"),
    "failing": ("<prefix>.z", "<prefix>.z.w", "<prefix>[1][2]", "<prefix>()", "<prefix>.m()", "<prefix>:m()",
                "<prefix>:m().x", "<holder> + 1", "1 - <holder>", "<holder> * <holder>", "1 .. <holder>",
                "<holder> .. 's'", "-<holder>", "#<holder>", "<holder> < 1", "'s' <= <holder>", "<holder> > <holder>",
                "<holder> % 2", "<holder> ^ <holder>", "not <prefix>.x", "<holder> == <prefix>.x", "(<holder>)(1)",
                "<prefix> 'x'", "<prefix> {}", "1 .. 2 .. <holder> .. 3", "<holder> and <prefix>.q.r", "{<prefix>.a.b}",
                "math.floor(<holder>)", "('x'):sub(<holder>)", "t.f(<holder>)", "string.rep(<holder>, 1)",
                "s:find(<holder>)", "setmetatable(<holder>, 1)", "ipairs(<holder>)", "u.f(<holder>)"),
    "statement": ("return <failing>", "return (<failing>)", "local x = <failing>", "z = <failing>",
                  "local x, y = 1, <failing>",
                  "if <failing> then return 1 else return 2 end", "while <failing> do return 3 end",
                  "repeat local z = 1 until <failing> or true", "for i = <failing>, 2 do end",
                  "for i = 1, <failing> do break end",
                  "for i = 1, 2, <failing> do break end", "for k in <failing> do break end", "f(<failing>)",
                  "t[<failing>] = 1",
                  "local y = {<failing>, <failing>}", "<prefix>.p = 1", "<prefix>.p.q = <failing>", "<prefix>[nil] = 1",
                  "t[0/0] = 1", "t[<value>] = 1", "<prefix>.p, z = <failing>, 1", "error(<value>, <level>)",
                  "assert(<value>, <value>)", "error(<failing>)", "for i = 1, 2 do\n<statement> end",
                  "local function g(...)\n<statement> end return g()", "local function g(...)\n<statement> end g()",
                  "(function(...)\n<statement> end)(1, nil)", "do local a = t\n<statement> end",
                  "f(function(...)\n<statement> end)",
                  "pcall(function(...) <statement> end);\n<statement>", "return t.f(\n<failing>)", "return\n<failing>",
                  "local z = t.f(1,\n<failing>,\n2)", "coroutine.wrap(function(...)\n<statement> end)()",
                  "return coroutine.resume(coroutine.create(function(...) <statement> end))",
                  "setmetatable({}, {__index = function(_, k, ...) <statement> end}).k()",
                  "return setmetatable({}, {__add = function(p, q, ...) <statement> end}) + 1",
                  "table.sort({1, 2, 3}, function(p, q, ...) <statement> end)",
                  "('ab'):gsub('.', function(c, ...) <statement> end)",
                  "return xpcall(function(...) <statement> end, function(m) return 'handled', m end)",
                  "return xpcall(function(...) <statement> end, function(m, ...) <statement> end)",
                  "return select(2, pcall(f, <failing>))", "return loadstring('<loaded>', <chunk>)()"),
    "loaded": ("return nil + 1", "error(1)", "\\nerror(2, 2)", "local x = nil; x.y = 1", "return ...", "return x.y.z"),
    "chunk": CHUNK_NAMES,
}  # fmt: skip

CALLS: tuple[str, ...] = (
    *("string.format('<directive>', <value>)",) * 3,
    *("string.format('<directive>|', <number>)",) * 3,
    "string.format('<directive>x<directive>', <value>, <value>)",
    "string.format(<value>, <value>)",
    "string.format('%<conversion>')",
    "tostring(<number>), <number> .. '', -(<number>)",
    "tonumber(<numeral>), tonumber(<value>)",
    "tonumber(<value>, <whole>)",
    "tonumber(<numeral>, <whole>)",
    "tonumber('<digits>', <base>)",
    "string.sub(<string>, <whole>, <whole>)",
    "(<string>):sub(<whole>)",
    "string.byte(<string>, <whole>, <whole>)",
    "string.char(<whole>, <whole>)",
    "string.char(<number>)",
    "string.rep(<string>, <small>)",
    "string.len(<value>), string.upper(<value>), string.lower(<value>), string.reverse(<value>)",
    *("string.find(<string>, '<pattern>')", "string.match(<string>, '<pattern>')") * 3,
    "string.find(<string>, '<pattern>', <whole>)",
    "string.match(<string>, '<pattern>', <whole>)",
    "string.find(<string>, <value>, <whole>, <value>)",
    *("string.gsub(<string>, '<pattern>', <replacement>)",) * 3,
    "string.gsub(<string>, '<pattern>', <replacement>, <whole>)",
    "each(string.gmatch(<string>, '<pattern>'))",
    "each(string.gfind(<string>, '<pattern>'))",
    "string.gmatch(<value>, <value>)",
    "table.concat(<table>, <value>, <whole>, <whole>)",
    "table.concat(<table>, <string>)",
    "inside(table.insert, <table>, <value>)",
    "inside(table.insert, <table>, <small>, <value>)",
    "inside(table.insert, <table>, <small>, <value>, <value>)",
    "inside(table.insert, <table>)",
    "inside(table.remove, <table>, <whole>)",
    "inside(table.remove, <table>)",
    "inside(table.sort, <table>)",
    "inside(table.sort, <table>, <comparator>)",
    "inside(table.setn, <table>, <value>)",
    "table.maxn(<table>), table.getn(<table>)",
    "table.foreach(<table>, function(k, v) return <value> end)",
    "table.foreachi(<table>, <value>)",
    "unpack(<table>, <small>, <small>)",
    "unpack(<table>)",
    "select(<whole>, <value>, <value>, <value>)",
    "select('#', <value>, nil, nil)",
    "select(<value>)",
    "next(<table>, <value>)",
    "each(pairs(<table>))",
    "each(ipairs(<table>))",
    "rawget(<table>, <value>), rawequal(<value>, <value>)",
    "inside(rawset, <table>, <value>, <value>)",
    "rawequal(<value>)",
    "getmetatable(<value>), getmetatable('').__index == string",
    "setmetatable(<table>, <table>)",
    "getmetatable(setmetatable({}, {__metatable = <value>}))",
    "setmetatable(setmetatable({}, {__metatable = <value>}), {})",
    "tostring(setmetatable({}, {__tostring = <value>}))",
    "tostring(setmetatable({}, {__tostring = function() return <value> end}))",
    "assert(<value>, <value>, <value>)",
    "assert()",
    "error(<value>, <level>)",
    "math.<unary>(<value>)",
    "math.<unary>(<number>)",
    "math.<binary>(<number>, <number>)",
    "math.<binary>(<value>, <value>)",
    "math.max(<number>, <number>, <number>), math.min(<number>, <number>, <number>)",
    "math.max(), 1",
    "type(math.random(<whole>)), type(math.random(<whole>, <whole>))",
    "<number> <operator> <number>",
    "<value> <operator> <value>",
    "<number> <operator> <number> <operator> <number>",
    "turns(<number>, <number>, <number>)",
    "turns(<value>, <small>, <small>)",
    "loadstring(<value>, <chunk>)",
    "loadstring('return <number>')()",
    *("loadstring(<source>, <chunk>)", "loadstring(<source>)") * 2,
    "(loadstring(<source>) or print)()",
    "load(pieces(<value>))",
    "xpcall(<value>, <value>)",
    "pcall(<value>, <value>)",
    "coroutine.create(<value>)",
    "coroutine.resume(<value>)",
    "coroutine.status(<value>)",
    "coroutine.wrap(<value>)",
    "coroutine.yield(<value>)",
    "coroutine.resume(coroutine.create(function(...) <within> end), <value>)",
    "twice(coroutine.create(function(...) <within> end))",
    "pcall(coroutine.wrap(function(...) <within> end), <value>)",
    "collectgarbage(<value>)",
    "newproxy(<value>), getmetatable(newproxy(true)) ~= nil",
    "compared('<event>', <value>)",
    "compared('<event>', setmetatable({}, {<event> = <value>}))",
    "called(<value>)",
)
"""Expressions."""

POOLS |= {
    "digits": ("10", "zz", "ZZ", "ff", "0x1f", "-7", " 7 ", "7 7", "1.5", "8", "", "ffffffffffffffff",
               "99999999999999999999"),
    "plain": ("return a.b", "return a()"),
    "source": lambda random: repr_lua(source_text(random)),
    "level": ("0", "1", "1", "2", "2", "3", "-1", "1.9", "'2'", "nil", "{}", "'x'"),
    "base": ("2", "8", "10", "16", "36", "37", "1", "0", "-1", "7.9", "'16'", "nil", "35"),
    "comparator": ("function(a, b) return a < b end", "function(a, b) return a > b end",
                   "function(a, b) return true end",
                   "function(a, b) return a <= b end", "function() return nil end", "function() error('cmp') end",
                   "function() coroutine.yield() end", "function(a, b) return tostring(a) < tostring(b) end", "<value>",
                   "math.max"),
    "unary": ("abs", "acos", "asin", "atan", "ceil", "cos", "cosh", "deg", "exp", "floor", "frexp", "log", "log10",
              "modf",
              "rad", "sin", "sinh", "sqrt", "tan", "tanh", "randomseed"),
    "binary": ("atan2", "fmod", "ldexp", "pow", "max", "min", "mod"),
    "operator": ("+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or"),
    "event": ("__eq", "__lt", "__le", "__concat", "__add", "__unm", "__len", "__call", "__index", "__newindex", "__mod",
              "__pow", "__div"),
    "within": ("return <value>, coroutine.yield(<value>)", "return coroutine.yield(...), ...", "error(<value>)",
               "<statement>", "return pcall(coroutine.yield, 1)", "return coroutine.running()",
               "for k in pairs{1, 2} do coroutine.yield(k) end", "table.sort({3, 2, 1}, coroutine.yield)",
               "return ('x'):gsub('.', coroutine.yield)", "return coroutine.resume(coroutine.running())",
               "return setmetatable({}, {__index = coroutine.yield}).x", "for _ in coroutine.yield, 1 do end",
               "return coroutine.status(coroutine.running())", "return setmetatable({}, {__call = coroutine.yield})(1)",
               "return coroutine.wrap(function() return coroutine.yield(1) end)(), 2",
               "coroutine.yield() error('later', <level>)"),
}  # fmt: skip

SIMPLER = {"statement": "plain", "failing": "holder"}

LITERALS: tuple[str, ...] = (
    "0x", "0xg", "1e", "1e+", "3..2", "3...2", "1.2.3", "0x1p4", "1e5", ".5", "5.", "5..''", "0xA.8", "08",
                "1e400", "1a", "0x1G", "9007199254740993", "0xffffffffffffffffff", "'\\65\\066\\9'", "'\\256'",
                "'\\x41'", "'\\z  a'", "'\\q'", "'\\\\na'", "'a\\nb'", "[[\\na]]", "[==[]=]]==]", "[=a]", "[==",
                "'unfinished", "\"a", "[[a", "--[[x]] 1", "--[==[ x", "1 --x", "nil", "...", "{1, 2; 3}", "{,}", "{;}",
                "function() end", "a.b:c", "a.1", "a..b", "#{}", "- - 1", "not not 1", "2^-3^2", "-2^2", "1 < 2 < 3",
                "a = 1", "'a' 'b'", "('a'):b", "f{}''", "1 2", "\\0", "\\255", "@", "a\\0b", "!= 1", "1 != 2", "~1",
                "1 // 2", "1 & 2", "1 << 2", "goto", "::a::"
)  # fmt: skip

LOCALS = "local a, t, f, s, n = nil, {t = {}, f = function() return nil, 1 end}, function() end, 's', 1;"

STATEMENTS: tuple[str, ...] = (f"show(pcall(function(...) {LOCALS}\n<statement>\nend, <value>))",)
"""Lines of their own. `G` and `x` are globals, `u` an upvalue."""

PRELUDE = (
    "local u = {f = math.floor}",
    "local function each(f, s, c) local r = {} for i = 1, 9 do local k, v = f(s, c) if k == nil then break end"
    " c = k r[#r + 1] = type(k) .. tostring(type(k) ~= 'table' and k) .. type(v) end return unpack(r) end",
    "local function inside(f, t, ...) local r = f(t, ...) return r, #t, t[1], t[2], t[3], t[4], t.n end",
    "local function turns(a, b, c) local n, last = 0 for i = a, b, c do n = n + 1 last = i if n > 4 then break end end"
    " return n, last end",
    "local function twice(co) return coroutine.resume(co, 1), select(2, coroutine.resume(co, 2)),"
    " coroutine.status(co), coroutine.resume(co) end",
    "local function compared(e, v) local m = {} m[e] = function(a, b) return e == nil or v, rawequal(a, b) end"
    " local x, y = setmetatable({}, m), setmetatable({}, m) return x == y, x < y, x >= y, x .. y end",
    "local function pieces(...) local p, i = {...}, 0 return function() i = i + 1 return p[i] end end",
    "local function called(v) local t = setmetatable({}, {__call = v}) return t(1) end",
)


def nodes(random: Random, statements: int) -> list[Node]:
    """So many calls and statements, and before them what they use."""
    lines = (_broken(random, filled(random, POOLS, SIMPLER, _template(random))) for _ in range(statements))
    return [*(Node(line, required=True) for line in PRELUDE), *map(Node, lines)]


def _broken(random: Random, line: str) -> str:
    """The line, or what is the same on more lines: Lua breaks anywhere but before the parenthesis of a call."""
    if random.random() < 0.7:
        return line
    tokens = tokenize(line.encode("latin-1"), b"=p")
    starts = [
        start for kind, start in zip(tokens.kinds, tokens.starts, strict=True) if kind != "(" and random.random() < 0.15
    ]
    return "\n".join(line[start:end] for start, end in zip([0, *starts], [*starts, len(line)], strict=True))


def _template(random: Random) -> str:
    if random.random() < 0.3:
        return random.choice(STATEMENTS)
    return f"show(pcall(function(...) return {random.choice(CALLS)} end))"
