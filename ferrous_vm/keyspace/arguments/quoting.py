"""Words as Redis writes them for people, in double quotes (`sdscatrepr`, sds.c); `words.py` reads them."""

from __future__ import annotations

import re
from typing import Final

_ESCAPES: Final = {
    **{byte: b"\\x%02x" % byte for byte in range(256) if not 0x20 <= byte < 0x7F},
    ord("\\"): b"\\\\",
    ord('"'): b'\\"',
    ord("\n"): b"\\n",
    ord("\r"): b"\\r",
    ord("\t"): b"\\t",
    ord("\a"): b"\\a",
    ord("\b"): b"\\b",
}
_ESCAPED: Final = re.compile(b"[" + b"".join(b"\\x%02x" % byte for byte in _ESCAPES) + b"]")


def quoted(text: bytes) -> bytes:
    """Any bytes as printable ASCII in double quotes."""
    return b'"' + _ESCAPED.sub(lambda found: _ESCAPES[found[0][0]], text) + b'"'
