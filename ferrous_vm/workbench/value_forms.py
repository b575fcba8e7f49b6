"""What the bytes of a value may mean: JSON or MessagePack, laid out with a line for each part; and the bytes in hex.

Nothing is read into Python's values, so what they would lose is kept: the digits of numbers, keys that come twice,
binary strings and extensions of MessagePack. Nothing here recurses, however deep a value is nested (RFC 8259;
MessagePack specification).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from ferrous_vm.workbench.escapes import quote

INDENT: Final = "  "

DEEPEST_INDENT: Final = 100
"""Levels that are indented; what is deeper stands below them, or the spaces alone would fill the memory."""

_TOKEN: Final = re.compile(
    rb'[ \t\n\r]*(?:(?P<mark>[\[\]{},:])|(?P<word>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"'
    rb"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null))[ \t\n\r]*"
)


class Part(NamedTuple):
    """A piece of a laid out value: `text` stands alone, but "[" and "{" open what holds `size` values or pairs, and "]"
    and "}" close it. `is_key` tells that a value follows on the same line.
    """

    text: str
    size: int = 0
    is_key: bool = False


def json_text(data: bytes) -> str | None:
    """`data` as JSON with a line for each value; None where it is no array or object of JSON."""
    parts = json_parts(data)
    return None if parts is None else lay_out(parts)


def json_parts(data: bytes) -> list[Part] | None:
    """The parts of `data` as JSON; None where it is no array or object of JSON."""
    if data[:64].lstrip()[:1] not in (b"[", b"{") or not data.rstrip().endswith((b"]", b"}")):
        return None
    try:
        data.decode()
    except UnicodeDecodeError:
        return None
    parts: list[Part] = []
    opened: list[int] = []
    at, expected = 0, "value"
    while at < len(data):
        found = _TOKEN.match(data, at)
        if found is None:
            return None
        at = found.end()
        kind, text = found.lastgroup, found[found.lastgroup or 0].decode()
        state = _next(expected, kind, text, parts, opened)
        if state is None or (state == "end" and at < len(data)):
            return None
        expected = state
    return parts if expected == "end" else None


def _next(expected: str, kind: str | None, text: str, parts: list[Part], opened: list[int]) -> str | None:
    """What may follow a token, which is appended to `parts`; None where it cannot stand there."""
    if text in ("]", "}"):
        opening = "[" if text == "]" else "{"
        may_close = expected in ("comma", "value or end" if text == "]" else "key or end")
        if not (opened and may_close and parts[opened[-1]].text == opening):
            return None
        opened.pop()
        parts.append(Part(text))
        return "comma" if opened else "end"
    if expected == "comma":
        inside_object = opened and parts[opened[-1]].text == "{"
        return None if text != "," else "key" if inside_object else "value"
    if expected == "colon":
        return "value" if text == ":" else None
    if expected.startswith("key"):
        if kind != "word" or not text.startswith('"'):
            return None
        parts[opened[-1]] = parts[opened[-1]]._replace(size=parts[opened[-1]].size + 1)
        parts.append(Part(text, is_key=True))
        return "colon"
    if opened and parts[opened[-1]].text == "[":
        parts[opened[-1]] = parts[opened[-1]]._replace(size=parts[opened[-1]].size + 1)
    if kind == "word":
        parts.append(Part(text))
        return "comma" if opened else "end"
    if text not in ("[", "{"):
        return None
    opened.append(len(parts))
    parts.append(Part(text))
    return "value or end" if text == "[" else "key or end"


def lay_out(parts: list[Part]) -> str:
    """The parts of one value as text of JSON's look."""
    lines: list[str] = []
    depth = 0
    line = ""
    for index, part in enumerate(parts):
        closing = part.text in ("]", "}")
        if closing:
            depth -= 1
        is_empty = closing and parts[index - 1].text in ("[", "{") and parts[index - 1].size == 0
        if (closing and not is_empty) or not line:
            line = INDENT * min(depth, DEEPEST_INDENT)
        line += part.text
        if part.is_key:
            line += ": "
            continue
        if part.text in ("[", "{"):
            depth += 1
            if part.size:
                lines.append(line)
                line = ""
            continue
        following = parts[index + 1].text if index + 1 < len(parts) else ""
        lines.append(line + ("," if following and following not in ("]", "}") else ""))
        line = ""
    return "\n".join(lines)


def messagepack_text(data: bytes) -> str | None:
    """`data` as MessagePack in JSON's look; None where it is no array or map, alone or with others behind it.

    cmsgpack.pack of several values writes one after the other: then a line parts them.
    """
    values = _messagepack_values(data)
    return None if values is None else "\n".join(map(lay_out, values))


