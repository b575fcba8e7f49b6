"""Values that Lua 5.1 writes otherwise: lists, functions with an arrow, ranges, quotes within a text, texts over lines.

Each function is a row of the table in `slips.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ferrous_vm.analysis.lint.repair_site import Repair, Site, repaired
from ferrous_vm.syntax.lexer import EOS, ERROR, NAME, NUMBER, STRING

_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")
_MOST_TOKENS: Final = 400
"""How far what closes a bracket is looked for."""


def closing_of(site: Site, index: int) -> int | None:
    """The token that closes the bracket at `index`, of whatever kind they are."""
    depth = 0
    for at in range(index, min(index + _MOST_TOKENS, len(site.tokens.kinds))):
        depth += (site.kind(at) in _OPENING) - (site.kind(at) in _CLOSING)
        if depth == 0:
            return at
    return None


def lists(site: Site) -> Iterator[Repair]:
    """[1, 2, 3], here and wherever else a value begins with a bracket."""
    if site.kind(site.at) != "[":
        return
    edits: list[tuple[int, int, bytes]] = []
    for at, kind in enumerate(site.tokens.kinds):
        if kind != "[" or site.kind(at - 1) in (NAME, STRING, ")", "]", "}"):
            continue
        closing = closing_of(site, at)
        if closing is not None and site.kind(closing) == "]" and site.kind(closing + 1) != "=":
            edits += [(*site.span(at), b"{"), (*site.span(closing), b"}")]
    if edits:
        yield repaired("A list is written in braces: {1, 2, 3}.", "Write braces", *sorted(edits))


_BEGINS_STATEMENT: Final = frozenset(
    ("local", "return", "if", "for", "while", "repeat", "end", "else", "elseif", "until", "break", ";", ",", EOS, ERROR)
)


def _last_of_expression(site: Site, first: int) -> int:
    """The last token of the expression that begins at `first`, on its line, or on that on which its brackets close."""
    at, line = first, site.line(first)
    while site.kind(at) not in _BEGINS_STATEMENT and site.kind(at) not in _CLOSING and site.line(at) == line:
        if site.kind(at) in _OPENING:
            closing = closing_of(site, at)
            if closing is None:
                break
            at, line = closing, site.line(closing)
        at += 1
    return at - 1


_MOST_PARAMETERS: Final = 14
"""Tokens in front of an arrow among which Lua gives up."""


def _enclosing(site: Site, index: int) -> str:
    """The bracket that is open in front of a token; "" where there is none."""
    depth = 0
    for at in range(index - 1, max(-1, index - _MOST_TOKENS), -1):
        depth += (site.kind(at) in _CLOSING) - (site.kind(at) in _OPENING)
        if depth < 0:
            return site.kind(at)
    return ""


def fields(site: Site) -> Iterator[Repair]:
    """{'a' => 1, b => 2}."""
    edits = []
    for at in range(1, len(site.tokens.kinds)):
        if site.kind(at) == "=" and site.kind(at + 1) == ">" and site.joined(at, 2):
            if site.kind(at - 1) not in (NAME, STRING) or _enclosing(site, at - 1) != "{":
                continue
            name = site.text(at - 1)
            edits.append(
                (*site.span(at - 1, at + 1), (name if site.kind(at - 1) is NAME else b"[" + name + b"]") + b" =")
            )
    if edits:
        yield repaired("A table is written {name = value, ['a b'] = value}.", "Write =", *edits)


def arrows(site: Site) -> Iterator[Repair]:
    """(a, b) => a + b, x => { return x }, lambda x: x + 1."""
    advice = "A function is written function(a, b) return … end."
    for at in range(max(site.at - 3, 1), site.at + _MOST_PARAMETERS):
        if site.kind(at) == "=" and site.kind(at + 1) == ">" and site.joined(at, 2):
            first = at - 1
            if site.kind(first) != ")" and _enclosing(site, first) == "{":
                continue
            while site.kind(at - 1) == ")" and first > 0 and site.kind(first) != "(":
                first -= 1
            parameters, body = site.tokens.source[slice(*site.span(first, at - 1))].strip(b"()"), at + 2
        elif site.text(at) == b"lambda":
            first = at
            colon = next((index for index in range(at + 1, at + 20) if site.kind(index) == ":"), at)
            parameters = site.tokens.source[site.after(at) : site.tokens.starts[colon]].strip()
            body = colon + 1
        else:
            continue
        head = b"function(" + parameters + b")"
        if site.kind(body) == "{":
            closing = closing_of(site, body)
            if closing is not None:
                yield repaired(advice, "Write function", (*site.span(first, body), head), (*site.span(closing), b"end"))
        last = _last_of_expression(site, body)
        if last >= body:
            place = site.after(last)
            start = site.tokens.starts[body]
            edits = ((site.tokens.starts[first], start, head + b" return "), (place, place, b" end"))
            yield repaired(advice, "Write function", *edits)


_RANGE: Final = re.compile(rb"for\s+(\w+)\s+in\s+(\w+)\s*\.\.[.=<]?\s*([\w#.]+)")


_COUNTING: Final = re.compile(
    rb"for\s*\(?\s*(?:(?:let|var|int|local)\s+)?(\w+)\s*=\s*([^;\n]+);\s*\1\s*(<=?)\s*([^;\n]+);"
    rb"\s*(?:\1\s*\+\+|\+\+\s*\1|\1\s*\+=\s*1)\s*\)?"
)


def _counting(site: Site) -> Iterator[Repair]:
    """for (i = 0; i < 3; i++) { … }."""
    advice = "Lua counts so: for i = 0, 9 do … end; the last number belongs to it."
    place = site.tokens.starts[site.at]
    for found in _COUNTING.finditer(site.tokens.source, max(0, place - 80)):
        if found.start() > place:
            return
        name, first, sign, last = found.groups()
        head = (*found.span(), b"for " + name + b" = " + first + b", " + last + (b" - 1" if sign == b"<" else b""))
        yield repaired(advice, "Write it as a loop that counts", head)
        brace = next((at for at, start in enumerate(site.tokens.starts) if start >= found.end()), -1)
        closing = closing_of(site, brace) if site.kind(brace) == "{" else None
        if closing is not None:
            edits = (head, (*site.span(brace), b" do"), (*site.span(closing), b"end"))
            yield repaired(advice, "Write it as a loop that counts", *edits)


def ranges(site: Site) -> Iterator[Repair]:
    """for i in 1..3 do, for (i = 1, 3) do."""
    advice = "Lua counts so: for i = 1, 3 do … end."
    around = slice(max(0, site.tokens.starts[site.at] - 80), site.tokens.starts[site.at] + 80)
    for found in _RANGE.finditer(site.tokens.source[around]):
        start, end = found.start() + around.start, found.end() + around.start
        instead = b"for " + found[1] + b" = " + found[2] + b", " + found[3]
        yield repaired(advice, "Write it as a loop that counts", (start, end, instead))
    yield from _counting(site)
    for at in site.near():
        if site.kind(at) == "(" and site.kind(at - 1) == "for":
            closing = closing_of(site, at)
            if closing is not None:
                edits = ((*site.span(at), b""), (*site.span(closing), b""))
                yield repaired("The head of a loop has no brackets: for i = 1, 3 do.", "Take them away", *edits)


def quotes(site: Site) -> Iterator[Repair]:
    """'it's', "a "word" more", and \\z of Lua 5.2 before the end of a line."""
    for at in site.near():
        if site.kind(at) is STRING and site.kind(at + 1) is NAME and site.joined(at, 2):
            quote = site.text(at)[-1:]
            inner = site.tokens.ends[at] - 1
            advice = f"The {quote.decode()} ends the text here: write \\{quote.decode()} within it."
            yield repaired(advice, "Write a backslash before it", (inner, inner, b"\\"))
            after = next((index for index in range(at + 2, at + 20) if site.text(index)[:1] == quote), None)
            if after is not None:
                opening = site.tokens.starts[after]
                yield repaired(
                    advice, "Write a backslash before both", (inner, inner, b"\\"), (opening, opening, b"\\")
                )
    if site.kind(site.at) is ERROR:
        start = site.after(site.at - 1)
        edits = [
            (found.start(), found.end(), b"")
            for found in re.compile(rb"(?<!\\)\\z\s+").finditer(site.tokens.source, start)
        ]
        if edits:
            advice = "\\z is of Lua 5.2: write the text on one line, or join its parts with two dots."
            yield repaired(advice, "Write it on one line", *edits, later=True)


