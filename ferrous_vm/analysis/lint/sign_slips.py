"""Signs that Lua 5.1 does not have, or writes otherwise: those of other languages, of later Luas, of word processors.

Each function is a row of the table in `slips.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ferrous_vm.analysis.lint.repair_site import Repair, Site, first_of_target, last_of_value, repaired
from ferrous_vm.syntax.lexer import EOS, ERROR, NAME, NUMBER, STRING

_ENDS_STATEMENT: Final = frozenset(("end", "else", "elseif", "until", ";", EOS, ERROR))


_TYPOGRAPHIC: Final = {
    "\u2018": b"'", "\u2019": b"'", "\u201a": b"'", "\u201b": b"'", "\u2032": b"'", "\u201c": b'"', "\u201d": b'"',
    "\u201e": b'"', "\u2033": b'"', "\u00ab": b'"', "\u00bb": b'"', "`": b"'", "\u00b4": b"'", "\xa0": b" ",
    "\u2003": b" ", "\u2009": b" ", "\u200b": b"", "\ufeff": b"", "\u2028": b"\n", "\u3000": b" ", "\u2013": b"-",
    "\u2014": b"--", "\u2212": b"-", "\u00d7": b"*", "\u2026": b"...", "\u2260": b"~=", "\u2264": b"<=",
    "\u2265": b">=", "\uff08": b"(", "\uff09": b")", "\uff0c": b",", "\uff1b": b";", "\uff1a": b":", "\uff1d": b"=",
}  # fmt: skip
"""What word processors, chats and other keyboards write instead of a sign of Lua."""
_TYPOGRAPHIC_BYTES: Final = re.compile(
    b"|".join(re.escape(sign.encode()) for sign in sorted(_TYPOGRAPHIC, key=len, reverse=True))
)


def typographic(site: Site) -> Iterator[Repair]:
    """Quotes and spaces as a word processor writes them."""
    source, starts = site.tokens.source, set(site.tokens.starts)
    in_code = [found for found in _TYPOGRAPHIC_BYTES.finditer(source) if found.start() in starts]
    blamed = site.tokens.starts[site.at]
    if not any(found.start() <= blamed < found.end() for found in in_code):
        return
    sign = next(found[0] for found in in_code if found.start() <= blamed < found.end()).decode()
    plain = _TYPOGRAPHIC[sign].decode()
    name = f"{sign}" if sign.isprintable() and not sign.isspace() else f"U+{ord(sign):04X}"
    instead = f"a plain {plain}" if plain.strip() else "a plain space, or nothing" if plain != "\n" else "a line break"
    advice = f"{name} is no sign of Lua, as word processors and chats write it: it must be {instead}."
    rest = [found for found in _TYPOGRAPHIC_BYTES.finditer(source) if found.start() >= min(blamed, in_code[0].start())]
    for which in (in_code, [found for found in rest if not _in_string(site, found.start())]):
        edits = [(found.start(), found.end(), _TYPOGRAPHIC[found[0].decode()]) for found in which]
        yield repaired(advice, "Write plain signs", *edits)


def _in_string(site: Site, offset: int) -> bool:
    tokens = site.tokens
    return any(
        kind is STRING and start < offset < end
        for kind, start, end in zip(tokens.kinds, tokens.starts, tokens.ends, strict=True)
    )


class _Sign(NamedTuple):
    """Signs that another language writes, one directly after the other, and what Lua writes instead."""

    written: tuple[str, ...]
    instead: bytes
    advice: str


_SIGNS: Final = (
    _Sign(("!", "=="), b"~=", "Lua writes ~= for !==."),
    _Sign(("!", "="), b"~=", "Lua writes ~= for not equal."),
    _Sign(("<", ">"), b"~=", "Lua writes ~= for not equal."),
    _Sign(("==", "="), b"==", "Lua writes == for ===."),
    _Sign(("~=", "="), b"~=", "Lua writes ~= for not equal."),
    _Sign(("&", "&"), b" and ", "Lua writes and for &&."),
    _Sign(("|", "|"), b" or ", "Lua writes or for ||."),
    _Sign(("?", "?"), b" or ", "Lua writes or for ??."),
    _Sign(("?", "."), b".", "Lua has no ?. — ask first: t and t.field."),
    _Sign((":", "="), b"=", "Lua writes = for :=."),
    _Sign(("=", ">"), b"=", "A table is written {name = value}."),
    _Sign(("-", ">"), b".", "Lua writes t.field, and obj:method(…)."),
    _Sign(("*", "*"), b"^", "Lua writes ^ for a power."),
    _Sign(("!",), b"not ", "Lua writes not."),
    _Sign((";", ";"), b";", "Lua 5.1 has no empty statement: write one semicolon."),
    _Sign(("==",), b"=", "One = assigns; == compares."),
    _Sign(("=",), b"==", "A comparison takes ==; one = assigns."),
    _Sign((":",), b"=", "Lua writes = and not a colon: {name = value}, x = value."),
    _Sign((":",), b" then", "Lua writes if … then … end."),
    _Sign((":",), b" do", "Lua writes while … do … end and for … do … end."),
)


_PLAIN: Final = {
    sign.written: sign for sign in _SIGNS if sign.written[0] in "!&|" or sign.written in (("<", ">"), ("==", "="))
}
"""What is no sign of Lua in any place."""


def foreign_signs(site: Site) -> Iterator[Repair]:
    """Signs of other languages: all of them, and one at a time."""
    first = next(_one_by_one(site), None)
    everywhere = _everywhere(site)
    if first is not None and len(everywhere) > 1:
        yield repaired(first.advice, "Write all signs as Lua", *everywhere)
    yield from _one_by_one(site)
    colons = [
        (*site.span(at), b" =")
        for at in range(len(site.tokens.kinds))
        if site.kind(at) == ":" and site.kind(at - 1) is NAME and site.kind(at - 2) in ("{", ",")
    ]
    if colons:
        yield repaired("Lua writes = and not a colon: {name = value}.", "Write =", *colons)


def _everywhere(site: Site) -> list[tuple[int, int, bytes]]:
    edits: list[tuple[int, int, bytes]] = []
    at = 0
    while at < len(site.tokens.kinds):
        for count in (2, 1):
            sign = _PLAIN.get(tuple(site.tokens.kinds[at : at + count]))
            if sign is not None and site.joined(at, count):
                edits.append((*site.span(at, at + count - 1), sign.instead))
                at += count - 1
                break
        at += 1
    return edits


def _one_by_one(site: Site) -> Iterator[Repair]:
    for sign in _SIGNS:
        count = len(sign.written)
        for first in range(max(0, site.at - count), site.at + 1):
            kinds = tuple(site.tokens.kinds[first : first + count])
            if kinds == ("!",) and site.kind(first - 1) in (NAME, NUMBER, STRING, ")", "]"):
                continue
            if kinds == sign.written and site.joined(first, count):
                span = site.span(first, first + count - 1)
                yield repaired(sign.advice, f"Write {sign.instead.decode().strip()}", (*span, sign.instead))


def _rest_of_statement(site: Site, index: int) -> int:
    """The last token of the statement that goes on at `index`, which ends with its line."""
    line = site.line(index)
    while site.kind(index + 1) not in _ENDS_STATEMENT and site.line(index + 1) == line:
        index += 1
    return index


_COMPOUND: Final[dict[tuple[str, ...], str]] = {
    **{(operator,): f"{{0}} {operator} {{1}}" for operator in ("+", "-", "*", "/", "%", "^", "..")},
    ("|", "|"): "{0} or {1}", ("&", "&"): "{0} and {1}", ("?", "?"): "{0} or {1}", ("*", "*"): "{0} ^ {1}",
    ("/", "/"): "math.floor({0} / {1})",
}  # fmt: skip
"""What stands before = where other languages calculate and assign at once, and how Lua writes the value."""


def assignments(site: Site) -> Iterator[Repair]:
    """x += 1, x ||= 1, x++, x-- and the like."""
    for at in site.near():
        yield from _compound(site, at)
        for operator in ("+", "-"):
            if site.kind(at) == site.kind(at + 1) == operator and site.joined(at, 2):
                advice = f"Lua has no {operator * 2}: write i = i {operator} 1."
                if at > 0 and site.kind(at - 1) in (NAME, "]"):
                    instead = b" = " + _target(site, at) + b" " + operator.encode() + b" 1"
                    yield repaired(advice, "Write it as an assignment", (*site.span(at, at + 1), instead))
                if site.kind(at + 2) is NAME:
                    instead = site.text(at + 2) + b" = " + site.text(at + 2) + b" " + operator.encode() + b" 1"
                    yield repaired(advice, "Write it as an assignment", (*site.span(at, at + 2), instead))
        behind = site.after(at)
        if site.kind(at) in (NAME, "]") and _DECREMENT.match(site.tokens.source, behind):
            advice = "-- begins a comment in Lua: write i = i - 1."
            instead = b" = " + _target(site, at + 1) + b" - 1"
            yield repaired(advice, "Write it as an assignment", (behind, behind + 2, instead))


_DECREMENT: Final = re.compile(rb"--[ \t]*(?:;|\r|\n|$)")


def _target(site: Site, behind: int) -> bytes:
    """The variable or field in front of a token."""
    return site.tokens.source[site.tokens.starts[first_of_target(site, behind - 1)] : site.tokens.ends[behind - 1]]


def _compound(site: Site, at: int) -> Iterator[Repair]:
    for written, value in _COMPOUND.items():
        count = len(written)
        if (
            at == 0
            or tuple(site.tokens.kinds[at : at + count + 1]) != (*written, "=")
            or not site.joined(at, count + 1)
        ):
            continue
        target = _target(site, at)
        first = at + count + 1
        last = _rest_of_statement(site, first)
        amount = site.tokens.source[site.tokens.starts[first] : site.tokens.ends[last]]
        amount = b"(" + amount + b")" if last > first else amount
        instead = value.encode().replace(b"{0}", target).replace(b"{1}", amount)
        operator = "".join(written)
        advice = f"Lua has no {operator}=: write x = {value.format('x', '1')}."
        start = site.tokens.starts[at]
        yield repaired(advice, "Write it as an assignment", (start, site.tokens.ends[last], b"= " + instead))


_BITS: Final = {"<<": "lshift", ">>": "rshift", "&": "band", "|": "bor", "~": "bxor"}


def later_operators(site: Site) -> Iterator[Repair]:
    """The operators of Lua 5.3, with one value on each side."""
    for at in site.near():
        count = 2 if site.kind(at) in ("/", "<", ">") and site.kind(at + 1) == site.kind(at) else 1
        operator = site.kind(at) * count
        if not site.joined(at, count):
            continue
        if operator == "~" and site.kind(at - 1) not in (NAME, NUMBER, ")", "]", STRING):
            value = site.tokens.source[slice(*site.span(at + 1))]
            advice = "Operators on bits are of Lua 5.3; Redis has the library bit: bit.bnot(a)."
            yield repaired(advice, "Write bit.bnot", (*site.span(at, at + 1), b"bit.bnot(" + value + b")"), later=True)
        if operator not in _BITS and operator != "//":
            continue
        first, last = first_of_target(site, at - 1), last_of_value(site, at + count)
        left = site.tokens.source[site.tokens.starts[first] : site.tokens.ends[at - 1]]
        right = site.tokens.source[site.tokens.starts[at + count] : site.tokens.ends[last]] if last >= 0 else b""
        if not left or not right or at == 0:
            continue
        if operator == "//":
            advice = "// divides from Lua 5.3 on; Redis runs 5.1: math.floor(a / b). A comment begins with --."
            instead = b"math.floor(" + left + b" / " + right + b")"
        else:
            name = _BITS[operator]
            advice = f"Operators on bits are of Lua 5.3; Redis has the library bit: bit.{name}(a, b), on 32 bits."
            instead = f"bit.{name}(".encode() + left + b", " + right + b")"
        yield repaired(advice, "Write it as Lua 5.1", (*site.span(first, last), instead), later=True)


def comments(site: Site) -> Iterator[Repair]:
    """Comments of other languages."""
    source = site.tokens.source
    for at in site.near():
        start = site.tokens.starts[at]
        if source[start : start + 2] == b"//":
            yield repaired("A comment begins with --.", "Write --", (start, start + 2, b"--"))
        if source[start : start + 2] == b"/*":
            end = source.find(b"*/", start)
            if end > 0:
                edits = ((start, start + 2, b"--[["), (end, end + 2, b"]]"))
                yield repaired("A comment over several lines is written --[[ … ]].", "Write --[[ ]]", *edits)
        if at == site.at and source[start : start + 1] == b"#":
            yield repaired("A comment begins with --.", "Write --", (start, start + 1, b"--"))


def attributes(site: Site) -> Iterator[Repair]:
    """<const> of Lua 5.4, types of TypeScript and Luau, defaults of parameters."""
    for at in site.near():
        if site.kind(at) == "<" and site.kind(at + 1) is NAME and site.kind(at + 2) == ">":
            advice = "<const> and <close> are of Lua 5.4: write local x = 1."
            yield repaired(advice, "Take it away", (*site.span(at, at + 2), b""), later=True)
        is_type = at == site.at and site.kind(at - 1) in (NAME, ")")
        if is_type and site.kind(at) == ":" and site.kind(at + 1) in (NAME, "nil"):
            yield repaired(
                "Variables and parameters have no types in Lua.", "Take it away", (*site.span(at, at + 1), b"")
            )
        if site.kind(at) == "=" and site.kind(at - 1) is NAME and site.kind(at - 2) in ("(", ","):
            last = last_of_value(site, at + 1)
            advice = "Parameters have no defaults in Lua: write x = x or 1 as the first line of the function."
            if last > 0:
                yield repaired(advice, "Take it away", (*site.span(at, last), b""))


def conditional(site: Site) -> Iterator[Repair]:
    """a ? b : c."""
    for at in site.near():
        if site.kind(at) != "?":
            continue
        colon = next((index for index in range(at + 1, at + 40) if site.kind(index) == ":"), None)
        if colon is not None:
            advice = "Lua has no ?: — write condition and a or b, where a is neither nil nor false."
            yield repaired(advice, "Write and … or", (*site.span(at), b" and "), (*site.span(colon), b" or "))


def numbers(site: Site) -> Iterator[Repair]:
    """1_000, and a name that begins with a digit."""
    source = site.tokens.source
    start = site.after(site.at - 1)
    found = re.compile(rb"\s*(\d[\d_]*_[\d_]*\d)").match(source, start)
    if found:
        advice = "Digits are not parted by underscores in Lua."
        yield repaired(advice, "Take the underscores away", (*found.span(1), found[1].replace(b"_", b"")))
    found = re.compile(rb"\s*(\d+\.\.)").match(source, start)
    if found:
        yield repaired(
            ".. after a number needs a space: 1 ..", "Write a space", (*found.span(1), found[1][:-2] + b" ..")
        )
