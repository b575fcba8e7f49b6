"""JSON, MessagePack and formats made to hurt: an answer or Lua's error, in time, and never a Python traceback."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferrous_vm.errors import LuaError
from ferrous_vm.stdlib import bit, cjson, cmsgpack, string, struct
from ferrous_vm.stdlib.cjson_settings import NULL
from ferrous_vm.values.tables import Table
from tests.stdlib.driver import StubRuntime, Value, call, outcome, to_lua

CJSON = StubRuntime().open(cjson.create_library())
CMSGPACK = StubRuntime().open(cmsgpack.LIBRARY)
STRUCT = StubRuntime().open(struct.LIBRARY)
STRING = StubRuntime().open(string.LIBRARY)

EXPECTED_DEEP = "error: Found too many nested data structures (1001) at character 1001"


def decode(text: bytes) -> str:
    return outcome(CJSON.get(b"decode"), to_lua(text))


def test_a_million_brackets_are_too_many() -> None:
    assert decode(b"[" * 1_000_000) == EXPECTED_DEEP


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (b"9" * 200_000, "inf"),
        (b"0." + b"1" * 200_000, "0.1111111111111111"),
        (b"1e" + b"9" * 100_000, "inf"),
        (b"-" * 200_000, "error: Expected value but found invalid number at character 1"),
        (b'"' + b"\\u0041" * 50_000, "error: Expected value but found unexpected end of string at character 300002"),
        (b'"' + b"\\" * 200_001, "error: Expected value but found invalid escape code at character 200002"),
        (b" " * 500_000, "error: Expected value but found T_END at character 500001"),
        (b"[" + b"1," * 200_000 + b"x]", "error: Expected value but found invalid token at character 400002"),
        (b"[" + b'"a\\n",' * 50_000 + b"]", "error: Expected value but found T_ARR_END at character 300002"),
        (b"[" + b"{}," * 50_000 + b"]", "error: Expected value but found T_ARR_END at character 150002"),
        (b'{"a":' * 999 + b"1" + b"}" * 998, "error: Expected comma or object end but found T_END at character 5995"),
        (b"[" + b"1 " * 100_000, "error: Expected comma or array end but found T_NUMBER at character 4"),
    ],
    ids=lambda value: repr(value[:12]),
)
def test_large_texts_take_linear_time(text: bytes, answer: str) -> None:
    """Quadratic would be hours."""
    assert decode(text).startswith(answer)


@given(st.binary(max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_bytes_surprise_a_decoder(data: bytes) -> None:
    for function in (CJSON.get(b"decode"), CMSGPACK.get(b"unpack"), CMSGPACK.get(b"unpack_one")):
        assert isinstance(outcome(function, to_lua(data)), str)
    assert isinstance(outcome(STRUCT.get(b"unpack"), to_lua(data), to_lua(data)), str)
    assert isinstance(outcome(STRUCT.get(b"size"), to_lua(data)), str)


@given(st.text(alphabet="%()[]^$.*+-?abf%12 \0,", max_size=24), st.text(alphabet="ab()[] 1,%", max_size=12))
@settings(max_examples=400, deadline=None)
def test_no_pattern_surprises_the_matchers(pattern: str, subject: str) -> None:
    for name in (b"find", b"match"):
        assert isinstance(outcome(STRING.get(name), to_lua(subject.encode()), to_lua(pattern.encode())), str)
    replaced = outcome(
        STRING.get(b"gsub"), to_lua(subject.encode()), to_lua(pattern.encode()), to_lua(pattern.encode())
    )
    assert isinstance(replaced, str)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.binary(max_size=8),
    lambda inner: (
        st.lists(inner.filter(lambda item: item is not None), min_size=1, max_size=4)
        | st.dictionaries(st.binary(min_size=1, max_size=4), inner.filter(lambda item: item is not None), max_size=4)
    ),
    max_leaves=12,
)


def same(a: Value, b: Value) -> bool:
    """Equal by content, tables too."""
    if isinstance(a, Table) and isinstance(b, Table):
        return set(a) == set(b) and all(same(a.get(key), b.get(key)) for key in a)
    return bool(a == b)


@given(json_values)
@settings(max_examples=200, deadline=None)
def test_what_is_encoded_is_decoded(value: object) -> None:
    original = to_lua(value)
    (text,) = call(CJSON.get(b"encode"), original)
    (decoded,) = call(CJSON.get(b"decode"), text)
    assert same(decoded, NULL if original is None else original)


@given(json_values)
@settings(max_examples=200, deadline=None)
def test_what_is_packed_is_unpacked(value: object) -> None:
    original = to_lua(value)
    (data,) = call(CMSGPACK.get(b"pack"), original)
    (unpacked,) = call(CMSGPACK.get(b"unpack"), data)
    assert same(unpacked, original)


def test_each_cjson_table_has_settings_of_its_own() -> None:
    (other,) = call(CJSON.get(b"new"))
    call(other.get(b"encode_max_depth"), 1.0)
    nested = to_lua([[1]])
    assert call(CJSON.get(b"encode"), nested) == (b"[[1]]",)
    with pytest.raises(LuaError, match="excessive nesting"):
        call(other.get(b"encode"), nested)


def test_a_table_that_holds_itself_is_too_deep_or_cut() -> None:
    loop = Table()
    loop.put(to_lua(b"t"), loop)
    assert outcome(CJSON.get(b"encode"), loop) == "error: Cannot serialise, excessive nesting (1001)"
    assert call(CMSGPACK.get(b"pack"), loop) == (b"\x81\xa1t" * 16 + b"\xc0",)


def test_the_libraries_list_their_functions_in_c_order() -> None:
    assert [native.name for native in bit.LIBRARY.natives][:3] == [b"tobit", b"bnot", b"band"]
    assert [native.name for native in cjson.create_library().natives][-1] == b"new"
