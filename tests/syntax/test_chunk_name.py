"""Chunk names as messages show them (recorded from lua5.1)."""

from __future__ import annotations

import pytest

from ferrous_vm.syntax.chunk_name import short_source
from ferrous_vm.syntax.lexer import CHUNK_NAME_ROOM

SHOWN = [
    (b"@user_script", b"user_script"),
    (b"=stdin", b"stdin"),
    (b"=", b""),
    (b"", b'[string ""]'),
    (b"return 1", b'[string "return 1"]'),
    (b"a = 1\nb = 2", b'[string "a = 1..."]'),
    (b"\nx", b'[string "..."]'),
    (b"a\0b", b'[string "a"]'),
    (b"x" * 43, b'[string "' + b"x" * 43 + b'"]'),
    (b"x" * 44, b'[string "' + b"x" * 43 + b'..."]'),
    (b"=" + b"x" * 70, b"x" * 59),
    (b"@" + b"x" * 52, b"x" * 52),
    (b"@" + b"y" + b"x" * 52, b"..." + b"x" * 52),
]


@pytest.mark.parametrize(("chunk_name", "shown"), SHOWN)
def test_is_cut_to_60_bytes(chunk_name: bytes, shown: bytes) -> None:
    assert short_source(chunk_name) == shown


def test_has_more_room_in_a_syntax_error() -> None:
    assert short_source(b"x" * 70, CHUNK_NAME_ROOM) == b'[string "' + b"x" * 63 + b'..."]'
