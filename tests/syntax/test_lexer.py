"""Tokens: what they denote, where they stand, and the one ERROR at the end of what cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.syntax.lexer import EOS, ERROR, KEYWORDS, NAME, NUMBER, STRING, tokenize


def tokens_of(source: bytes) -> list[object]:
    """The value of each name, number and string, the kind of every other token; without the end."""
    tokens = tokenize(source, b"=x")
    pairs = zip(tokens.kinds, tokens.values, strict=True)
    return [value if kind in (NAME, NUMBER, STRING) else kind for kind, value in pairs][:-1]


READ: list[tuple[bytes, list[object]]] = [
    (b"", []),
    (b"a_1 _ A9 andx", [b"a_1", b"_", b"A9", b"andx"]),
    (b"and-or", ["and", "-", "or"]),
    (b"a.b..c...d", [b"a", ".", b"b", "..", b"c", "...", b"d"]),
    (b"<=>=~====~", ["<=", ">=", "~=", "==", "=", "~"]),
    (b"3 3.0 .5 5. 3.1416e-2 0.31416E1", [3.0, 3.0, 0.5, 5.0, 0.031416, 3.1416]),
    (b"0xff 0XA 0x1p4 1e400 08", [255.0, 10.0, 16.0, float("inf"), 8.0]),
    (b"...5 ..5", ["...", 5.0, "..", 5.0]),
    (b"'a\\nb' \"a\\065\\10\\\\\"", [b"a\nb", b"aA\n\\"]),
    (b"'\\a\\b\\f\\r\\t\\v\\q\\''", [b"\a\b\f\r\t\vq'"]),
    (b"'\\\r\nx\\\ny\\\n\rz'", [b"\nx\ny\nz"]),
    (b"'a\0b' 'c\xff'", [b"a\0b", b"c\xff"]),
    (b"[[a]] [[\n\nb]] [[\r\nc\rd\n\re]]", [b"a", b"\nb", b"c\nd\ne"]),
    (b"[=[a]]b]=] [==[]=]]==] [[]]]", [b"a]]b", b"]=]", b"", "]"]),
    (b"[[\\n]] [=[ [[x]] ]=]", [b"\\n", b" [[x]] "]),
    (b"a--c\nb--[[c\n]]c--[==[]]\n]==]d--", [b"a", b"b", b"c", b"d"]),
    (b"--[=x\na --[ x\nb", [b"a", b"b"]),
    (b"\t\v\f a\r", [b"a"]),
    (b"@\x00\x80", ["@", "\0", "\x80"]),
    # A NUL passes for what Lua looks for with strchr.
    (b".\0 ..\0 5\0+3", ["..", "...", 5.0]),
]


@pytest.mark.parametrize(("source", "expected"), READ)
def test_reads(source: bytes, expected: list[object]) -> None:
    assert tokens_of(source) == expected


def test_every_keyword_is_its_own_kind() -> None:
    assert tokenize(b" ".join(KEYWORDS), b"=x").kinds == [*KEYWORDS.values(), EOS]
    assert len(KEYWORDS) == 21


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        (b"a\nb\n", [1, 2, 3]),
        (b"a\r\nb\n\rc\rd\n\ne", [1, 2, 3, 4, 6, 6]),
        (b"'x\\\ny' [[\n\n]] z", [2, 4, 4, 4]),
        (b"--[[\n\n]] a", [3, 3]),
    ],
)
def test_counts_lines_behind_each_token(source: bytes, lines: list[int]) -> None:
    assert tokenize(source, b"=x").lines == lines


def test_an_error_ends_the_tokens_without_raising() -> None:
    tokens = tokenize(b'a = "b', b"=x")
    assert tokens.kinds == [NAME, "=", ERROR]
    assert str(tokens.values[-1]) == "x:1: unfinished string near '<eof>'"


@given(st.binary(max_size=80))
def test_any_bytes_are_tokens(source: bytes) -> None:
    tokens = tokenize(source, b"=x")
    assert tokens.kinds[-1] in (EOS, ERROR)
    assert len(tokens.kinds) == len(tokens.values) == len(tokens.starts) == len(tokens.ends) == len(tokens.lines)
    assert tokens.starts == sorted(tokens.starts)
    assert tokens.lines == sorted(tokens.lines)
    for start, end, following in zip(tokens.starts, tokens.ends, [*tokens.starts[1:], len(source)], strict=True):
        assert start <= end <= following or tokens.kinds[-1] == ERROR
    for index in range(len(tokens.kinds)):
        tokens.shown(index)


@given(st.binary(max_size=40))
def test_a_quoted_string_denotes_its_bytes(value: bytes) -> None:
    escaped = b"".join(b"\\%03d" % byte for byte in value)
    assert tokens_of(b"'" + escaped + b"'") == [value]
