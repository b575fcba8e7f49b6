"""Scripts in the strings of a Lua program, such as one of OpenResty; `embedded_scripts.py` finds those of others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ferrous_vm.syntax.lexer import STRING, tokenize
from ferrous_vm.workbench.embedded_scripts import EmbeddedScript, is_script

_OPENING: Final = re.compile(rb"\[=*\[(?:\r\n|\n\r|\r|\n)?|['\"]").match


def scripts_of_lua(source: bytes) -> Iterator[EmbeddedScript]:
    """The scripts in a Lua program, in its order: strings without escapes."""
    tokens = tokenize(source, b"@user_script")
    for at, kind in enumerate(tokens.kinds):
        text = tokens.values[at]
        if kind is not STRING or not isinstance(text, bytes) or not is_script(text):
            continue
        opening = _OPENING(source, tokens.starts[at])
        start = opening.end() if opening is not None else 0
        origins = _places(source, start, text)
        if not origins:
            continue
        before, after = tokens.kinds[max(0, at - 1) : at], tokens.kinds[at + 1 : at + 3]
        is_part = before == [".."] or after[:1] == [".."] or after == [")", ":"]
        delimiters = source[tokens.starts[at] : tokens.starts[at] + 1] if source[start - 1 : start] in b"'\"" else b"]"
        yield EmbeddedScript(text, origins, frozenset(), delimiters, is_part)


def _places(source: bytes, start: int, text: bytes) -> list[int]:
    """Where each byte of a string stands, and its end; none where it has escapes. A line break of two bytes is one."""
    found, at = [start], start
    for byte in text:
        if source[at : at + 2] in (b"\r\n", b"\n\r") and byte == 10:
            at += 2
        elif at < len(source) and (source[at] == byte or (byte, source[at]) == (10, 13)):
            at += 1
        else:
            return []
        found.append(at)
    return found
