"""What later versions of Lua brought, where Lua 5.1 compiles it and does something else, or finds nil."""

from __future__ import annotations

import re
from typing import Final

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.diagnostics import Edit, Severity
from ferrous_vm.analysis.lint.rules import Change, Model, Rule, plain
from ferrous_vm.printing import printed
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.lexer import STRING
from ferrous_vm.syntax.tree import UnaryOperator

LATER_LUA_LIBRARY: Final = Rule(
    name="later-lua-library",
    severity=Severity.ERROR,
    reason="This function came with a later Lua; Redis has Lua 5.1, where it is nil.",
    fix="Use what Lua 5.1 has for it.",
    page="""\
Lua 5.1 has unpack instead of table.unpack, {n = select('#', ...), ...} instead of table.pack, the library bit instead
of bit operators, and struct instead of string.pack.""",
    wrong="return redis.call('DEL', table.unpack(KEYS))",
    right="return redis.call('DEL', unpack(KEYS))",
)

LATER_LUA_ARGUMENT: Final = Rule(
    name="later-lua-argument",
    severity=Severity.WARNING,
    reason="A later Lua gave this function an argument that Lua 5.1 ignores or refuses.",
    fix="Do without the argument.",
    page="""\
math.log(x, base) ignores the base, string.rep(s, n, separator) the separator, xpcall(f, handler, ...) the
arguments, and load takes a function, not text: loadstring compiles text.""",
    wrong="return tostring(math.log(tonumber(ARGV[1]), 2))",
    right="return tostring(math.log(tonumber(ARGV[1])) / math.log(2))",
)

LATER_LUA_ESCAPE: Final = Rule(
    name="later-lua-escape",
    severity=Severity.WARNING,
    reason="Lua 5.1 does not know this escape and reads the character after the backslash.",
    fix="Write the byte in decimal, \\ddd.",
    page="""\
\\xNN, \\z and \\u{NNN} came with Lua 5.2 and 5.3. Lua 5.1 drops the backslash without a word: "\\x41" is the text
x41.""",
    wrong="return redis.call('SETRANGE', KEYS[1], 0, '\\x00\\x01')",
    right="return redis.call('SETRANGE', KEYS[1], 0, '\\000\\001')",
)

VARARG_LENGTH: Final = Rule(
    name="vararg-length",
    severity=Severity.WARNING,
    reason="`#...` is the length of the first argument, not the number of arguments.",
    fix="Write select('#', ...).",
    page="In every version of Lua, `...` inside an expression is its first value only.",
    wrong="local function count(...) return #... end\nreturn count('a', 'b')",
    right="local function count(...) return select('#', ...) end\nreturn count('a', 'b')",
)

RULES: Final = (LATER_LUA_LIBRARY, LATER_LUA_ARGUMENT, LATER_LUA_ESCAPE, VARARG_LENGTH)

LATER_LIBRARY: Final[dict[bytes, tuple[str, bytes]]] = {
    b"table.unpack": ("unpack(...) is a global function in Lua 5.1.", b"unpack"),
    b"table.pack": ("Write {n = select('#', ...), ...}.", b""),
    b"table.move": ("Copy the elements in a loop.", b""),
    b"string.pack": ("struct.pack has the same use and nearly the same formats.", b"struct.pack"),
    b"string.unpack": ("struct.unpack has the same use and nearly the same formats.", b"struct.unpack"),
    b"string.packsize": ("struct.size has the same use.", b"struct.size"),
    b"math.type": ("Every number is a double: x % 1 == 0 asks whether it is whole.", b""),
    b"math.tointeger": ("Every number is a double: math.floor(x) cuts the fraction.", b""),
    b"math.ult": ("Every number is a double.", b""),
    b"math.maxinteger": ("Every number is a double: whole numbers are exact up to 2^53.", b""),
    b"math.mininteger": ("Every number is a double: whole numbers are exact down to -2^53.", b""),
    b"coroutine.isyieldable": ("coroutine.running() is nil outside a coroutine.", b""),
    b"coroutine.close": ("A coroutine nobody resumes is collected.", b""),
}
"""Fields that later versions have: what to do instead, and the name to put in their place, if one will do."""

