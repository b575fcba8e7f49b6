"""What was probably meant by a source that does not compile: the repair that makes it compile, or that gets furthest.

In: the source, its tokens and Lua's error. Every known slip near the blamed token is put right in turn and the source
parsed again, so whatever is advised here has been tried. A large source is tried with its neighbourhood alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import Final

from ferrous_vm.analysis.lint.diagnostics import Edit, Fix, apply
from ferrous_vm.analysis.lint.repair_site import Repair, Site
from ferrous_vm.analysis.lint.slips import SLIPS, WEAK_SLIPS, Slip, meant
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.printing import printed
from ferrous_vm.syntax.lexer import Tokens, newline_ends, tokenize
from ferrous_vm.syntax.parser import parse

_CHUNK: Final = b"=repair"
MOST_PARSED: Final = 300_000
"""Bytes that are parsed for one error, all tries together: a third of a second."""
MOST_TRIES: Final = 120
_NEIGHBOURHOOD: Final = 12_000
"""Bytes of a source that is tried as it is; of a larger one so many around the error."""
_MOST_PARTS: Final = 8
_MARGIN: Final = re.compile(rb"\n(?=[^\s])")
_FURTHER: Final = 3
"""Tokens beyond the blamed one that a repair must reach where an error is left."""
_FAR: Final = 8
"""As many for a weak slip."""
_WHOLE: Final = float("inf")


def repair(source: bytes, error: LuaSyntaxError, tokens: Tokens | None = None) -> Repair | None:
    """The likeliest repair of `source`, whose error is `error`; None where none of the known ones helps."""
    if error.span is None:
        return None
    shift, source, tokens, blamed = _neighbourhood(source, error.span[0], tokens)
    if tokens is None:
        return None
    site = Site(tokens, _index(tokens, blamed))
    best = _best(source, site, blamed, SLIPS, _FURTHER) or meant(site) or _best(source, site, blamed, WEAK_SLIPS, _FAR)
    if best is None or not shift:
        return best
    return _moved(best, shift)


def _best(source: bytes, site: Site, blamed: int, slips: tuple[Slip, ...], further: int) -> Repair | None:
    """The repair that mends all, the first of them, or the one that gets furthest."""
    best, reach = None, 0.0
    candidates = (_spaced(source, found) for slip in slips for found in slip(site))
    for found in islice(candidates, min(MOST_TRIES, 2 + MOST_PARSED // (len(source) + 1))):
        far = _reach(source, found, blamed, further)
        if far > reach:
            best, reach = found, far
        if far == _WHOLE:
            break
    return best


def _spaced(source: bytes, found: Repair) -> Repair:
    """The repair with one space where its edits would leave two."""
    edits = []
    for edit in found.fix.edits:
        start, end, text = edit.start, edit.end, edit.text
        before, behind = source[start - 1 : start] if start else b"", source[end : end + 1]
        if not text and before == behind == b" ":
            end += 1
        if text.strip(b" "):
            text = text.lstrip(b" ") if before.isspace() else text
            text = text.rstrip(b" ") if behind.isspace() else text
        edits.append(Edit(start, end, text))
    return Repair(found.advice, Fix(found.fix.title, tuple(edits)), found.later)


def _reach(source: bytes, found: Repair, blamed: int, further: int) -> float:
    """How far beyond the blamed byte Lua reads the source repaired: all of it is infinite, not far enough is 0."""
    mended = apply(source, found.fix)
    body = _without_shebang(mended)
    try:
        parse(body, _CHUNK)
    except LuaSyntaxError as error:
        if error.span is None:
            return 0
        grown = sum(len(edit.text) - edit.end + edit.start for edit in found.fix.edits if edit.start <= blamed)
        end = error.span[0] + len(mended) - len(body) - grown
        passed = len(tokenize(source[blamed:end], _CHUNK).kinds) - 1 if end > blamed else 0
        return end - blamed if passed >= further or (passed and not source[end:].strip()) else 0
    return _WHOLE


def _without_shebang(source: bytes) -> bytes:
    if not source.startswith(b"#!"):
        return source
    return source[source.index(b"\n") :] if b"\n" in source else b""


def _index(tokens: Tokens, offset: int) -> int:
    """The token that begins at `offset`, or after it; the last one beyond the end."""
    return next((index for index, start in enumerate(tokens.starts) if start >= offset), len(tokens.starts) - 1)


def repair_at(source: bytes, line: int, sentence: str) -> Repair | None:
    """`repair`, where no more is known than the line and the sentence of Lua's error, without place and chunk."""
    ends = newline_ends(source)
    place = ends[line - 2] if 1 < line <= len(ends) + 1 else 0
    for start, part in _parts(source, place):
        try:
            parse(part, _CHUNK)
        except LuaSyntaxError as error:
            if error.line + bisect_right(ends, start) == line and _plain(printed(error.message)) == _plain(sentence):
                found = repair(part, error)
                return None if found is None else _moved(found, start)
    return None


def _plain(sentence: str) -> str:
    """A sentence without its place, and without the lines that it names."""
    return re.sub(r"^repair:\d+: | \(to close .*?\d+\)", "", sentence)


def _moved(found: Repair, by: int) -> Repair:
    edits = tuple(Edit(edit.start + by, edit.end + by, edit.text) for edit in found.fix.edits)
    return Repair(found.advice, Fix(found.fix.title, edits), found.later)


def _parts(source: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The source, or where it is large what begins with a line at the margin before `place`; and where each begins."""
    if len(source) <= _NEIGHBOURHOOD:
        yield 0, source
        return
    start = max(0, place - _NEIGHBOURHOOD // 2)
    stop = source.find(b"\n", place + _NEIGHBOURHOOD // 2)
    part = source[start : stop if 0 <= stop < place + 2 * _NEIGHBOURHOOD else place + _NEIGHBOURHOOD]
    margins = [found.end() + start for found in _MARGIN.finditer(part)]
    before = [*([0] if start == 0 else []), *margins[: bisect_right(margins, place)]]
    for margin in before[: -_MOST_PARTS - 1 : -1]:
        yield margin, part[margin - start :]


def _neighbourhood(source: bytes, blamed: int, tokens: Tokens | None) -> tuple[int, bytes, Tokens | None, int]:
    """Where what is tried begins, its bytes and tokens, and the blamed byte in it; None for the tokens where there is
    no part of the source in which the same error is found."""
    if len(source) <= _NEIGHBOURHOOD:
        return 0, source, tokens or tokenize(source, _CHUNK), blamed
    for start, part in _parts(source, blamed):
        try:
            parse(part, _CHUNK)
        except LuaSyntaxError as error:
            if error.span is not None and error.span[0] == blamed - start:
                return start, part, tokenize(part, _CHUNK), blamed - start
    return 0, source, None, blamed
