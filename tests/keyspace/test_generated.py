"""Generated arguments on Ferrous and on a real redis-server 7.0.15: numbers, patterns, subsequences, ranges."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.keyspace.differential import Pair, unordered

quickly = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def pair(redis_port: int) -> Iterator[Pair]:
    both = Pair(redis_port)
    both.begin(2)
    yield both
    both.close()


digits = st.text("0123456789", max_size=25)
exponent = st.one_of(st.just(""), st.integers(-5000, 5000).map("e{}".format), st.integers(-30, 30).map("E{}".format))
decimal = st.tuples(st.sampled_from(["", "-", "+"]), digits, st.sampled_from(["", "."]), digits, exponent).map("".join)
hexadecimal = st.tuples(
    st.sampled_from(["", "-"]), st.just("0x"), st.text("0123456789abcdefF", max_size=20), st.sampled_from(["", "."]),
    st.text("0123456789abcdef", max_size=8), st.one_of(st.just(""), st.integers(-80, 80).map(lambda n: f"p{n}")),
).map("".join)  # fmt: skip
odd_number = st.sampled_from(
    ["", " 1", "1 ", "inf", "-inf", "Infinity", "nan", "1e", "e1", ".", "-", "--1", "1_0", "0x", "1\n", "\t2", "+-1"]
)
number = st.one_of(decimal, decimal, hexadecimal, odd_number, st.floats().map(repr), st.integers().map(str)).map(
    str.encode
)


def same(pair: Pair, *argv: bytes) -> None:
    real, ours = pair.both(list(argv))
    assert ours == real, argv


@quickly
@given(st.lists(number, min_size=1, max_size=5))
def test_incrbyfloat_counts_in_long_doubles(pair: Pair, numbers: list[bytes]) -> None:
    pair.both([b"DEL", b"f", b"h"])
    for text in numbers:
        same(pair, b"INCRBYFLOAT", b"f", text)
        same(pair, b"HINCRBYFLOAT", b"h", b"field", text)


@quickly
@given(number, number)
def test_any_text_may_stand_where_incrbyfloat_adds(pair: Pair, stored: bytes, increment: bytes) -> None:
    pair.both([b"SET", b"f", stored])
    same(pair, b"INCRBYFLOAT", b"f", increment)
    same(pair, b"OBJECT", b"ENCODING", b"f")


integers = st.one_of(
    st.integers(-(2**64), 2**64).map(str), st.integers(-(2**63) - 3, -(2**63) + 3).map(str),
    st.integers(2**63 - 3, 2**63 + 3).map(str), st.integers(-20, 20).map(str), number.map(bytes.decode),
    st.sampled_from(["01", "-0", "+1", "00", "1\0", "1_0"]),
).map(lambda text: text.encode())  # fmt: skip


@quickly
@given(integers, integers)
def test_integers_are_read_strictly(pair: Pair, stored: bytes, increment: bytes) -> None:
    pair.both([b"SET", b"n", stored])
    same(pair, b"OBJECT", b"ENCODING", b"n")
    same(pair, b"INCRBY", b"n", increment)
    same(pair, b"DECRBY", b"n", increment)
    pair.both([b"HSET", b"hn", b"f", stored])
    same(pair, b"HINCRBY", b"hn", b"f", increment)
    pair.both([b"SET", b"e", b"v"])
    same(pair, b"EXPIREAT", b"e", increment)
    same(pair, b"EXPIRETIME", b"e")


pattern = st.text("ab[]^-*?\\c", max_size=10).map(str.encode)
text = st.text("abc[]^-\\", max_size=6).map(str.encode)


@quickly
@given(st.lists(text, min_size=1, max_size=6), st.lists(pattern, min_size=1, max_size=6))
def test_patterns_match_what_redis_matches(pair: Pair, keys: list[bytes], patterns: list[bytes]) -> None:
    pair.both([b"FLUSHDB"])
    pair.both([b"MSET", *[word for key in keys for word in (key, b"")]])
    for one in patterns:
        real, ours = pair.both([b"KEYS", one])
        assert unordered(ours) == unordered(real), (keys, one)


@quickly
@given(st.text("abc", max_size=12), st.text("abc", max_size=12), st.integers(0, 4))
def test_lcs_finds_the_same_matches(pair: Pair, left: str, right: str, shortest: int) -> None:
    pair.both([b"MSET", b"left", left.encode(), b"right", right.encode()])
    same(pair, b"LCS", b"left", b"right")
    same(pair, b"LCS", b"left", b"right", b"IDX", b"MINMATCHLEN", b"%d" % shortest, b"WITHMATCHLEN")


@quickly
@given(st.binary(max_size=12), integers, integers, st.binary(max_size=4))
def test_ranges_of_strings(pair: Pair, stored: bytes, start: bytes, end: bytes, patch: bytes) -> None:
    pair.both([b"SET", b"s", stored])
    same(pair, b"GETRANGE", b"s", start, end)
    if len(start) < 4:
        same(pair, b"SETRANGE", b"s", start, patch)
        same(pair, b"GET", b"s")
        same(pair, b"OBJECT", b"ENCODING", b"s")
