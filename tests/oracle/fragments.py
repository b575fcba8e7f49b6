"""What generated programs are made of."""

NAMES = (
    "a", "b", "c", "d", "e", "f", "g", "h",
)  # fmt: skip

NUMBERS = (
    "0", "1", "2", "3", "-1", "7", "10", "0.5", "-0.25", "1e15", "1e16", "123456789012345", "2^53", "1e308",
    "-1e308", "1e-7", "0x10", "0xFF", "3.14159", "100", "255", "(0/0)", "(-0)", "(1/0)",
)  # fmt: skip

STRINGS = (
    "", "a", "b", "abc", "hello world", "10", "0x1F", " 12 ", "1e2", "-5", "3.0", "x=1, y=2",
    "THE (quick) fox", "aaa", "a.b.c", "%d", "[x]", "key", "\n", "\x00z", "\x80ÿ", "1 2 3", "foo(bar)baz",
    "  trim  ", "__index", "nan", "inf",
)  # fmt: skip

OPERATORS = (
    "+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=",
)  # fmt: skip

COMPARISONS = (
    "<", "<=", ">", ">=", "==", "~=",
)  # fmt: skip

PATTERNS = (
    "a", ".", "%a+", "%d+", "(%a)(%a)", "^%s*(.-)%s*$", "[abc]", "[^abc]+", "%b()", "%f[%w]%w+", "(a*)", "a-b",
    "x?", "()", "(%w+)=(%w+)", "%1", "(a)%1", "[a-", "%", "(", ")", "[%]]", "[]]", "[^]]", "^a", "a$", "$",
    "^", "%z", ".-", ".*", "(.)(.)(.)", "%s", "%S+", "%p", "[%a_][%w_]*", "%f[a]", "((a)(b))", "a*?", "%x+",
    "[a-c]-", "%b", "%f",
)  # fmt: skip

REPLACEMENTS = (
    "", "x", "%0", "%1", "<%0>", "%1%1", "%2", "%%", "%", "%x", "[%1]",
)  # fmt: skip

FORMATS = (
    "%d", "%5d", "%-5d|", "%05d", "%+d", "%i", "%u", "%x", "%X", "%#x", "%o", "%c", "%e", "%.3f", "%g", "%G",
    "%10.4f", "%s", "%10s", "%-10s|", "%.2s", "%q", "%%", "%d %s", "%5.1f %s", "%y", "%", "%123d", "%.123f",
    "% d", "%E", "%s %s %s", "%a",
)  # fmt: skip

WORDS = (
    "local", "a", "=", "1", "end", "if", "then", "function", "(", ")", "{", "}", "return", "'s'", "..", ",",
    "for", "in", "do", "break", "...", "nil", "[[", "0x", "1e", "a.b", ":", "~=", "==", "until", "repeat",
    "'x", "--", "b", "and", "not", "#", "@", "[=", "while", "+", "a()", "'\\q'", ";",
)  # fmt: skip

SNIPPETS = (
    "string.format('%{flags}{width}{directive}|', {a})",
    "string.format('%{flags}{width}.{digit}{directive}|%{directive}', {a}, {b})",
    "(function(...) return select('#', ...), (...), select(-1, ...) end)({a}, nil, {b}, nil)",
    "(function(...) local t = {...} return #t, unpack(t, 1, 4) end)({a}, nil, {b})",
    "(function(...) return arg.n, arg[1], arg[arg.n] end)({a}, nil, {b})",
    "(function() local i, t = 1, {} i, t[i], t[i + 1] = i + 1, {a}, {b} return i, t[1], t[2], #t end)()",
    "(function() local a, b, c = {a}, (function() return {b}, 1 end)() a, b = b, a return a, b, c end)()",
    "(function() local t = {a} local m = t:sub({digit}) return m, t:rep({digit}), t:nope() end)()",
    "(function() for i = {digit}, {width}3, 0.25 do if i > 4 then return i end end return 'done' end)()",
    "(function() local t = {1, 2, 3, 4, 5} for i = {digit}, 5 do t[i] = nil end return #t, table.maxn(t) end)()",
    "(function() local t = {1, 2, 3} table.insert(t, {a}, {b}) return #t, t[1], t[3], table.remove(t, {digit}) end)()",
    "(function() local m = setmetatable({}, {__add = function(x, y) return coroutine.yield(y) end})"
    " local c = coroutine.create(function() return pcall(function() return m + {a} end) end)"
    " return coroutine.resume(c) end)()",
    "(function() local c = coroutine.wrap(function(x) return x, coroutine.yield({a}), {b} end)"
    " return c(1), c({b}), pcall(c) end)()",
    "(function() local f repeat local x = {a} f = function() return x, {b} end until x == x or true return f() end)()",
    "(function() local u = {a} return (function() return (function() return u.x.y end)() end)() end)()",
    "pcall(error, {a}, {digit})",
    "xpcall(function() return {a} .. nil end, function(m) return {b}, m end)",
    "tostring({a} * 1), tostring(-{b}), {a} % {b}, {a} ^ {digit}",
    "table.concat({{a}, {b}, 'x'}, {digit}, {digit}, 3)",
    "string.find({a}, '%b' .. {b}, {digit}), string.match({a}, '%f[%a](%a*)()', {digit})",
)  # fmt: skip
"""Expressions to fill in: values for a and b, the parts of a format's directive, a digit."""


TOKENS = (
    *WORDS, "goto", "a", "b", "c", "x.y", "t[1]", "f(1)", "f{}", "'s'", "\"d\"", "[[l]]", "[=[l]=]", "--[[c]]",
    "-- c\n", "\n",
    "1", "0x1F", "1e5", "3.", ".5", "0xg", "1..2", "...", "..", ".", ":", "::", "==", "~=", "<=", ">=", "<", ">", "=",
    "!=",
    "&", "|", "~", "^", "%", "*", "/", "//", "#", "not", "and", "or", "nil", "true", "false", "function f()",
    "function()",
    "local function f()", "function a.b:c(x, ...)", "for i = 1, 2 do", "for k, v in f do", "while x do", "repeat",
    "until x", "if x then", "elseif y then", "else", "end", "do", "return", "break", "local x", "local x, y =", "x =",
    "x, y =", "x.y, z[1] =", "(", ")", "[", "]", "{", "}", ",", ";", "@", "$", "\x00", "\xff", "'unfinished",
    "[[unfinished",
    "'\\q'", "'\\300'", "'a\\\nb'", "end end", "(...)", "a = a", "local a <const> = 1",
)  # fmt: skip

CHUNK_NAMES = (
    "'=x'", "'@file.lua'", "'=(load)'", "'some text'", "'line\\nline'", "('x'):rep(100)", "'@' .. ('y'):rep(100)",
    "'=' .. ('z'):rep(100)", "'a\\rb'", "''", "'='", "'@'", "nil", "'a\\0b'", "7", "('w '):rep(30) .. '\\n'",
)  # fmt: skip
"""Arguments of loadstring."""


def repr_lua(text: str) -> str:
    """A Lua string literal."""
    plain = (character.isascii() and (character.isalnum() or character in " .%=") for character in text)
    written = (c if as_it_is else f"\\{ord(c):03d}" for c, as_it_is in zip(text, plain, strict=True))
    return f"'{''.join(written)}'"
