"""Syntax errors: Lua's own sentence at the token it blames, and what was meant when it is the syntax of another Lua
or of another language.

In: the tokens and the LuaSyntaxError. The tokens around the blamed one say what was written; nothing is guessed from
the sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

from ferrous_vm.analysis.lint.diagnostics import Diagnostic, Edit, Fix, Severity
from ferrous_vm.analysis.lint.repairs import repair
from ferrous_vm.analysis.lint.rules import Rule
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.printing import printed
from ferrous_vm.records import Record, with_changes
from ferrous_vm.syntax.lexer import NAME, NUMBER, Tokens

SYNTAX_ERROR: Final = Rule(
    name="syntax-error",
    severity=Severity.ERROR,
    reason="Lua 5.1 does not compile this.",
    fix="Lua names the token at which it gave up; the mistake is there or before it.",
    page='Redis answers "ERR Error compiling script", with the same sentence.',
    wrong="local count =\nreturn count",
    right="local count = 0\nreturn count",
)

LATER_LUA_SYNTAX: Final = Rule(
    name="later-lua-syntax",
    severity=Severity.ERROR,
    reason="This is the syntax of a later Lua; Redis has Lua 5.1.",
    fix="Write it as Lua 5.1 does.",
    page="""\
Lua 5.2 brought goto, labels and hexadecimal fractions, Lua 5.3 the operators // & | ~ << >>, Lua 5.4 <const> and
<close>. In Lua 5.1 write math.floor(a / b); bit.band, bit.bor, bit.bxor, bit.bnot, bit.lshift and bit.rshift (on 32
bits); and an if, or a function with return, in place of goto continue.""",
    wrong="return tonumber(ARGV[1]) // 2",
    right="return math.floor(tonumber(ARGV[1]) / 2)",
)

FOREIGN_SYNTAX: Final = Rule(
    name="foreign-syntax",
    severity=Severity.ERROR,
    reason="This is how another language writes it.",
    fix="Write it as Lua does.",
    page="""\
