"""The same verdict as the real lua5.1, word for word, on thousands of programs that it may or may not accept."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from ferrous_vm.analysis.scopes import resolve
from ferrous_vm.compiler import compile_chunk
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.syntax.parser import parse
from tests.syntax.generated_programs import any_program
from tests.syntax.real_lua import LOADSTRING_DEPTH, LUA, messages

PROGRAMS = 3000

NESTED_BRACKETS = b"nesting of [[...]] is deprecated"
"""What Redis's Lua does not refuse (COMPATIBILITY.md, `nested-brackets`)."""


def verdict(source: bytes) -> bytes:
    """The message Ferrous gives for a source, empty if it compiles."""
    try:
        compile_chunk(resolve(parse(source, b"=stdin", LOADSTRING_DEPTH)))
    except LuaSyntaxError as error:
        return error.message
    return b""


@pytest.mark.skipif(LUA is None, reason="lua5.1 is not installed")
def test_generated_programs_get_the_same_verdict(tmp_path: Path) -> None:
    sources = [any_program(Random(seed)) for seed in range(PROGRAMS)]
    # What begins with an escape byte is precompiled code to lua5.1, which this compiler does not read.
    sources = [source for source in sources if not source.startswith(b"\x1b")]
    differing = [
        (source, theirs, ours)
        for source, theirs in zip(sources, messages(sources, tmp_path), strict=True)
        if (ours := verdict(source)) != theirs and NESTED_BRACKETS not in theirs
    ]
    assert differing == []