LATER_NAMES: Final[dict[bytes, tuple[str, bytes]]] = {
    b"utf8": (
        "Lua 5.1 has bytes only: string.byte, string.char, and patterns such as '[%z\\1-\\127\\194-\\244]'.",
        b"",
    ),
    b"bit32": ("Redis has the library bit, with band, bor, bxor, bnot and shifts.", b"bit"),
    b"rawlen": ("#x does the same for tables without metatables.", b""),
    b"_ENV": ("Lua 5.1 has no _ENV; globals are what they are.", b""),
    b"warn": ("Write to the server's log with redis.log(redis.LOG_WARNING, ...).", b""),
}
"""Globals that later versions have, told in the same way."""

_ESCAPE: Final = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|(z)|u\{([0-9A-Fa-f]+)\}|\\|[^xzu])", re.DOTALL)


def check(model: Model) -> None:
    """Look at names, calls and strings."""
    _names(model)
    _arguments(model)
    _escapes(model)
    for node in model.all(tree.Unary):
        if node.operator is UnaryOperator.LENGTH and isinstance(plain(node.operand), tree.Vararg):
            fix = ("Count the arguments", model.instead(node, b"select('#', ...)"))
            model.report(VARARG_LENGTH, node, "`#...` is the length of the first argument.", fix)


def _names(model: Model) -> None:
    for node in model.all(tree.Index):
        library = model.value(node.object).member
        if not library or not isinstance(node.key, tree.String):
            continue
        row = LATER_LIBRARY.get(library + b"." + node.key.value)
        if row is not None and not isinstance(model.parent(node), tree.Logical | tree.IfClause | tree.Unary):
            _later(model, node, row)
    for name in model.all(tree.Name):
        row = LATER_NAMES.get(name.name)
        if row is not None and model.flow.variable(name) is None:
            _later(model, name, row)


def _later(model: Model, node: tree.Expression, row: tuple[str, bytes]) -> None:
    advice, instead = row
    fix = (f"Write {instead.decode()}", model.instead(node, instead)) if instead else None
    model.report(LATER_LUA_LIBRARY, node, f"Lua 5.1 has no `{model.text(node)}`. {advice}", fix)


def _arguments(model: Model) -> None:
    for call, name in model.calls_of(b"math.log", b"string.rep", b"xpcall", b"load"):
        arguments = call.arguments
        if name == b"math.log" and len(arguments) == 2:
            base = model.bytes_of(arguments[1])
            away = Edit(model.chunk.end(arguments[0]), model.chunk.end(arguments[1]), b"")
            divided = model.after(call, b" / math.log(" + base + b")")
            fix: Change = ("Divide by the logarithm of the base", away, divided)
            model.report(LATER_LUA_ARGUMENT, arguments[1], "math.log of Lua 5.1 ignores the base.", fix)
        elif name == b"string.rep" and len(arguments) == 3:
            model.report(LATER_LUA_ARGUMENT, arguments[2], "string.rep of Lua 5.1 ignores the separator.")
        elif name == b"xpcall" and len(arguments) > 2:
            message = "xpcall of Lua 5.1 passes no arguments on: wrap the call in a function."
            model.report(LATER_LUA_ARGUMENT, arguments[2], message)
        elif name == b"load" and arguments and model.value(arguments[0]).types == lua_types.STRING:
            fix = ("Write loadstring", model.instead(call.function, b"loadstring"))
            message = "load of Lua 5.1 takes a function, not text: this stops the script. loadstring compiles text."
            model.report(LATER_LUA_ARGUMENT, call.function, message, fix)


def _escapes(model: Model) -> None:
    tokens = model.chunk.tokens
    if b"\\" not in model.source:
        return
    for kind, start, end in zip(tokens.kinds, tokens.starts, tokens.ends, strict=True):
        if kind is not STRING or model.source[start : start + 1] == b"[":
            continue
        for match in _ESCAPE.finditer(model.source, start + 1, end - 1):
            code, skip, point = match.groups()
            if code is not None:
                _escape(model, match, b"\\%03d" % int(code, 16))
            elif skip is not None:
                _escape(model, match, None)
            elif point is not None:
                _escape(model, match, _utf8(int(point[:8], 16)))


def _utf8(point: int) -> bytes | None:
    if point > 0x10FFFF or 0xD800 <= point < 0xE000:
        return None
    return b"".join(b"\\%03d" % byte for byte in chr(point).encode())


def _escape(model: Model, match: re.Match[bytes], instead: bytes | None) -> None:
    shown = printed(match.group())
    message = f"Lua 5.1 does not know the escape {shown} and drops its backslash."
    fix = None if instead is None else ("Write it in decimal", Edit(*match.span(), instead))
    model.report(LATER_LUA_ESCAPE, match.span(), message, fix)
