"""The ends of a connection as Redis writes them."""

from __future__ import annotations

from typing import Any


def ends_of(peer: Any, own: Any) -> tuple[bytes | None, bytes | None]:
    """Where a client is and where it came in, of what its socket says; None where that says nothing."""
    return _written(peer if isinstance(peer, tuple) else own), _written(own)


def _written(end: Any) -> bytes | None:
    """Host and port, or a path and 0."""
    if isinstance(end, tuple):
        return b"%b:%d" % (f"[{end[0]}]".encode() if ":" in end[0] else end[0].encode(), end[1])
    return b"%b:0" % end.encode() if isinstance(end, str) and end else None