def dots(site: Site) -> Iterator[Repair]:
    """'a' . b, as PHP joins texts; t.1, as an element."""
    edits = [
        (*site.span(at), b" .. ")
        for at in range(1, len(site.tokens.kinds) - 1)
        if site.kind(at) == "." and (STRING in (site.kind(at - 1), site.kind(at + 1)))
    ]
    if edits:
        yield repaired("Texts are joined with two dots: a .. b.", "Write two dots", *edits)
    at = site.at
    if site.kind(at) is NUMBER and site.text(at)[:1] == b"." and site.kind(at - 1) in (NAME, "]", ")"):
        instead = b"[" + site.text(at)[1:] + b"]"
        yield repaired("An element of a table is written t[1].", "Write brackets", (*site.span(at), instead))


def calls(site: Site) -> Iterator[Repair]:
    """redis.call 'GET', KEYS[1]: without brackets a call has one argument."""
    at = site.at
    if site.kind(at) == "," and site.kind(at - 1) is STRING and site.kind(at - 2) is NAME:
        last = _last_argument(site, at)
        edits = ((site.after(at - 2), site.tokens.starts[at - 1], b"("), (site.after(last), site.after(last), b")"))
        yield repaired("A call with several arguments has brackets: f(a, b).", "Add brackets", *edits)


def _last_argument(site: Site, comma: int) -> int:
    last = comma
    while site.kind(last) == ",":
        last = _last_of_expression(site, last + 1) + 1
    return last - 1
