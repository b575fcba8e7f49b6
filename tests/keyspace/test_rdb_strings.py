"""RDB strings, LZF and the DUMP footer: against bytes recorded from redis-server 7.0.15, and there and back."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.encodings import lzf
from ferrous_vm.keyspace.encodings.crc64 import crc64
from ferrous_vm.keyspace.encodings.rdb_strings import (
    Corrupt,
    Reader,
    save_length,
    save_string,
    with_footer,
    without_footer,
)

RECORDED = {
    b"": b"\x00",
    b"12": b"\xc0\x0c",
    b"-129": b"\xc1\x7f\xff",
    b"100000": b"\xc2\xa0\x86\x01\x00",
    b"012": b"\x03012",
    b"2147483648": b"\x0a2147483648",
    b"a" * 20: b"\x14" + b"a" * 20,
    b"a" * 21: b"\xc3\x06\x15\x01aa\xe0\n\x00",
    bytes(range(64)): b"\x40\x40" + bytes(range(64)),
}


def test_crc64_of_the_check_string() -> None:
    assert crc64(b"123456789") == 0xE9C6D914C4B8D9CA


@pytest.mark.parametrize("text", RECORDED, ids=repr)
def test_a_string_is_written_as_redis_writes_it(text: bytes) -> None:
    assert save_string(text) == RECORDED[text]


TEXTS = st.one_of(
    st.binary(max_size=200),
    st.text("ab", max_size=400).map(str.encode),
    st.integers().map(lambda number: b"%d" % number),
)


@given(TEXTS)
def test_a_string_comes_back(text: bytes) -> None:
    reader = Reader(save_string(text))
    assert reader.string() == text
    assert reader.exhausted


@pytest.mark.parametrize("length", [0, 63, 64, 16383, 16384, 2**32 - 1, 2**32])
def test_a_length_comes_back(length: int) -> None:
    assert Reader(save_length(length)).length() == length


@given(st.binary(max_size=60), st.integers(0, 100))
def test_corrupt_bytes_are_refused_and_nothing_else(data: bytes, size: int) -> None:
    lzf.decompress(data, size)
    with contextlib.suppress(Corrupt):
        Reader(data).string()


def test_the_footer_is_checked() -> None:
    payload = with_footer(b"body")
    assert without_footer(payload) == b"body"
    for wrong in (b"", b"short", payload[:-1] + b"\0", b"B" + payload[1:]):
        with pytest.raises(CommandError, match="DUMP payload version or checksum are wrong"):
            without_footer(wrong)
