"""What does not compile: where it is told, in what words, and that the linter and the compiler refuse the same."""

from __future__ import annotations

import pytest

from ferrous_vm.analysis.scopes import resolve
from ferrous_vm.compiler import compile_chunk
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.syntax.parser import parse
from ferrous_vm.workbench.linting import lint_script

SYNTAX = [
    ("return 1 +", "syntax-error", (1, 10, 1, 11)),
    ("x ==\n 1", "syntax-error", (1, 3, 1, 5)),
    ("local x = 'abc\nreturn x", "syntax-error", (1, 11, 1, 15)),
    ("for i = 1, 3 do\nreturn i", "syntax-error", (2, 8, 2, 9)),
    ("return 3z", "syntax-error", (1, 8, 1, 10)),
    ("return 7 // 2", "later-lua-syntax", (1, 10, 1, 12)),
    ("return 7 & 2", "later-lua-syntax", (1, 10, 1, 11)),
    ("return 7 | 2", "later-lua-syntax", (1, 10, 1, 11)),
    ("return 7 ~ 2", "later-lua-syntax", (1, 10, 1, 11)),
    ("return ~7", "later-lua-syntax", (1, 8, 1, 9)),
    ("return 1 << 4", "later-lua-syntax", (1, 10, 1, 12)),
    ("return 1 >> 4", "later-lua-syntax", (1, 10, 1, 12)),
    ("while true do\n  goto done\nend\n::done::", "later-lua-syntax", (2, 3, 2, 7)),
    ("::done::", "later-lua-syntax", (1, 1, 1, 3)),
    ("local x <close> = f()", "later-lua-syntax", (1, 9, 1, 16)),
    ("for i = 1, 3 do\n  continue\nend", "foreign-syntax", (2, 3, 2, 11)),
    ("x += 1", "foreign-syntax", (1, 3, 1, 5)),
    ("if a then\nelif b then\nend", "foreign-syntax", (2, 1, 2, 5)),
    ("return a || b", "foreign-syntax", (1, 10, 1, 12)),
    ("return a ? b : c", "foreign-syntax", (1, 10, 1, 11)),
    ("let x = 1", "foreign-syntax", (1, 1, 1, 4)),
    ("// comment", "later-lua-syntax", (1, 1, 1, 3)),
]


@pytest.mark.parametrize(("source", "rule", "place"), SYNTAX)
def test_a_syntax_error_is_told_at_its_token(source: str, rule: str, place: tuple[int, int, int, int]) -> None:
    (one,) = lint_script(source.encode())
    assert one.rule == rule
    assert (one.line, one.column, one.end_line, one.end_column) == place


def test_the_limits_of_the_compiler_are_told() -> None:
    (one,) = lint_script(b"local t\nreturn t(" + b"t," * 300 + b"t)")
    assert (one.rule, one.line) == ("syntax-error", 2)
    assert one.message == "function or expression too complex near 't'"


def test_the_sentence_is_luas() -> None:
    (one,) = lint_script(b"{a = 1}")
    assert one.message == "unexpected symbol near '{'"
    (one,) = lint_script(b"x = = 1")
    assert one.message == "One = is too many. (unexpected symbol near '=')"
    assert one.fix is not None


@pytest.mark.parametrize(
    ("form", "most"),
    [
        ("return f(...)", range(240, 256)),
        ("return {...}, f(...)", range(190, 256, 5)),
        ("local a, b = f(function() return f(...) end, ...)", range(190, 256, 5)),
        ("for i = 1, 2 do for k in f(...) do end end", range(235, 252)),
    ],
)
def test_what_only_the_compiler_refuses_is_found(form: str, most: range) -> None:
    """The linter compiles only what may be too large; that must be everything that is."""
    for count in most:
        source = form.replace("...", ", ".join(["x"] * count)).encode()
        try:
            compile_chunk(resolve(parse(source, b"@user_script")))
        except LuaSyntaxError:
            refused = True
        else:
            refused = False
        found = [one.rule for one in lint_script(source)]
        assert ("syntax-error" in found) == refused, (form, count)
