"""Which texts are worth remembering."""

from __future__ import annotations

from typing import Final

LONGEST_REMEMBERED: Final = 500
"""Bytes of the longest pattern, replacement or format kept compiled: longer ones are made by programs, and once."""
