"""Long globs match as short ones do, in steps between which a command may be ended."""

from __future__ import annotations

import pytest

from ferrous_vm.keyspace.arguments.glob import matches

LONG = b"x" * 120


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (b"a*b", b"a-b", True),
        (b"a*b", b"ab-", False),
        (b"*a*b*", b"-a-b-", True),
        (b"*a*b*", b"-b-a-", False),
        (b"*[ab]?c", b"--a-c", True),
        (b"*ab", b"ab", True),
        (b"ab*b", b"ab", False),
        (b"*a*a", b"a", False),
        (b"*", b"", False),
        (b"**", b"-", True),
    ],
)
def test_a_long_pattern_matches_as_a_short_one(pattern: bytes, text: bytes, expected: bool) -> None:
    assert matches(pattern, text) == expected
    assert matches(LONG + pattern, LONG + text) == (expected or pattern == b"*")
    assert matches(pattern + LONG, text + LONG) == (expected or pattern == b"*")
    assert not matches(LONG + pattern, text)


@pytest.mark.parametrize(
    ("stars", "behind", "expected"),
    [(1000, b"", True), (1001, b"", False), (1000, b"*", True), (1001, b"*", False), (50_000, b"", False)],
)
def test_a_pattern_may_have_so_many_stars(stars: int, behind: bytes, expected: bool) -> None:
    assert matches(b"*?" * stars + behind, b"a" * 60_000) is expected
