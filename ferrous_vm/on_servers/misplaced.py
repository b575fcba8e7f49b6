"""What is told of what cannot be carried out on a server."""

from __future__ import annotations


class Misplaced(Exception):
    """It cannot be carried out there; the message is for a person."""
