"""The two ways in which cjson reads a text agree, and it writes records in the order of `next`."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ferrous_vm.errors import LuaError
from ferrous_vm.stdlib.cjson_decode import read_exactly
from ferrous_vm.stdlib.cjson_quick import read_quickly
from ferrous_vm.stdlib.cjson_settings import Settings
from ferrous_vm.stdlib.entries import entries
from ferrous_vm.values.tables import Table
from tests.stdlib.driver import Value, to_lua

_PIECES = (
    b"{", b"}", b"[", b"]", b",", b":", b" ", b"\n", b"\t", b"\r", b"\v", b'"', b'"a"', b'"b":', b'"a":1', b'""',
    b'"[{"', b'"]}"', b"0", b"-", b"-0", b"1", b"01", b"1.5", b"1.", b".5", b"1e2", b"1E+400", b"-1e-2", b"12345678901",
    b"true", b"false", b"null", b"nan", b"NaN", b"Infinity", b"-Infinity", b"inf", b"0x1F", b"+1", b"\\", b'"\\""',
    b'"\\\\"', b'"\\/\\b\\f\\n\\r\\t"', b'"\\u00e9"', b'"\\u0000"', b'"\\ud83d\\ude00"', b'"\\ud83d"', b'"\\ude00"',
    b'"\\x"', b'"\\u12"', b'"\xc3\xa9"', b'"\xff"', b'"\xed\xa0\x80"', b"\xef\xbb\xbf", b'"\x01\x7f"', b"/**/", b"\xa0",
)  # fmt: skip

_scalars = st.sampled_from(
    [b"1", b"-0", b"2.5e3", b'"text"', b'"\\u00e9\\n"', b'"\xc3\xa9"', b"true", b"false", b"null"]
)
_names = st.sampled_from([b'"a"', b'"b"', b'""', b'"\\u0061"', b'"long name"', b'"]"'])
_documents = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda items: b"[" + b", ".join(items) + b"]")
        | st.lists(st.tuples(_names, inner), max_size=4).map(
            lambda members: b"{" + b",".join(name + b" :" + value for name, value in members) + b"}"
        )
    ),
    max_leaves=12,
)
_texts = st.lists(st.sampled_from(_PIECES), max_size=12).map(b"".join)


def _shown(value: Value) -> object:
    """All of a value, the order of keys, the sizes and the sign of zeros included."""
    if isinstance(value, Table):
        return value.sizes, [(key, _shown(item)) for key, item in value.items()]
    return type(value), repr(value)


def _agree(text: bytes) -> bool:
    """Whether both ways give the same, if the short one gives anything; answers whether it does."""
    common = read_quickly(text, 1000)
    if common is None:
        return False
    assert _shown(common) == _shown(read_exactly(Settings(), text))
    return True


@given(_documents)
@settings(max_examples=300, deadline=None)
@example(b"[" * 32 + b"]" * 32)
def test_documents_are_read_the_short_way(text: bytes) -> None:
    assert _agree(text)


@given(_texts | st.tuples(_documents, _texts).map(b"".join) | st.binary(max_size=12))
@settings(max_examples=1500, deadline=None)
@example(b'["]",' * 40 + b"1" + b"]" * 40)
@example(b'["\\"]",' * 40 + b"1" + b',"["]' * 40)
@example(b"[" * 33 + b"]" * 33)
def test_whatever_is_read_the_short_way_is_read_right(text: bytes) -> None:
    _agree(text)


def test_the_short_way_obeys_the_depth_that_was_set() -> None:
    assert read_quickly(b"[[1]]", 1) is None
    assert read_quickly(b'["[[["]', 1) is not None
    limited = Settings()
    limited.decode_max_depth = 1
    with pytest.raises(LuaError, match=r"too many nested data structures \(2\) at character 2"):
        read_exactly(limited, b"[[1]]")


@given(
    st.lists(st.sampled_from([b"a", b"b", b"id", b"name", b"price", b"x" * 50, 1, 2, 2.5, True]), unique=True),
    st.sampled_from([(0, 0), (0, 4), (4, 0), (2, 8)]),
    st.integers(0, 12),
)
@settings(max_examples=300, deadline=None)
def test_entries_come_in_the_order_of_next(keys: list[object], sizes: tuple[int, int], removed: int) -> None:
    for _ in range(2):  # the second time the order is known
        table = Table.allocated(*sizes)
        for key in keys:
            table.put(to_lua(key), to_lua(1))
        if removed < len(keys):
            table.put(to_lua(keys[removed]), None)
        found, entry = [], table.next(None)
        while entry is not None:
            found.append(entry)
            entry = table.next(entry[0])
        assert list(entries(table)) == found
