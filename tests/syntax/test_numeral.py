"""Numerals as C's strtod reads them."""

from __future__ import annotations

import pytest

from ferrous_vm.syntax.numeral import read_numeral

NUMERALS = [
    (b"0", 0.0),
    (b"1.", 1.0),
    (b".5", 0.5),
    (b"-1e3", -1000.0),
    (b"0x10", 16.0),
    (b"-0XaP1", -20.0),
    (b"0x.8", 0.5),
    (b"0xffffffffffffffffff", float(0xFFFFFFFFFFFFFFFFFF)),
    (b"1e999", float("inf")),
    (b"0x1p99999", float("inf")),
    (b"-0x1p99999", float("-inf")),
    (b"123456789012345678901234567890", 1.2345678901234568e29),
]


@pytest.mark.parametrize(("text", "value"), NUMERALS)
def test_reads(text: bytes, value: float) -> None:
    assert read_numeral(text) == value


@pytest.mark.parametrize(
    "text", [b"", b".", b"1e", b"1_0", b"inf", b"nan", b"0x", b"0x.", b"0x1p", b"1 ", b" 1", b"1f"]
)
def test_refuses(text: bytes) -> None:
    assert read_numeral(text) is None
