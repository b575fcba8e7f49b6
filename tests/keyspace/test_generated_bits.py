"""Generated bit ranges, bit fields and HyperLogLogs on Ferrous and on a real redis-server 7.0.15."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.keyspace.differential import Pair

quickly = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

pytestmark = pytest.mark.oracle


@pytest.fixture(scope="module")
def pair(redis_port: int) -> Iterator[Pair]:
    both = Pair(redis_port)
    both.begin(2)
    yield both
    both.close()


def same(pair: Pair, *argv: bytes) -> None:
    real, ours = pair.both(list(argv))
    assert ours == real, argv


texts = st.lists(st.sampled_from([b"\0", b"\xff", b"\x0f", b"\x80", b"\x01", b"abc"]), max_size=12).map(b"".join)
indexes = st.integers(-100, 100).map(b"%d".__mod__)
units = st.sampled_from([b"BIT", b"BYTE"])
far = st.sampled_from([0, 1, -1, 127, 128, 255, 256, -128, -129, 2**31, 2**32, 2**62, 2**63 - 1, -(2**63), 1 - 2**63])
numbers = st.one_of(st.integers(-300, 300), far, st.integers(-(2**63), 2**63 - 1)).map(b"%d".__mod__)


@quickly
@given(texts, st.lists(st.tuples(st.sampled_from([b"0", b"1"]), indexes, indexes, units), max_size=8))
def test_ranges_of_bits(pair: Pair, text: bytes, ranges: list[tuple[bytes, bytes, bytes, bytes]]) -> None:
    same(pair, b"SET", b"k", text)
    for bit, start, end, unit in ranges:
        same(pair, b"BITCOUNT", b"k", start, end, unit)
        same(pair, b"BITPOS", b"k", bit, start, end, unit)
        same(pair, b"BITPOS", b"k", bit, start)


@quickly
@given(st.lists(texts, min_size=1, max_size=4), st.sampled_from([b"AND", b"OR", b"XOR"]))
def test_combined_strings(pair: Pair, values: list[bytes], operation: bytes) -> None:
    names = [b"s%d" % place for place in range(len(values))]
    for name, text in zip(names, values, strict=True):
        same(pair, b"SET", name, text)
    for argv in ((b"BITOP", operation, b"d", *names), (b"GET", b"d"), (b"BITOP", b"NOT", b"d", b"s0"), (b"GET", b"d")):
        same(pair, *argv)


widths = st.tuples(st.sampled_from([b"i", b"u"]), st.integers(1, 64)).map(lambda kind: b"%b%d" % kind)
offsets = st.tuples(st.sampled_from([b"", b"#"]), st.integers(0, 40)).map(lambda place: b"%b%d" % place)
operations = st.one_of(
    st.tuples(st.just(b"GET"), widths, offsets),
    st.tuples(st.sampled_from([b"SET", b"INCRBY"]), widths, offsets, numbers),
    st.tuples(st.just(b"OVERFLOW"), st.sampled_from([b"WRAP", b"SAT", b"FAIL"])),
)


@quickly
@given(texts, st.lists(operations, max_size=12))
def test_bit_fields(pair: Pair, text: bytes, words: list[tuple[bytes, ...]]) -> None:
    same(pair, b"SET", b"f", text)
    same(pair, b"BITFIELD", b"f", *(word for operation in words for word in operation))
    same(pair, b"GET", b"f")


elements = st.lists(st.integers(0, 10**6).map(b"%d".__mod__) | st.binary(max_size=40), min_size=1, max_size=120)


@settings(quickly, max_examples=60)
@given(st.lists(elements, min_size=1, max_size=6), st.integers(20, 600))
def test_hyperloglogs(pair: Pair, batches: list[list[bytes]], longest: int) -> None:
    pair.both([b"DEL", b"h0", b"h1", b"merged"])
    same(pair, b"CONFIG", b"SET", b"hll-sparse-max-bytes", b"%d" % longest)
    for place, batch in enumerate(batches):
        same(pair, b"PFADD", b"h%d" % (place % 2), *batch)
        same(pair, b"PFCOUNT", b"h%d" % (place % 2))
        same(pair, b"GET", b"h%d" % (place % 2))
    same(pair, b"PFMERGE", b"merged", b"h0", b"h1")
    same(pair, b"GET", b"merged")
    same(pair, b"PFCOUNT", b"h0", b"h1")
    same(pair, b"CONFIG", b"SET", b"hll-sparse-max-bytes", b"3000")
