"""Bytes of strangers as text for a person: what is written cannot hide, and cannot reorder what stands around it.

The log, errors, names and replies go through `printed` on their way to a page or a terminal. What stands between quotes
goes through `quote` (`ferrous_vm/workbench/escapes.py`), which leaves nothing but printable ASCII.
"""

from __future__ import annotations

import re
from typing import Final

_HIDDEN: Final = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]|\r(?!\n)"
)
"""Control characters but tabs and line ends; what changes the direction of text (Unicode's Bidi_Control), ends lines
unseen, or has no width. The two joiners stay: Persian, Hindi and many emoji are written with them."""


def printed(value: bytes) -> str:
    r"""`value` as UTF-8. What is none becomes ``\xNN``, what would be hidden ``\u202e`` and the like."""
    return visible(value.decode("utf-8", "backslashreplace"))


def visible(text: str) -> str:
    """`text` with its hidden characters written out."""
    if text.isprintable() and text.isascii():
        return text
    return _HIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def counted(number: int, one: str) -> str:
    """How many of a thing there are: `1 key`, `2 keys`."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
