"""Instruction for instruction the code of the real luac: registers, constants, jumps, table sizes and lines.

What Lua shows of its registers and sizes (the order of `pairs`, `#` of a table with holes, the names in messages,
"function or expression too complex") follows from that.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from ferrous_vm.analysis.scopes import resolve
from ferrous_vm.compiler import compile_chunk
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.syntax.parser import parse
from tests.compiler.luac import Line, read_listing, written
from tests.compiler.test_listings import LISTINGS
from tests.syntax.generated_programs import correct_program
from tests.syntax.real_lua import LUAC, listing

PROGRAMS = 60

pytestmark = pytest.mark.skipif(LUAC is None, reason="luac5.1 is not installed")


def same(theirs: Line, ours: Line) -> bool:
    """Equal, but for the lines of instructions that Lua has and we do not."""
    if ours[0] is None or theirs[1] == "CLOSURE":
        return theirs[1:] == ours[1:]
    return theirs == ours


def check(source: bytes, directory: Path) -> None:
    ours = written(compile_chunk(resolve(parse(source, b"=x"))))
    theirs = read_listing(listing(source, directory))
    differing = [(mine, other) for mine, other in zip(ours, theirs, strict=False) if not same(other, mine)]
    assert (source, differing[:1], len(ours)) == (source, [], len(theirs))


def test_the_table_of_listings(tmp_path: Path) -> None:
    for source, _ in LISTINGS:
        check(source, tmp_path)


def test_many_constants_and_items(tmp_path: Path) -> None:
    names = b", ".join(b"s%d = 'q%d'" % (number, number) for number in range(300))
    use = b"return x.foo.bar, a.b + 'x', t:m(), 1 + 2 + t[5], nil == x, x == true, {%s}"
    check(b"x = {%s} " % names + use % b", ".join([b"1"] * 1000), tmp_path)


@pytest.mark.parametrize("block", range(6))
def test_generated_programs(block: int, tmp_path: Path) -> None:
    for seed in range(block * PROGRAMS, (block + 1) * PROGRAMS):
        source = correct_program(Random(seed), depth=4)
        try:
            parse(source, b"=x")
        except LuaSyntaxError:
            continue  # the generator may write what Lua calls ambiguous
        check(source, tmp_path)
