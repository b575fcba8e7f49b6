"""Bytes as text, both ways, in redis-cli's manner.

`quote` writes every byte string the way redis-cli prints one, `split_arguments` reads a command line the way redis-cli
reads one (`sdscatrepr` and `sdssplitargs`, Redis sds.c). `argument` and `read_argument` are one field of the page:
plain text stands for itself, and a field in double quotes is read with redis-cli's escapes.
"""

from __future__ import annotations

from collections.abc import Callable

ESCAPES = {0x5C: b"\\\\", 0x22: b'\\"', 0x0A: b"\\n", 0x0D: b"\\r", 0x09: b"\\t", 0x07: b"\\a", 0x08: b"\\b"}
"""What `sdscatrepr` writes with a backslash and a letter; other bytes that are not printable ASCII become \\xNN."""

UNESCAPES = {ord("n"): 0x0A, ord("r"): 0x0D, ord("t"): 0x09, ord("b"): 0x08, ord("a"): 0x07}
"""What `sdssplitargs` reads after a backslash; any other character stands for itself."""

QUOTED = [
    ESCAPES.get(byte, bytes([byte]) if 0x20 <= byte < 0x7F else b"\\x%02x" % byte).decode() for byte in range(256)
]

SPACES = b" \n\r\t\v\f\x00"
"""What ends an argument outside quotes (`isspace`, and the end of a C string)."""

HEXADECIMAL = b"0123456789abcdefABCDEF"


class SplitError(ValueError):
    """A command line with an unbalanced quote, or with text right after a closing one."""


def quote(value: bytes) -> str:
    """`value` in double quotes, as redis-cli prints a bulk string: `"caf\\xc3\\xa9"`."""
    return '"' + "".join([QUOTED[byte] for byte in value]) + '"'


def encode(text: str) -> bytes:
    """Text of the page as bytes: UTF-8. Half a surrogate pair, which JSON may carry, is kept and never an error."""
    return text.encode("utf-8", "surrogatepass")


def argument(value: bytes) -> str:
    """The shortest field that `read_argument` reads back as `value`: readable text as it is, anything else quoted."""
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return quote(value)
    return text if text.isprintable() and not text.startswith('"') else quote(value)


def read_argument(text: str) -> bytes:
    """The bytes a field stands for. A field that starts and ends with a double quote is read with its escapes.

    Raises SplitError when such a field is not one quoted string.
    """
    if len(text) < 2 or not (text.startswith('"') and text.endswith('"')):
        return encode(text)
    line = encode(text)
    value, end = _read_double_quoted(line, 1)
    if end != len(line):
        raise SplitError(f"{text} is not one quoted string: write \\\" for a quote inside it")
    return value


def split_arguments(line: bytes) -> list[bytes]:
    """The arguments of a command line, as redis-cli splits it. Raises SplitError for what redis-cli refuses."""
    arguments: list[bytes] = []
    position = 0
    while True:
        while position < len(line) and line[position] in SPACES:
            position += 1
        if position >= len(line):
            return arguments
        value, position = _read_word(line, position)
        arguments.append(value)


def _read_word(line: bytes, position: int) -> tuple[bytes, int]:
    """One argument from `position`, and where it ends: plain text, in which a quoted part may begin."""
    value = bytearray()
    while position < len(line) and line[position] not in SPACES:
        read = QUOTES.get(line[position])
        if read is not None:
            part, position = read(line, position + 1)
            if position < len(line) and line[position] not in SPACES:
                raise SplitError("Invalid argument(s)")
            return bytes(value) + part, position
        value.append(line[position])
        position += 1
    return bytes(value), position


def _read_double_quoted(line: bytes, position: int) -> tuple[bytes, int]:
    """The text up to the closing double quote, escapes read, and the position after it."""
    value = bytearray()
    while position < len(line):
        byte = line[position]
        if byte == ord('"'):
            return bytes(value), position + 1
        if byte == ord("\\") and position + 1 < len(line):
            digits = line[position + 2 : position + 4]
            if line[position + 1] == ord("x") and len(digits) == 2 and all(digit in HEXADECIMAL for digit in digits):
                value.append(int(digits, 16))
                position += 4
                continue
            position += 1
            byte = UNESCAPES.get(line[position], line[position])
        value.append(byte)
        position += 1
    raise SplitError("Invalid argument(s)")


def _read_single_quoted(line: bytes, position: int) -> tuple[bytes, int]:
    """The text up to the closing single quote; only \\' is an escape. Also the position after it."""
    value = bytearray()
    while position < len(line):
        byte = line[position]
        if byte == ord("'"):
            return bytes(value), position + 1
        if byte == ord("\\") and line[position + 1 : position + 2] == b"'":
            position += 1
            byte = ord("'")
        value.append(byte)
        position += 1
    raise SplitError("Invalid argument(s)")


QUOTES: dict[int, Callable[[bytes, int], tuple[bytes, int]]] = {
    ord('"'): _read_double_quoted,
    ord("'"): _read_single_quoted,
}
