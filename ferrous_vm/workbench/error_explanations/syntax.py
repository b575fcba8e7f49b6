"""Errors of Lua's compiler: what it stumbled over, and what was probably meant."""

from __future__ import annotations

import re

from ferrous_vm.syntax import lexer
from ferrous_vm.workbench.error_explanations.clues import Clues, Explanation, Row, plain, row

KEYWORDS = tuple(word.decode() for word in lexer.KEYWORDS)


def _near(text: str) -> str:
    return "at the end of the script" if text == "<eof>" else f"at {text}"


@row("unexpected-symbol", r"unexpected symbol near '(.*)'")
def _unexpected(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"Lua does not understand the line {_near(found[1])}: an expression was to begin here."
    if found[1] in KEYWORDS:
        what = f"{found[1]} is a word of Lua's own and stands where a value was to stand."
    advice = "A value or a closing bracket is missing before it, or an operator is one too many."
    return Explanation(what, clues.meant() or advice)


@row("no-statement", r"'=' expected near '(.*)'")
def _no_statement(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"The line begins with a name, and then comes neither = nor a call, {_near(found[1])}."
    advice = clues.meant() or "A statement is an assignment or a call: a value alone is none."
    return Explanation(what, advice)


@row("missing-end", r"'(end|until)' expected(?: \(to close '(\w+)' at line (\d+)\))? near '(.*)'")
def _missing_end(clues: Clues, found: re.Match[str]) -> Explanation:
    word, opened, line, near = found.groups()
    block = f"The {opened} of line {line}" if opened else "A function, if, for, while or do"
    what = f"{block} has no {word}: Lua noticed {_near(near)}."
    advice = f"Add {word} where the block ends; nothing but {word} may follow return."
    return Explanation(what, clues.meant() or advice)


@row("bracket-expected", r"'([(\[{])' expected near '(.*)'")
def _bracket_expected(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"{found[1]} was expected {_near(found[2])}: the parameters of a function stand in brackets."
    return Explanation(what, clues.meant() or "Write function name(a, b) … end; () where there are none.")


@row("comma-expected", r"',' expected near '(.*)'")
def _comma_expected(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"A comma was expected {_near(found[1])}: a for loop that counts names its first number and its last."
    return Explanation(what, clues.meant() or "Write for i = 1, 10 do.")


@row("loop-head", r"'=' or 'in' expected near '(.*)'")
def _loop_head(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"The for loop names its variable, and then comes neither = nor in, {_near(found[1])}."
    return Explanation(what, clues.meant() or "Write for i = 1, 10 do, or for key, value in pairs(t) do.")


@row("parameter", r"<name> or '\.\.\.' expected near '(.*)'")
def _parameter(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"A parameter was expected {_near(found[1])}: a function lists names, and ... at their end."
    return Explanation(what, clues.meant() or "Write function(a, b), without a comma at the end, types or defaults.")


@row("no-variable", r"syntax error near '(.*)'")
def _no_variable(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"What stands {_near(found[1]).replace('at', 'before', 1)} is no variable: nothing can be assigned to it."
    return Explanation(what, clues.meant() or "Only variables and fields are assigned to: x = 1, t.x = 1. == compares.")


@row("unreadable", r"(unexpected symbol|syntax error|'.*' expected|<name> or .* expected)")
def _unreadable(clues: Clues, found: re.Match[str]) -> Explanation | None:
    """An error that names no token: a NUL byte stands there."""
    if clues.command is not None:
        return None
    what = "The script holds a NUL byte outside a string, and Lua cannot read on there."
    return Explanation(what, "Look at the bytes before this line: the file may be binary, or in UTF-16.")


@row("missing-bracket", r"'([)\]}])' expected(?: \(to close '(.)' at line (\d+)\))? near '(.*)'")
def _missing_bracket(clues: Clues, found: re.Match[str]) -> Explanation:
    bracket, opened, line, near = found.groups()
    place = f"the {opened} of line {line}" if opened else "a bracket of this line"
    return Explanation(
        f"Nothing closes {place}: {bracket} was expected {_near(near)}.",
        clues.meant() or f"Add {bracket}, or the comma or .. that is missing before.",
    )


@row("missing-then", r"'(then|do|in)' expected near '(.*)'")
def _missing_then(clues: Clues, found: re.Match[str]) -> Explanation:
    form = {"then": "if … then", "do": "while … do, for … do", "in": "for k, v in pairs(t) do"}[found[1]]
    what = f"{found[1]} was expected {_near(found[2])}."
    return Explanation(what, clues.meant() or f"Write {form}. A comparison takes ==, one = assigns.")


@row("too-much", r"'<eof>' expected near '(.*)'")
def _too_much(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"The script is over before {_near(found[1]).removeprefix('at ')}: nothing may follow."
    if found[1] == "end":
        return Explanation(what, "There is one end too many, or a then or do is missing above.")
    opening = {"else": "if", "elseif": "if", "until": "repeat"}.get(found[1])
    if opening:
        return Explanation(what, f"No {opening} is open there: one end is too many above, or the {opening} is missing.")
    return Explanation(what, clues.meant() or "return ends a block: put it last, or write do return … end.")


@row("name-expected", r"'<name>' expected near '(.*)'")
def _name(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"A name was expected {_near(found[1])}."
    advice = "Names begin with a letter or an underscore."
    if found[1] in KEYWORDS:
        advice = f"{found[1]} is a word of Lua's own: write t['{found[1]}'], or choose another name."
    return Explanation(what, clues.meant() or advice)


def _slip(name: str, pattern: str, what: str, otherwise: str) -> Row:
    """A row as `plain`, whose advice is what was probably meant, where that is known."""
    row = plain(name, pattern, what, otherwise)

    def explain(clues: Clues, found: re.Match[str]) -> Explanation | None:
        explained = row.explain(clues, found)
        meant = clues.meant()
        return Explanation(explained.what, meant) if explained and meant else explained

    return Row(name, row.pattern, explain)


ROWS = (
    _unexpected,
    _no_statement,
    _missing_end,
    _bracket_expected,
    _missing_bracket,
    _missing_then,
    _loop_head,
    _parameter,
    _comma_expected,
    _no_variable,
    _unreadable,
    _too_much,
    _name,
    _slip(
        "unfinished-string",
        r"unfinished string near '.*'",
        "A string is not closed on its line.",
        "Add the quote; a line break within a string is \\n, and [[ … ]] holds several lines.",
    ),
    _slip(
        "unfinished-long",
        r"unfinished long (string|comment) near '.*'",
        "A long {0} that begins with [[ has no ]].",
        "Add ]] where it ends.",
    ),
    _slip(
        "break-outside",
        r"no loop to break near '.*'",
        "break stands outside any loop.",
        "return leaves a function or the script.",
    ),
    _slip(
        "malformed-number",
        r"malformed number near '(.*)'",
        "{0} begins like a number and is none.",
        "Names do not begin with a digit; .. after a number needs a space: 1 ..",
    ),
    _slip(
        "ambiguous-call",
        r"ambiguous syntax \(function call x new statement\) near '.*'",
        "A line begins with ( and Lua cannot tell whether it calls what the line before ends with.",
        "End the line before with a semicolon.",
    ),
    _slip(
        "arguments-expected",
        r"function arguments expected near '(.*)'",
        "After obj:method come the arguments in brackets, and here comes {0}.",
        "Write obj:method(…), or obj.field for a field.",
    ),
    plain(
        "vararg-outside",
        r"cannot use '\.\.\.' outside a vararg function near '.*'",
        "... stands in a function that does not take it.",
        "Declare it: function(...). ARGV holds the script's arguments.",
    ),
    plain(
        "too-many",
        r".*has more than (\d+) (local variables|upvalues)",
        "The function has more than Lua 5.1 allows: {0} {1}.",
        "Part it into several functions, or keep values in a table.",
    ),
    plain(
        "too-large-function",
        r"too many (?:local variables|upvalues).*|chunk has too many syntax levels.*|.*constant table overflow.*"
        r"|.*control structure too long.*|.*function or expression too complex.*|.*too many .* in .*",
        "The function is larger than Lua 5.1 allows, or nested deeper than 200 levels.",
        "Part it into several functions, and keep values in a table.",
    ),
    plain(
        "escape",
        r"escape sequence too large near '.*'",
        "A backslash and three digits stand for a byte, 255 at most.",
        "Lua 5.1 has no \\x and no \\u: write the byte in decimal, \\195\\169.",
    ),
)
"""Every row of this family."""
