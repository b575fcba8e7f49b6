"""Doubles as servers since Redis 7.2 write them: recorded from redis-server 7.4.1, and valkey-server 9.1.2 agrees."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.keyspace.profiles.number_texts import d2string, grisu2

RECORDED = json.loads(Path(__file__).with_name("number_texts.json").read_text())
"""Pairs: the eight bytes of a double in hex, and the text of its score."""


@pytest.mark.parametrize(("bits", "text"), RECORDED[:50])
def test_as_recorded_one_by_one(bits: str, text: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert d2string(number).decode() == text


def test_as_recorded() -> None:
    wrong = [
        (bits, text, d2string(number))
        for bits, text in RECORDED
        for (number,) in [struct.unpack(">d", bytes.fromhex(bits))]
        if d2string(number).decode() != text
    ]
    assert wrong == []


def test_not_always_the_shortest() -> None:
    assert d2string(9179.48738469) == b"9179.487384690001"
    assert d2string(1 / 3) == b"0.3333333333333333"
    assert d2string(123456789.123456789) == b"1.2345678912345679e+8"


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=5e-324))
def test_what_is_written_reads_back_as_the_same(number: float) -> None:
    digits, power = grisu2(number)
    assert float(f"{digits.decode()}e{power}") == number
    assert float(d2string(number)) == number
