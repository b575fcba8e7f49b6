"""Scripts that carry their own expectations.

``-- expect: text`` at the end of a line, or on lines of its own, is one line of output; together they are the whole
output, in order. ``-- expect error: message`` stands on the line where an error nobody catches is raised.
``-- engine: name`` is for what only that engine does (COMPATIBILITY.md says what the other does instead).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).parent / "scripts"

_OUTPUT = re.compile(rb"-- expect: ?(.*)$", re.MULTILINE)
_ERROR = re.compile(rb"-- expect error: (.*)$")


_ENGINE = re.compile(rb"^-- engine: (\w+)$", re.MULTILINE)


@dataclass(frozen=True)
class Expectation:
    """What a script must print, the error it must end with, and the engine it is for: None for all."""

    output: tuple[bytes, ...]
    error: bytes | None
    engine: str | None


def expectation(source: bytes) -> Expectation:
    """What the comments of a script say."""
    error = None
    for number, line in enumerate(source.split(b"\n"), 1):
        match = _ERROR.search(line)
        if match:
            error = b"script:%d: %s" % (number, match.group(1))
    engine = _ENGINE.search(source)
    return Expectation(tuple(_OUTPUT.findall(source)), error, engine[1].decode() if engine else None)


def scripts() -> list[Path]:
    """Every script, in a fixed order."""
    return sorted(SCRIPTS.rglob("*.lua"))
