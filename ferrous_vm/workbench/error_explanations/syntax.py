"""Errors of Lua's compiler: what it stumbled over, and what was probably meant."""

from __future__ import annotations

import re

from ferrous_vm.syntax import lexer
from ferrous_vm.workbench.error_explanations.clues import Clues, Explanation, nearest, plain, row

KEYWORDS = tuple(word.decode() for word in lexer.KEYWORDS)

OTHER_LANGUAGES = (
    (r"!=", "Lua writes ~= for not equal."),
    (r"\+\+|--\s*;", "Lua has no ++: write i = i + 1."),
    (r"[-+*/]=", "Lua has no +=: write x = x + 1."),
    (r"&&", "Lua writes and."),
    (r"\|\|", "Lua writes or."),
    (r"![a-zA-Z_(]", "Lua writes not."),
    (r"//", "// divides from Lua 5.3 on; Redis runs 5.1: math.floor(a / b). A comment begins with --."),
    (r"<<|>>|[&|]", "Operators on bits are of Lua 5.3; Redis has the library bit: bit.band(a, b), bit.lshift(a, n)."),
    (r"<\s*(?:const|close)\s*>", "<const> is of Lua 5.4: write local x = 1."),
    (r"\bgoto\b|::", "goto is of Lua 5.2: use while, break or a function."),
    (r"\belse\s+if\b|\belif\b|\belsif\b", "Lua writes elseif, in one word."),
    (r"\bcontinue\b", "Lua has no continue: put the rest of the loop into an if."),
    (r"\?.*:", "Lua has no ?: — write condition and a or b."),
    (r"[{}]\s*$", "Blocks have no braces: if … then … end."),
    (r"=>", "A table is written {name = value}."),
    (r"\bnull\b|\bNone\b", "Lua writes nil."),
)
"""What other languages, and later Luas, write; and what it is here."""


def _foreign(clues: Clues) -> str:
    """What Lua 5.1 writes instead of what stands on the line, if that is known."""
    code = re.sub(r"'[^']*'|\"[^\"]*\"", "''", clues.code)
    return next((advice for pattern, advice in OTHER_LANGUAGES if re.search(pattern, code)), "")


def _near(text: str) -> str:
    return "at the end of the script" if text == "<eof>" else f"at {text}"


@row("unexpected-symbol", r"unexpected symbol near '(.*)'")
def _unexpected(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"Lua does not understand the line {_near(found[1])}: an expression was to begin here."
    if found[1] in KEYWORDS:
        what = f"{found[1]} is a word of Lua's own and stands where a value was to stand."
    advice = "A value or a closing bracket is missing before it, or an operator is one too many."
    return Explanation(what, _foreign(clues) or advice)


@row("no-statement", r"'=' expected near '(.*)'")
def _no_statement(clues: Clues, found: re.Match[str]) -> Explanation:
    words = re.findall(r"[A-Za-z_]\w*", clues.code)
    typo = next((nearest(word, KEYWORDS) for word in words if word not in KEYWORDS and nearest(word, KEYWORDS)), "")
    what = f"The line begins with a name, and then comes neither = nor a call, {_near(found[1])}."
    advice = _foreign(clues) or "A statement is an assignment or a call: a value alone is none."
    return Explanation(what, advice + typo)


@row("missing-end", r"'(end|until)' expected(?: \(to close '(\w+)' at line (\d+)\))? near '(.*)'")
def _missing_end(clues: Clues, found: re.Match[str]) -> Explanation:
    word, opened, line, near = found.groups()
    block = f"The {opened} of line {line}" if opened else "A function, if, for, while or do"
    what = f"{block} has no {word}: Lua noticed {_near(near)}."
    advice = f"Add {word} where the block ends; nothing but {word} may follow return."
    return Explanation(what, _foreign(clues) or advice)


@row("missing-bracket", r"'([)\]}])' expected(?: \(to close '(.)' at line (\d+)\))? near '(.*)'")
def _missing_bracket(clues: Clues, found: re.Match[str]) -> Explanation:
    bracket, opened, line, near = found.groups()
    place = f"the {opened} of line {line}" if opened else "a bracket of this line"
    return Explanation(
        f"Nothing closes {place}: {bracket} was expected {_near(near)}.",
        _foreign(clues) or f"Add {bracket}, or the comma or .. that is missing before.",
    )


@row("missing-then", r"'(then|do|in)' expected near '(.*)'")
def _missing_then(clues: Clues, found: re.Match[str]) -> Explanation:
    form = {"then": "if … then", "do": "while … do, for … do", "in": "for k, v in pairs(t) do"}[found[1]]
    what = f"{found[1]} was expected {_near(found[2])}."
    return Explanation(what, _foreign(clues) or f"Write {form}. A comparison takes ==, one = assigns.")


@row("too-much", r"'<eof>' expected near '(.*)'")
def _too_much(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"The script is over before {_near(found[1]).removeprefix('at ')}: nothing may follow."
    if found[1] == "end":
        return Explanation(what, "There is one end too many, or a then or do is missing above.")
    return Explanation(what, _foreign(clues) or "return ends a block: put it last, or write do return … end.")


@row("name-expected", r"'<name>' expected near '(.*)'")
def _name(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"A name was expected {_near(found[1])}."
    if found[1] in KEYWORDS:
        return Explanation(what, f"{found[1]} is a word of Lua's own: write t['{found[1]}'], or choose another name.")
    return Explanation(what, _foreign(clues) or "Names begin with a letter or an underscore.")


ROWS = (
    _unexpected,
    _no_statement,
    _missing_end,
    _missing_bracket,
    _missing_then,
    _too_much,
    _name,
    plain(
        "unfinished-string",
        r"unfinished string near '.*'",
        "A string is not closed on its line.",
        "Add the quote; a line break within a string is \\n, and [[ … ]] holds several lines.",
    ),
    plain(
        "unfinished-long",
        r"unfinished long (string|comment) near '.*'",
        "A long {0} that begins with [[ has no ]].",
        "Add ]] where it ends.",
    ),
    plain(
        "break-outside",
        r"no loop to break near '.*'",
        "break stands outside any loop.",
        "return leaves a function or the script.",
    ),
    plain(
        "malformed-number",
        r"malformed number near '(.*)'",
        "{0} begins like a number and is none.",
        "Names do not begin with a digit; .. after a number needs a space: 1 ..",
    ),
    plain(
        "ambiguous-call",
        r"ambiguous syntax \(function call x new statement\) near '.*'",
        "A line begins with ( and Lua cannot tell whether it calls what the line before ends with.",
        "End the line before with a semicolon.",
    ),
    plain(
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
        r"(?:.*has more than (\d+) (local variables|upvalues)|too many (?:local variables|upvalues) .*"
        r"|chunk has too many syntax levels.*|.*constant table overflow.*|.*control structure too long.*)",
        "The function is larger than Lua 5.1 allows ({0} {1}).",
        "Part it into several functions, or keep values in a table.",
    ),
    plain(
        "escape",
        r"escape sequence too large near '.*'",
        "A backslash and three digits stand for a byte, 255 at most.",
        "Lua 5.1 has no \\x and no \\u: write the byte in decimal, \\195\\169.",
    ),
)
"""Every row of this family."""