Lua writes ~= for unequal, `and`, `or` and `not`, x = x + 1, elseif, .. to join strings, and -- before comments.""",
    wrong="if KEYS[1] != ARGV[1] then return 0 end\nreturn 1",
    right="if KEYS[1] ~= ARGV[1] then return 0 end\nreturn 1",
)

RULES: Final = (SYNTAX_ERROR, LATER_LUA_SYNTAX, FOREIGN_SYNTAX)


class Meant(Record):
    """A sequence of tokens around the blamed one, and what it means elsewhere.

    `written`: the kinds, one after the other without space where `joined`.
    """

    written: tuple[str, ...]
    rule: Rule
    advice: str
    joined: bool = True


_MEANT: Final = (
    Meant(
        ("/", "/"), LATER_LUA_SYNTAX, "Lua 5.1 has no operator `//`: write math.floor(a / b). A comment begins with --."
    ),
    Meant(("<", "<"), LATER_LUA_SYNTAX, "Lua 5.1 has no operator `<<`: write bit.lshift(a, b)."),
    Meant((">", ">"), LATER_LUA_SYNTAX, "Lua 5.1 has no operator `>>`: write bit.rshift(a, b)."),
    Meant(("&", "&"), FOREIGN_SYNTAX, "Lua writes `and` for `&&`."),
    Meant(("|", "|"), FOREIGN_SYNTAX, "Lua writes `or` for `||`."),
    Meant(("&",), LATER_LUA_SYNTAX, "Lua 5.1 has no operator `&`: write bit.band(a, b)."),
    Meant(("|",), LATER_LUA_SYNTAX, "Lua 5.1 has no operator `|`: write bit.bor(a, b)."),
    Meant(("~",), LATER_LUA_SYNTAX, "Lua 5.1 has no operator `~`: write bit.bxor(a, b) or bit.bnot(a)."),
    Meant(("!", "=="), FOREIGN_SYNTAX, "Lua writes `~=` for `!==`."),
    Meant(("==", "="), FOREIGN_SYNTAX, "Lua writes `==` for `===`."),
    Meant(("!", "="), FOREIGN_SYNTAX, "Lua writes `~=` for `!=`."),
    Meant(("!",), FOREIGN_SYNTAX, "Lua writes `not` for `!`."),
    Meant(("<", NAME, ">"), LATER_LUA_SYNTAX, "Lua 5.1 has no attributes of local variables such as <const>.", False),
    Meant(
        (":", ":"), LATER_LUA_SYNTAX, "Lua 5.1 has no labels and no goto: use an if, a loop with break, or a function."
    ),
    Meant(("+", "="), FOREIGN_SYNTAX, "Lua has no `+=`: write x = x + ..."),
    Meant(("-", "="), FOREIGN_SYNTAX, "Lua has no `-=`: write x = x - ..."),
    Meant(("*", "="), FOREIGN_SYNTAX, "Lua has no `*=`: write x = x * ..."),
    Meant(("/", "="), FOREIGN_SYNTAX, "Lua has no `/=`: write x = x / ..."),
    Meant(("..", "="), FOREIGN_SYNTAX, "Lua has no `..=`: write x = x .. ..."),
    Meant(("+", "+"), FOREIGN_SYNTAX, "Lua has no `++`: write x = x + 1."),
    Meant(("?",), FOREIGN_SYNTAX, "Lua has no `? :`: write condition and a or b, where a is neither nil nor false."),
    Meant(
        ("=", ">"), FOREIGN_SYNTAX, "Lua has no `=>`: write key = value in a table, function(x) ... end for a function."
    ),
)
"""What people write; a longer sequence comes before a shorter one that is its beginning."""

_WORDS: Final[dict[bytes, tuple[Rule, str]]] = {
    b"goto": (LATER_LUA_SYNTAX, "Lua 5.1 has no goto: use an if, a loop with break, or a function with return."),
    b"continue": (FOREIGN_SYNTAX, "Lua has no continue: put the rest of the loop into an if."),
    b"elif": (FOREIGN_SYNTAX, "Lua writes `elseif`."),
    b"elsif": (FOREIGN_SYNTAX, "Lua writes `elseif`."),
    b"switch": (FOREIGN_SYNTAX, "Lua has no switch: use if, elseif, or a table of functions."),
    b"var": (FOREIGN_SYNTAX, "Lua writes `local`."),
    b"let": (FOREIGN_SYNTAX, "Lua writes `local`."),
    b"const": (FOREIGN_SYNTAX, "Lua writes `local`."),
    b"try": (FOREIGN_SYNTAX, "Lua has no try: pcall(function) catches errors, redis.pcall those of a command."),
    b"def": (FOREIGN_SYNTAX, "Lua writes `local function name(parameters) ... end`."),
    b"import": (FOREIGN_SYNTAX, "Scripts have no modules."),
}
"""Names in front of the blamed token that are keywords elsewhere."""

_HEXADECIMAL_FRACTION: Final = re.compile(rb"0[xX][0-9A-Fa-f]*\.?[0-9A-Fa-f]*([pP][+-]?[0-9]+)?")
_LINE_BREAK: Final = re.compile(rb"\r\n?|\n\r?")
_NAMED: Final = re.compile(r"to close '\w+' at line (\d+)\)").findall
_PREFIX: Final = re.compile(rb"^.*?:\d+: ", re.DOTALL)


def diagnose(source: bytes, error: LuaSyntaxError, tokens: Tokens) -> Diagnostic:
    """The error as a diagnostic. `tokens` are those of `source`."""
    start, end = error.span or _line_span(source, error.line, tokens)
    sentence = printed(_PREFIX.sub(b"", error.message, count=1))
    rule, message, fix = SYNTAX_ERROR, sentence, None
    for explain in (_symbols, _word, _number):
        found = explain(source, tokens, start, end)
        if found is not None:
            rule, advice, fix, (start, end) = found
            message = f"{advice} ({sentence})"
            break
    if fix is None:
        mended = repair(source, error, tokens)  # what was tried, and leads further
        if mended is not None and rule is SYNTAX_ERROR:
            message = f"{mended.advice} ({sentence})"
        if mended is not None and mended.fix.edits:
            fix = mended.fix
    if start == end:  # the end of the source: mark what stands before it
        kept = len(source[:start].rstrip())
        start = max(0, kept - 1) if kept else start
        end = max(end, start)
    if fix is not None and rule is SYNTAX_ERROR:
        fix = with_changes(fix, certain=False)  # where the mistake is, nobody knows
    named = tuple(int(line) for line in _NAMED(sentence))
    where = *_position(tokens, start), *_position(tokens, end), start, end
    return Diagnostic(rule.name, rule.severity, message, *where, fix, named)


_Found = tuple[Rule, str, Fix | None, tuple[int, int]]


def _position(tokens: Tokens, offset: int) -> tuple[int, int]:
    line = bisect_right(tokens.newline_ends, offset)
    return line + 1, offset - (tokens.newline_ends[line - 1] if line else 0) + 1


def _line_span(source: bytes, line: int, tokens: Tokens) -> tuple[int, int]:
    """The text of a line, without the space around it."""
    ends = [0, *tokens.newline_ends, len(source)]
    start = ends[min(line, len(ends) - 1) - 1]
    text = source[start : ends[min(line, len(ends) - 1)]]
    return start + len(text) - len(text.lstrip()), start + len(text.rstrip())


def _at(tokens: Tokens, start: int) -> int:
    """The index of the token that begins at `start`, or of the last one."""
    return next((index for index, begin in enumerate(tokens.starts) if begin >= start), len(tokens.starts) - 1)


def _symbols(source: bytes, tokens: Tokens, start: int, end: int) -> _Found | None:
    blamed = _at(tokens, start)
    for meant in _MEANT:
        count = len(meant.written)
        for first in range(max(0, blamed - count + 1), blamed + 1):
            kinds = tuple(tokens.kinds[first : first + count])
            if kinds != meant.written or (meant.joined and not _joined(tokens, first, count)):
                continue
            return meant.rule, meant.advice, None, (tokens.starts[first], tokens.ends[first + count - 1])
    return None


def _joined(tokens: Tokens, first: int, count: int) -> bool:
    return all(tokens.ends[at] == tokens.starts[at + 1] for at in range(first, first + count - 1))


def _word(source: bytes, tokens: Tokens, start: int, end: int) -> _Found | None:
    blamed = _at(tokens, start)
    for index in (blamed - 1, blamed, blamed - 2):
        if index < 0 or tokens.kinds[index] is not NAME:
            continue
        row = _WORDS.get(source[tokens.starts[index] : tokens.ends[index]])
        if row is not None:
            return (*row, None, (tokens.starts[index], tokens.ends[index]))
    return None


def _number(source: bytes, tokens: Tokens, start: int, end: int) -> _Found | None:
    """0x1p4 and 0x.8, which Lua 5.1 reads as a malformed number, or as a number and a name."""
    match = _HEXADECIMAL_FRACTION.match(source, start)
    index = _at(tokens, start)
    if match is None and index > 0 and tokens.kinds[index - 1] is NUMBER:
        match = _HEXADECIMAL_FRACTION.match(source, tokens.starts[index - 1])
    if match is None or match.end() < end or not (match[1] or b"." in match.group()):
        return None
    try:
        value = float.fromhex(match.group().decode())
    except (ValueError, OverflowError):
        return None
    text = f"{value:.17g}"
    advice = "Lua 5.1 has no hexadecimal fractions: write the number in decimal."
    return LATER_LUA_SYNTAX, advice, Fix(f"Write {text}", (Edit(*match.span(), text.encode()),)), match.span()