def messagepack_parts(data: bytes) -> list[Part] | None:
    """The parts of `data` as MessagePack, several values as an array; None as for `messagepack_text`."""
    values = _messagepack_values(data)
    if values is None or len(values) == 1:
        return None if values is None else values[0]
    return [Part("[", len(values)), *(part for parts in values for part in parts), Part("]")]


def _messagepack_values(data: bytes) -> list[list[Part]] | None:
    if data.isascii():  # each byte a number of its own: no array, and a long text is read in no time
        return None
    values: list[list[Part]] = []
    at = 0
    try:
        while at < len(data):
            parts, at = _messagepack_parts(data, at)
            values.append(parts)
    except (IndexError, struct.error, UnicodeDecodeError, ValueError):
        return None
    return values if any(parts[0].text in ("[", "{") for parts in values) else None


_FIXED: Final = {0xC0: "null", 0xC2: "false", 0xC3: "true"}
_NUMBERS: Final = {
    0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i",
    0xD3: ">q",
}  # fmt: skip
_LENGTHS: Final = {
    0xC4: ("binary", ">B"), 0xC5: ("binary", ">H"), 0xC6: ("binary", ">I"),
    0xC7: ("extension", ">B"), 0xC8: ("extension", ">H"), 0xC9: ("extension", ">I"),
    0xD9: ("string", ">B"), 0xDA: ("string", ">H"), 0xDB: ("string", ">I"),
    0xDC: ("[", ">H"), 0xDD: ("[", ">I"), 0xDE: ("{", ">H"), 0xDF: ("{", ">I"),
}  # fmt: skip
_FIXED_EXTENSIONS: Final = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}


def _messagepack_parts(data: bytes, at: int) -> tuple[list[Part], int]:
    """The parts of one value, and where the next begins. Raises IndexError, struct.error or ValueError."""
    parts: list[Part] = []
    opened: list[tuple[str, int]] = []
    while True:
        kind, size, at = _header(data, at)
        # In a map an even number of parts is left before a key.
        is_key = bool(opened) and opened[-1][0] == "{" and opened[-1][1] % 2 == 0
        if opened:
            opened[-1] = (opened[-1][0], opened[-1][1] - 1)
        if kind in ("[", "{"):
            if is_key:
                raise ValueError("a key that holds others has no place in a line")
            parts.append(Part(kind, size))
            opened.append((kind, size * 2 if kind == "{" else size))
        else:
            text, at = _leaf(data, kind, size, at)
            parts.append(Part(text, is_key=is_key))
        while opened and opened[-1][1] == 0:
            parts.append(Part("]" if opened.pop()[0] == "[" else "}"))
        if not opened:
            return parts, at


def _header(data: bytes, at: int) -> tuple[str, int, int]:
    """The kind of the value at `at`, its size or its first byte, and where its content begins."""
    first = data[at]
    at += 1
    if first in _LENGTHS:
        kind, form = _LENGTHS[first]
        (size,) = struct.unpack_from(form, data, at)
        return kind, size, at + struct.calcsize(form)
    if 0x80 <= first <= 0x8F:
        return "{", first & 15, at
    if 0x90 <= first <= 0x9F:
        return "[", first & 15, at
    if 0xA0 <= first <= 0xBF:
        return "string", first & 31, at
    if first in _FIXED_EXTENSIONS:
        return "extension", _FIXED_EXTENSIONS[first], at
    return "number", first, at


def _leaf(data: bytes, kind: str, size: int, at: int) -> tuple[str, int]:
    if kind == "number":
        if size in _FIXED:
            return _FIXED[size], at
        if size in _NUMBERS:
            (number,) = struct.unpack_from(_NUMBERS[size], data, at)
            return repr(number), at + struct.calcsize(_NUMBERS[size])
        if size == 0xC1:
            raise ValueError("no value begins with this byte")
        return str(size if size < 0x80 else size - 0x100), at
    if kind == "extension":
        size += 1
    content = data[at : at + size]
    if len(content) < size:
        raise IndexError("the value is cut off")
    if kind == "extension":
        (code,) = struct.unpack_from(">b", content)
        return f"extension {code} {quote(content[1:])}", at + size
    return (f"binary {quote(content)}" if kind == "binary" else _string(content)), at + size


def _string(value: bytes) -> str:
    """A string in double quotes: text as it is where all of it can be seen, else with redis-cli's escapes."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return quote(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if text.isprintable() else quote(value)


def hex_text(data: bytes) -> str:
    """Sixteen bytes a line: offset, bytes, and those that are ASCII as characters."""
    return "\n".join(_hex_lines(data))


def _hex_lines(data: bytes) -> Iterator[str]:
    for at in range(0, len(data), 16):
        line = data[at : at + 16]
        characters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in line)
        yield f"{at:08x}  {line[:8].hex(' '):23}  {line[8:].hex(' '):23}  {characters}"
