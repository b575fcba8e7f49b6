"""Scripts that carry their own expectations.

``-- expect: text`` at the end of a line, or on lines of its own, is one line of output; together they are the whole
output, in order. ``-- expect error: message`` stands on the line where an error nobody catches is raised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).parent / "scripts"

_OUTPUT = re.compile(rb"-- expect: ?(.*)$", re.MULTILINE)
_ERROR = re.compile(rb"-- expect error: (.*)$")


@dataclass(frozen=True)
class Expectation:
    """What a script must print, and the error it must end with."""

    output: tuple[bytes, ...]
    error: bytes | None


def expectation(source: bytes) -> Expectation:
    """What the comments of a script say."""
    error = None
    for number, line in enumerate(source.split(b"\n"), 1):
        match = _ERROR.search(line)
        if match:
            error = b"script:%d: %s" % (number, match.group(1))
    return Expectation(tuple(_OUTPUT.findall(source)), error)


def scripts() -> list[Path]:
    """Every script, in a fixed order."""
    return sorted(SCRIPTS.rglob("*.lua"))
