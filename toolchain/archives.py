"""What the archives of Python files have in common that are written here."""

from __future__ import annotations

import re

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive, so that the same sources make the same bytes."""


def module_of(name: str) -> str:
    """The module a file of an archive holds: `email/__init__.py` is `email`."""
    return re.sub(r"(/__init__)?\.pyc?$", "", name).replace("/", ".")
