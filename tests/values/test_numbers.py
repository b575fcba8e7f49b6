"""Number semantics of C on x86-64 Linux."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.values.numbers import (
    divide,
    modulo,
    number_to_text,
    power,
    text_to_number,
    text_to_number_in_base,
    to_int,
    to_long,
)
from ferrous_vm.values.random import Drand48

TEXTS = [
    (b"10", 10.0),
    (b" \t\n\v\f\r10 ", 10.0),
    (b"0x1F", 31.0),
    (b"-0x.8p1", -1.0),
    (b"0x", None),
    (b"0x1p", None),
    (b"1e5", 1e5),
    (b"1e", None),
    (b"1_0", None),
    (b"", None),
    (b" ", None),
    (b"1 2", None),
    (b"Infinity", math.inf),
    (b"-INF", -math.inf),
    (b"1\0junk", 1.0),
    (b"\x001", None),
    (b"0b1", None),
    (b"1e999", math.inf),
    (b"0x1p99999", math.inf),
    (b"\xa01", None),
    (b"\x1c1", None),
]


@pytest.mark.parametrize(("text", "number"), TEXTS)
def test_text_to_number(text: bytes, number: float | None) -> None:
    assert text_to_number(text) == number


@pytest.mark.parametrize(("text", "sign"), [(b"nan", 1.0), (b"-nan", -1.0), (b"NAN(x_1)", 1.0), (b"-nan(12)", -1.0)])
def test_nan_is_a_numeral(text: bytes, sign: float) -> None:
    number = text_to_number(text)
    assert number is not None
    assert math.isnan(number)
    assert math.copysign(1.0, number) == sign


@pytest.mark.parametrize(
    ("text", "base", "number"),
    [
        (b"ff", 16, 255.0),
        (b"0xff", 16, 255.0),
        (b"0x", 16, None),
        (b"-1", 10, 2.0**64),
        (b"z", 36, 35.0),
        (b"Z", 36, 35.0),
        (b"8", 8, None),
        (b"99999999999999999999999", 11, 2.0**64),
        (b" 1 ", 2, 1.0),
        (b"+ 1", 2, None),
        (b"\xff", 36, None),
    ],
)
def test_text_to_number_in_base(text: bytes, base: int, number: float | None) -> None:
    assert text_to_number_in_base(text, base) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, b"0"),
        (-0.0, b"-0"),
        (1e14, b"1e+14"),
        (99999999999999.0, b"99999999999999"),
        (0.1, b"0.1"),
        (math.inf, b"inf"),
        (-math.inf, b"-inf"),
        (divide(0.0, 0.0), b"-nan"),
        (-divide(0.0, 0.0), b"nan"),
        (modulo(5.0, 0.0), b"-nan"),
        (power(-8.0, 1 / 3), b"-nan"),
        (power(divide(0.0, 0.0), 3.0), b"nan"),
        (power(divide(0.0, 0.0), 2.0), b"-nan"),
        (modulo(-0.0, 1e308), b"0"),
        (modulo(-0.0, -3.0), b"0"),
    ],
)
def test_number_to_text(number: float, text: bytes) -> None:
    assert number_to_text(number) == text


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_nothing_raises(a: float, b: float) -> None:
    for compute in (divide, modulo, power):
        assert isinstance(compute(a, b), float)


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6).filter(bool))
def test_modulo_of_integers_has_the_sign_of_the_divisor(a: int, b: int) -> None:
    assert modulo(float(a), float(b)) == a % b


@given(st.floats())
def test_what_is_written_is_read_back(number: float) -> None:
    read = text_to_number(number_to_text(number))
    assert read is not None
    assert number_to_text(read) == number_to_text(number)


@given(st.binary(max_size=12))
def test_any_bytes_are_a_number_or_not(text: bytes) -> None:
    for number in (text_to_number(text), *(text_to_number_in_base(text, base) for base in (2, 10, 16, 36))):
        assert number is None or isinstance(number, float)


@pytest.mark.parametrize(
    ("number", "long", "int_"),
    [
        (1.9, 1, 1),
        (-1.9, -1, -1),
        (2.0**31, 2**31, -(2**31)),
        (2.0**63, -(2**63), 0),
        (-(2.0**63), -(2**63), 0),
        (math.nan, -(2**63), 0),
        (math.inf, -(2**63), 0),
        (2.0**32 + 5, 2**32 + 5, 5),
    ],
)
def test_casts(number: float, long: int, int_: int) -> None:
    assert to_long(number) == long
    assert to_int(number) == int_


def test_drand48_is_that_of_redis() -> None:
    generator = Drand48(7)
    for seed, first in ((0, 0.17082803611217), (42, 0.74452500033403)):
        generator.seed(seed)
        assert number_to_text(generator.next() % 0x7FFFFFFF / 0x7FFFFFFF) == number_to_text(first)
