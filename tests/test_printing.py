"""Bytes as text for a person."""

from __future__ import annotations

import pytest

from ferrous_vm.printing import printed


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b"plain, with \t and\nlines\r\n", "plain, with \t and\nlines\r\n"),
        ("café 漢字 👩\u200d🚀 می\u200cروم".encode(), "café 漢字 👩\u200d🚀 می\u200cروم"),
        (b"\xff\xc3", r"\xff\xc3"),
        (b"\0\x1b[31m\x7f\rover", r"\x00\x1b[31m\x7f\rover"),
        ("\x85 \xad \u200b \u2028 \ufeff".encode(), r"\x85 \xad \u200b \u2028 \ufeff"),
        ("\u202egpj.exe \u2066".encode(), r"\u202egpj.exe \u2066"),
        ("\U000e0041".encode(), r"\U000e0041"),
    ],
)  # fmt: skip
def test_what_would_hide_is_written_out(value: bytes, shown: str) -> None:
    assert printed(value) == shown
