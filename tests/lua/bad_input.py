"""Input made to hurt, and what lua5.1 says of it: recorded with `loadstring(source, '=p')` and `pcall`."""

from __future__ import annotations

from typing import Final

MANY: Final = 10_000
MEGABYTE: Final = 1_000_000

_LEVELS: Final = b"chunk has too many syntax levels"
_LOCALS: Final = b"main function has more than 200 local variables"

ENDLESSLY_NESTED: Final[dict[str, tuple[str, str, bytes]]] = {
    "parentheses": ("return ", "(", _LEVELS),
    "tables": ("return ", "{", _LEVELS),
    "keys": ("return ", "{[", _LEVELS),
    "indices": ("return ", "t[", _LEVELS),
    "calls": ("return ", "f(", _LEVELS),
    "functions": ("return ", "function() return ", _LEVELS),
    "negations": ("return ", "- ", _LEVELS),
    "nots": ("return ", "not ", _LEVELS),
    "lengths": ("return ", "#", _LEVELS),
    "concatenations": ("return ", "a .. ", _LEVELS),
    "powers": ("return ", "a ^ ", _LEVELS),
    "operands": ("return ", "(1 + ", _LEVELS),
    "function statements": ("", "function f() ", _LEVELS),
    "local functions": ("", "local function f() ", _LEVELS),
    "do": ("", "do ", _LEVELS),
    "while": ("", "while a do ", _LEVELS),
    "repeat": ("", "repeat ", _LEVELS),
    "if": ("", "if a then ", _LEVELS),
    "else": ("", "if a then else ", _LEVELS),
    "numeric for": ("", "for i = 1, 2 do ", _LOCALS),
    "generic for": ("", "for k in f do ", _LOCALS),
}
"""How a source begins, what opens one more level, and the sentence for MANY of them."""

CHAINS: Final[dict[str, tuple[str, str, str, object]]] = {
    "fields": ("local t = {} t.a = t return t", ".a", " == t and 1", 1.0),
    "fields of a global": ("a = {} a.a = a return a", ".a", " == a and 1", 1.0),
    "indices": ("local t = {} t[1] = t return t", "[1]", " == t and 1", 1.0),
    "calls": ("local f f = function() return f end return f", "()", " == f and 1", 1.0),
    "calls with a string": ("local f f = function() return f end return f", "''", " == f and 1", 1.0),
    "calls with a table": ("local f f = function() return f end return f", "{}", " == f and 1", 1.0),
    "method calls": ("local t = {} function t:m() return self end return t", ":m()", " == t and 1", 1.0),
    "assigned fields": ("local t = {} t.a = t t", ".a", " = t return 1", 1.0),
    "called fields": ("local t = {} t.a = function() return t end t", ".a()", " return 1", 1.0),
    "function names": ("t = {} t.a = t function t", ".a", ".f() end return 1", 1.0),
    "sums": ("local a = 1 return 0", " + a", "", float(MANY)),
    "quotients": ("local a = 1 return 1", " / a", "", 1.0),
    "comparisons": ("local a = 1 return a", " == a", " and 1 or 2", 2.0),
    "ands": ("local a = 1 return a", " and a", "", 1.0),
    "ors": ("local a return a", " or a", " or 5", 5.0),
    "elseifs": ("local a if a then return 1", " elseif a then return 2", " else return 3 end", 3.0),
    "statements": ("local a = 0 ", "a = a + 1 ", "return a", float(MANY)),
    "lines": ("local a = 0 ", "a = a + 1\n", "return a", float(MANY)),
    "items": ("return #{", "1;", "}", float(MANY)),
    "blocks": ("local a = 0 ", "do local b = a end ", "return a", 0.0),
    "functions": ("local f ", "f = function() return f end ", "return f() == f and 1", 1.0),
    "closures": ("local f = 1 ", "do local g = f f = function() return g end end ", "return f() ~= f and 1", 1.0),
}
"""How a source begins, what comes MANY times, how it ends, and what it returns."""

REFUSED: Final[dict[str, tuple[bytes, bytes]]] = {
    "semicolons": (b";" * MEGABYTE, b"unexpected symbol near ';'"),
    "NULs": (b"\0" * MEGABYTE, b"unexpected symbol"),
    "an unfinished string": (b"return '" + b"a" * MEGABYTE, b"unfinished string near '<eof>'"),
    "an unfinished long string": (b"return [[" + b"a" * MEGABYTE, b"unfinished long string near '<eof>'"),
    "an unfinished comment": (b"--[[" + b"a" * MEGABYTE, b"unfinished long comment near '<eof>'"),
    "many locals": (b"local a " * 250, b"main function has more than 200 local variables"),
    "many parameters": (
        b"return function(" + b",".join(b"a%d" % i for i in range(300)) + b") end",
        b"function at line 1 has more than 200 local variables",
    ),
    "many upvalues": (
        b"local %b return function() return %b end"
        % (b",".join(b"a%d" % i for i in range(100)), b"+".join(b"a%d" % i for i in range(100))),
        b"function at line 1 has more than 60 upvalues",
    ),
    "many arguments": (b"return f(" + b"1," * 300 + b"1)", b"function or expression too complex near '1'"),
    "many results": (b"return " + b"1," * 300 + b"1", b"function or expression too complex near '1'"),
    "many values": (b"local a = " + b"1," * 300 + b"1", b"function or expression too complex near '1'"),
    "many iterators": (b"for k in " + b"1," * 300 + b"1 do end", b"function or expression too complex near '1'"),
}
"""Sources and the sentence for each, without its position."""

