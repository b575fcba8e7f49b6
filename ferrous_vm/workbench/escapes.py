"""Bytes as text, both ways, in redis-cli's manner.

`quote` writes every byte string the way redis-cli prints one (`sdscatrepr`, Redis sds.c). `argument` writes and
`read_argument` reads one field of the page: plain text stands for itself, and a field in double quotes is read with
redis-cli's escapes. Whole lines are read by `ferrous_vm.keyspace.arguments.words`.
"""

from __future__ import annotations

import re

from ferrous_vm.keyspace.arguments.quoting import quoted
from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.printing import visible

QUOTED = [quoted(bytes((byte,)))[1:-1].decode() for byte in range(256)]
"""What each byte is written as within double quotes."""


QUOTED_START = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
"""A string in double quotes, with whatever may follow it."""


class FieldError(ValueError):
    """A field that begins with a double quote and is not one quoted string; the message is for a person."""


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
    """The bytes a field stands for. A field that begins with a double quote is read with its escapes.

    Raises FieldError when such a field is not one quoted string.
    """
    line = encode(text)
    if not text.startswith('"'):
        return line
    words = split_words(line) if text.endswith('"') else None
    if words is not None and len(words) == 1:
        return words[0]
    wrong = "is not one quoted string" if QUOTED_START.match(text) else "begins with a quote that is not closed"
    raise FieldError(f"{visible(text)} {wrong}; as text it is written {literal(text)}")


def literal(text: str) -> str:
    """The field that stands for `text` as it is, whatever is in it."""
    if visible(text) != text:
        return quote(encode(text))
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