LIMITS_OF_CODE: Final[dict[str, tuple[bytes, bytes]]] = {
    "locals of one function": (b"do local a end " * 33_000, b"too many local variables"),
    "a long jump": (b"while a do " + b"f''''" * 45_000 + b" end", b"p:1: control structure too long near 'end'"),
}
"""The same, but with the position, which one of the sentences has not."""

LITERALS: Final[dict[str, tuple[bytes, object]]] = {
    "a string": (b"return #'" + b"a" * MEGABYTE + b"'", 1e6),
    "escapes": (b"return #'" + b"\\065" * 250_000 + b"'", 250_000.0),
    "a long string": (b"return #[[" + b"a\n" * 500_000 + b"]]", 1e6),
    "brackets that do not close": (b"return #[==[" + b"]=" * 500_000 + b"]==]", 1e6),
    "a long bracket": (b"return #[" + b"=" * MEGABYTE + b"[" + b"]" + b"=" * MEGABYTE + b"]", 0.0),
    "a comment": (b"--" + b"a" * MEGABYTE + b"\nreturn 1", 1.0),
    "a long comment": (b"--[[" + b"a\n" * 500_000 + b"]] return 1", 1.0),
    "digits": (b"return " + b"1" * MEGABYTE, float("inf")),
    "decimals": (b"return 0." + b"1" * MEGABYTE, 0.1111111111111111),
    "hexadecimal digits": (b"return 0x" + b"f" * MEGABYTE, float("inf")),
    "a name": (b"local " + b"a" * MEGABYTE + b" = 1 return " + b"a" * MEGABYTE, 1.0),
    "line breaks": (b"\r\n" * 500_000 + b"return 1", 1.0),
    "spaces": (b" " * MEGABYTE + b"return 1", 1.0),
}
"""Sources of a megabyte, and what they return."""

GIANTS: Final[dict[str, tuple[str, object]]] = {
    "a width": ("string.format('%99999d', 1)", b"invalid format (width or precision too long)"),
    "flags": ("string.format('%' .. ('0'):rep(1000) .. 'd', 1)", b"invalid format (repeated flags)"),
    "a lone percent": ("string.format(('%'):rep(100001), 1)", b"invalid option '%' to 'format'"),
    "a range": ("unpack({}, 1, 1e7)", b"too many results to unpack"),
    "an endless range": ("unpack({}, -1e9, 1e9)", b"too many results to unpack"),
    "bytes": ("string.byte(('x'):rep(1e6), 1, -1)", b"string slice too long"),
    "indices": ("table.concat({}, ',', 1, 1e8)", b"invalid value (nil) at index 1 in table for 'concat'"),
    "repetitions": ("('x'):rep(1e10)", None),
    "repetitions of a replacement": ("('x'):rep(1e6):gsub('x', ('y'):rep(1e6))", None),
    "a separator": ("table.concat({1, 2, 3, 4, 5, 6, 7, 8, 9}, ('z'):rep(1e8))", None),
    "captures": ("('a'):find(('()'):rep(33))", b"too many captures"),
    "open captures": ("('a'):find(('('):rep(33))", b"too many captures"),
    "a class": ("('a'):find('[' .. ('a'):rep(1e5))", b"malformed pattern (missing ']')"),
    "nested captures": ("('a'):find('(a)' .. ('%2'):rep(1000))", b"invalid capture index"),
    "a chain of tables": (
        "(function() local t = {} for i = 1, 200 do t = setmetatable({}, {__index = t}) end return t.x end)()",
        b"loop in gettable",
    ),
    "a table that is its own index": (
        "(function() local m = {} local t = setmetatable({}, m) m.__index = t return t.x end)()",
        b"loop in gettable",
    ),
    "a table that is its own newindex": (
        "(function() local m = {} local t = setmetatable({}, m) m.__newindex = t t.x = 1 end)()",
        b"loop in settable",
    ),
    "an order that is none": (
        "table.sort({3, 2, 1, 4, 5}, function() return true end)",
        b"invalid order function for sorting",
    ),
}
"""Expressions and the sentence for each, without its position; None where the memory limit must end it."""

QUIET_GIANTS: Final[dict[str, tuple[str, object]]] = {
    "optional items": ("select('#', ('x'):find(('x?'):rep(20000)))", 2.0),
    "lazy items": ("select('#', ('x'):find(('x-'):rep(20000)))", 2.0),
    "a pattern as long as its subject": ("select(2, ('x'):rep(20000):find(('x'):rep(20000)))", 20_000.0),
    "all of the stack": ("select('#', unpack({}, 1, 7900))", 7900.0),
    "nothing, very often": ("#(''):rep(1e9)", 0.0),
    "replacements of nothing": ("#(('x'):rep(1e5):gsub('', 'ab'))", 300_002.0),
    "a large number": ("('%.14g'):format(2^1023 * 2)", b"inf"),
    "digits of base 2": ("tonumber(('1'):rep(10000), 2) == 1/0 and 1 or 2", 2.0),
}
"""Expressions that Lua answers, and what."""

SENTENCES: Final[dict[str, tuple[bytes, bytes]]] = {
    **{what: ((begin + opening * MANY).encode(), b"p:1: " + said)
       for what, (begin, opening, said) in ENDLESSLY_NESTED.items()},
    **{what: (source, b"p:1: " + said) for what, (source, said) in REFUSED.items()},
    **LIMITS_OF_CODE,
}  # fmt: skip
"""Every source that Lua refuses, and what it says."""

VALUES: Final[dict[str, tuple[bytes, object]]] = {
    **{what: ((begin + link * MANY + end).encode(), value) for what, (begin, link, end, value) in CHAINS.items()},
    **LITERALS,
}
"""Every source that Lua runs, and what it returns."""
